import { editBody, editHeader, onCopies, onDescriptions } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** What descriptions say of media and types, and whether the switch keeps to it (RFC 4975 §8). */
export const mediaMutants: readonly Mutant[] = [
  {
    name: 'no-multipart',
    about: 'refuses multipart with 415',
    violates: rfc4975('7.3.1-10'),
    weight: 'fail',
    decisions: ({ wrappedTypeStatus }) => ({
      wrappedTypeStatus: (type, room) => (/^multipart\//i.test(type) ? 415 : wrappedTypeStatus(type, room)),
    }),
  },
  {
    name: 'refuses-what-it-lists',
    about: 'lists text/html in accept-wrapped-types and refuses it with 415',
    violates: rfc4975('8.6-08', '8.6-07'),
    weight: 'fail',
    shownBy: 'rfc7701/6.1-room-messages/listed-types-are-taken',
    decisions: ({ wrappedTypeStatus }) => ({
      acceptWrappedTypes: () => ['text/plain', 'text/html', '*'],
      wrappedTypeStatus: (type, room) => (/^text\/html/i.test(type) ? 415 : wrappedTypeStatus(type, room)),
    }),
  },
  {
    name: 'unwraps-its-copies',
    about: 'sends copies without their wrapper',
    violates: rfc4975('8.6-14', '13-05'),
    weight: 'fail',
    wire: () =>
      onCopies((copy) => {
        const at = copy.body?.indexOf('\r\n\r\n', (copy.body.indexOf('\r\n\r\n') ?? 0) + 4) ?? -1;
        if (copy.body === undefined || at === -1 || copy.flag !== '$') return copy;
        const body = copy.body.subarray(at + 4);
        const plain = editHeader(copy, 'Content-Type', () => 'text/plain');
        return { ...editHeader(plain, 'Byte-Range', () => `1-${body.length}/${body.length}`), body };
      }),
  },
  {
    name: 'reads-no-asterisks',
    about: 'does not understand entries like text/* in lists of types',
    violates: rfc4975('8.6-20'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message) => [
        editBody(message, 'application/sdp', (sdp) => sdp.replaceAll(/(message|text)\/\*/g, '$1/x-none')),
      ],
    }),
  },
  {
    name: 'waits-for-the-answerer',
    about: 'waits to be called when its offer was answered without a=setup',
    violates: rfc4975('8.5-01'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message) => [
        message.kind === 'request' && message.method === 'ACK'
          ? editBody(message, 'application/sdp', (sdp) => (/^a=setup/m.test(sdp) ? sdp : `${sdp}a=setup:active\r\n`))
          : message,
      ],
    }),
  },
  {
    name: 'goes-by-the-media-line',
    about: 'takes the port of a participant from the m= line and not from its path',
    violates: rfc4975('8.1-09'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message) => [
        editBody(message, 'application/sdp', (sdp) => {
          const port = /^m=message (\d+)/m.exec(sdp)?.[1];
          return port === undefined ? sdp : sdp.replace(/^(a=path:msrps?:\/\/[^/]+:)\d+\//m, `$1${port}/`);
        }),
      ],
    }),
  },
  {
    name: 'one-place-twice-in-its-path',
    about: 'writes two URIs of itself into a path, in every other description',
    violates: rfc4975('8.3-01'),
    weight: 'fail',
    wire: () => {
      let count = 0;
      return onDescriptions((sdp) =>
        ++count % 2 === 0 ? sdp.replace(/^a=path:(\S+)/m, (_all, uri: string) => `a=path:${uri} ${uri}`) : sdp,
      );
    },
  },
  {
    name: 'two-formats',
    about: 'lists a type beside the asterisk of the m= line',
    violates: rfc4975('15.6-01', '8.1-04'),
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^(m=message [1-9].*) \*\r$/m, '$1 * message/cpim\r')),
  },
  {
    name: 'misspelt-accept-types',
    about: 'writes a=accept-type',
    violates: rfc4975('8-02', '8.6-01'),
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=accept-types/m, 'a=accept-type')),
  },
  {
    name: 'wrapped-types-without-multipart',
    about: 'lists text/plain and text/html alone as wrapped types',
    violates: rfc4975('8.6-04'),
    weight: 'warn',
    wire: () =>
      onDescriptions((sdp) =>
        sdp.replace(/^a=accept-wrapped-types:.*\r$/m, 'a=accept-wrapped-types:text/plain text/html\r'),
      ),
  },
  {
    name: 'version-rises-every-time',
    about: 'raises the version of o= although nothing changes',
    violates: rfc4975('8.4-06'),
    weight: 'fail',
    shownBy: 'rfc7701/11-security/anonymous-participant',
    wire: () => {
      let count = 1000;
      return onDescriptions((sdp) => sdp.replace(/^(o=\S+ \S+) \d+/m, (_all, front: string) => `${front} ${++count}`));
    },
  },
];
