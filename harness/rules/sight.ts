/**
 * What has to have been seen for a finding to be so. In a live run all of it is: every octet of every actor passes the tap.
 * A capture may begin late, have gaps, or lack somebody; then a finding that rests on something not being there is open.
 *
 * - `sent`: all that the actors sent, from when each of them came
 * - `received`: all that came to the actors that the finding is about
 * - `dialogs`: the signalling of these actors without a gap
 * - `everybody`: whoever was in the room meanwhile, with every session
 * - `history`: what had been said in the room before, which it may repeat
 * - `security`: whether a connection was over TLS
 * - `reach`: whether somebody could be connected to from outside
 */
export type Sight = 'sent' | 'received' | 'dialogs' | 'everybody' | 'history' | 'security' | 'reach';

/** By what the findings of a matter stand: its breaches, and that it was kept. */
export interface SightNeeded {
  readonly breach?: readonly Sight[];
  readonly kept?: readonly Sight[];
}
