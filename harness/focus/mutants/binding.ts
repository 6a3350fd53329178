import { header } from '../../codec/sip/headers.ts';
import { onCopies, onMsrpStatus } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';
import { pathIn } from './paths.ts';

/** Who connects, who speaks first, and what a later offer changes (RFC 4975 §5.4). */
export const bindingMutants: readonly Mutant[] = [
  {
    name: 'speaks-before-it-is-spoken-to',
    about: 'sends on a connection before the first request has come',
    violates: rfc4975('5.4-16'),
    weight: 'fail',
    wire: () => {
      let own: string | undefined;
      let peer: string | undefined;
      return {
        sipReceived: (message) => {
          if (message.kind === 'request' && message.method === 'INVITE') peer = pathIn(message.body);
          return [message];
        },
        sipWritten: (message) => {
          if (header(message, 'Content-Type') === 'application/sdp') own = pathIn(message.body);
          return [message];
        },
        msrpGreets: () => {
          if (own === undefined || peer === undefined) return [];
          const headers = [
            { name: 'To-Path', value: peer },
            { name: 'From-Path', value: own },
            { name: 'Message-ID', value: 'greeting-0001' },
          ];
          own = undefined;
          return [{ kind: 'request', transactionId: 'greeting0001abcd', method: 'SEND', headers, flag: '$' }];
        },
      };
    },
  },
  {
    name: 'connects-and-says-nothing',
    about: 'connects where it has to and leaves the first word to the other side',
    violates: rfc4975('5.4-05', '5.4-03'),
    weight: 'fail',
    wire: () => onCopies((copy) => (copy.body === undefined ? undefined : copy)),
  },
  {
    name: 'leaves-the-call-to-the-other-side',
    about: 'never connects',
    violates: rfc4975('5.4-03', '6.2-01', '7.1-23'),
    weight: 'fail',
    decisions: () => ({ connects: () => false }),
  },
  {
    name: 'calls-by-the-media-line',
    about: 'connects to the port of the m= line',
    violates: rfc4975('5.4-09'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message) => {
        const [, port] = /^m=message (\d+) /m.exec(message.body.toString()) ?? [];
        if (port === undefined || message.kind !== 'request' || message.method !== 'ACK') return [message];
        const body = message.body.toString().replace(/(a=path:msrps?:\/\/[^/:]+):\d+/, `$1:${port}`);
        return [{ ...message, body: Buffer.from(body) }];
      },
    }),
  },
  {
    name: 'goes-on-by-the-old-offer',
    about: 'serves a session that was lost on a new connection',
    violates: rfc4975('5.4-24', '5.4-22'),
    weight: 'fail',
    wire: () => onMsrpStatus(481, (response) => ({ ...response, status: 200, comment: 'OK' })),
  },
];
