import { formatByteRange, parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf, type MsrpMessage, type MsrpRequest, type MsrpResponse } from '../../codec/msrp/message.ts';
import { serializeMsrp } from '../../codec/msrp/serialize.ts';
import type { WireRewriting } from '../alteration.ts';
import { editBody, editHeader, onCopies, onDescriptions, onMsrpRequests, onMsrpResponses } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** Answers of recipients that the switch takes for something else. */
const misreads = (isMisread: (response: MsrpResponse) => boolean, status: number): WireRewriting => ({
  msrpReceived: (message) => [message.kind === 'response' && isMisread(message) ? { ...message, status } : message],
});

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** Octets of earlier chunks stay where they are, whatever comes later. */
function firstComesFirst(): WireRewriting {
  const seen = new Map<string, { readonly at: number; readonly octets: Buffer }[]>();
  return onMsrpRequests((request, stream) => {
    const range = parseByteRange(headerOf(request, 'Byte-Range') ?? '');
    if (request.method !== 'SEND' || request.body === undefined || !range.ok) return [request];
    const key = `${stream} ${headerOf(request, 'Message-ID')}`;
    const at = Number(range.value.start) - 1;
    const body = Buffer.from(request.body);
    const earlier = seen.get(key) ?? [];
    for (const one of earlier) {
      const [from, to] = [Math.max(at, one.at), Math.min(at + body.length, one.at + one.octets.length)];
      if (from < to) one.octets.copy(body, from - at, from - one.at, to - one.at);
    }
    seen.set(key, [...earlier, { at, octets: body }]);
    return [{ ...request, body }];
  });
}

/** Puts a chunk behind what it has, although the octets have been there before. */
function appendsOverlaps(): WireRewriting {
  const ends = new Map<string, number>();
  return onMsrpRequests((request, stream) => {
    const range = parseByteRange(headerOf(request, 'Byte-Range') ?? '');
    if (request.method !== 'SEND' || request.body === undefined || !range.ok) return [request];
    const key = `${stream} ${headerOf(request, 'Message-ID')}`;
    const due = BigInt((ends.get(key) ?? 0) + 1);
    const start = range.value.start > 1n && range.value.start < due ? due : range.value.start;
    ends.set(key, Number(start) - 1 + request.body.length);
    const moved = formatByteRange({ start, end: '*', total: '*' });
    return [start === range.value.start ? request : editHeader(request, 'Byte-Range', () => moved)];
  });
}

/** Each chunk of a copy has the metadata of the wrapper in front, and the ranges count them. */
function wrapsEveryChunk(): WireRewriting {
  const wrappers = new Map<string, { readonly block: Buffer; shift: number }>();
  return onCopies((copy, stream) => {
    const range = parseByteRange(headerOf(copy, 'Byte-Range') ?? '');
    if (copy.body === undefined || !range.ok) return copy;
    const key = `${stream} ${headerOf(copy, 'Message-ID')}`;
    if (range.value.start === 1n) {
      const end = copy.body.indexOf('\r\n\r\n');
      wrappers.set(key, { block: Buffer.from(copy.body.subarray(0, end + 4)), shift: 0 });
      return editHeader(copy, 'Byte-Range', (value) => value.replace(/\/\d+$/, '/*'));
    }
    const wrapper = wrappers.get(key);
    if (wrapper === undefined) return copy;
    const start = range.value.start + BigInt(wrapper.shift);
    wrapper.shift += wrapper.block.length;
    const moved = formatByteRange({ start, end: '*', total: '*' });
    return { ...editHeader(copy, 'Byte-Range', () => moved), body: Buffer.concat([wrapper.block, copy.body]) };
  });
}

function sendsAgainAfter403(): WireRewriting {
  const written = new Map<string, MsrpRequest>();
  return {
    msrpWritten(message) {
      if (message.kind === 'request' && message.method === 'SEND') written.set(message.transactionId, message);
      return [message];
    },
    msrpAnswers(message) {
      const copy =
        message.kind === 'response' && message.status === 403 ? written.get(message.transactionId) : undefined;
      return copy === undefined ? [] : [{ ...copy, transactionId: `again${copy.transactionId}`.slice(0, 32) }];
    },
  };
}

