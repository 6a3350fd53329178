import { headerOf } from '../../codec/msrp/message.ts';
import {
  addHeader,
  editHeader,
  isCopy,
  onCopies,
  onDescriptions,
  onMsrpResponses,
  onReports,
  onSipRequests,
  withSipHeader,
} from '../../focus/rewriting.ts';
import { onWrappers } from './edits.ts';
import type { ClientVariant } from './mutant.ts';

/** Clients that choose otherwise where the RFCs leave a choice. */
export const clientVariants: readonly ClientVariant[] = [
  {
    name: 'client-of-few-words',
    about: 'writes no comment behind status codes',
    because: 'RFC 4975 §9: the comment may be left out',
    mayWarn: [],
    wire: () => onMsrpResponses(({ comment: _, ...message }) => message),
  },
  {
    name: 'client-with-headers-of-its-own',
    about: 'writes headers that nobody knows into SENDs and INVITE',
    because: 'RFC 4975 §12, RFC 3261 §8.2.2: unknown headers are ignored',
    mayWarn: [],
    wire: () => ({
      ...onCopies((message) => addHeader(message, 'X-Client', 'fine')),
      ...onSipRequests('INVITE', (message) => withSipHeader(message, 'X-Client', 'fine')),
    }),
  },
  {
    name: 'client-in-small-letters',
    about: 'writes MSRP header names in small letters',
    because: 'RFC 4975 §9: names are literal text of the grammar, which ignores case',
    mayWarn: [],
    wire: () => ({
      msrpWritten: (message) => [
        { ...message, headers: message.headers.map((one) => ({ ...one, name: one.name.toLowerCase() })) },
      ],
    }),
  },
  {
    name: 'client-of-the-base-model',
    about: 'knows nothing of a=setup',
    because: 'RFC 6135 §3, §5: support is optional',
    mayWarn: [],
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=setup:.*\r\n/m, '')),
  },
  {
    name: 'client-behind-nat',
    about: 'offers setup active',
    because: 'RFC 6135 §4.2.2: who cannot be reached offers active',
    mayWarn: ['RFC6135-4.2.2-03'],
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=setup:.*$/m, 'a=setup:active')),
  },
  {
    name: 'client-without-chatroom',
    about: 'declares nothing in a=chatroom',
    because: 'RFC 7701 §5.2: conference-unaware participants do not send it',
    mayWarn: [],
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=chatroom.*\r\n/m, '')),
  },
  {
    name: 'client-reports-without-range',
    about: 'leaves Byte-Range out of REPORTs',
    because: 'MSRP notes A11: one without a range speaks of the whole message',
    mayWarn: ['RFC4975-7.1.3-01', 'RFC4975-7.1.3-07', 'RFC4975-7.3.1-11', 'RFC4975-7.1.2-05', 'RFC4975-7.1.2-06'],
    wire: () => onReports((message) => editHeader(message, 'Byte-Range', () => undefined)),
  },
  {
    name: 'client-with-unknown-totals',
    about: 'writes an asterisk for the total',
    because: 'RFC 4975 §7.1.1: the total may be *',
    mayWarn: ['RFC4975-7.1.1-22'],
    wire: () =>
      onCopies((message) =>
        message.body === undefined
          ? message
          : editHeader(message, 'Byte-Range', (range) => range.replace(/\/\d+$/, '/*')),
      ),
  },
  {
    name: 'client-tells-the-time',
    about: 'writes DateTime and Subject into its wrappers',
    because: 'RFC 3862 §4: both are optional headers',
    mayWarn: [],
    wire: () =>
      onWrappers((text) => text.replace(/^(To: .*\r\n)/m, '$1DateTime: 2026-01-02T03:04:05Z\r\nSubject: a word\r\n')),
  },
  {
    name: 'client-asks-for-success',
    about: 'asks for success reports on what it says',
    because: 'RFC 7701 §6.1: any report model may be used',
    mayWarn: [],
    wire: () =>
      onCopies((message) => (message.body === undefined ? message : addHeader(message, 'Success-Report', 'yes'))),
  },
  {
    name: 'client-in-chunks-of-2048',
    about: 'sends chunks of 2048 octets',
    because: 'RFC 4975 §7.1.1: chunks of 2048 octets up to the last are the other advice',
    mayWarn: ['RFC4975-7.1.1-28'],
    wire: () => ({
      msrpWritten(message) {
        const { body } = message;
        if (!isCopy(message) || body === undefined || body.length <= CHUNK || message.flag !== '$') return [message];
        if (!/^1-/.test(headerOf(message, 'Byte-Range') ?? '1-')) return [message];
        return Array.from({ length: Math.ceil(body.length / CHUNK) }, (_, i) => {
          const piece = body.subarray(i * CHUNK, (i + 1) * CHUNK);
          const isLast = (i + 1) * CHUNK >= body.length;
          const range = `${i * CHUNK + 1}-${i * CHUNK + piece.length}/${body.length}`;
          const transactionId = isLast ? message.transactionId : fresh(message.transactionId, i);
          const cut = editHeader(message, 'Byte-Range', () => range);
          return { ...cut, body: piece, transactionId, flag: isLast ? ('$' as const) : ('+' as const) };
        });
      },
    }),
  },
  {
    name: 'client-shows-things-twice',
    about: 'shows each message twice',
    because: 'what a user is shown besides is no matter of any RFC',
    mayWarn: [],
    view: () => (event) => (event.event === 'message' ? [event, event] : [event]),
  },
];

const CHUNK = 2048;

/** Another identifier that differs nearly everywhere. */
const fresh = (id: string, piece: number): string =>
  `${piece}x${[...id]
    .reverse()
    .map((one) => String.fromCharCode(97 + ((one.charCodeAt(0) * 7 + piece * 11) % 26)))
    .join('')}`.slice(0, 30);
