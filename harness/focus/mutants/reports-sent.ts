import { headerOf, type MsrpMessage, type MsrpRequest } from '../../codec/msrp/message.ts';
import { addHeader, editHeader, isReport, onMsrpRequests } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

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

/** REPORTs as the switch sends and takes them, and dispositions (RFC 4975 §7.1.2, §7.1.4). */
export const reportsSentMutants: readonly Mutant[] = [
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
];
