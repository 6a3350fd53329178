import type { MsrpRequest } from '../../codec/msrp/message.ts';
import { editHeader, onCopies, onMsrpRequests } from '../rewriting.ts';
import { type Mutant, rfc3862, rfc7701 } from './mutant.ts';

interface Dislike {
  readonly name: string;
  readonly about: string;
  readonly violates: readonly string[];
  readonly weight?: 'fail' | 'warn';
  /** What it does not want to see in a wrapper, octets as Latin-1. */
  readonly disliked: RegExp;
}

/** Headers of a wrapper that are as they may be, and that a narrow reader refuses (RFC 3862 §2 to §4). */
const dislikes: readonly Dislike[] = [
  {
    name: 'no-header-twice',
    about: 'refuses a wrapper in which an unknown header comes twice',
    violates: rfc3862('2.2-11'),
    weight: 'warn',
    disliked: /^(X-[\w-]+):.*\r\n\1:/m,
  },
  {
    name: 'no-headers-it-does-not-know',
    about: 'refuses a wrapper with headers that RFC 3862 does not define',
    violates: rfc3862('2.2-13', '2.2-14'),
    disliked: /^X-Unknown:/m,
  },
  {
    name: 'stops-at-escaped-quotes',
    about: 'takes an escaped quote for the end of the name in From',
    violates: rfc3862('2.3.1-07', '4.1-02'),
    disliked: /^From: .*\\"/m,
  },
  {
    name: 'no-needless-escapes',
    about: 'refuses a wrapper with an escape where none is needed',
    violates: rfc3862('2.3.1-08'),
    weight: 'warn',
    disliked: /\\u00[2-7]/,
  },
  {
    name: 'no-unknown-escapes',
    about: 'refuses a wrapper with an escape it does not know',
    violates: rfc3862('2.3.1-09'),
    weight: 'warn',
    disliked: /^Subject: .*\\[^btnru"'\\\r]/m,
  },
  {
    name: 'no-backslash-at-the-end',
    about: 'refuses a wrapper with a header that ends in a backslash',
    violates: rfc3862('2.3.1-10'),
    weight: 'warn',
    disliked: /[^\\]\\\r\n/,
  },
  {
    name: 'no-escapes',
    about: 'refuses a wrapper with escapes of control characters',
    violates: rfc3862('2.3-02'),
    weight: 'warn',
    disliked: /^Subject: .*\\u0007/m,
  },
  {
    name: 'one-mime-header',
    about: 'refuses content with more MIME headers than Content-Type',
    violates: rfc3862('2.4-02'),
    disliked: /\r\n\r\nContent-Type:.*\r\n[\w-]+:/i,
  },
  {
    name: 'no-folded-mime-headers',
    about: 'refuses content with a folded MIME header',
    violates: rfc3862('2.4-03'),
    disliked: /\r\n\r\nContent-Type:.*\r\n[ \t]/,
  },
  {
    name: 'no-name-in-to',
    about: 'refuses a wrapper with a name in front of the URI in To',
    violates: rfc3862('4.2-02'),
    disliked: /^To: [^<\s]/m,
  },
  {
    name: 'no-leap-seconds',
    about: 'refuses a wrapper with a DateTime in a leap second',
    violates: rfc3862('4.4-03'),
    weight: 'warn',
    disliked: /^DateTime: .*:60/m,
  },
  {
    name: 'no-languages',
    about: 'refuses a wrapper whose Subject tells its language',
    violates: rfc3862('3.3-01', '4.5-01'),
    weight: 'warn',
    disliked: /^Subject:;lang=fr (?:Bonjour|Objet\r)/m,
  },
  {
    name: 'no-prefixes',
    about: 'refuses a wrapper with another prefix than its own for a namespace',
    violates: rfc3862('3.4-05'),
    weight: 'warn',
    disliked: /^NS: q </m,
  },
  {
    name: 'nothing-is-required',
    about: 'refuses every wrapper with Require',
    violates: rfc3862('3.5-02'),
    disliked: /^Require:/m,
  },
  {
    name: 'short-lines',
    about: 'cuts off lines of more than 4096 octets',
    violates: rfc3862('2.2-05'),
    weight: 'warn',
    disliked: /^Subject: [^\r]{4096}/m,
  },
];

/** What has become of a wrapper that is not read: octets that are none. */
const spoilt = (message: MsrpRequest): MsrpRequest => ({ ...message, body: Buffer.from('not understood') });

/** A wrapper as the switch makes it, under another name. */
const relabelled =
  (type: string): NonNullable<Mutant['wire']> =>
  () =>
    onCopies((copy) => editHeader(copy, 'Content-Type', () => type));

export const wrapperReadingMutants: readonly Mutant[] = [
  ...dislikes.map(
    ({ disliked, weight = 'fail', ...named }): Mutant => ({
      ...named,
      weight,
      wire: () =>
        onMsrpRequests((message) => [
          message.method === 'SEND' && disliked.test(message.body?.toString('latin1') ?? '')
            ? spoilt(message)
            : message,
        ]),
    }),
  ),
  {
    name: 'calls-the-wrapper-text',
    about: 'calls the wrapper text/cpim in its copies',
    violates: [...rfc3862('2.1-01'), ...rfc7701('5.2-14', '4-07')],
    weight: 'fail',
    wire: relabelled('text/cpim'),
  },
  {
    name: 'parameters-behind-the-wrapper-type',
    about: 'writes a charset behind message/cpim in its copies',
    violates: rfc3862('2.1-01'),
    weight: 'warn',
    wire: relabelled('message/cpim;charset=utf-8'),
  },
  {
    name: 'prefixed-from-of-anybody',
    about: 'believes a From that has a prefix of the default namespace',
    violates: rfc3862('3.4-01'),
    weight: 'fail',
    decisions: (reference) => ({
      judge(wrapper, sender, room, neighbours) {
        if (wrapper.from.length > 0 || wrapper.to.length > 0)
          return reference.judge.call(this, wrapper, sender, room, neighbours);
        return { kind: 'room' };
      },
    }),
  },
];
