import { err } from '../../result.ts';
import type { Decisions } from '../decisions.ts';
import { onDocuments } from '../rewriting.ts';
import { type Mutant, rfc7701 } from './mutant.ts';
import { spaces } from './nickname-comparison.ts';

const rfc8266 = (...sections: readonly string[]): readonly string[] => sections.map((section) => `RFC8266-${section}`);

/** A focus that takes these nicknames for malformed. */
const refusing =
  (wrong: (text: string) => boolean) =>
  (reference: Decisions): Partial<Decisions> => ({
    nicknameKey: (text, policy) => (wrong(text) ? err('unfit') : reference.nicknameKey(text, policy)),
  });

/** A focus that compares nicknames with others than those that were asked for. */
const changing =
  (change: (text: string) => string) =>
  (reference: Decisions): Partial<Decisions> => ({
    nicknameKey: (text, policy) => reference.nicknameKey(change(text), policy),
  });

const showing =
  (edit: (name: string) => string): NonNullable<Mutant['wire']> =>
  () =>
    onDocuments((document) =>
      document.replace(/(nickname=")([^"]*)"/g, (_all, before: string, name: string) => `${before}${edit(name)}"`),
    );

/** RFC 8266, RFC 7700, RFC 8264. */
export const nicknameProfileMutants: readonly Mutant[] = [
  {
    name: 'turkish-letters',
    about: 'maps letters to lower case by the rules of Turkish',
    violates: rfc8266('2.1-04', '2.4-01'),
    weight: 'fail',
    decisions: changing((text) => text.toLocaleLowerCase('tr')),
  },
  {
    name: 'left-to-right-only',
    about: 'answers 424 to nicknames that run from right to left',
    violates: [...rfc8266('2.1-06'), 'RFC7700-2.3-01'],
    weight: 'fail',
    decisions: refusing((text) => /\p{Script=Hebrew}/u.test(text)),
  },
  {
    name: 'shows-small-letters',
    about: 'shows nicknames in small letters',
    violates: rfc8266('2.3-02'),
    weight: 'warn',
    wire: showing((name) => name.toLowerCase()),
  },
  {
    name: 'shows-ascii',
    about: 'leaves all but ASCII out of the nicknames it shows',
    violates: rfc8266('2.3-01'),
    weight: 'warn',
    wire: showing((name) => name.replace(/[^ -~]/g, '')),
  },
  {
    name: 'a-blank-name-is-a-name',
    about: 'grants nicknames of spaces alone',
    violates: rfc8266('2.3-03'),
    weight: 'warn',
    decisions: changing((text) => (spaces(text) === '' ? 'a blank name' : text)),
  },
  {
    name: 'takes-nothing-that-has-to-be-mapped',
    about: 'answers 424 to nicknames that normalisation changes',
    violates: rfc8266('2.1-01', '2.1-05', '4-02'),
    weight: 'fail',
    decisions: refusing((text) => text.normalize('NFKC') !== text),
  },
  {
    name: 'words-of-authority-are-malformed',
    about: 'answers 424 to names that sound like an authority',
    violates: rfc8266('4-03'),
    weight: 'fail',
    decisions: refusing((text) => /^(?:admin|system)$/i.test(text)),
  },
  {
    name: 'joiners-anywhere',
    about: 'takes joiners wherever they stand',
    violates: ['RFC8264-8-02', ...rfc8266('2.2-01')],
    weight: 'fail',
    decisions: changing((text) => text.replace(/[\u200c\u200d]/g, '')),
  },
  {
    name: 'no-joiners',
    about: 'answers 424 to nicknames with joiners, even where they belong',
    violates: ['RFC8264-8-02'],
    weight: 'fail',
    decisions: refusing((text) => /[\u200c\u200d]/.test(text)),
  },
  {
    name: 'drops-what-cannot-be-seen',
    about: 'grants nicknames with invisible characters, which it leaves out of account',
    violates: ['RFC8264-8-01', ...rfc8266('2.2-01'), ...rfc7701('7.1-12')],
    weight: 'fail',
    decisions: changing((text) => text.replace(/[\u00ad\u200b\u200f\u202e\ufeff]/g, '')),
  },
  {
    name: 'takes-the-unassigned',
    about: 'grants nicknames with code points that no version of Unicode assigns',
    violates: ['RFC8264-8-03'],
    weight: 'fail',
    decisions: changing((text) => text.replace(/\u{e0fff}/gu, '')),
  },
  {
    name: 'look-alikes-are-the-same',
    about: 'takes nicknames that look alike for one',
    violates: rfc8266('6.4-01', '2.4-02'),
    weight: 'warn',
    decisions: changing((text) => text.replace(/0/g, 'O').replace(/\u0410/g, 'A')),
  },
  {
    name: 'octets-of-any-kind',
    about: 'grants nicknames that are no UTF-8',
    violates: ['RFC7700-2.2-01', ...rfc7701('7.1-24')],
    weight: 'fail',
    decisions: (reference) => ({
      readNickname: (head) => {
        const headers = head.headers.map(({ name, value }) => ({ name, value: value.replaceAll('\ufffd', '?') }));
        return reference.readNickname({ ...head, headers });
      },
    }),
  },
  {
    name: 'malformed-names-in-the-roster',
    about: 'shows a nickname in the roster that it refused as malformed',
    violates: [...rfc8266('2.3-04'), ...rfc7701('7.1-27', '7.2-02')],
    weight: 'fail',
    decisions: () => ({ nicknameAfterRefusal: (_current, asked) => ({ text: asked, key: asked }) }),
  },
];
