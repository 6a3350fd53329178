import { addHeader, onMsrpResponses, onMsrpStatus } from '../rewriting.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

/** Responses as the switch writes them (RFC 4975 §7.2). */
export const responseMutants: readonly Mutant[] = [
  {
    name: 'answers-under-another-id',
    about: 'writes a transaction id of its own into responses to messages',
    violates: rfc7701('6.3-10', '6.3-03'),
    weight: 'fail',
    wire: () => {
      const messages = new Set<string>();
      return {
        msrpReceived: (message) => {
          if (message.body !== undefined) messages.add(message.transactionId);
          return [message];
        },
        msrpWritten: (message) => [
          message.kind === 'response' && messages.has(message.transactionId)
            ? { ...message, transactionId: `x${message.transactionId}`.slice(0, 30) }
            : message,
        ],
      };
    },
  },
  {
    name: 'answers-with-the-paths-as-they-came',
    about: 'does not swap To-Path and From-Path in responses',
    violates: rfc7701('6.3-10'),
    weight: 'fail',
    wire: () =>
      onMsrpResponses((response) => {
        const [to, from, ...rest] = response.headers;
        if (to === undefined || from === undefined) return response;
        return { ...response, headers: [{ ...to, value: from.value }, { ...from, value: to.value }, ...rest] };
      }),
  },
  {
    name: 'answers-in-part',
    about: 'ends responses with "+"',
    violates: [...rfc7701('6.3-10'), ...rfc4975('7.2-08')],
    weight: 'fail',
    wire: () => onMsrpResponses((response) => ({ ...response, flag: '+' })),
  },
  {
    name: 'answers-with-content',
    about: 'writes a body into error responses',
    violates: [...rfc7701('6.3-10'), ...rfc4975('9-02')],
    weight: 'fail',
    wire: () =>
      onMsrpResponses((response) =>
        response.status < 300
          ? response
          : { ...addHeader(response, 'Content-Type', 'text/plain'), body: Buffer.from('no') },
      ),
  },
  {
    name: 'answers-with-202',
    about: 'answers messages with 202',
    violates: rfc7701('6.3-03', '6.3-10'),
    weight: 'fail',
    wire: () => onMsrpStatus(200, (response) => ({ ...response, status: 202 })),
  },
  {
    name: 'answers-408',
    about: 'answers 408 where a recipient is unknown',
    violates: [...rfc4975('10.4-01'), ...rfc7701('6.2-11', '10.3-01')],
    weight: 'fail',
    wire: () => onMsrpStatus(404, (response) => ({ ...response, status: 408 })),
  },
];
