import { readdirSync, readFileSync } from 'node:fs';
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

const folder = fileURLToPath(new URL('../../scenarios/rfc7701/7-nicknames', import.meta.url));
const read = (file: string): { rows?: Row[] } => parse(readFileSync(`${folder}/${file}`, 'utf8')) as { rows?: Row[] };

const rowsOf = (file: string): Row[] => read(`${file}.yaml`).rows ?? [];

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

  it('open-code-points', () => {
    const other = rowsOf('open-code-points').filter(({ name }) => admission(name + TAIL) !== 'either');
    expect(other.map(({ id }) => id)).toEqual([]);
  });
});

/** Texts in the tables of part 5 of the notes on conferences, by the numbers of their code points. */
const textOf = (codePoints: string): string =>
  String.fromCodePoint(...(codePoints.match(/\b[0-9A-F]{4,6}\b/g) ?? []).map((hex) => Number.parseInt(hex, 16)));

const section = (from: string, to: string): string[][] => {
  const notes = readFileSync(`${folder}/../../requirements/conference-notes.md`, 'utf8');
  const part = notes.slice(notes.indexOf(`### ${from} `), notes.indexOf(`${to}`, notes.indexOf(`### ${from} `)));
  return part.split('\n').flatMap((line) => (/^\| (?!-|#|first)/.test(line) ? [line.split(' | ')] : []));
};

const octetsAsText = (octets: unknown): string | undefined =>
  typeof octets === 'string' ? Buffer.from(octets.replaceAll(' ', ''), 'hex').toString().slice(1, -1) : undefined;

describe('every row of the tables in the notes is in a scenario', () => {
  const rows = readdirSync(folder).flatMap((file) => read(file).rows ?? []);

  it('inputs', () => {
    const names = new Set(
      rows.flatMap((row) => [row.name, row.held, row.asked, octetsAsText(Reflect.get(row, 'octets'))]),
    );
    const missing = section('5.2', '### 5.3').filter((cells) => !names.has(textOf(cells[3] ?? '')));
    expect(missing.map(([number = '', what]) => `${number.slice(2)} ${what}`)).toEqual(
      [
        // removal.yaml
        '16 empty',
        // spaces.yaml, and pairs-that-collide.yaml with several at once
        '10 NBSP inside',
        '11 many spaces',
        '12 leading and trailing',
        // longest-name.yaml and octets-and-characters.yaml
        '86 1023 ASCII',
        '87 1024 ASCII',
        '88 512 two-octet',
      ].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
    );
  });

  it('pairs', () => {
    const pairs = new Set(rows.map(({ held, asked }) => `${held}|${asked}`));
    const cell = (text = ''): string =>
      /\[[0-9A-F ]+\]/.test(text) ? textOf(text.slice(text.indexOf('['))) : text.replace(/^\| /, '').trim();
    const table = section('5.3', 'Same user').map(([held, asked]) => `${cell(held)}|${cell(asked)}`);
    expect(table.length).toBeGreaterThan(40);
    expect(table.filter((pair) => !pairs.has(pair))).toEqual([]);
  });
});
