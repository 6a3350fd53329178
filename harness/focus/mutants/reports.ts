import { headerOf, type MsrpRequestHead } from '../../codec/msrp/message.ts';
import { addHeader, editHeader, onCopies, onReports } from '../rewriting.ts';
import type { RoomEffect } from '../room-events.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

/** Who is told what of a message, and when (RFC 7701 §6.3, RFC 4975 §7.1.2 to §7.1.4). */
export const reportMutants: readonly Mutant[] = [
  {
    name: 'forwards-reports',
    about: 'asks recipients for success REPORTs and forwards them to the sender',
    violates: rfc7701('6.3-12', '6.3-13', '6.3-06', '6.3-02'),
    weight: 'fail',
    decisions: () => {
      const heads = new Map<string, MsrpRequestHead>();
      const senders = new Map<string, string>();
      return {
        outgoing: (effects, event) => {
          if (event.type === 'chunk-head') heads.set(event.session, event.head);
          for (const effect of effects)
            if (effect.type === 'copy' && effect.from !== undefined) senders.set(effect.copyId, effect.from);
          if (event.type !== 'report-received') return effects;
          const session = senders.get(event.copyId) ?? '';
          const head = heads.get(session);
          if (head === undefined) return effects;
          const forwarded: RoomEffect = {
            type: 'report',
            session,
            toPath: headerOf(head, 'From-Path') ?? '',
            messageId: headerOf(head, 'Message-ID') ?? '',
            range: { start: 1, end: 1, total: 1 },
            status: event.status,
            body: undefined,
          };
          return [...effects, forwarded];
        },
      };
    },
    wire: () => onCopies((copy) => addHeader(copy, 'Success-Report', 'yes')),
  },
  {
    name: 'one-report-for-each-recipient',
    about: 'sends one success REPORT for each recipient',
    violates: rfc7701('6.3-13', '6.3-12'),
    weight: 'fail',
    decisions: () => ({
      successReports: (wanted, size, recipients) =>
        wanted === 'yes' ? recipients.map(() => ({ start: 1, end: size })) : [],
    }),
  },
  {
    name: 'answers-after-all-have-answered',
    about: 'answers the sender only after all recipients have answered',
    violates: rfc7701('6.3-06', '6.3-03'),
    weight: 'fail',
    decisions: () => {
      const open = new Map<string, { readonly response: RoomEffect; missing: number }>();
      return {
        outgoing: (effects, event) => {
          if (event.type === 'copy-answered') {
            const waiting = open.get(event.copyId);
            if (waiting === undefined) return effects;
            waiting.missing -= 1;
            if (waiting.missing > 0) return effects;
            open.delete(event.copyId);
            return [...effects, waiting.response];
          }
          const copies = effects.filter((effect) => effect.type === 'copy');
          const response = effects.find((effect) => effect.type === 'respond');
          const [copy] = copies;
          if (event.type !== 'chunk-end' || response === undefined || copy === undefined) return effects;
          open.set(copy.copyId, { response, missing: copies.flatMap(({ recipients }) => recipients).length });
          return effects.filter((effect) => effect !== response);
        },
      };
    },
  },
  {
    name: 'always-answers',
    about: 'sends a 200 whatever Failure-Report says',
    violates: [...rfc7701('6.3-05', '6.3-04'), ...rfc4975('7.1.4-04', '7.1.4-05')],
    weight: 'fail',
    decisions: () => ({ responds: () => true }),
  },
  {
    name: 'partial-means-yes',
    about: 'sends a 200 where Failure-Report is partial',
    violates: [...rfc7701('6.3-05'), ...rfc4975('7.1.4-05')],
    weight: 'fail',
    decisions: (reference) => ({ responds: (wish, status) => wish === 'partial' || reference.responds(wish, status) }),
  },
  {
    name: 'partial-means-no',
    about: 'keeps errors back where Failure-Report is partial',
    violates: [...rfc7701('6.3-05'), ...rfc4975('7.1.4-06')],
    weight: 'warn',
    decisions: (reference) => ({ responds: (wish, status) => wish !== 'partial' && reference.responds(wish, status) }),
  },
  {
    name: 'no-means-partial',
    about: 'sends errors where Failure-Report is no',
    violates: [...rfc7701('6.3-04'), ...rfc4975('7.1.4-04')],
    weight: 'fail',
    decisions: (reference) => ({
      responds: (wish, status) => reference.responds(wish === 'no' ? 'partial' : wish, status),
    }),
  },
  {
    name: 'absent-means-no',
    about: 'answers only where Failure-Report is there',
    violates: [...rfc7701('6.3-03'), ...rfc4975('7.1.1-14', '7.1.4-07', '7.2-01')],
    weight: 'fail',
    decisions: () => {
      let silent = false;
      return {
        outgoing: (effects, event) => {
          if (event.type === 'chunk-head')
            silent = event.hasBody && headerOf(event.head, 'Failure-Report') === undefined;
          return effects.filter((effect) => !(silent && effect.type === 'respond' && event.type !== 'nickname'));
        },
      };
    },
  },
  {
    name: 'reports-unasked',
    about: 'sends success REPORTs unasked',
    violates: [...rfc7701('6.3-02'), ...rfc4975('7.1.3-09', '5.3-02', '7.1.1-13')],
    weight: 'fail',
    decisions: () => ({ successReports: (_wanted, size) => [{ start: 1, end: size }] }),
  },
  {
    name: 'no-reports',
    about: 'sends no success REPORTs though asked',
    violates: [...rfc7701('6.3-01'), ...rfc4975('7.1.2-05', '7.1.3-01', '7.3.1-11')],
    weight: 'fail',
    decisions: () => ({ successReports: () => [] }),
  },
  {
    name: 'reports-half',
    about: 'reports half of each message only',
    violates: [...rfc7701('6.3-01'), ...rfc4975('7.1.3-01')],
    weight: 'fail',
    decisions: (reference) => ({
      successReports: (wanted, size, recipients) =>
        reference
          .successReports(wanted, size, recipients)
          .map(({ start, end }) => ({ start, end: Math.ceil(end / 2) })),
    }),
  },
  {
    name: 'reports-more-than-there-was',
    about: 'reports octets behind the end of the message',
    violates: [...rfc7701('6.3-01'), ...rfc4975('7.1.3-01')],
    weight: 'fail',
    decisions: (reference) => ({
      successReports: (...asked) =>
        reference.successReports(...asked).map(({ start, end }) => ({ start, end: end + 100 })),
    }),
  },
  {
    name: 'reports-the-id-of-a-copy',
    about: "puts the Message-ID of a copy into the sender's REPORT",
    violates: [...rfc7701('6.3-01'), ...rfc4975('7.1.2-03', '7.1.3-07')],
    weight: 'fail',
    decisions: () => ({ reportedMessageId: (_original, copyId) => copyId }),
  },
  {
    name: 'reports-without-id',
    about: 'leaves the Message-ID out of REPORTs',
    violates: [...rfc7701('6.3-01'), ...rfc4975('7.1.2-03', '7.1.3-07')],
    weight: 'fail',
    wire: () => onReports((report) => editHeader(report, 'Message-ID', () => undefined)),
  },
  {
    name: 'reports-without-status',
    about: 'leaves Status out of REPORTs',
    violates: rfc4975('7.1.2-02', '7.1.3-07'),
    weight: 'fail',
    wire: () => onReports((report) => editHeader(report, 'Status', () => undefined)),
  },
  {
    name: 'reports-in-another-namespace',
    about: 'writes Status without the namespace 000',
    violates: rfc4975('9-17', '7.1.3-07'),
    weight: 'fail',
    wire: () => onReports((report) => editHeader(report, 'Status', (value) => value.replace(/^000 /, ''))),
  },
  {
    name: 'reports-ask-for-reports',
    about: 'writes Success-Report into REPORTs',
    violates: rfc4975('7.1.2-01'),
    weight: 'fail',
    shownBy: 'rfc7701/6.3-reports/success-report',
    wire: () => onReports((report) => addHeader(report, 'Success-Report', 'no')),
  },
  {
    name: 'reports-in-parts',
    about: 'ends REPORTs with "+"',
    violates: rfc4975('7.1.2-08', '7.1-09', '5.1-05'),
    weight: 'fail',
    shownBy: 'rfc7701/6.3-reports/success-report',
    wire: () => onReports((report) => ({ ...report, flag: '+' })),
  },
  {
    name: 'reports-are-answered',
    about: 'answers REPORTs with 200',
    violates: rfc4975('7.1.2-11'),
    weight: 'fail',
    wire: () => ({
      msrpAnswers: (message) =>
        message.kind === 'request' && message.method === 'REPORT'
          ? [
              {
                kind: 'response',
                transactionId: message.transactionId,
                status: 200,
                comment: 'OK',
                headers: [
                  { name: 'To-Path', value: headerOf(message, 'From-Path') ?? '' },
                  { name: 'From-Path', value: headerOf(message, 'To-Path') ?? '' },
                ],
                flag: '$',
              },
            ]
          : [],
    }),
  },
  {
    name: 'failure-report-though-unwanted',
    about: 'reports refusals by REPORT where Failure-Report is no',
    violates: [...rfc7701('6.3-04'), ...rfc4975('7.1.4-03', '5.3-03')],
    weight: 'fail',
    decisions: () => {
      const heads = new Map<string, MsrpRequestHead>();
      return {
        responds: () => true,
        outgoing: (effects, event) => {
          if (event.type === 'chunk-head') heads.set(event.session, event.head);
          return effects.flatMap((effect): RoomEffect[] => {
            if (effect.type !== 'respond') return [effect];
            const head = heads.get(effect.session);
            if (head === undefined || headerOf(head, 'Failure-Report') !== 'no') return [effect];
            if (effect.status < 300) return [];
            const messageId = headerOf(head, 'Message-ID') ?? '';
            const toPath = headerOf(head, 'From-Path') ?? '';
            const range = { start: 1, end: 1, total: 1 };
            return [
              {
                type: 'report',
                session: effect.session,
                toPath,
                messageId,
                range,
                status: effect.status,
                body: undefined,
              },
            ];
          });
        },
      };
    },
  },
];
