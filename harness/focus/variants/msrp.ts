import { rfc4975, rfc7701 } from '../mutants/mutant.ts';
import {
  addHeader,
  editHeader,
  onCopies,
  onDescriptions,
  onMsrpResponses,
  onMsrpStatus,
  onReports,
} from '../rewriting.ts';
import type { Variant } from './variant.ts';

/** MSRP, written otherwise. */
export const msrpVariants: readonly Variant[] = [
  {
    name: 'connects-where-it-may',
    about: 'answers actpass with active, and connects itself',
    because: 'RFC 6135 §4.2.2',
    mayWarn: ['RFC6135-4.2.2-08'],
    decisions: () => ({ answersActpass: () => 'active' }),
  },
  {
    name: 'base-model',
    about: 'knows nothing of a=setup',
    because: 'RFC 6135 §3',
    mayWarn: [],
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=setup:.*\r\n/m, '')),
  },
  {
    name: 'responses-without-comment',
    about: 'writes no comment behind status codes',
    because: 'RFC 4975 §9',
    mayWarn: [],
    wire: () => onMsrpResponses(({ comment: _comment, ...response }) => response),
  },
  {
    name: 'responses-with-odd-comments',
    about: 'writes comments in its own language behind status codes',
    because: 'RFC 4975 §9',
    mayWarn: [],
    wire: () => onMsrpResponses((response) => ({ ...response, comment: 'schön – 好' })),
  },
  {
    name: 'responses-with-message-id',
    about: 'writes further headers into responses',
    because: 'MSRP notes A40',
    mayWarn: [],
    wire: () => onMsrpResponses((response) => addHeader(response, 'Message-ID', 'abcd1234')),
  },
  {
    name: 'copies-with-further-headers',
    about: 'writes headers of its own into copies',
    because: 'RFC 4975 §12',
    mayWarn: [],
    wire: () => onCopies((copy) => addHeader(copy, 'X-Room-Mood', 'fine')),
  },
  {
    name: 'copies-without-failure-reports',
    about: 'asks recipients for no responses',
    because: 'RFC 7701 §6.3: any report model',
    mayWarn: [],
    wire: () => onCopies((copy) => addHeader(copy, 'Failure-Report', 'no')),
  },
  {
    name: 'copies-with-success-reports',
    about: 'asks recipients for success REPORTs',
    because: 'RFC 7701 §6.3: any report model',
    mayWarn: [],
    wire: () => onCopies((copy) => addHeader(copy, 'Success-Report', 'yes')),
  },
  {
    name: 'message-cpim-in-capitals',
    about: 'writes "Message/CPIM" as media type',
    because: 'media types compare without regard to letter case (RFC 2045 §5.1)',
    mayWarn: [],
    wire: () =>
      onCopies((copy) =>
        editHeader(copy, 'Content-Type', (value) => (value === 'message/cpim' ? 'Message/CPIM' : value)),
      ),
  },
  {
    name: 'header-names-in-small-letters',
    about: 'writes header names in small letters',
    because: 'RFC 4975 §9: names match in any letter case',
    mayWarn: [],
    wire: () => ({
      msrpWritten: (message) => [
        { ...message, headers: message.headers.map((one) => ({ ...one, name: one.name.toLowerCase() })) },
      ],
    }),
  },
  {
    name: 'unknown-total',
    about: 'writes an asterisk for the total of each copy',
    because: 'RFC 4975 §7.1.1: a SHOULD where it is known',
    mayWarn: rfc4975('7.1.1-22'),
    wire: () => onCopies((copy) => editHeader(copy, 'Byte-Range', (value) => value.replace(/\/\d+$/, '/*'))),
  },
  {
    name: 'reports-without-range',
    about: 'leaves Byte-Range out of success REPORTs',
    because: 'MSRP notes A11',
    mayWarn: [
      ...rfc4975('7.1.3-01', '7.1.3-07', '7.3.1-11', '7.1.2-05', '7.1.2-06'),
      ...rfc7701('6.3-01', '6.1-03', '6.3-06', '6.2-18', '6.3-12', '6.3-13'),
    ],
    wire: () => onReports((report) => editHeader(report, 'Byte-Range', () => undefined)),
  },
  {
    name: 'reports-with-odd-comments',
    about: 'writes a comment of its own into Status',
    because: 'RFC 4975 §7.1.3: any comment',
    mayWarn: [],
    wire: () => onReports((report) => editHeader(report, 'Status', (value) => `${value.slice(0, 7)} it is there`)),
  },
  {
    name: '481-for-506',
    about: 'answers 481 where a session is bound to another connection',
    because: 'MSRP notes A6',
    mayWarn: rfc4975('5.4-18', '5.4-20', '5.4-21', '10.10-01', '7.3-02', '7.3-03'),
    wire: () => onMsrpStatus(506, (response) => ({ ...response, status: 481 })),
  },
];
