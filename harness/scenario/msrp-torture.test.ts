import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');

/** The rows of part 4 of the notes on MSRP. */
const listed = (): number[] => {
  const [, part = ''] = /^## 4\. (.*?)^## 5\. /ms.exec(read('requirements/msrp-notes.md')) ?? [];
  return [...part.matchAll(/^\| T(\d{3}) \|/gm)].map(([, number]) => Number(number));
};

const scenario = z.looseObject({
  tags: z.array(z.string()).default([]),
  rows: z.array(z.looseObject({ id: z.string() })).default([]),
});

/** By row id (`t002-tab`) or by tag (`t004`). */
const sent: readonly number[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml') && !path.startsWith('requirements'))
  .flatMap((path) => {
    const { tags, rows } = scenario.parse(parse(read(path)));
    return [...tags.map((tag) => /^t(\d{3})$/.exec(tag)), ...rows.map(({ id }) => /^t(\d{3})-/.exec(id))];
  })
  .flatMap((found) => (found === null ? [] : [Number(found[1])]));

const leftOut = (): number[] =>
  z
    .array(z.strictObject({ why: z.string().min(20), inputs: z.array(z.number()).min(1) }))
    .parse(parse(read('requirements/left-out/msrp-torture.yaml')))
    .flatMap(({ inputs }) => inputs);

describe('torture inputs of the notes on MSRP', () => {
  it('are as many as the notes have', () => {
    expect(listed()).toEqual(Array.from({ length: 208 }, (_, i) => i + 1));
  });

  it('are sent by a scenario, or left out for a reason', () => {
    const known = new Set([...sent, ...leftOut()]);
    expect(listed().filter((number) => !known.has(number))).toEqual([]);
  });

  it('are not both', () => {
    const done = new Set(sent);
    expect(leftOut().filter((number) => done.has(number))).toEqual([]);
  });

  it('are none that the notes do not have', () => {
    const known = new Set(listed());
    expect([...sent, ...leftOut()].filter((number) => !known.has(number))).toEqual([]);
  });
});
