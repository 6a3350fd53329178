import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { admission, type Collision, collision } from '../codec/nickname/collision.ts';

/** In a run a name that nobody else has stands behind each of them. */
const TAIL = ' Nick-a0B1c2D3e4';

interface Row {
  readonly id: string;
  readonly held: string;
  readonly asked: string;
  readonly name: string;
  readonly verdict: { readonly status: number | number[]; readonly tolerated: number[] };
}

const rowsOf = (file: string): Row[] =>
  (
    parse(
      readFileSync(fileURLToPath(new URL(`../../scenarios/rfc7701/7-nicknames/${file}.yaml`, import.meta.url)), 'utf8'),
    ) as { rows: Row[] }
  ).rows;

describe('what the scenarios expect of nicknames is what the profile says', () => {
  it.each<[string, readonly Collision[], number]>([
    ['pairs-that-collide', ['collide'], 20],
    ['pairs-that-differ', ['free'], 9],
    ['pairs-that-are-open', ['either'], 11],
    ['pairs-with-a-malformed-one', ['malformed-expected', 'either'], 2],
  ])('%s', (file, due, count) => {
    const rows = rowsOf(file);
    expect(rows.length).toBe(count);
    const other = rows.filter(({ held, asked }) => !due.includes(collision(held + TAIL, asked + TAIL)));
    expect(other.map(({ id }) => id)).toEqual([]);
  });

  it('outside-the-profile', () => {
    const rows = rowsOf('outside-the-profile');
    const other = rows.filter(({ name }) => admission(name + TAIL) === 'grant');
    expect(other.map(({ id }) => id)).toEqual([]);
    // Where the readings differ, 200 has to be tolerated.
    const open = rows.filter(({ name }) => admission(name + TAIL) === 'either');
    expect(open.filter(({ verdict }) => !verdict.tolerated.includes(200)).map(({ id }) => id)).toEqual([]);
  });

  it('within-the-profile', () => {
    const other = rowsOf('within-the-profile').filter(({ name }) => admission(name + TAIL) !== 'grant');
    expect(other.map(({ id }) => id)).toEqual([]);
  });
});
