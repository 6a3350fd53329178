import { prepareNickname } from '../../codec/nickname/nickname.ts';
import { err, ok, type Result } from '../../result.ts';
import { type Mutant, rfc7701 } from './mutant.ts';

export const spaces = (text: string): string => text.replace(/\p{Zs}+/gu, ' ').replace(/^ | $/g, '');

/** A focus that compares nicknames by other steps than the profile has (RFC 8266 §2.4). */
const comparingBy =
  (steps: (text: string) => string): NonNullable<Mutant['decisions']> =>
  () => ({
    nicknameKey: (text): Result<string, string> => {
      const prepared = prepareNickname(text);
      return prepared.ok ? ok(steps(text)) : err(prepared.error.kind);
    },
  });

/** When two nicknames are the same (RFC 7701 §7.1, RFC 8266 §2.4). */
export const nicknameComparisonMutants: readonly Mutant[] = [
  {
    name: 'letter-case-counts',
    about: 'gives case variants of one nickname to two users',
    violates: [...rfc7701('7.1-13', '7-04', '11-11'), 'RFC8266-2.1-04', 'RFC8266-2.4-01', 'RFC8266-3-01'],
    weight: 'fail',
    decisions: comparingBy((text) => spaces(text).normalize('NFKC')),
  },
  {
    name: 'folds-ascii-only',
    about: 'ignores the letter case of ASCII letters only',
    violates: [...rfc7701('7.1-13'), 'RFC8266-2.4-01', 'RFC8266-3-01'],
    weight: 'fail',
    decisions: comparingBy((text) =>
      spaces(text)
        .normalize('NFKC')
        .replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    ),
  },
  {
    name: 'width-counts',
    about: 'gives full-width and Roman numeral variants of one nickname to two users',
    violates: [...rfc7701('7.1-14'), 'RFC8266-2.1-01', 'RFC8266-2.1-05', 'RFC8266-2.4-01', 'RFC8266-3-01'],
    weight: 'fail',
    decisions: comparingBy((text) => spaces(text).toLowerCase().normalize('NFC')),
  },
  {
    name: 'composition-counts',
    about: 'does not normalise nicknames at all',
    violates: [...rfc7701('7.1-14'), 'RFC8266-2.1-05', 'RFC8266-2.4-01'],
    weight: 'fail',
    decisions: comparingBy((text) => spaces(text).toLowerCase()),
  },
  {
    name: 'spaces-count',
    about: 'gives variants of one nickname that differ in the number of spaces to two users',
    violates: [...rfc7701('7.1-15'), 'RFC8266-2.1-03', 'RFC8266-2.4-01'],
    weight: 'fail',
    decisions: comparingBy((text) =>
      text
        .replace(/\p{Zs}/gu, ' ')
        .toLowerCase()
        .normalize('NFKC'),
    ),
  },
  {
    name: 'outer-spaces-count',
    about: 'gives variants of one nickname that differ in spaces at the ends to two users',
    violates: [...rfc7701('7.1-15'), 'RFC8266-2.1-03', 'RFC8266-2.4-01'],
    weight: 'fail',
    decisions: comparingBy((text) =>
      text
        .replace(/\p{Zs}+/gu, ' ')
        .toLowerCase()
        .normalize('NFKC'),
    ),
  },
  {
    name: 'only-ascii-spaces',
    about: 'knows no other space than U+0020',
    violates: [...rfc7701('7.1-15'), 'RFC8266-2.1-02', 'RFC8266-2.4-01'],
    weight: 'fail',
    decisions: comparingBy((text) => text.replace(/ +/g, ' ').replace(/^ | $/g, '').toLowerCase().normalize('NFC')),
  },
];
