import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import vectors from '../../../fixtures/vectors/cpim/entities.json' with { type: 'json' };
import type { ParsedCpim } from './message.ts';
import { parseCpim } from './parse.ts';
import { serializeCpim } from './serialize.ts';
import { validateCpim } from './validate.ts';

interface Vector {
  readonly name: string;
  /** One character an octet. */
  readonly octets: string;
  readonly headers?: readonly object[];
  readonly mimeHeaders?: readonly object[];
  readonly content?: string;
  readonly defects: readonly string[];
  readonly broken: readonly string[];
  readonly tolerated?: readonly string[];
}

function parsed(octets: Buffer): ParsedCpim {
  const result = parseCpim(octets);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('vectors', () => {
  it.each(vectors as readonly Vector[])('$name', (vector) => {
    const octets = Buffer.from(vector.octets, 'latin1');
    const entity = parsed(octets);
    if (vector.headers) expect(entity.headers).toEqual(vector.headers);
    if (vector.mimeHeaders) expect(entity.mimeHeaders).toEqual(vector.mimeHeaders);
    if (vector.content !== undefined) expect(entity.content.toString('latin1')).toBe(vector.content);
    expect(entity.defects.map(({ kind }) => kind)).toEqual(vector.defects);
    const violations = validateCpim(entity);
    const ids = (graceful: boolean): readonly string[] =>
      violations.filter((found) => (found.tolerated === true) === graceful).map(({ requirement }) => requirement);
    expect(ids(false).toSorted()).toEqual(vector.broken.toSorted());
    expect(ids(true).toSorted()).toEqual((vector.tolerated ?? []).toSorted());
  });

  it('are written back octet for octet where nothing is wrong', () => {
    const clean = (vectors as readonly Vector[]).filter(
      ({ defects, name }) => defects.length === 0 && !/folded/.test(name),
    );
    expect(clean.length).toBeGreaterThan(10);
    for (const { octets } of clean)
      expect(serializeCpim(parsed(Buffer.from(octets, 'latin1'))).toString('latin1')).toBe(octets);
  });
});

describe('validateCpim', () => {
  it('points at the octets of the header concerned', () => {
    const octets = Buffer.from('To: <sip:r@example.org>\r\nFrom: é sip:a\r\n\r\nContent-Type: a/b\r\n\r\n');
    const [found] = validateCpim(parsed(octets));
    expect(found?.requirement).toBe('RFC3862-4.1-01');
    expect(octets.toString('utf8', found?.at?.start, found?.at?.end)).toBe('From: é sip:a');
  });

  it('names requirements of the catalogues only', () => {
    const folder = new URL('../../../scenarios/requirements/', import.meta.url);
    const catalogues = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => readFileSync(new URL(file, folder), 'utf8'))
      .join('\n');
    const sources = ['validate.ts', 'validate-headers.ts'].map((file) =>
      readFileSync(new URL(file, import.meta.url), 'utf8'),
    );
    const ids = new Set(sources.join('\n').match(/RFC\d{4}-[\w.]+-\d+/g));
    expect(ids.size).toBeGreaterThan(20);
    for (const id of ids) expect(catalogues).toContain(`- id: ${id}\n`);
  });
});
