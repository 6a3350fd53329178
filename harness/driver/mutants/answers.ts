import { headerOf } from '../../codec/msrp/message.ts';
import { addHeader, editHeader, onMsrpResponses, onMsrpStatus, onReports } from '../../focus/rewriting.ts';
import { answerTo, onArrivals, reportOn, swapPaths } from './edits.ts';
import type { ClientMutant } from './mutant.ts';

const fail = 'fail' as const;

/** How it answers what it gets: responses and reports. */
export const answers: readonly ClientMutant[] = [
  {
    name: 'client-answers-nothing',
    about: 'sends no response',
    violates: ['RFC4975-7.2-01'],
    weight: fail,
    wire: () => onMsrpResponses(() => undefined),
  },
  {
    name: 'client-answers-the-wrong-way',
    about: 'swaps the paths of its responses',
    violates: ['RFC4975-7.2-05', 'RFC4975-7.2-07'],
    weight: fail,
    wire: () => onMsrpResponses(swapPaths),
  },
  {
    name: 'client-answers-under-another-name',
    about: 'writes another transaction identifier into its responses',
    violates: ['RFC4975-7.2-04', 'RFC4975-7.2-01'],
    weight: fail,
    wire: () => onMsrpResponses((message) => ({ ...message, transactionId: 'another1one23456' })),
  },
  {
    name: 'client-answers-twice',
    about: 'sends each response twice',
    violates: ['RFC4975-7.2-01'],
    weight: fail,
    wire: () => ({ msrpWritten: (message) => (message.kind === 'response' ? [message, message] : [message]) }),
  },
  {
    name: 'client-answers-reports',
    about: 'answers REPORT with 200',
    violates: ['RFC4975-7.1.2-11'],
    weight: fail,
    wire: () => ({
      msrpAnswers: (message) =>
        message.kind === 'request' && message.method === 'REPORT' ? [answerTo(message, 200)] : [],
    }),
  },
  {
    name: 'client-reports-on-reports',
    about: 'answers REPORT with REPORT',
    violates: ['RFC4975-7.1.2-10', 'RFC4975-7.3.2-08'],
    weight: fail,
    wire: () => ({
      msrpAnswers: (message) =>
        message.kind === 'request' && message.method === 'REPORT'
          ? [reportOn(message, `r${message.transactionId.slice(1)}`)]
          : [],
    }),
  },
  {
    name: 'client-answers-in-spite-of-no',
    about: 'answers SENDs with Failure-Report no',
    violates: ['RFC4975-7.1.4-04'],
    weight: fail,
    wire: () => onArrivals((message) => [without(message, 'no')]),
  },
  {
    name: 'client-answers-in-spite-of-partial',
    about: 'answers SENDs with Failure-Report partial by 200',
    violates: ['RFC4975-7.1.4-05'],
    weight: fail,
    wire: () => onArrivals((message) => [without(message, 'partial')]),
  },
  {
    name: 'client-takes-any-session',
    about: 'answers 200 to a session that it does not know',
    violates: ['RFC4975-7.3-03', 'RFC4975-7.3-01'],
    weight: fail,
    wire: () => onMsrpStatus(481, (message) => ({ ...message, status: 200 })),
  },
  {
    name: 'client-takes-any-method',
    about: 'answers 200 to methods that it does not know',
    violates: ['RFC4975-12-03', 'RFC4975-10.9-01'],
    weight: fail,
    wire: () => onMsrpStatus(501, (message) => ({ ...message, status: 200 })),
  },
  {
    name: 'client-refuses-methods-otherwise',
    about: 'answers 400 to methods that it does not know',
    violates: ['RFC4975-12-03', 'RFC4975-10.9-01'],
    weight: fail,
    wire: () => onMsrpStatus(501, (message) => ({ ...message, status: 400 })),
  },
  {
    name: 'client-takes-any-type',
    about: 'answers 200 to content of a type that it cannot show',
    violates: ['RFC4975-7.3.1-09'],
    weight: fail,
    wire: () => onMsrpStatus(415, (message) => ({ ...message, status: 200 })),
  },
  {
    name: 'client-refuses-unknown-headers',
    about: 'answers 400 to headers that it does not know',
    violates: ['RFC4975-12-02'],
    weight: fail,
    wire: () => ({
      msrpAnswers: (message) =>
        message.kind === 'request' && headerOf(message, 'X-Foo') !== undefined && message.method === 'SEND'
          ? [answerTo(message, 400)]
          : [],
      msrpReceived: (message) =>
        message.kind === 'request' && headerOf(message, 'X-Foo') !== undefined && message.method === 'SEND'
          ? []
          : [message],
    }),
  },
  {
    name: 'client-refuses-empty-sends',
    about: 'answers 400 to a SEND without body',
    violates: ['RFC4975-7.2-01', 'RFC4975-7.1.1-30'],
    weight: fail,
    shownBy: 'participant/takes-what-is-empty',
    wire: () => ({
      msrpAnswers: (message) =>
        message.kind === 'request' && message.method === 'SEND' && message.body === undefined
          ? [answerTo(message, 400)]
          : [],
      msrpReceived: (message) =>
        message.kind === 'request' && message.method === 'SEND' && message.body === undefined ? [] : [message],
    }),
  },
  {
    name: 'client-reports-unasked',
    about: 'reports success on every message',
    violates: ['RFC4975-7.1.3-09'],
    weight: fail,
    wire: () => ({
      msrpAnswers: (message) =>
        message.kind === 'request' &&
        message.method === 'SEND' &&
        message.body !== undefined &&
        headerOf(message, 'Success-Report') !== 'yes'
          ? [reportOn(message, `r${message.transactionId.slice(1)}`)]
          : [],
    }),
  },
  {
    name: 'client-never-reports',
    about: 'sends no REPORT',
    violates: ['RFC4975-7.1.3-01'],
    weight: fail,
    wire: () => onReports(() => undefined),
  },
  {
    name: 'client-reports-half',
    about: 'reports the first half of a message only',
    violates: ['RFC4975-7.1.3-01'],
    weight: fail,
    wire: () =>
      onReports((message) =>
        editHeader(message, 'Byte-Range', (range) =>
          range.replace(/^(\d+)-(\d+)/, (_, start: string, end: string) => `${start}-${Math.ceil(Number(end) / 2)}`),
        ),
      ),
  },
  {
    name: 'client-reports-too-much',
    about: 'reports octets that it has never got',
    violates: ['RFC4975-7.1.2-03'],
    weight: fail,
    shownBy: 'participant/reports-what-has-come/of-one-chunk',
    wire: () =>
      onReports((message) =>
        editHeader(message, 'Byte-Range', (range) =>
          range.replace(
            /-(\d+)\/(\d+)$/,
            (_, end: string, total: string) => `-${Number(end) + 100}/${Number(total) + 100}`,
          ),
        ),
      ),
  },
  {
    name: 'client-reports-on-another-message',
    about: 'writes a Message-ID of its own into REPORTs',
    violates: ['RFC4975-7.1.2-03'],
    weight: fail,
    shownBy: 'participant/reports-what-has-come/of-one-chunk',
    wire: () => onReports((message) => editHeader(message, 'Message-ID', () => 'never-heard-of')),
  },
  {
    name: 'client-reports-without-status',
    about: 'leaves Status out of REPORTs',
    violates: ['RFC4975-7.1.2-02'],
    weight: fail,
    shownBy: 'participant/reports-what-has-come/of-one-chunk',
    wire: () => onReports((message) => editHeader(message, 'Status', () => undefined)),
  },
  {
    name: 'client-wants-reports-on-reports',
    about: 'writes Success-Report into REPORTs',
    violates: ['RFC4975-7.1.2-01', 'RFC4975-7.1.2-09'],
    weight: fail,
    shownBy: 'participant/reports-what-has-come/of-one-chunk',
    wire: () => onReports((message) => addHeader(message, 'Success-Report', 'yes')),
  },
];

function without<M extends Parameters<typeof editHeader>[0]>(message: M, value: string): M {
  return editHeader(message, 'Failure-Report', (is) => (is.toLowerCase() === value ? 'yes' : is));
}
