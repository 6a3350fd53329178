import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { profileJsonSchema } from './json-schema.ts';

it('is what the schema of profiles gives (npm run schema -- --write)', () => {
  const written = readFileSync(new URL('../../../fixtures/suts/schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(profileJsonSchema())));
});