/** A REPORT back, about the same message. */
function reportsOnReports(): WireRewriting {
  return {
    msrpAnswers(message: MsrpMessage) {
      if (message.kind !== 'request' || message.method !== 'REPORT') return [];
      const path = (name: string): string => headerOf(message, name) ?? '';
      const headers = [
        { name: 'To-Path', value: path('From-Path') },
        { name: 'From-Path', value: path('To-Path') },
        { name: 'Message-ID', value: path('Message-ID') },
        { name: 'Byte-Range', value: '1-1/1' },
        { name: 'Status', value: '000 200 OK' },
      ];
      return [{ ...message, transactionId: `back${message.transactionId}`.slice(0, 32), headers }];
    },
  };
}

/** The room has URIs whose session-ids can be counted. */
function countedSessions(): WireRewriting {
  const told = new Map<string, string>();
  const told2real = new Map<string, string>();
  const tell = (id: string): string => {
    const known = told.get(id);
    if (known !== undefined) return known;
    const fresh = `session-of-the-room-${String(told.size + 1).padStart(4, '0')}`;
    told.set(id, fresh);
    told2real.set(fresh, id);
    return fresh;
  };
  const ID = /(msrps?:\/\/[^/;]+\/)([^;\s]+)/gi;
  return {
    sipWritten: (message) => [
      editBody(message, 'application/sdp', (sdp) =>
        sdp.replace(/^a=path:.*$/m, (line) => line.replace(ID, (_all, front: string, id: string) => front + tell(id))),
      ),
    ],
    msrpWritten: (message) => [
      editHeader(message, 'From-Path', (value) =>
        value.replace(ID, (_all, front: string, id: string) => front + (told.get(id) ?? id)),
      ),
    ],
    msrpReceived: (message) => [
      editHeader(message, 'To-Path', (value) =>
        value.replace(ID, (_all, front: string, id: string) => front + (told2real.get(id) ?? id)),
      ),
    ],
  };
}

