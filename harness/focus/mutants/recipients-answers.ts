import { headerOf, type MsrpMessage, type MsrpRequest, type MsrpResponse } from '../../codec/msrp/message.ts';
import { serializeMsrp } from '../../codec/msrp/serialize.ts';
import type { WireRewriting } from '../alteration.ts';
import { onMsrpResponses } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** Answers of recipients that the switch takes for something else. */
const misreads = (isMisread: (response: MsrpResponse) => boolean, status: number): WireRewriting => ({
  msrpReceived: (message) => [message.kind === 'response' && isMisread(message) ? { ...message, status } : message],
});

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

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

/** How the switch takes the answers and reports of recipients (RFC 4975 §7.2, §10). */
export const recipientsAnswerMutants: readonly Mutant[] = [
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
];
