/** What a SUT may or may not offer; a scenario that needs one the SUT does not claim is `unsupported`. */
export const capabilities = {
  nickname: 'the room announces the nickname token (RFC 7701 §7)',
  'private-messages': 'the room announces the private-messages token (RFC 7701 §6.2)',
  'conference-event': 'the focus serves the conference event package (RFC 4575)',
  'nickname-roster': 'nicknames show in the roster (RFC 7701 §7.4)',
  'simultaneous-access': 'one user may join from several endpoints (RFC 7701 §6.1)',
  anonymity: 'participants may ask for privacy (RFC 7701 §5.2)',
  'two-rooms': 'there is a second room',
  html: 'the room takes text/html in the wrapper (RFC 7701 §4.1)',
  'any-wrapped-type': 'the room lists an asterisk among its wrapped types (RFC 7701 §4.1)',
  'fast-forward': 'the switch passes a message on before it has it all (RFC 7701 §6.1)',
  'sip-over-udp': 'SIP is answered over UDP (RFC 3261 §18)',
  'sip-over-tcp': 'SIP is answered over TCP without TLS (RFC 3261 §18)',
  msrps: 'an offer of MSRP over TLS is taken (RFC 4975 §14.2)',
} as const;

export type Capability = keyof typeof capabilities;

export const isCapability = (name: string): name is Capability => name in capabilities;
