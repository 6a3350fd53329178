import { headerOf } from '../../codec/msrp/message.ts';
import { editBody, editHeader, onCopies, onMsrpRequests, onMsrpStatus } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** What a path in a session description is. */
export const pathIn = (body: Buffer): string | undefined => /^a=path:(.*?)\r?$/m.exec(body.toString())?.[1];

/** URIs and paths: which session they name, and what becomes of them (RFC 4975 §5.4, §6). */
export const pathMutants: readonly Mutant[] = [
  {
    name: 'transport-of-websocket',
    about: 'writes ";ws" into its URIs, though it speaks TCP',
    violates: rfc4975('6-03'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'From-Path', (value) => value.replace(/;tcp$/, ';ws'))),
  },
  {
    name: 'msrps-without-tls',
    about: 'writes msrps into From-Path of copies that go over TCP',
    violates: rfc4975('6-06'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'From-Path', (value) => value.replace(/^msrp:/, 'msrps:'))),
  },
  {
    name: 'path-without-port',
    about: 'gives paths without port after a while',
    violates: rfc4975('6-08'),
    weight: 'fail',
    wire: () => {
      let answers = 0;
      return {
        sipWritten: (message) => {
          if (pathIn(message.body) === undefined) return [message];
          answers += 1;
          // The first ones show whether the focus is there at all.
          if (answers <= 3) return [message];
          return [editBody(message, 'application/sdp', (sdp) => sdp.replace(/(a=path:msrps?:\/\/[^/:]+):\d+/, '$1'))];
        },
      };
    },
  },
  {
    name: 'from-path-that-was-not-signalled',
    about: 'writes another session-id of its own into From-Path',
    violates: rfc4975('3-02'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'From-Path', (value) => value.replace(/;tcp$/, 'x;tcp'))),
  },
  {
    name: 'two-uris-in-from-path',
    about: 'writes the URI of a relay in front of its own, though there is none',
    violates: rfc4975('5.2-01'),
    weight: 'fail',
    wire: () =>
      onCopies((copy) => editHeader(copy, 'From-Path', (value) => `msrp://relay.invalid:2855/abcdefgh;tcp ${value}`)),
  },
  {
    name: 'path-of-the-receiver-reversed',
    about: 'writes the URIs of a longer path in the opposite order',
    violates: rfc4975('7.1-04'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'To-Path', (value) => value.split(' ').reverse().join(' '))),
  },
  {
    name: 'userinfo-is-lost',
    about: 'leaves the userinfo part out of To-Path',
    violates: rfc4975('6-09'),
    weight: 'warn',
    wire: () => onCopies((copy) => editHeader(copy, 'To-Path', (value) => value.replace(/\/\/[^@/]*@/, '//'))),
  },
  {
    name: 'paths-are-cleaned-up',
    about: 'takes dot segments out of To-Path and serves what is left',
    violates: rfc4975('6.1-10'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'To-Path', (value) => value.replace(/\/\.\//, '/').replace(/\/[^/]+\/\.\.\//, '/')),
      ]),
  },
  {
    name: 'device-is-session-enough',
    about: 'serves a To-Path without session-id',
    violates: rfc4975('6-05'),
    weight: 'fail',
    wire: () => {
      const latest = new Map<string, string>();
      return onMsrpRequests((request, stream) => {
        const path = headerOf(request, 'To-Path') ?? '';
        if (/:\/\/[^/]+\//.test(path)) {
          if (!latest.has(stream)) latest.set(stream, path);
          return [request];
        }
        return [editHeader(request, 'To-Path', (value) => latest.get(stream) ?? value)];
      });
    },
  },
  {
    name: 'content-without-session',
    about: 'answers 200 where there is no session',
    violates: rfc4975('3-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(481, (response) => ({ ...response, status: 200, comment: 'OK' })),
  },
  {
    name: 'known-by-the-port',
    about: 'refuses who connects from another port than that of its path',
    violates: rfc4975('5.4-18'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        /:9\//.test(headerOf(request, 'From-Path') ?? '')
          ? editHeader(request, 'To-Path', (value) => value.replace(/;tcp$/, 'x;tcp'))
          : request,
      ]),
  },
];
