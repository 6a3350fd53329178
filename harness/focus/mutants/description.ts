import { onDescriptions } from '../rewriting.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

/** One change to the text of every session description of the focus. */
interface Slip {
  readonly name: string;
  readonly about: string;
  readonly violates: readonly string[];
  readonly weight?: 'fail' | 'warn';
  readonly shownBy?: string;
  readonly edit: (sdp: string) => string;
}

const CHATROOM = /^a=chatroom.*\r\n/m;
const MEDIA = /^m=.*\r\n/m;

/** Takes an attribute out of the media section and puts it in front of it. */
const toSessionLevel = (name: string) => (sdp: string) => {
  const line = new RegExp(`^a=${name}[:\\r][^\\n]*\\n`, 'm');
  const found = line.exec(sdp)?.[0] ?? '';
  return sdp.replace(line, '').replace(/^(?=m=)/m, found);
};

const accepted = (sdp: string, edit: (sdp: string) => string): string => (/^m=\S+ 0 /m.test(sdp) ? sdp : edit(sdp));

const slips: readonly Slip[] = [
  {
    name: 'no-accept-types',
    about: 'leaves accept-types out of its descriptions',
    violates: [...rfc7701('5.2-06', '5.2-15', '5.2-17', '5.2-18', '9.1-01'), ...rfc4975('8.6-01')],
    edit: (sdp) => sdp.replace(/^a=accept-types.*\r\n/m, ''),
  },
  {
    name: 'accepts-text-only',
    about: 'answers with accept-types:text/plain',
    violates: [...rfc7701('5.2-06', '5.2-15', '5.2-17', '5.2-18', '9.1-01'), ...rfc4975('8.6-06')],
    edit: (sdp) => sdp.replace(/^a=accept-types.*$/m, 'a=accept-types:text/plain'),
  },
  {
    name: 'accepts-anything',
    about: 'answers with accept-types:*',
    violates: rfc7701('5.2-18', '5.2-17', '9.1-01'),
    edit: (sdp) => sdp.replace(/^a=accept-types.*$/m, 'a=accept-types:*'),
  },
  {
    name: 'accept-types-at-session-level',
    about: 'writes accept-types at session level',
    violates: [...rfc7701('5.2-06'), ...rfc4975('15.7.1-01', '8.6-01')],
    edit: toSessionLevel('accept-types'),
  },
  {
    name: 'accept-wrapped-types-at-session-level',
    about: 'writes accept-wrapped-types at session level',
    violates: [...rfc7701('5.2-19'), ...rfc4975('15.7.2-01')],
    weight: 'warn',
    edit: toSessionLevel('accept-wrapped-types'),
  },
  {
    name: 'wrapped-types-with-commas',
    about: 'separates the types in accept-wrapped-types by commas',
    violates: [...rfc7701('5.2-19'), ...rfc4975('8.6-20')],
    edit: (sdp) => sdp.replace(/^a=accept-wrapped-types.*$/m, 'a=accept-wrapped-types:text/plain, text/html, *'),
  },
  {
    name: 'max-size-at-session-level',
    about: 'writes max-size at session level',
    violates: rfc4975('15.7.3-01'),
    weight: 'warn',
    edit: toSessionLevel('max-size'),
  },
  {
    name: 'max-size-with-a-unit',
    about: 'writes a unit behind max-size',
    violates: rfc4975('8.6-21'),
    edit: (sdp) => sdp.replace(/^(a=max-size:).*$/m, '$110MB'),
  },
  {
    name: 'media-is-text',
    about: 'answers m=message by m=text',
    violates: [...rfc7701('5.2-13'), ...rfc4975('8.1-03'), 'RFC3264-6.1-01'],
    edit: (sdp) => sdp.replace(/^m=message/m, 'm=text'),
  },
  {
    name: 'protocol-tls-with-a-plain-path',
    about: 'answers TCP/MSRP by TCP/TLS/MSRP while its path is plain msrp',
    violates: [...rfc7701('5.2-13'), ...rfc4975('8.1-02')],
    edit: (sdp) => sdp.replace(' TCP/MSRP', ' TCP/TLS/MSRP'),
  },
  {
    name: 'format-list-is-a-type',
    about: 'writes a media type in place of the asterisk of the m= line',
    violates: rfc4975('8.1-04'),
    edit: (sdp) => accepted(sdp, (text) => text.replace(/^(m=.*) \*\r$/m, '$1 message/cpim\r')),
  },
  {
    name: 'ports-differ',
    about: 'writes another port into the m= line than into the path',
    violates: rfc4975('8.1-05'),
    edit: (sdp) => sdp.replace(/^m=message 2855/m, 'm=message 2856'),
  },
  {
    name: 'address-of-somebody-else',
    about: 'writes another host into c= than into the path',
    violates: rfc4975('8.1-01'),
    edit: (sdp) => sdp.replace(/^c=.*$/m, 'c=IN IP4 192.0.2.77'),
  },
  {
    name: 'second-path',
    about: 'writes its path twice',
    violates: rfc4975('8-01', '8.2-02'),
    edit: (sdp) => sdp.replace(/^a=path.*\r\n/m, '$&$&'),
  },
  {
    name: 'holds-the-connection',
    about: 'answers with setup:holdconn',
    violates: ['RFC6135-4.2.1-04', 'RFC6135-4.1-01'],
    edit: (sdp) => sdp.replace(/^a=setup.*$/m, 'a=setup:holdconn'),
  },
  {
    name: 'connection-attribute',
    about: 'writes a=connection:new',
    violates: ['RFC6135-4.4-01'],
    edit: (sdp) => sdp.replace(/^a=setup.*\r\n/m, '$&a=connection:new\r\n'),
  },
  {
    name: 'chatroom-with-an-empty-list',
    about: 'writes "a=chatroom:" without a token',
    violates: rfc7701('8-14'),
    edit: (sdp) => sdp.replace(CHATROOM, 'a=chatroom:\r\n'),
  },
  {
    name: 'chatroom-with-commas',
    about: 'separates chatroom tokens by commas',
    violates: rfc7701('8-14', '8-20'),
    edit: (sdp) => sdp.replace(/^(a=chatroom:\S+) (\S+)/m, '$1,$2'),
  },
  {
    name: 'chatroom-with-two-blanks',
    about: 'separates chatroom tokens by two blanks',
    violates: rfc7701('8-14'),
    edit: (sdp) => sdp.replace(/^(a=chatroom:\S+) (\S+)/m, '$1  $2'),
  },
  {
    name: 'token-with-a-slash',
    about: 'adds a chatroom token that is no SIP token',
    violates: rfc7701('8-20', '8-14'),
    edit: (sdp) => sdp.replace(/^(a=chatroom:.*)\r$/m, '$1 typing/1\r'),
  },
  {
    name: 'vendor-token-with-an-empty-label',
    about: 'adds a vendor token with two dots side by side',
    violates: rfc7701('8-21', '8-14'),
    weight: 'warn',
    edit: (sdp) => sdp.replace(/^(a=chatroom:.*)\r$/m, '$1 com.example..typing\r'),
  },
  {
    name: 'misspells-the-nickname-token',
    about: 'spells the token "nicknames"',
    violates: rfc7701('8-15', '8-17'),
    weight: 'warn',
    edit: (sdp) => sdp.replace(/^(a=chatroom:.*)\bnickname\b/m, '$1nicknames'),
  },
  {
    name: 'repeats-a-token',
    about: 'repeats a chatroom token',
    violates: rfc7701('8-16'),
    edit: (sdp) => sdp.replace(/^(a=chatroom:\S+)/m, '$1 private-messages'),
  },
  {
    name: 'chatroom-in-front-of-the-media-line',
    about: 'writes a=chatroom at session level',
    violates: rfc7701('8-06', '10.4-01', '8-05'),
    edit: toSessionLevel('chatroom'),
  },
  {
    name: 'no-session-name',
    about: 'leaves s= empty',
    violates: ['RFC8866-5.3-01'],
    edit: (sdp) => sdp.replace(/^s=.*$/m, 's='),
  },
  {
    name: 'origin-with-a-name-for-an-id',
    about: 'writes letters into the session id of o=',
    violates: ['RFC8866-5.2-01'],
    edit: (sdp) => sdp.replace(/^o=- \d+/m, 'o=- room'),
  },
  {
    name: 'no-connection-line',
    about: 'leaves c= out',
    violates: ['RFC8866-5.7-01'],
    edit: (sdp) => sdp.replace(/^c=.*\r\n/m, ''),
  },
  {
    name: 'time-in-front',
    about: 'writes t= in front of s=',
    violates: ['RFC8866-5-01'],
    edit: (sdp) => sdp.replace(/^(s=[\s\S]*?)(t=.*\r\n)/m, '$2$1'),
  },
  {
    name: 'time-of-its-own',
    about: 'answers t=0 0 by another time',
    violates: ['RFC3264-6-02', 'RFC3264-5-01'],
    edit: (sdp) => sdp.replace(/^t=.*$/m, 't=3976000000 3976003600'),
  },
  {
    name: 'one-media-line-too-many',
    about: 'answers with one m= line more than was offered',
    violates: ['RFC3264-6-01'],
    edit: (sdp) => `${sdp}m=audio 0 RTP/AVP 0\r\n`,
  },
  {
    name: 'version-never-rises',
    about: 'keeps the version of o= whatever changes',
    violates: ['RFC3264-8-01'],
    shownBy: 'sip/late-offer-in-a-session',
    edit: (sdp) => sdp.replace(/^o=- (\d+) \d+/m, 'o=- $1 1'),
  },
  {
    name: 'bare-line-feeds',
    about: 'ends the lines of its descriptions with a bare line feed',
    violates: ['RFC8866-5-03'],
    weight: 'warn',
    shownBy: 'sip/late-offer-in-a-session',
    edit: (sdp) => sdp.replaceAll('\r\n', '\n'),
  },
  {
    name: 'unknown-line-type',
    about: 'writes a line of a type that SDP does not have',
    violates: ['RFC8866-5-02'],
    edit: (sdp) => sdp.replace(MEDIA, 'x=1\r\n$&'),
  },
];

