import { onDescriptions, onSipRequests, withoutSipHeader, withSipHeader } from '../../focus/rewriting.ts';
import { addressedTo, withTokens } from './edits.ts';
import type { ClientMutant } from './mutant.ts';

const fail = 'fail' as const;

const describing = (
  name: string,
  about: string,
  violates: readonly string[],
  edit: (sdp: string) => string,
  weight: 'fail' | 'warn' = fail,
): ClientMutant => ({
  name,
  about,
  violates,
  weight,
  shownBy: 'participant/offers-what-a-room-needs',
  wire: () => onDescriptions(edit),
});

const line = (sdp: string, start: string, edit: (line: string) => string): string =>
  sdp
    .split('\r\n')
    .map((one) => (one.startsWith(start) ? edit(one) : one))
    .filter((one, i, all) => one !== '' || i === all.length - 1)
    .join('\r\n');

/** What it says in SIP and SDP. */
export const signalling: readonly ClientMutant[] = [
  describing('client-offers-no-wrapper', 'lists text/plain and not message/cpim', ['RFC7701-5.2-05'], (sdp) =>
    line(sdp, 'a=accept-types:', () => 'a=accept-types:text/plain'),
  ),
  describing(
    'client-offers-no-types',
    'leaves accept-types out',
    ['RFC4975-8.6-01', 'RFC7701-5.2-05', 'RFC4975-8-02'],
    (sdp) => line(sdp, 'a=accept-types:', () => ''),
  ),
  describing(
    'client-offers-no-wrapped-types',
    'leaves accept-wrapped-types out',
    ['RFC7701-5.2-09'],
    (sdp) => line(sdp, 'a=accept-wrapped-types:', () => ''),
    'warn',
  ),
  describing('client-without-path', 'leaves the path out', ['RFC4975-8.2-01', 'RFC4975-8-01'], (sdp) =>
    line(sdp, 'a=path:', () => ''),
  ),
  describing('client-with-another-port', 'writes another port into m= than into its path', ['RFC4975-8.1-05'], (sdp) =>
    line(sdp, 'm=message ', (m) => m.replace(/^m=message \d+/, 'm=message 7')),
  ),
  describing(
    'client-lists-a-format',
    'writes a number in place of the asterisk',
    ['RFC4975-8.1-04', 'RFC4975-15.6-01', 'RFC8866-5.14-01'],
    (sdp) => line(sdp, 'm=message ', (m) => m.replace(/\*$/, '0')),
  ),
  describing('client-offers-passive', 'offers setup passive', ['RFC6135-4.2.2-05'], (sdp) =>
    line(sdp, 'a=setup:', () => 'a=setup:passive'),
  ),
  describing('client-offers-holdconn', 'offers setup holdconn', ['RFC6135-4.2.1-04'], (sdp) =>
    line(sdp, 'a=setup:', () => 'a=setup:holdconn'),
  ),
  describing('client-writes-connection', 'writes a=connection', ['RFC6135-4.4-01'], (sdp) =>
    line(sdp, 'a=setup:', (setup) => `${setup}\r\na=connection:new`),
  ),
  describing('client-repeats-a-token', 'names a token of a=chatroom twice', ['RFC7701-8-16'], (sdp) =>
    line(sdp, 'a=chatroom:', (room) => `${room} nickname`),
  ),
  describing('client-without-session-name', 'leaves s= out', ['RFC8866-5.3-01', 'RFC8866-5-01'], (sdp) =>
    line(sdp, 's=', () => ''),
  ),
  describing(
    'client-in-another-place',
    'writes another address into c= than into its path',
    ['RFC4975-8.1-01'],
    (sdp) => line(sdp, 'c=', () => 'c=IN IP4 192.0.2.99'),
  ),
  describing(
    'client-without-transport',
    'writes no transport into its path',
    ['RFC4975-8.2-02', 'RFC4975-6-03'],
    (sdp) => line(sdp, 'a=path:', (path) => path.replace(/;tcp$/, '')),
  ),
  {
    name: 'client-without-ack',
    about: 'sends no ACK',
    violates: ['RFC3261-13.2.2.4-01'],
    weight: fail,
    shownBy: 'participant/offers-what-a-room-needs',
    wire: () => onSipRequests('ACK', () => undefined),
  },
  {
    name: 'client-acknowledges-another-request',
    about: 'counts CSeq on for ACK',
    violates: ['RFC3261-13.2.2.4-01'],
    weight: fail,
    shownBy: 'participant/offers-what-a-room-needs',
    wire: () => onSipRequests('ACK', (message) => withSipHeader(message, 'CSeq', '77 ACK')),
  },
  {
    name: 'client-without-ack-to-refusals',
    about: 'sends no ACK for a refusal',
    violates: ['RFC3261-17.1.1.3-01'],
    weight: fail,
    shownBy: 'participant/is-kept-out/forbidden',
    wire: () => {
      let refused = false;
      return {
        sipReceived(message) {
          if (message.kind === 'response') refused = message.status >= 300;
          return [message];
        },
        sipWritten: (message) => (refused && message.kind === 'request' && message.method === 'ACK' ? [] : [message]),
      };
    },
  },
  {
    name: 'client-without-bye',
    about: 'leaves without BYE',
    violates: ['RFC4975-11.1-01'],
    weight: fail,
    shownBy: 'participant/joins-and-leaves',
    wire: () => onSipRequests('BYE', () => undefined),
  },
  {
    name: 'client-without-contact',
    about: 'sends INVITE without Contact',
    violates: ['RFC3261-8.1.1.8-01'],
    weight: fail,
    wire: () => onSipRequests('INVITE', (message) => withoutSipHeader(message, 'Contact')),
  },
  {
    name: 'client-without-max-forwards',
    about: 'sends requests without Max-Forwards',
    violates: ['RFC3261-8.1.1-01'],
    weight: fail,
    wire: () => onSipRequests('INVITE', (message) => withoutSipHeader(message, 'Max-Forwards')),
  },
  {
    name: 'client-calls-somebody-else',
    about: 'calls another URI than that of the room',
    violates: ['RFC7701-5.2-01'],
    weight: fail,
    wire: () => onSipRequests('INVITE', (message) => ({ ...message, uri: addressedTo(message.uri, 'nobody') })),
  },
  {
    name: 'client-believes-in-private-messages',
    about: 'sends private messages whether the room announces them or not',
    violates: ['RFC7701-8-01'],
    weight: 'warn',
    wire: () => ({ sipReceived: (message) => [withTokens(message)] }),
  },
  {
    name: 'client-believes-in-nicknames',
    about: 'asks for nicknames whether the room announces them or not',
    violates: ['RFC7701-7.1-03'],
    weight: 'warn',
    shownBy: 'participant/asks-for-no-nickname-where-there-are-none',
    wire: () => ({ sipReceived: (message) => [withTokens(message)] }),
  },
];
