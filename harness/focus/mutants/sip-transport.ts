import { header } from '../../codec/sip/headers.ts';
import { methodOf, onSipResponses, withSipHeader } from '../rewriting.ts';
import { type Mutant, rfc3261 } from './mutant.ts';

const isUdp = (stream: string): boolean => stream.startsWith('udp');

const branchOf = (via: string): string => /branch=([^;,\s]*)/.exec(via)?.[1] ?? '';

/** SIP on its way: copies, acknowledgements, Via, lengths (RFC 3261 §17, §18). */
export const sipTransportMutants: readonly Mutant[] = [
  {
    name: 'copies-are-requests-of-their-own',
    about: 'answers each copy of a request under another To tag',
    violates: rfc3261('17.2-01'),
    weight: 'fail',
    wire: () => {
      const answered = new Map<string, number>();
      return {
        sipWritten(message, stream) {
          if (message.kind !== 'response' || !isUdp(stream) || message.status < 200) return [message];
          const key = `${branchOf(header(message, 'Via') ?? '')} ${methodOf(message)}`;
          const times = (answered.get(key) ?? 0) + 1;
          answered.set(key, times);
          if (times === 1) return [message];
          return [withSipHeader(message, 'To', (header(message, 'To') ?? '').replace(/tag=/, `tag=${times}`))];
        },
      };
    },
  },
  {
    name: 'deaf-to-ack-by-udp',
    about: 'does not hear the ACK that comes by UDP, and repeats its refusals',
    violates: rfc3261('17.2.1-02'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message, stream) =>
        isUdp(stream) && message.kind === 'request' && message.method === 'ACK' ? [] : [message],
    }),
  },
  {
    name: 'refuses-twice-on-streams',
    about: 'repeats its refusals of INVITE on streams',
    violates: rfc3261('17.2.1-02'),
    weight: 'fail',
    wire: () => ({
      sipWritten: (message, stream) =>
        !isUdp(stream) && message.kind === 'response' && methodOf(message) === 'INVITE' && message.status >= 300
          ? [message, message]
          : [message],
    }),
  },
  {
    name: 'refuses-once-by-udp',
    about: 'does not repeat its refusals of INVITE by UDP',
    violates: rfc3261('17.2.1-02'),
    weight: 'warn',
    wire: () => {
      const refused = new Set<string>();
      return {
        sipWritten(message, stream) {
          if (!isUdp(stream) || message.kind !== 'response' || message.status < 300) return [message];
          const branch = branchOf(header(message, 'Via') ?? '');
          if (refused.has(branch)) return [];
          refused.add(branch);
          return [message];
        },
      };
    },
  },
  {
    name: 'notes-no-source',
    about: 'does not note the source of a request in its Via',
    violates: rfc3261('18.2.1-01'),
    weight: 'fail',
    wire: () => ({
      sipWritten: (message) => [
        message.kind === 'response'
          ? withSipHeader(message, 'Via', (header(message, 'Via') ?? '').replace(/;received=[^;,]*/, ''))
          : message,
      ],
    }),
  },
  {
    name: 'answers-where-sent-by-points',
    about: 'sends its responses to the address in sent-by, where nobody is',
    violates: rfc3261('18.2.2-01'),
    weight: 'fail',
    // 192.0.2.0/24 is for documentation: what goes there is lost.
    wire: () => ({
      sipWritten: (message) =>
        message.kind === 'response' && /^SIP\/2\.0\/TCP\s+192\.0\.2\./.test(header(message, 'Via') ?? '')
          ? []
          : [message],
    }),
  },
  {
    name: 'short-bodies-are-whole',
    about: 'takes a datagram whose body is shorter than its Content-Length',
    violates: rfc3261('18.3-01'),
    weight: 'fail',
    wire: () =>
      onSipResponses('INVITE', (response, stream) =>
        isUdp(stream) && response.status === 400 ? { ...response, status: 200, reason: 'OK' } : response,
      ),
  },
];
