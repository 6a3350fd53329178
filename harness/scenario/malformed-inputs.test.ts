import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');
const [, part = ''] = /^## 8\. .*?$(.*?)^## 9\. /ms.exec(read('requirements/conference-notes.md')) ?? [];
const numbers = [...part.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));

/** What is told of an input in a scenario file. */
const scenario = z.looseObject({
  tags: z.array(z.string()).default([]),
  rows: z.array(z.looseObject({ id: z.string() })).default([]),
});

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml') && !path.startsWith(`requirements${sep}`))
  .map((path) => ({ path, ...scenario.parse(parse(read(path))) }));

/** Part 8 of the notes numbers its inputs, and the scenarios name them by row (`21-two-contacts`) or tag (`input-35`). */
interface Kind {
  readonly about: string;
  readonly first: number;
  readonly last: number;
  /** Whose rows are named by the numbers of inputs. */
  readonly rowsBelow: string;
  /** Whose tags count; the number alone does not tell, for other notes number their inputs too. */
  readonly tagsBelow: string;
  readonly leftOut: string;
}

const SIP = `sip${sep}malformed${sep}`;
const WRAPPERS = `rfc3862${sep}malformed${sep}`;

it('the notes on conferences have no malformed inputs beyond these', () => {
  expect(Math.max(...numbers)).toBe(112);
});

describe.each<Kind>([
  {
    about: 'SIP, SDP, events and REFER',
    first: 1,
    last: 73,
    rowsBelow: SIP,
    tagsBelow: '',
    leftOut: 'inputs-1-73.yaml',
  },
  {
    about: 'CPIM, and what comes to clients',
    first: 74,
    last: 112,
    rowsBelow: WRAPPERS,
    tagsBelow: WRAPPERS,
    leftOut: 'inputs-74-112.yaml',
  },
])('malformed inputs of the notes on conferences: $about', ({ first, last, rowsBelow, tagsBelow, leftOut }) => {
  const listed = numbers.filter((number) => number >= first && number <= last);
  const sent = files.flatMap(({ path, tags, rows }) => {
    const byTag = path.startsWith(tagsBelow) ? tags.map((tag) => /^input-(\d+)$/.exec(tag)) : [];
    const byRow = path.startsWith(rowsBelow) ? rows.map(({ id }) => /^(\d+)-/.exec(id)) : [];
    return [...byTag, ...byRow].flatMap((found) => (found === null ? [] : [Number(found[1])]));
  });
  const omitted = z
    .array(z.strictObject({ why: z.string().min(20), inputs: z.array(z.number()).min(1) }))
    .parse(parse(read(`requirements/left-out/${leftOut}`)))
    .flatMap(({ inputs }) => inputs);

  it('are as many as the notes have', () => {
    expect(listed).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
  });

  it('are sent by a scenario, or left out for a reason', () => {
    const known = new Set([...sent, ...omitted]);
    expect(listed.filter((number) => !known.has(number))).toEqual([]);
  });

  it('are not both', () => {
    expect(omitted.filter((number) => sent.includes(number))).toEqual([]);
  });
});
