import { headerOf, type MsrpMessage, type MsrpRequest } from '../../codec/msrp/message.ts';
import { serializeMsrp } from '../../codec/msrp/serialize.ts';
import type { WireRewriting } from '../alteration.ts';
import { addHeader, editHeader, onCopies, onMsrpRequests, onMsrpResponses, onMsrpStatus } from '../rewriting.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

/** One change to the octets of each copy. */
const octetsOfCopies = (edit: (text: string, copy: MsrpRequest) => string): (() => WireRewriting) => {
  return () => onCopies((copy) => Buffer.from(edit(serializeMsrp(copy).toString('latin1'), copy), 'latin1'));
};

/** One change to every message of the switch. */
const onAll = (edit: (message: MsrpMessage) => MsrpMessage): (() => WireRewriting) => {
  return () => ({ msrpWritten: (message) => [edit(message)] });
};

/** MSRP messages as the switch writes them (RFC 4975 §7.1, §9). */
export const framingMutants: readonly Mutant[] = [
  {
    name: 'from-path-first',
    about: 'writes From-Path in front of To-Path',
    violates: rfc4975('9-10'),
    weight: 'fail',
    wire: onAll((message) => {
      const [to, from, ...rest] = message.headers;
      return to === undefined || from === undefined ? message : { ...message, headers: [from, to, ...rest] };
    }),
  },
  {
    name: 'paths-in-the-middle',
    about: 'writes Message-ID in front of the paths',
    violates: rfc4975('9-10'),
    weight: 'fail',
    wire: () =>
      onCopies((copy) => ({
        ...copy,
        headers: copy.headers.toSorted((a, b) => Number(b.name === 'Message-ID') - Number(a.name === 'Message-ID')),
      })),
  },
  {
    name: 'two-blanks-behind-colons',
    about: 'writes two blanks behind the colon of Message-ID',
    violates: rfc4975('9-12'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace('\nMessage-ID: ', '\nMessage-ID:  ')),
  },
  {
    name: 'folds-headers',
    about: 'folds a header over two lines',
    violates: rfc4975('9-28'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace('\nMessage-ID: ', '\nX-Note: a\r\n b\r\nMessage-ID: ')),
  },
  {
    name: 'content-type-is-not-the-last',
    about: 'writes a header behind Content-Type',
    violates: rfc4975('7.1-07'),
    weight: 'fail',
    wire: () => onCopies((copy) => ({ ...copy, headers: [...copy.headers, { name: 'X-Note', value: 'a' }] })),
  },
  {
    name: 'no-content-type',
    about: 'leaves Content-Type out of copies',
    violates: [...rfc4975('7.1-05'), ...rfc7701('5.2-14', '4-07')],
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'Content-Type', () => undefined)),
  },
  {
    name: 'blank-in-content-type',
    about: 'writes blanks and an empty parameter into Content-Type',
    violates: rfc4975('9-19'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'Content-Type', (value) => `${value} ; =x`)),
  },
  {
    name: 'transfer-encoding',
    about: 'writes Content-Transfer-Encoding into copies',
    violates: rfc4975('7.1.1-40'),
    weight: 'fail',
    wire: () => onCopies((copy) => addHeader(copy, 'Content-Transfer-Encoding', 'base64')),
  },
  {
    name: 'no-message-id',
    about: 'leaves the Message-ID out of copies',
    violates: rfc4975('7.1.1-04'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'Message-ID', () => undefined)),
  },
  {
    name: 'message-id-too-long',
    about: 'writes Message-IDs of 40 characters',
    violates: rfc4975('9-13'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'Message-ID', (value) => value.padEnd(40, 'x'))),
  },
  {
    name: 'transaction-id-too-short',
    about: 'writes transaction ids of three characters',
    violates: rfc4975('9-13', '7.1-02'),
    weight: 'fail',
    wire: () => {
      let count = 99;
      return onCopies((copy) => {
        count += 1;
        return { ...copy, transactionId: `t${count.toString(36).slice(-2)}` };
      });
    },
  },
  {
    name: 'transaction-id-of-the-sender',
    about: 'writes the transaction id under which a message came into its copies',
    violates: [...rfc7701('9.3-01', '2-03'), ...rfc4975('7.1-02')],
    weight: 'fail',
    wire: () => {
      let last = '';
      return {
        msrpReceived: (message) => {
          if (message.kind === 'request' && message.method === 'SEND') last = message.transactionId;
          return [message];
        },
        msrpWritten: (message) => [
          message.kind === 'request' && message.method === 'SEND' && last !== ''
            ? { ...message, transactionId: last }
            : message,
        ],
      };
    },
  },
  {
    name: 'path-without-transport',
    about: 'leaves the transport out of From-Path',
    violates: rfc4975('9-09'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'From-Path', (value) => value.replace(/;tcp$/, ''))),
  },
  {
    name: 'path-of-sip-uris',
    about: 'writes a SIP URI into From-Path',
    violates: [...rfc4975('9-07'), ...rfc7701('2-03', '9.3-01')],
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'From-Path', (value) => value.replace(/^msrp:\/\//, 'sip:'))),
  },
  {
    name: 'control-octets-in-comments',
    about: 'writes an escape octet into the comment of responses',
    violates: rfc4975('9-27'),
    weight: 'fail',
    wire: () => onMsrpResponses((response) => ({ ...response, comment: 'O\x1bK' })),
  },
  {
    name: 'lower-case-start',
    about: 'writes "msrp" in small letters',
    violates: rfc4975('9-03'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace(/^MSRP/, 'msrp')),
  },
  {
    name: 'end-line-with-a-bare-line-feed',
    about: 'ends the end-line of copies with a bare line feed',
    violates: rfc4975('9-24', '9-02'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace(/\r\n$/, '\n')),
  },
  {
    name: 'header-without-colon',
    about: 'writes a header line without a colon',
    violates: rfc4975('9-26', '9-02'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace('\nMessage-ID: ', '\nnote\r\nMessage-ID: ')),
  },
];

