import { header } from '../../codec/sip/headers.ts';
import { dialogOf, editBody, methodOf, onSipArrivals } from '../rewriting.ts';
import type { Capabilities } from '../room-state.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

const EVERYTHING: Capabilities = { aware: true, nickname: true, privateMessages: true };

/** What the room and its participants declare in SDP (RFC 7701 §5.2, §8), and whether it is kept to. */
export const capabilityMutants: readonly Mutant[] = [
  {
    name: 'lists-text-beside-the-wrapper',
    about: 'lists text/plain beside message/cpim in accept-types',
    violates: rfc7701('5.2-18', '9.1-01', '5.2-17'),
    weight: 'fail',
    decisions: () => ({ acceptTypes: () => ['message/cpim', 'text/plain'] }),
  },
  {
    name: 'lets-anybody-in',
    about: 'accepts offers without message/cpim and sends room messages to that participant',
    violates: [...rfc7701('5.2-07', '5.2-16'), ...rfc4975('8.6-11')],
    weight: 'warn',
    decisions: () => ({ offerStatus: ({ path }) => (path.length === 0 ? 488 : undefined) }),
  },
  {
    name: 'refuses-unknown-tokens',
    about: 'refuses offers with chatroom tokens it does not know',
    violates: rfc7701('8-19'),
    weight: 'fail',
    decisions: (reference) => ({
      offerStatus: (offer, policy) =>
        (offer.chatroom ?? []).every((token) => ['nickname', 'private-messages'].includes(token))
          ? reference.offerStatus(offer, policy)
          : 488,
    }),
  },
  {
    name: 'unknown-tokens-hide-the-known',
    about: 'takes no token seriously when it does not know the first',
    violates: rfc7701('8-19', '8-12'),
    weight: 'fail',
    decisions: (reference) => ({
      capabilities: (tokens) =>
        reference.capabilities(
          tokens?.[0] === undefined || ['nickname', 'private-messages'].includes(tokens[0]) ? tokens : [],
        ),
    }),
  },
  {
    name: 'refuses-offers-without-chatroom',
    about: 'refuses offers without a chatroom attribute',
    violates: rfc7701('8-05', '5.2-03', '4-02'),
    weight: 'fail',
    decisions: (reference) => ({
      offerStatus: (offer, policy) => (offer.chatroom === undefined ? 488 : reference.offerStatus(offer, policy)),
    }),
  },
  {
    name: 'negotiates-tokens',
    about: 'cuts its tokens down to those of the offer',
    violates: rfc7701('8-09'),
    weight: 'warn',
    decisions: (reference) => ({
      chatroomTokens: (policy, offered) =>
        reference.chatroomTokens(policy, offered)?.filter((token) => offered?.includes(token) === true),
    }),
  },
  {
    name: 'announces-what-policy-forbids',
    about: 'announces nicknames and private messages whatever the policy of the room',
    violates: rfc7701('8-04', '8-17', '8-18', '4-11'),
    weight: 'fail',
    decisions: () => ({ chatroomTokens: () => ['nickname', 'private-messages'] }),
  },
  {
    name: 'announces-nothing',
    about: 'serves nicknames and private messages without announcing them',
    violates: rfc7701('6.2-02', '3-08', '4-11', '8-17', '8-18'),
    weight: 'warn',
    decisions: () => ({ chatroomTokens: () => [] }),
  },
  {
    name: 'keeps-the-first-capabilities',
    about: 'keeps the capabilities of the first INVITE after a re-INVITE',
    violates: rfc7701('8-12', '8-13'),
    weight: 'fail',
    decisions: () => ({ capabilitiesAfterReoffer: (before) => before }),
  },
  {
    name: 'capabilities-only-grow',
    about: 'adds what a re-INVITE declares to what was declared before',
    violates: rfc7701('8-12', '8-13'),
    weight: 'fail',
    decisions: (reference) => ({
      capabilitiesAfterReoffer: (before, tokens) => {
        const now = reference.capabilities(tokens);
        return {
          aware: before.aware || now.aware,
          nickname: before.nickname || now.nickname,
          privateMessages: before.privateMessages || now.privateMessages,
        };
      },
    }),
  },
  {
    name: 'no-attribute-no-change',
    about: 'keeps the capabilities when a re-INVITE leaves the attribute out',
    violates: rfc7701('8-13', '8-12'),
    weight: 'fail',
    decisions: (reference) => ({
      capabilitiesAfterReoffer: (before, tokens) => (tokens === undefined ? before : reference.capabilities(tokens)),
    }),
  },
  {
    name: 'takes-everybody-for-able',
    about: 'takes every endpoint for one that supports private messages',
    violates: rfc7701('5.2-27', '6.2-16', '8-02'),
    weight: 'fail',
    decisions: () => ({ capabilities: () => EVERYTHING }),
  },
  {
    name: 'offers-another-type-than-it-answers',
    about: 'offers accept-types:text/plain to an INVITE without offer',
    violates: rfc7701('5.2-15'),
    weight: 'fail',
    wire: () => {
      const withoutOffer = new Set<string>();
      return {
        sipReceived: (message) => {
          if (methodOf(message) === 'INVITE' && message.body.length === 0) withoutOffer.add(dialogOf(message));
          return [message];
        },
        sipWritten: (message) => [
          withoutOffer.has(dialogOf(message))
            ? editBody(message, 'application/sdp', (sdp) =>
                sdp.replace('a=accept-types:message/cpim', 'a=accept-types:text/plain'),
              )
            : message,
        ],
      };
    },
  },
  {
    name: 'falls-back-from-tls',
    about: 'answers an offer of TCP/TLS/MSRP with TCP/MSRP',
    violates: rfc7701('11-08', '5.2-13'),
    weight: 'fail',
    wire: () =>
      onSipArrivals('INVITE', (message) =>
        editBody(message, 'application/sdp', (sdp) =>
          sdp.replaceAll('TCP/TLS/MSRP', 'TCP/MSRP').replaceAll('msrps://', 'msrp://'),
        ),
      ),
  },
  {
    name: 'refuses-unknown-attributes',
    about: 'refuses offers with attributes it does not know',
    violates: ['RFC8866-5-02'],
    weight: 'fail',
    wire: () =>
      onSipArrivals('INVITE', (message) =>
        editBody(message, 'application/sdp', (sdp) => {
          const known =
            /^a=(accept-types|accept-wrapped-types|max-size|path|setup|chatroom|fingerprint|sendrecv|sendonly|recvonly|inactive|connection)\b/;
          const unknown = sdp.split('\r\n').some((line) => line.startsWith('a=') && !known.test(line));
          return unknown ? sdp.replace('message/cpim', 'text/unknown') : sdp;
        }),
      ),
  },
  {
    name: 'refuses-renegotiation',
    about: 'answers 488 to every re-INVITE',
    violates: [...rfc7701('8-11', '8-12'), 'RFC3261-14.2-04'],
    weight: 'fail',
    wire: () =>
      onSipArrivals('INVITE', (message) =>
        /;tag=/.test(header(message, 'To') ?? '')
          ? editBody(message, 'application/sdp', (sdp) => sdp.replaceAll('message/cpim', 'text/unknown'))
          : message,
      ),
  },
];