/** What a switch does with chunks, answers and reports beside the room (RFC 4975 §7.3, §8, §10, §13). */
export const msrpConductMutants: readonly Mutant[] = [
  {
    name: 'first-octets-win',
    about: 'keeps the octets that came first where chunks overlap',
    violates: rfc4975('7.3.1-07'),
    weight: 'warn',
    wire: firstComesFirst,
  },
  {
    name: 'appends-overlaps',
    about: 'puts a chunk that overlaps behind what it has',
    violates: rfc4975('7.3.1-07'),
    weight: 'fail',
    wire: appendsOverlaps,
  },
  {
    name: 'breaks-off-before-the-end-it-named',
    about: 'names an end in Byte-Range that the chunk does not reach',
    violates: rfc4975('7.3.1-05', '7.1.1-21'),
    weight: 'fail',
    wire: () =>
      onCopies((copy) =>
        copy.flag === '+'
          ? editHeader(copy, 'Byte-Range', (value) =>
              value.replace(
                /^(\d+)-\*/,
                (_all, start: string) => `${start}-${Number(start) + (copy.body?.length ?? 0) + 9}`,
              ),
            )
          : copy,
      ),
  },
  {
    name: 'wraps-every-chunk',
    about: 'wraps every chunk of a copy by itself',
    violates: rfc4975('13-08'),
    weight: 'fail',
    wire: wrapsEveryChunk,
  },
  {
    name: 'answers-with-two-blanks',
    about: 'writes two blanks in front of its status codes',
    violates: rfc4975('7.2-03', '9-04'),
    weight: 'fail',
    wire: () =>
      onMsrpResponses((response) => {
        const octets = serializeMsrp(response).toString('latin1');
        return Buffer.from(octets.replace(/^(MSRP \S+) /, '$1  '), 'latin1');
      }),
  },
  {
    name: 'needs-a-comment',
    about: 'takes a 200 without comment for an error',
    violates: rfc4975('9-04'),
    weight: 'fail',
    wire: () => misreads(({ comment = '' }) => comment === '', 400),
  },
  {
    name: 'needs-a-comment-in-ascii',
    about: 'takes a response with a comment in other letters for an error',
    violates: rfc4975('9-01'),
    weight: 'fail',
    wire: () => misreads(({ comment = '' }) => !isAscii(comment), 400),
  },
  {
    name: 'knows-no-headers-in-responses',
    about: 'takes a response that has a header behind its paths for an error',
    violates: rfc4975('9-11'),
    weight: 'fail',
    wire: () => misreads(({ headers }) => headers.length > 2, 400),
  },
  {
    name: 'goes-on-after-errors',
    about: 'sends the rest of a message that was answered with an error',
    violates: rfc4975('7.3.2-04'),
    weight: 'warn',
    wire: () => misreads(({ status }) => [400, 403, 500].includes(status), 200),
  },
  {
    name: 'goes-on-after-481',
    about: 'goes on in a session that its peer does not know, or has elsewhere',
    violates: rfc4975('10.8-02', '10.10-02'),
    weight: 'warn',
    shownBy: 'rfc4975/odd-answers-of-a-recipient/481',
    decisions: () => ({ endsSession: () => false }),
  },
  {
    name: 'stops-at-423',
    about: 'sends nobody anything more after a 423',
    violates: rfc4975('10.7-01'),
    weight: 'fail',
    wire: () => {
      let stopped = false;
      return {
        msrpReceived: (message) => {
          stopped ||= message.kind === 'response' && message.status === 423;
          return [message];
        },
        msrpWritten: (message) => (stopped && message.kind === 'request' ? [] : [message]),
      };
    },
  },
  {
    name: 'sends-again-after-403',
    about: 'sends a copy that was answered with 403 once more',
    violates: rfc4975('10.3-02'),
    weight: 'warn',
    shownBy: 'rfc4975/odd-answers-of-a-recipient/403',
    wire: sendsAgainAfter403,
  },
  {
    name: 'reports-on-reports',
    about: 'answers a REPORT with a REPORT',
    violates: rfc4975('7.3.2-08', '7.1.2-10'),
    weight: 'fail',
    wire: reportsOnReports,
  },
  {
    name: 'counted-sessions',
    about: 'numbers its sessions',
    violates: rfc4975('8.2-09'),
    weight: 'warn',
    wire: countedSessions,
  },
  {
    name: 'serves-without-transport',
    about: 'serves a To-Path without transport',
    violates: rfc4975('9-09'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'To-Path', (value) => (/;/.test(value) ? value : `${value};tcp`)),
      ]),
  },
  {
    name: 'knows-yes-in-small-letters',
    about: 'does not understand "Success-Report: YES"',
    violates: rfc4975('9-14'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [editHeader(request, 'Success-Report', (value) => (value === 'yes' ? value : 'no'))]),
  },
  {
    name: 'knows-no-in-small-letters',
    about: 'does not understand "Failure-Report: No"',
    violates: rfc4975('9-15'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'Failure-Report', (value) => (/^(?:no|partial)$/.test(value) ? value : 'yes')),
      ]),
  },
  {
    name: 'needs-values-of-parameters',
    about: 'does not know a type whose parameter has no value',
    violates: rfc4975('9-19'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'Content-Type', (value) => (/;[^=;]+$/.test(value) ? 'application/x-unreadable' : value)),
      ]),
  },
  {
    name: 'no-multipart',
    about: 'refuses multipart with 415',
    violates: rfc4975('7.3.1-10'),
    weight: 'fail',
    decisions: ({ wrappedTypeStatus }) => ({
      wrappedTypeStatus: (type, room) => (/^multipart\//i.test(type) ? 415 : wrappedTypeStatus(type, room)),
    }),
  },
  {
    name: 'refuses-what-it-lists',
    about: 'lists text/html in accept-wrapped-types and refuses it with 415',
    violates: rfc4975('8.6-08', '8.6-07'),
    weight: 'fail',
    shownBy: 'rfc7701/6.1-room-messages/listed-types-are-taken',
    decisions: ({ wrappedTypeStatus }) => ({
      acceptWrappedTypes: () => ['text/plain', 'text/html', '*'],
      wrappedTypeStatus: (type, room) => (/^text\/html/i.test(type) ? 415 : wrappedTypeStatus(type, room)),
    }),
  },
  {
    name: 'unwraps-its-copies',
    about: 'sends copies without their wrapper',
    violates: rfc4975('8.6-14', '13-05'),
    weight: 'fail',
    wire: () =>
      onCopies((copy) => {
        const at = copy.body?.indexOf('\r\n\r\n', (copy.body.indexOf('\r\n\r\n') ?? 0) + 4) ?? -1;
        if (copy.body === undefined || at === -1 || copy.flag !== '$') return copy;
        const body = copy.body.subarray(at + 4);
        const plain = editHeader(copy, 'Content-Type', () => 'text/plain');
        return { ...editHeader(plain, 'Byte-Range', () => `1-${body.length}/${body.length}`), body };
      }),
  },
  {
    name: 'reads-no-asterisks',
    about: 'does not understand entries like text/* in lists of types',
    violates: rfc4975('8.6-20'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message) => [
        editBody(message, 'application/sdp', (sdp) => sdp.replaceAll(/(message|text)\/\*/g, '$1/x-none')),
      ],
    }),
  },
  {
    name: 'waits-for-the-answerer',
    about: 'waits to be called when its offer was answered without a=setup',
    violates: rfc4975('8.5-01'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message) => [
        message.kind === 'request' && message.method === 'ACK'
          ? editBody(message, 'application/sdp', (sdp) => (/^a=setup/m.test(sdp) ? sdp : `${sdp}a=setup:active\r\n`))
          : message,
      ],
    }),
  },
  {
    name: 'goes-by-the-media-line',
    about: 'takes the port of a participant from the m= line and not from its path',
    violates: rfc4975('8.1-09'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message) => [
        editBody(message, 'application/sdp', (sdp) => {
          const port = /^m=message (\d+)/m.exec(sdp)?.[1];
          return port === undefined ? sdp : sdp.replace(/^(a=path:msrps?:\/\/[^/]+:)\d+\//m, `$1${port}/`);
        }),
      ],
    }),
  },
  {
    name: 'one-place-twice-in-its-path',
    about: 'writes two URIs of itself into a path, in every other description',
    violates: rfc4975('8.3-01'),
    weight: 'fail',
    wire: () => {
      let count = 0;
      return onDescriptions((sdp) =>
        ++count % 2 === 0 ? sdp.replace(/^a=path:(\S+)/m, (_all, uri: string) => `a=path:${uri} ${uri}`) : sdp,
      );
    },
  },
  {
    name: 'two-formats',
    about: 'lists a type beside the asterisk of the m= line',
    violates: rfc4975('15.6-01', '8.1-04'),
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^(m=message [1-9].*) \*\r$/m, '$1 * message/cpim\r')),
  },
  {
    name: 'misspelt-accept-types',
    about: 'writes a=accept-type',
    violates: rfc4975('8-02', '8.6-01'),
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=accept-types/m, 'a=accept-type')),
  },
  {
    name: 'wrapped-types-without-multipart',
    about: 'lists text/plain and text/html alone as wrapped types',
    violates: rfc4975('8.6-04'),
    weight: 'warn',
    wire: () =>
      onDescriptions((sdp) =>
        sdp.replace(/^a=accept-wrapped-types:.*\r$/m, 'a=accept-wrapped-types:text/plain text/html\r'),
      ),
  },
  {
    name: 'version-rises-every-time',
    about: 'raises the version of o= although nothing changes',
    violates: rfc4975('8.4-06'),
    weight: 'fail',
    shownBy: 'rfc7701/11-security/anonymous-participant',
    wire: () => {
      let count = 1000;
      return onDescriptions((sdp) => sdp.replace(/^(o=\S+ \S+) \d+/m, (_all, front: string) => `${front} ${++count}`));
    },
  },
  {
    name: 'forgets-its-own-uris',
    about: 'knows no session at the first SEND, at every other connection',
    violates: rfc4975('8.2-06', '8.2-04'),
    weight: 'fail',
    wire: () => {
      const streams = new Map<string, boolean>();
      return onMsrpRequests((request, stream) => {
        if (streams.has(stream)) return [request];
        streams.set(stream, true);
        if (streams.size % 2 === 1) return [request];
        return [editHeader(request, 'To-Path', (value) => value.replace(/\/[^/;]+;/, '/forgotten-0123456789;'))];
      });
    },
  },
];
