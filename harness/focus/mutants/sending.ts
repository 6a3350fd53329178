import { headerOf, type MsrpMessage, type MsrpRequest } from '../../codec/msrp/message.ts';
import { serializeMsrp } from '../../codec/msrp/serialize.ts';
import { header } from '../../codec/sip/headers.ts';
import type { WireRewriting } from '../alteration.ts';
import { addHeader, editBody, editHeader, onCopies, onMsrpRequests, onMsrpStatus } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** One change to the octets of each copy with content. */
const octetsOfCopies = (edit: (text: string) => string): (() => WireRewriting) => {
  return () =>
    onCopies((copy) =>
      copy.body === undefined ? copy : Buffer.from(edit(serializeMsrp(copy).toString('latin1')), 'latin1'),
    );
};

const answerTo = (request: MsrpRequest, status: number): MsrpMessage => ({
  kind: 'response',
  transactionId: request.transactionId,
  status,
  comment: 'No',
  headers: [
    { name: 'To-Path', value: headerOf(request, 'From-Path') ?? '' },
    { name: 'From-Path', value: headerOf(request, 'To-Path') ?? '' },
  ],
  flag: '$',
});

const isReport = (message: MsrpMessage): message is MsrpRequest & { readonly method: 'REPORT' } =>
  message.kind === 'request' && message.method === 'REPORT';

/** What a path in a session description is. */
const pathIn = (body: Buffer): string | undefined => /^a=path:(.*?)\r?$/m.exec(body.toString())?.[1];

