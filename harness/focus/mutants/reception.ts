import { headerOf } from '../../codec/msrp/message.ts';
import { addHeader, editHeader, onMsrpRequests, onMsrpStatus } from '../rewriting.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

/** How the switch takes what comes (RFC 4975 §5.4, §7.3, §12). */
export const receptionMutants: readonly Mutant[] = [
  {
    name: 'unknown-method-is-fine',
    about: 'answers 200 to methods it does not know',
    violates: rfc4975('12-03', '10.9-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(501, (response) => ({ ...response, status: 200 })),
  },
  {
    name: 'unknown-method-is-unreadable',
    about: 'answers 400 to methods it does not know',
    violates: rfc4975('12-03', '10.9-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(501, (response) => ({ ...response, status: 400 })),
  },
  {
    name: 'unknown-headers-are-refused',
    about: 'answers 400 to requests with headers it does not know',
    violates: rfc4975('12-02'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        request.headers.some(({ name }) => /^X-/i.test(name))
          ? editHeader(request, 'Message-ID', () => undefined)
          : request,
      ]),
  },
  {
    name: 'header-names-to-the-letter',
    about: 'knows header names only as RFC 4975 spells them',
    violates: rfc4975('9-12'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        {
          ...request,
          headers: request.headers.map((one) =>
            /^[a-z]|^[A-Z]{3}/.test(one.name) ? { ...one, name: 'X-Unknown' } : one,
          ),
        },
      ]),
  },
  ...([200, 403, 404] as const).map(
    (status): Mutant => ({
      name: `${status}-for-an-unknown-session`,
      about: `answers ${status} to requests for a session that it does not have`,
      violates: rfc4975('7.3-03', '10.8-01', '7.3-01'),
      weight: 'fail',
      wire: () => onMsrpStatus(481, (response) => ({ ...response, status })),
    }),
  ),
  {
    name: 'silence-for-an-unknown-session',
    about: 'does not answer requests for a session that it does not have',
    violates: rfc4975('7.3-03', '10.8-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(481, () => undefined),
  },
  {
    name: 'always-tells-of-unknown-sessions',
    about: 'answers 481 though Failure-Report is no',
    violates: rfc4975('7.3-04', '7.1.4-04'),
    weight: 'fail',
    wire: () => {
      const known = new Set<string>();
      return {
        msrpWritten: (message) => {
          if (message.kind === 'request' || message.status < 300) known.add(headerOf(message, 'From-Path') ?? '');
          return [message];
        },
        msrpReceived: (message) => {
          const path = headerOf(message, 'To-Path') ?? '';
          const stranger = message.kind === 'request' && !known.has(path);
          return [stranger ? editHeader(message, 'Failure-Report', () => 'partial') : message];
        },
      };
    },
  },
  {
    name: 'last-of-several-uris',
    about: 'goes by the last URI of To-Path and passes over those in front of it',
    violates: rfc4975('7.3-02', '7.3-03'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [editHeader(request, 'To-Path', (value) => value.split(' ').at(-1) ?? value)]),
  },
  {
    name: 'session-ids-in-any-case',
    about: 'does not tell letter case apart in session ids',
    violates: rfc4975('6.1-08', '7.3-01', '7.3-03'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'To-Path', (value) => value.replace(/\/[^/;]*;/, (id) => id.toLowerCase())),
      ]),
  },
  {
    name: 'serves-whoever-knows-the-uri',
    about: 'serves a session on any connection: 506 becomes 200',
    violates: rfc4975('5.4-20', '5.4-21', '10.10-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(506, (response) => ({ ...response, status: 200 })),
  },
  {
    name: 'one-session-for-each-connection',
    about: 'answers 481 to a second session on one connection',
    violates: rfc7701('4-14'),
    weight: 'fail',
    wire: () => {
      const sessions = new Map<string, string>();
      return onMsrpRequests((request, stream) => {
        const path = headerOf(request, 'To-Path') ?? '';
        const first = sessions.get(stream) ?? path;
        sessions.set(stream, first);
        return [first === path ? request : editHeader(request, 'To-Path', (value) => `${value}x`)];
      });
    },
  },
  {
    name: 'later-sends-need-a-body',
    about: 'answers 400 to a SEND without body that is not the first of its session',
    violates: rfc4975('5.4-07', '7.1-14'),
    weight: 'fail',
    wire: () => {
      const bound = new Set<string>();
      return onMsrpRequests((request) => {
        const path = headerOf(request, 'To-Path') ?? '';
        const first = !bound.has(path);
        bound.add(path);
        return [
          request.method === 'SEND' && request.body === undefined && !first
            ? addHeader(request, 'Byte-Range', 'none')
            : request,
        ];
      });
    },
  },
];
