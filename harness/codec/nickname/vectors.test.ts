import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { admission, collision } from './collision.ts';
import { compareKey, enforceNickname, type NicknameReading, prepareNickname } from './nickname.ts';

const codePoints = z
  .union([z.string(), z.strictObject({ repeat: z.string(), times: z.number() })])
  .transform((written) =>
    typeof written === 'string' ? decode(written) : decode(written.repeat).repeat(written.times),
  );

const form = z.union([z.null(), z.literal('becomes-empty'), codePoints]);

const forms = load(
  'forms.json',
  z.strictObject({
    about: z.string(),
    nicknames: z.array(
      z.strictObject({
        row: z.number(),
        what: z.string(),
        input: codePoints,
        octets: z.number(),
        class: z.union([z.enum(['ok', 'empty']), z.strictObject({ codePoint: z.string(), reason: z.string() })]),
        enforced: form,
        key: form,
        onePass: codePoints.optional(),
        letterByLetter: codePoints.optional(),
        rfc7700: codePoints.optional(),
        checkLast: z.enum(['valid', 'invalid']).optional(),
        checkLastForm: codePoints.optional(),
        overLimit: z.literal(true).optional(),
        note: z.string().optional(),
      }),
    ),
  }),
).nicknames;

const outcome = z.enum(['collide', 'free']);
const pairs = load(
  'pairs.json',
  z.strictObject({
    about: z.string(),
    pairs: z.array(
      z.strictObject({
        held: codePoints,
        asked: codePoints,
        rfc8266: outcome,
        onePass: outcome,
        letterByLetter: outcome,
        rfc7700: outcome,
        verdict: z.enum(['collide', 'free', 'either', 'malformed-expected']),
      }),
    ),
  }),
).pairs;

function load<T>(name: string, schema: z.ZodType<T>): T {
  const file = new URL(`../../../fixtures/vectors/nickname/${name}`, import.meta.url);
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function decode(hexadecimal: string): string {
  return hexadecimal
    .split(' ')
    .filter((digits) => digits !== '')
    .map((digits) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .join('');
}

describe.each(forms)('form $row, $what', (row) => {
  const { input } = row;

  it('has the octets of the table', () => {
    expect(Buffer.byteLength(input)).toBe(row.octets);
  });

  it('stands in the FreeformClass as the table says', () => {
    const prepared = prepareNickname(input);
    if (row.class === 'ok') expect(prepared).toEqual({ ok: true, value: input });
    else if (row.class === 'empty') expect(prepared).toEqual({ ok: false, error: { kind: 'empty' } });
    else {
      const codePoint = Number.parseInt(row.class.codePoint, 16);
      const index = Array.from(input, (character) => character.codePointAt(0)).indexOf(codePoint);
      expect(prepared).toEqual({ ok: false, error: { kind: 'forbidden', codePoint, index, reason: row.class.reason } });
    }
  });

  it('is enforced to the form of the table', () => {
    const enforced = enforceNickname(input);
    if (row.enforced === null) expect(enforced).toEqual(prepareNickname(input));
    else if (row.enforced === 'becomes-empty')
      expect(enforced).toEqual({ ok: false, error: { kind: 'becomes-empty' } });
    else expect(enforced).toEqual({ ok: true, value: row.enforced });
  });

  const onePass = row.onePass ?? row.key;
  const keys: Record<NicknameReading, string | null> = {
    rfc8266: row.key,
    'rfc8266-one-pass': onePass,
    'letter-by-letter': row.letterByLetter ?? row.key,
    rfc7700: row.rfc7700 ?? onePass,
  };
  it.each(Object.entries(keys) as [NicknameReading, string | null][])('is compared by %s as %j', (reading, key) => {
    if (key === null) expect(compareKey(input, reading)).toEqual(enforceNickname(input));
    else expect(compareKey(input, reading)).toEqual({ ok: true, value: key });
  });

  it('is judged with the tolerance of the table', () => {
    const recent = /[\u{1F3FB}-\u{1F3FF}]/u.test(input);
    const either =
      row.class === 'empty' || recent || row.checkLast === 'invalid' || (row.overLimit && input.length < 1024);
    const legal = row.class === 'ok' && row.enforced !== 'becomes-empty' && !row.overLimit;
    expect(admission(input)).toBe(either ? 'either' : legal ? 'grant' : 'malformed-expected');
  });
});

describe('the class checked after mapping (RFC 8264 §7)', () => {
  it.each(forms.filter(({ checkLast }) => checkLast !== undefined))('row $row: $checkLast', (row) => {
    const mapped = row.input.normalize('NFKC');
    expect(prepareNickname(mapped).ok).toBe(row.checkLast === 'valid');
    expect(mapped).toBe(row.checkLastForm ?? row.enforced);
  });
});

describe.each(pairs)('pair $held and $asked', ({ held, asked, verdict, ...columns }) => {
  const readings: Record<NicknameReading, 'collide' | 'free'> = {
    rfc8266: columns.rfc8266,
    'rfc8266-one-pass': columns.onePass,
    'letter-by-letter': columns.letterByLetter,
    rfc7700: columns.rfc7700,
  };

  it.each(Object.entries(readings) as [NicknameReading, string][])('by %s: %s', (reading, expected) => {
    // The table compares an illegal second name by what its mapped form would be.
    const [first, second] = [held, asked].map((name) => compareKey(name, reading));
    if (verdict === 'malformed-expected') {
      expect([first?.ok, second?.ok]).toEqual([true, false]);
      expect(held.normalize('NFKC') === asked.normalize('NFKC') ? 'collide' : 'free').toBe(expected);
    } else {
      expect([first?.ok, second?.ok]).toEqual([true, true]);
      expect(first?.ok && second?.ok && first.value === second.value ? 'collide' : 'free').toBe(expected);
    }
  });

  it('carries the verdict of the table, either way round', () => {
    expect(collision(held, asked)).toBe(verdict);
    expect(collision(asked, held)).toBe(verdict);
  });
});