/** Frames, identifiers, paths and reports as the switch sends them (RFC 4975 §5 to §7.1). */
export const sendingMutants: readonly Mutant[] = [
  {
    name: 'end-line-of-another-request',
    about: 'ends copies with another transaction id than that of their start line',
    violates: rfc4975('7.1-15', '5.1-01'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace(/-------\S+([$+#])\r\n$/, '-------zzzz1234abcd$1\r\n')),
  },
  {
    name: 'end-line-of-six-hyphens',
    about: 'ends copies with six hyphens',
    violates: rfc4975('7.1-15', '5.1-01'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace(/-------(\S+)\r\n$/, '------$1\r\n')),
  },
  {
    name: 'end-line-in-the-body',
    about: 'does not look whether its end-line stands in the body',
    violates: rfc4975('7.1-20', '7.1-21'),
    weight: 'fail',
    shownBy: 'rfc4975/malformed/content-out-of-form/t089-near-matches',
    wire: () =>
      onCopies((copy) => {
        const [, transactionId] = /\r\n-------([\w.]{4,32})[$+#]\r\n/.exec(copy.body?.toString('latin1') ?? '') ?? [];
        return transactionId === undefined ? copy : { ...copy, transactionId };
      }),
  },
  {
    name: 'blank-line-without-body',
    about: 'writes a blank line into requests without body',
    violates: rfc4975('7.1-12', '7.1-13'),
    weight: 'fail',
    shownBy: 'rfc7701/6.3-reports/success-report',
    wire: () => ({
      msrpWritten: (message) =>
        isReport(message) && message.body === undefined
          ? [
              Buffer.from(
                serializeMsrp(message)
                  .toString('latin1')
                  .replace(/(-------\S+\r\n)$/, '\r\n$1'),
                'latin1',
              ),
            ]
          : [message],
    }),
  },
  {
    name: 'waits-for-blank-lines',
    about: 'never answers a SEND without body that has a blank line',
    violates: rfc4975('7.1-13'),
    weight: 'fail',
    wire: () => ({
      msrpReceived: (message) =>
        message.kind === 'request' && message.method === 'SEND' && message.body?.length === 0 ? [] : [message],
    }),
  },
  {
    name: 'one-message-id-for-all',
    about: 'gives every copy the same Message-ID',
    violates: rfc4975('7.1.1-01', '7.1.1-02'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'Message-ID', () => 'message-0001')),
  },
  {
    name: 'duplicates-are-new-messages',
    about: 'delivers a message that comes twice under its Message-ID as two messages',
    violates: rfc4975('5.4-27', '5.4-28'),
    weight: 'warn',
    shownBy: 'rfc4975/duplicate',
    wire: () => {
      const seen = new Map<string, number>();
      return onCopies((copy) => {
        if (copy.flag !== '$' || headerOf(copy, 'Byte-Range')?.startsWith('1-') !== true) return copy;
        const key = `${headerOf(copy, 'To-Path')} ${headerOf(copy, 'Message-ID')}`;
        const times = (seen.get(key) ?? 0) + 1;
        seen.set(key, times);
        return times === 1 ? copy : editHeader(copy, 'Message-ID', (id) => `${id}.${times}`);
      });
    },
  },
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
    name: 'reports-under-the-id-of-the-send',
    about: 'writes the transaction id of the SEND into REPORTs on it',
    violates: rfc4975('7.1.3-02'),
    weight: 'fail',
    shownBy: 'rfc7701/6.3-reports/success-report',
    wire: () => {
      const ids = new Map<string, string>();
      return {
        msrpReceived: (message) => {
          const id = message.kind === 'request' ? headerOf(message, 'Message-ID') : undefined;
          if (id !== undefined) ids.set(id, message.transactionId);
          return [message];
        },
        msrpWritten: (message) => [
          isReport(message)
            ? { ...message, transactionId: ids.get(headerOf(message, 'Message-ID') ?? '') ?? message.transactionId }
            : message,
        ],
      };
    },
  },
  {
    name: 'reports-when-it-is-too-late',
    about: 'holds REPORTs back until other messages have gone over the connection',
    violates: rfc4975('7.1.2-13'),
    weight: 'warn',
    wire: () => {
      const held = new Map<string, MsrpMessage[]>();
      const patience = new Map<string, number>();
      return {
        msrpWritten: (message, stream) => {
          const waiting = held.get(stream) ?? [];
          if (isReport(message)) {
            held.set(stream, [...waiting, message]);
            return [];
          }
          if (message.kind === 'response' || message.body === undefined || waiting.length === 0) return [message];
          // A copy of the very message that is reported on may come first.
          const left = (patience.get(stream) ?? 2) - 1;
          patience.set(stream, left);
          if (left > 0) return [message];
          held.delete(stream);
          patience.delete(stream);
          return [...waiting, message];
        },
      };
    },
  },
  {
    name: 'reports-are-of-whole-messages',
    about: 'answers 400 to REPORTs on parts of a message',
    violates: rfc4975('7.1.1-35', '7.1.3-05'),
    weight: 'fail',
    wire: () => ({
      msrpAnswers: (message) =>
        isReport(message) && !/^1-(\d+)\/\1$/.test(headerOf(message, 'Byte-Range') ?? '')
          ? [answerTo(message, 400)]
          : [],
    }),
  },
  {
    name: 'failure-reports-are-answered',
    about: 'answers failure REPORTs',
    violates: rfc4975('7.1.4-09', '7.1.2-11'),
    weight: 'fail',
    wire: () => ({
      msrpAnswers: (message) =>
        isReport(message) && !/^000 2/.test(headerOf(message, 'Status') ?? '') ? [answerTo(message, 200)] : [],
    }),
  },
  {
    name: 'delivered-and-failed',
    about: 'sends a failure REPORT behind every 200',
    violates: rfc4975('5.3-03'),
    weight: 'fail',
    wire: () => {
      const asked = new Map<string, MsrpRequest>();
      return {
        msrpReceived: (message, stream) => {
          if (message.kind === 'request' && message.method === 'SEND' && message.body !== undefined)
            asked.set(stream, message);
          return [message];
        },
        msrpWritten: (message, stream) => {
          const send = asked.get(stream);
          if (send === undefined || message.kind !== 'response' || message.status !== 200) return [message];
          asked.delete(stream);
          const report: MsrpMessage = {
            kind: 'request',
            transactionId: `failed${send.transactionId}`.slice(0, 32),
            method: 'REPORT',
            headers: [
              { name: 'To-Path', value: headerOf(send, 'From-Path') ?? '' },
              { name: 'From-Path', value: headerOf(send, 'To-Path') ?? '' },
              { name: 'Message-ID', value: headerOf(send, 'Message-ID') ?? '' },
              { name: 'Byte-Range', value: '1-1/*' },
              { name: 'Status', value: '000 408 Too late' },
            ],
            flag: '$',
          };
          return [message, report];
        },
      };
    },
  },
  {
    name: 'displays-by-request-only',
    about: 'drops messages without Content-Disposition',
    violates: rfc4975('7.1.1-36'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) =>
        request.method === 'SEND' && request.body !== undefined && headerOf(request, 'X-Note') !== undefined
          ? [editHeader(addHeader(request, 'X-Dropped', 'yes'), 'Content-Type', () => 'application/x-dropped')]
          : [request],
      ),
  },
  {
    name: 'unknown-dispositions-are-refused',
    about: 'refuses messages whose disposition it does not know',
    violates: rfc4975('7.1.1-38'),
    weight: 'warn',
    wire: () =>
      onMsrpRequests((request) =>
        /^x-/.test(headerOf(request, 'Content-Disposition') ?? '')
          ? [editHeader(request, 'Content-Type', () => 'application/x-refused')]
          : [request],
      ),
  },
  {
    name: 'goes-on-by-the-old-offer',
    about: 'serves a session that was lost on a new connection',
    violates: rfc4975('5.4-24', '5.4-22'),
    weight: 'fail',
    wire: () => onMsrpStatus(481, (response) => ({ ...response, status: 200, comment: 'OK' })),
  },
];