/** How the switch takes what comes (RFC 4975 §5.4, §7.3, §12). */
export const receptionMutants: readonly Mutant[] = [
  {
    name: 'unknown-method-is-fine',
    about: 'answers 200 to methods it does not know',
    violates: rfc4975('12-03', '10.9-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(501, (response) => ({ ...response, status: 200 })),
  },
  {
    name: 'unknown-method-is-unreadable',
    about: 'answers 400 to methods it does not know',
    violates: rfc4975('12-03', '10.9-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(501, (response) => ({ ...response, status: 400 })),
  },
  {
    name: 'unknown-headers-are-refused',
    about: 'answers 400 to requests with headers it does not know',
    violates: rfc4975('12-02'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        request.headers.some(({ name }) => /^X-/i.test(name))
          ? editHeader(request, 'Message-ID', () => undefined)
          : request,
      ]),
  },
  {
    name: 'header-names-in-capitals-and-small-letters-only',
    about: 'knows header names only as RFC 4975 spells them',
    violates: rfc4975('9-12'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        {
          ...request,
          headers: request.headers.map((one) =>
            /^[a-z]|^[A-Z]{3}/.test(one.name) ? { ...one, name: 'X-Unknown' } : one,
          ),
        },
      ]),
  },
  ...([200, 403, 404] as const).map(
    (status): Mutant => ({
      name: `${status}-for-an-unknown-session`,
      about: `answers ${status} to requests for a session that it does not have`,
      violates: rfc4975('7.3-03', '10.8-01', '7.3-01'),
      weight: 'fail',
      wire: () => onMsrpStatus(481, (response) => ({ ...response, status })),
    }),
  ),
  {
    name: 'silence-for-an-unknown-session',
    about: 'does not answer requests for a session that it does not have',
    violates: rfc4975('7.3-03', '10.8-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(481, () => undefined),
  },
  {
    name: 'always-tells-of-unknown-sessions',
    about: 'answers 481 though Failure-Report is no',
    violates: rfc4975('7.3-04', '7.1.4-04'),
    weight: 'fail',
    wire: () => {
      const known = new Set<string>();
      return {
        msrpWritten: (message) => {
          if (message.kind === 'request' || message.status < 300) known.add(headerOf(message, 'From-Path') ?? '');
          return [message];
        },
        msrpReceived: (message) => {
          const path = headerOf(message, 'To-Path') ?? '';
          const stranger = message.kind === 'request' && !known.has(path);
          return [stranger ? editHeader(message, 'Failure-Report', () => 'partial') : message];
        },
      };
    },
  },
  {
    name: 'last-of-several-uris',
    about: 'goes by the last URI of To-Path and passes over those in front of it',
    violates: rfc4975('7.3-02', '7.3-03'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [editHeader(request, 'To-Path', (value) => value.split(' ').at(-1) ?? value)]),
  },
  {
    name: 'session-ids-in-any-case',
    about: 'does not tell letter case apart in session ids',
    violates: rfc4975('6.1-08', '7.3-01', '7.3-03'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'To-Path', (value) => value.replace(/\/[^/;]*;/, (id) => id.toLowerCase())),
      ]),
  },
  {
    name: 'serves-whoever-knows-the-uri',
    about: 'serves a session on any connection: 506 becomes 200',
    violates: rfc4975('5.4-20', '5.4-21', '10.10-01'),
    weight: 'fail',
    wire: () => onMsrpStatus(506, (response) => ({ ...response, status: 200 })),
  },
  {
    name: 'one-session-for-each-connection',
    about: 'answers 481 to a second session on one connection',
    violates: rfc7701('4-14'),
    weight: 'fail',
    wire: () => {
      const sessions = new Map<string, string>();
      return onMsrpRequests((request, stream) => {
        const path = headerOf(request, 'To-Path') ?? '';
        const first = sessions.get(stream) ?? path;
        sessions.set(stream, first);
        return [first === path ? request : editHeader(request, 'To-Path', (value) => `${value}x`)];
      });
    },
  },
  {
    name: 'later-sends-need-a-body',
    about: 'answers 400 to a SEND without body that is not the first of its session',
    violates: rfc4975('5.4-07', '7.1-14'),
    weight: 'fail',
    wire: () => {
      const bound = new Set<string>();
      return onMsrpRequests((request) => {
        const path = headerOf(request, 'To-Path') ?? '';
        const first = !bound.has(path);
        bound.add(path);
        return [
          request.method === 'SEND' && request.body === undefined && !first
            ? addHeader(request, 'Byte-Range', 'none')
            : request,
        ];
      });
    },
  },
];
