import type { SipHeader } from '../../codec/sip/message.ts';
import { setHeader } from '../../codec/sip/message-build.ts';
import { rfc7701 } from '../mutants/mutant.ts';
import { methodOf, onDescriptions, onSipResponses } from '../rewriting.ts';
import type { Variant } from './variant.ts';

/** RFC 3261 §20, RFC 6665 §8.2.1, RFC 3515. */
const COMPACT: Readonly<Record<string, string>> = {
  Via: 'v',
  From: 'f',
  To: 't',
  'Call-ID': 'i',
  Contact: 'm',
  'Content-Length': 'l',
  'Content-Type': 'c',
  Supported: 'k',
  Subject: 's',
  Event: 'o',
  'Allow-Events': 'u',
};

const eachHeader =
  (edit: (one: SipHeader) => SipHeader): Variant['wire'] & object =>
  () => ({
    sipWritten: (message) => [{ ...message, headers: message.headers.map(edit) }],
  });

/** SIP and SDP, written otherwise. */
export const signallingVariants: readonly Variant[] = [
  {
    name: 'compact-headers',
    about: 'writes SIP headers in their compact forms',
    because: 'RFC 3261 §7.3.3',
    mayWarn: [],
    wire: eachHeader(({ name, value }) => ({ name: COMPACT[name] ?? name, value })),
  },
  {
    name: 'headers-in-capitals-with-blanks',
    about: 'writes SIP header names in capitals, with a blank in front of the colon',
    because: 'RFC 3261 §7.3.1',
    mayWarn: [],
    wire: eachHeader(({ name, value }) => ({ name: `${name.toUpperCase()} `, value: ` ${value}` })),
  },
  {
    name: 'headers-in-another-order',
    about: 'writes SIP headers in reverse order',
    because: 'RFC 3261 §7.3.1',
    mayWarn: [],
    wire: () => ({
      // Only the order among those of one name counts, and the focus writes no name twice.
      sipWritten: (message) => [{ ...message, headers: message.headers.toReversed() }],
    }),
  },
  {
    name: 'folded-headers',
    about: 'folds Contact and Allow over two lines',
    because: 'RFC 3261 §7.3.1',
    mayWarn: [],
    wire: eachHeader(({ name, value }) => ({
      name,
      value: name === 'Allow' ? value.replaceAll(', ', ',\r\n ') : value,
    })),
  },
  {
    name: 'headers-nobody-knows',
    about: 'writes headers of its own into SIP messages',
    because: 'RFC 3261 §8.2.2, §20',
    mayWarn: [],
    wire: () => ({
      sipWritten: (message) => [
        {
          ...message,
          headers: [
            ...message.headers.slice(0, -1),
            { name: 'X-Room-Mood', value: 'fine' },
            ...message.headers.slice(-1),
          ],
        },
      ],
    }),
  },
  {
    name: 'further-feature-tags',
    about: 'writes further feature tags beside isfocus',
    because: 'conference notes 9.29',
    mayWarn: [],
    decisions: () => ({
      contactParameters: () => ['automata', 'isfocus', 'message', 'methods="INVITE,BYE,ACK"', '+g.example.room="1"'],
    }),
  },
  {
    name: 'rings-first',
    about: 'sends 100 and 180 before it accepts an INVITE',
    because: 'RFC 3261 §13.3.1.1',
    mayWarn: [],
    wire: () => ({
      sipWritten: (message) => {
        if (message.kind !== 'response' || message.status !== 200 || methodOf(message) !== 'INVITE') return [message];
        const headers = setHeader(message.headers, 'Content-Length', '0').filter(({ name }) => name !== 'Content-Type');
        const early = { ...message, headers, body: Buffer.alloc(0) };
        return [{ ...early, status: 100, reason: 'Trying' }, { ...early, status: 180, reason: 'Ringing' }, message];
      },
    }),
  },
  {
    name: 'odd-reason-phrases',
    about: 'writes reason phrases of its own',
    because: 'RFC 3261 §7.2: they are for people',
    mayWarn: [],
    wire: () => ({
      sipWritten: (message) => [message.kind === 'response' ? { ...message, reason: 'Grüß Gott' } : message],
    }),
  },
  {
    name: '606-for-a-bad-offer',
    about: 'answers 606 to an offer that it cannot take',
    because: 'conference notes 9.19',
    mayWarn: ['RFC3261-13.3.1.3-01', 'RFC3261-14.2-03'],
    wire: () =>
      onSipResponses('INVITE', (response) =>
        response.status === 488 ? { ...response, status: 606, reason: 'Not Acceptable' } : response,
      ),
  },
  {
    name: '480-for-an-unknown-room',
    about: 'answers 480 to an INVITE for a room it does not have',
    because: 'conference notes 9.22',
    mayWarn: ['RFC3261-8.2.2.1-02', 'RFC4579-5.1-04'],
    wire: () =>
      onSipResponses('INVITE', (response) =>
        response.status === 404 ? { ...response, status: 480, reason: 'Temporarily Unavailable' } : response,
      ),
  },
  {
    name: 'refer-not-supported',
    about: 'answers 405 to REFER',
    because: 'conference notes 9.20',
    mayWarn: [],
    wire: () =>
      onSipResponses('REFER', (response) =>
        response.status === 403 ? { ...response, status: 405, reason: 'Method Not Allowed' } : response,
      ),
  },
  {
    name: 'slow',
    about: 'takes a second and a half for everything it writes',
    because: 'RFC 4975 gives no figures; MSRP notes A12',
    mayWarn: [],
    wire: () => ({ delayMs: 1500 }),
  },
  {
    name: 'no-chatroom-attribute',
    about: 'sends no chatroom attribute and serves neither nicknames nor private messages',
    because: 'RFC 7701 notes 7.7',
    mayWarn: rfc7701('9.1-01', '10.1-01', '7.1-11', '7-05', '7.1-10'),
    decisions: (reference) => ({
      chatroomTokens: () => undefined,
      handlesNickname: () => 501,
      route(to, sender, room, neighbours) {
        const route = reference.route.call(this, to, sender, room, neighbours);
        return route.kind === 'private' ? { kind: 'refused', status: 403, reaches: [] } : route;
      },
    }),
  },
  {
    name: 'bare-chatroom-attribute',
    about: 'sends a chatroom attribute without tokens and serves neither nicknames nor private messages',
    because: 'RFC 7701 §8',
    mayWarn: rfc7701('10.1-01', '7.1-11', '7-05', '7.1-10'),
    decisions: (reference) => ({
      chatroomTokens: () => [],
      handlesNickname: () => 501,
      route(to, sender, room, neighbours) {
        const route = reference.route.call(this, to, sender, room, neighbours);
        return route.kind === 'private' ? { kind: 'refused', status: 403, reaches: [] } : route;
      },
    }),
  },
  {
    name: 'vendor-tokens',
    about: 'adds tokens of its own to the chatroom attribute, in front and behind',
    because: 'RFC 7701 §8',
    mayWarn: [],
    decisions: (reference) => ({
      chatroomTokens: (...asked) => [
        'com.example.chat.poll',
        ...(reference.chatroomTokens(...asked) ?? []),
        'org.example.x-1',
      ],
    }),
  },
  {
    name: 'no-accept-wrapped-types',
    about: 'leaves accept-wrapped-types out',
    because: 'RFC 7701 §5.2: a MAY',
    mayWarn: [],
    decisions: () => ({ acceptWrappedTypes: () => undefined }),
  },
  {
    name: 'long-accept-wrapped-types',
    about: 'lists types one by one in front of the asterisk',
    because: 'RFC 7701 §4.1, §9.1',
    mayWarn: [],
    decisions: () => ({
      acceptWrappedTypes: () => ['text/plain', 'text/html', 'image/*', 'message/imdn+xml', '*'],
    }),
  },
  {
    name: 'attributes-nobody-knows',
    about: 'writes further lines and attributes into its descriptions',
    because: 'RFC 8866 §5, §5.13',
    mayWarn: [],
    wire: () =>
      onDescriptions((sdp) =>
        sdp
          .replace(/^s=.*\r\n/m, 's=-\r\ni=A chat room\r\n')
          .replace(/^m=.*\r\n/m, '$&i=messages\r\nb=AS:64\r\na=x-room:blue\r\n'),
      ),
  },
];
