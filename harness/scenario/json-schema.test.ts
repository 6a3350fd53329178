import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from './json-schema.ts';

describe('scenarios/schema.json', () => {
  it('is what the schema of the language gives (npm run schema -- --write)', () => {
    const written = readFileSync(new URL('../../scenarios/schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
  });
});
