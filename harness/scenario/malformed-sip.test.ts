import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');

/** Part 8 of the notes numbers its inputs; those up to this one are about SIP, SDP, events and REFER. */
const LAST = 73;

const listed = (): number[] => {
  const notes = read('requirements/conference-notes.md');
  const [, part = ''] = /^## 8\. .*?$(.*?)^## 9\. /ms.exec(notes) ?? [];
  return [...part.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number)).filter((number) => number <= LAST);
};

const scenario = z.looseObject({
  tags: z.array(z.string()).default([]),
  rows: z.array(z.looseObject({ id: z.string() })).default([]),
});

/** By row id (`21-two-contacts`) in the folder of these inputs, or anywhere by tag (`input-35`). */
const sent = (): number[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml') && !path.startsWith(`requirements${sep}`))
    .flatMap((path) => {
      const { tags, rows } = scenario.parse(parse(read(path)));
      const ids = path.startsWith(`sip${sep}malformed${sep}`) ? rows : [];
      return [...tags.map((tag) => /^input-(\d+)$/.exec(tag)), ...ids.map(({ id }) => /^(\d+)-/.exec(id))];
    })
    .flatMap((found) => (found === null ? [] : [Number(found[1])]));

const leftOut = (): number[] =>
  z
    .array(z.strictObject({ why: z.string().min(20), inputs: z.array(z.number()).min(1) }))
    .parse(parse(read('requirements/left-out/inputs-1-73.yaml')))
    .flatMap(({ inputs }) => inputs);

describe('malformed inputs of the notes on conferences, up to 73', () => {
  it('are as many as the notes have', () => {
    expect(listed()).toEqual(Array.from({ length: LAST }, (_, i) => 1 + i));
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
