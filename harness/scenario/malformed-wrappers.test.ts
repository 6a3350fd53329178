import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');

/** Part 8 of the notes numbers its inputs; those from this one on are about CPIM and what comes to clients. */
const FIRST = 74;

const listed = (): number[] => {
  const notes = read('requirements/conference-notes.md');
  const [, part = ''] = /^## 8\. .*?$(.*?)^## 9\. /ms.exec(notes) ?? [];
  return [...part.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number)).filter((number) => number >= FIRST);
};

const scenario = z.looseObject({
  tags: z.array(z.string()).default([]),
  rows: z.array(z.looseObject({ id: z.string() })).default([]),
});

/** By row id (`78-two-to`) or by tag (`input-95`). */
const sent = (): number[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.startsWith(`rfc3862${sep}malformed${sep}`))
    .flatMap((path) => {
      const { tags, rows } = scenario.parse(parse(read(path)));
      return [...tags.map((tag) => /^input-(\d+)$/.exec(tag)), ...rows.map(({ id }) => /^(\d+)-/.exec(id))];
    })
    .flatMap((found) => (found === null ? [] : [Number(found[1])]));

const leftOut = (): number[] =>
  z
    .array(z.strictObject({ why: z.string().min(20), inputs: z.array(z.number()).min(1) }))
    .parse(parse(read('requirements/left-out/inputs-74-112.yaml')))
    .flatMap(({ inputs }) => inputs);

describe('malformed inputs of the notes on conferences, from 74 on', () => {
  it('are as many as the notes have', () => {
    expect(listed()).toEqual(Array.from({ length: 39 }, (_, i) => FIRST + i));
  });

  it('are sent by a scenario, or left out for a reason', () => {
    const known = new Set([...sent(), ...leftOut()]);
    expect(listed().filter((number) => !known.has(number))).toEqual([]);
  });

  it('are not both', () => {
    const done = new Set(sent());
    expect(leftOut().filter((number) => done.has(number))).toEqual([]);
  });
});
