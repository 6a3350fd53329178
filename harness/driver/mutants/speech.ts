import { headerOf } from '../../codec/msrp/message.ts';
import { addHeader, editHeader, isCopy, onCopies } from '../../focus/rewriting.ts';
import { onNicknames, onWrappers, otherSession, renamed, swapPaths, withBody } from './edits.ts';
import type { ClientMutant } from './mutant.ts';

const fail = 'fail' as const;

/** What it says: requests, wrappers, nicknames. */
export const speech: readonly ClientMutant[] = [
  {
    name: 'client-swaps-paths',
    about: 'writes its own URI into To-Path and that of the room into From-Path',
    violates: ['RFC4975-7.1-03'],
    weight: fail,
    wire: () => onCopies((message) => (message.body === undefined ? message : swapPaths(message))),
  },
  {
    name: 'client-speaks-from-another-session',
    about: 'writes another session-id than its own into From-Path',
    violates: ['RFC4975-7.1-03'],
    weight: fail,
    wire: () => onCopies((message) => editHeader(message, 'From-Path', otherSession)),
  },
  {
    name: 'client-binds-another-session',
    about: 'sends its first SEND to a session that the room has not given it',
    violates: ['RFC4975-7.1-03', 'RFC4975-8.2-05'],
    weight: fail,
    wire: () =>
      onCopies((message) => (message.body === undefined ? editHeader(message, 'To-Path', otherSession) : message)),
  },
  {
    name: 'client-without-first-send',
    about: 'says nothing on the connection that it has opened',
    violates: ['RFC4975-5.4-05'],
    weight: fail,
    shownBy: 'participant/joins-and-leaves',
    wire: () => onCopies((message) => (message.body === undefined ? undefined : message)),
  },
  {
    name: 'client-repeats-transaction-ids',
    about: 'gives all its requests one transaction identifier',
    violates: ['RFC4975-7.1-01', 'RFC4975-7.1-02'],
    weight: fail,
    wire: () => renamed(() => 'always0the1same'),
  },
  {
    name: 'client-counts-transaction-ids',
    about: 'counts its transaction identifiers',
    violates: ['RFC4975-7.1-02'],
    weight: fail,
    wire: () => renamed((count) => `transaction${String(count).padStart(5, '0')}`),
  },
  {
    name: 'client-repeats-message-ids',
    about: 'gives all its messages one Message-ID',
    violates: ['RFC4975-7.1.1-01', 'RFC4975-7.1.1-02'],
    weight: fail,
    shownBy: 'participant/hears-a-no-to-what-it-says/bad-request',
    wire: () => onCopies((message) => editHeader(message, 'Message-ID', () => 'one-for-all')),
  },
  {
    name: 'client-without-message-ids',
    about: 'leaves Message-ID out',
    violates: ['RFC4975-7.1.1-04'],
    weight: fail,
    wire: () =>
      onCopies((message) =>
        message.body === undefined ? message : editHeader(message, 'Message-ID', () => undefined),
      ),
  },
  {
    name: 'client-counts-octets-from-zero',
    about: 'begins Byte-Range with 0',
    violates: ['RFC4975-7.1.1-16', 'RFC4975-7.1.1-26', 'RFC4975-7.1.1-19'],
    weight: fail,
    wire: () => onCopies((message) => editHeader(message, 'Byte-Range', (range) => range.replace(/^1-/, '0-'))),
  },
  {
    name: 'client-tells-a-wrong-total',
    about: 'tells five octets too many as total',
    violates: ['RFC4975-7.1.1-22'],
    weight: 'warn',
    wire: () =>
      onCopies((message) =>
        message.body === undefined
          ? message
          : editHeader(message, 'Byte-Range', (range) => range.replace(/\d+$/, (total) => String(Number(total) + 5))),
      ),
  },
  {
    name: 'client-never-ends',
    about: 'ends each message with + and never sends the rest',
    violates: ['RFC4975-7.1-17', 'RFC7701-6.1-02'],
    weight: fail,
    shownBy: 'participant/says-something-to-the-room',
    wire: () => onCopies((message) => (message.body === undefined ? message : { ...message, flag: '+' })),
  },
  {
    name: 'client-with-content-type-first',
    about: 'does not write Content-Type as the last header',
    violates: ['RFC4975-7.1-07'],
    weight: fail,
    wire: () =>
      onCopies((message) =>
        message.body === undefined
          ? message
          : { ...message, headers: [...message.headers, { name: 'X-Client', value: 'behind' }] },
      ),
  },
  {
    name: 'client-without-content-type',
    about: 'does not say of what type its content is',
    violates: ['RFC4975-7.1-05'],
    weight: fail,
    wire: () => onCopies((message) => editHeader(message, 'Content-Type', () => undefined)),
  },
  {
    name: 'client-answers-with-another-type',
    about: 'sends text/plain without a wrapper',
    violates: ['RFC7701-6.1-01', 'RFC4975-8.6-14'],
    weight: fail,
    wire: () =>
      onCopies((message) =>
        message.body === undefined
          ? message
          : withBody(
              editHeader(message, 'Content-Type', () => 'text/plain'),
              Buffer.from(message.body.toString('latin1').split('\r\n\r\n').slice(2).join('\r\n\r\n'), 'latin1'),
            ),
      ),
  },
  {
    name: 'client-speaks-to-nobody',
    about: 'writes a URI of nobody into To',
    violates: ['RFC7701-6.1-04'],
    weight: fail,
    shownBy: 'participant/says-something-to-the-room',
    wire: () => onWrappers((text) => text.replace(/^To: .*$/m, 'To: <sip:nobody@nowhere.example>\r')),
  },
  {
    name: 'client-names-two-recipients',
    about: 'writes two To headers',
    violates: ['RFC7701-6.2-04'],
    weight: fail,
    shownBy: 'participant/says-something-in-private',
    wire: () => onWrappers((text) => text.replace(/^(To: .*\r\n)/m, '$1$1')),
  },
  {
    name: 'client-speaks-for-another',
    about: 'writes a foreign URI into From',
    violates: ['RFC7701-6.1-05'],
    weight: fail,
    wire: () => onWrappers((text) => text.replace(/^From: <sip:client/m, 'From: <sip:another')),
  },
  {
    name: 'client-forgets-from',
    about: 'leaves From out',
    violates: ['RFC7701-6.1-05', 'RFC4975-13-13'],
    weight: fail,
    wire: () => onWrappers((text) => text.replace(/^From: .*\r\n/m, '')),
  },
  {
    name: 'client-ends-wrapper-lines-with-lf',
    about: 'ends the lines of its wrapper with LF alone',
    violates: ['RFC3862-2.2-08'],
    weight: fail,
    wire: () => onWrappers((text) => text.replaceAll('\r\n', '\n')),
  },
  {
    name: 'client-writes-two-blanks',
    about: 'writes two blanks behind the colon in its wrapper',
    violates: ['RFC3862-2.2-10'],
    weight: fail,
    wire: () => onWrappers((text) => text.replace(/^(From|To): /gm, '$1:  ')),
  },
  {
    name: 'client-writes-wrapper-headers-in-small-letters',
    about: 'writes from and to',
    violates: ['RFC3862-3-01', 'RFC7701-6.1-05'],
    weight: fail,
    wire: () => onWrappers((text) => text.replace(/^From:/m, 'from:').replace(/^To:/m, 'to:')),
  },
  {
    name: 'client-without-inner-type',
    about: 'does not say of what type the content of its wrapper is',
    violates: ['RFC3862-2.4-01'],
    weight: fail,
    wire: () => onWrappers((text) => text.replace(/^Content-Type: .*\r\n/m, '')),
  },
  {
    name: 'client-loses-octets',
    about: 'leaves out the end of a text',
    violates: ['RFC7701-6.1-01'],
    weight: fail,
    shownBy: 'participant/says-something-to-the-room',
    wire: () => onWrappers((text) => text.slice(0, -3)),
  },
  {
    name: 'client-asks-for-reports-on-nicknames',
    about: 'writes Success-Report into NICKNAME',
    violates: ['RFC7701-7.1-07'],
    weight: fail,
    wire: () => onNicknames((message) => addHeader(message, 'Success-Report', 'yes')),
  },
  {
    name: 'client-asks-for-failures-on-nicknames',
    about: 'writes Failure-Report into NICKNAME',
    violates: ['RFC7701-7.1-08'],
    weight: fail,
    wire: () => onNicknames((message) => addHeader(message, 'Failure-Report', 'yes')),
  },
  {
    name: 'client-without-use-nickname',
    about: 'sends NICKNAME without Use-Nickname',
    violates: ['RFC7701-7.1-04'],
    weight: fail,
    wire: () => onNicknames((message) => editHeader(message, 'Use-Nickname', () => undefined)),
  },
  {
    name: 'client-without-quotes',
    about: 'writes the nickname without quotes',
    violates: ['RFC7701-7.1-33', 'RFC7701-7.1-04', 'RFC7701-7.1-34'],
    weight: fail,
    wire: () =>
      onNicknames((message) => editHeader(message, 'Use-Nickname', (value) => value.replace(/^"(.*)"$/, '$1'))),
  },
  {
    name: 'client-removes-by-no-value',
    about: 'gives a nickname up by a Use-Nickname without value',
    violates: ['RFC7701-7.3-02', 'RFC7701-7.1-33'],
    weight: fail,
    wire: () => onNicknames((message) => editHeader(message, 'Use-Nickname', (value) => (value === '""' ? '' : value))),
  },
  {
    name: 'client-names-itself-in-messages',
    about: 'writes Use-Nickname into SEND',
    violates: ['RFC7701-7.1-30'],
    weight: fail,
    wire: () =>
      onCopies((message) => (message.body === undefined ? message : addHeader(message, 'Use-Nickname', '"Somebody"'))),
  },
  {
    name: 'client-cuts-too-small',
    about: 'sends chunks of 500 octets',
    violates: ['RFC4975-7.1.1-31'],
    weight: 'warn',
    shownBy: 'participant/says-much/of-three-thousand-octets',
    wire: () => ({
      msrpWritten(message) {
        if (!isCopy(message) || message.body === undefined || message.body.length <= 500 || message.flag !== '$')
          return [message];
        if (!/^1-/.test(headerOf(message, 'Byte-Range') ?? '1-')) return [message];
        const { body } = message;
        return Array.from({ length: Math.ceil(body.length / 500) }, (_, i) => {
          const piece = body.subarray(i * 500, i * 500 + 500);
          const isLast = (i + 1) * 500 >= body.length;
          const range = `${i * 500 + 1}-${i * 500 + piece.length}/${body.length}`;
          const transactionId = isLast ? message.transactionId : `${message.transactionId.slice(4)}${1000 + i}`;
          const cut = editHeader(message, 'Byte-Range', () => range);
          return { ...cut, body: piece, transactionId, flag: isLast ? ('$' as const) : ('+' as const) };
        });
      },
    }),
  },
];