/** Slips with which nobody could join at all, made in each second description only. */
const graveSlips: readonly Slip[] = [
  {
    name: 'protocol-msrp-over-udp',
    about: 'answers every other TCP/MSRP by UDP/MSRP',
    violates: [...rfc7701('5.2-13'), ...rfc4975('8.1-02')],
    edit: (sdp) => sdp.replace(' TCP/MSRP', ' UDP/MSRP'),
  },
  {
    name: 'uri-without-transport',
    about: 'leaves the transport out of the URI in every other path',
    violates: rfc4975('9-09', '8.2-02', '9-07'),
    edit: (sdp) => sdp.replace(/^(a=path:.*);tcp\r$/m, '$1\r'),
  },
  {
    name: 'answers-actpass',
    about: 'answers every other offer with setup:actpass',
    violates: ['RFC6135-4.1-01'],
    edit: (sdp) => sdp.replace(/^a=setup:passive/m, 'a=setup:actpass'),
  },
];

export const descriptionMutants: readonly Mutant[] = [
  ...slips.map(
    ({ edit, weight = 'fail', ...named }): Mutant => ({ ...named, weight, wire: () => onDescriptions(edit) }),
  ),
  ...graveSlips.map(
    ({ edit, weight = 'fail', ...named }): Mutant => ({
      ...named,
      weight,
      wire: () => {
        let count = 0;
        return onDescriptions((sdp) => {
          count += 1;
          return count % 2 === 0 ? edit(sdp) : sdp;
        });
      },
    }),
  ),
];
