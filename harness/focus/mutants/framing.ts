import type { MsrpMessage, MsrpRequest } from '../../codec/msrp/message.ts';
import { serializeMsrp } from '../../codec/msrp/serialize.ts';
import type { WireRewriting } from '../alteration.ts';
import { addHeader, editHeader, onCopies, onMsrpResponses } from '../rewriting.ts';
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
