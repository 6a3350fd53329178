import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import vectors from '../../../fixtures/vectors/sdp/descriptions.json' with { type: 'json' };
import { parseSdp } from './parse.ts';
import { validateSdp } from './validate.ts';
import { writeSdp } from './write.ts';

interface Vector {
  readonly name: string;
  readonly text: string;
  readonly defects: readonly string[];
  readonly broken: readonly string[];
  readonly tolerated: readonly string[];
}

describe('vectors', () => {
  it.each(vectors as readonly Vector[])('$name', (vector) => {
    const description = parseSdp(vector.text);
    expect(description.defects.map(({ kind }) => kind)).toEqual(vector.defects);
    const violations = validateSdp(description);
    const ids = (graceful: boolean): readonly string[] =>
      violations.filter((found) => (found.tolerated === true) === graceful).map(({ requirement }) => requirement);
    expect(ids(false).toSorted()).toEqual(vector.broken.toSorted());
    expect(ids(true).toSorted()).toEqual(vector.tolerated.toSorted());
  });

  it('are written back letter for letter where every line could be read', () => {
    const lossy = new Set(['bare-line-feed', 'unterminated-line', 'malformed-line', 'empty-line']);
    const kept = (vectors as readonly Vector[]).filter(({ defects }) => !defects.some((kind) => lossy.has(kind)));
    expect(kept.length).toBeGreaterThan(40);
    for (const { text } of kept) expect(writeSdp(parseSdp(text))).toBe(text);
  });
});

describe('validateSdp', () => {
  it('points at the octets of a line that breaks the format', () => {
    const text = 'v=0\r\no=- 1 1 IN IP4 h\r\ns=é\r\nt=0 0\r\ny=1\r\n';
    const found = validateSdp(parseSdp(text)).find(({ requirement }) => requirement === 'RFC8866-5-02');
    expect(found?.at?.start).toBe(Buffer.from(text).indexOf('y=1'));
  });

  it('names requirements of the catalogues only', () => {
    const folder = new URL('../../../scenarios/requirements/', import.meta.url);
    const catalogues = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => readFileSync(new URL(file, folder), 'utf8'))
      .join('\n');
    const sources = ['validate.ts', 'validate-media.ts', 'validate-exchange.ts', 'chatroom.ts'].map((file) =>
      readFileSync(new URL(file, import.meta.url), 'utf8'),
    );
    const ids = new Set(sources.join('\n').match(/RFC\d{4}-[\w.]+-\d+/g));
    expect(ids.size).toBeGreaterThan(30);
    for (const id of ids) expect(catalogues).toContain(`- id: ${id}\n`);
  });
});
