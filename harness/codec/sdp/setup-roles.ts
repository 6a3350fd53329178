import type { SetupRole } from './description.ts';

/** Who opens the connection and sends the first SEND (RFC 4975 §5.4, RFC 6135 §4.2). */
export type ActiveSide =
  | { readonly active: 'offerer' | 'answerer' }
  /** `invalid-answer`: the answer does not fit the offer. `nobody-connects`: each side waits for the other. */
  | { readonly active: 'nobody'; readonly why: 'invalid-answer' | 'nobody-connects' };

const OFFERER: ActiveSide = { active: 'offerer' };
const ANSWERER: ActiveSide = { active: 'answerer' };
const INVALID: ActiveSide = { active: 'nobody', why: 'invalid-answer' };
const NOBODY: ActiveSide = { active: 'nobody', why: 'nobody-connects' };

type Effective = 'none' | 'active' | 'passive' | 'actpass';

const TABLE: Readonly<Record<Effective, Readonly<Record<Effective, ActiveSide>>>> = {
  none: { none: OFFERER, passive: OFFERER, active: INVALID, actpass: INVALID },
  active: { none: OFFERER, passive: OFFERER, active: INVALID, actpass: INVALID },
  actpass: { none: OFFERER, passive: OFFERER, active: ANSWERER, actpass: INVALID },
  passive: { none: NOBODY, passive: INVALID, active: ANSWERER, actpass: INVALID },
};

/** RFC 6135 §4.2.1: holdconn counts as no attribute; so does a word nobody knows. */
function effective(role: SetupRole | undefined): Effective {
  return role === undefined || role === 'holdconn' || role === 'unknown' ? 'none' : role;
}

/** Settles the active side from a=setup of offer and answer; `undefined` where the attribute is missing. */
export function decideActive(offer: SetupRole | undefined, answer: SetupRole | undefined): ActiveSide {
  return TABLE[effective(offer)][effective(answer)];
}

/**
 * The role an answerer that supports RFC 6135 writes. `choice` decides where the offer leaves it open: `passive` for one
 * that knows it can be reached, such as a focus (RFC 6135 §4.2.2).
 */
export function answerSetup(offer: SetupRole | undefined, choice: 'active' | 'passive'): 'active' | 'passive' {
  switch (effective(offer)) {
    case 'none':
    case 'active':
      return 'passive';
    case 'passive':
      return 'active';
    case 'actpass':
      return choice;
  }
}
