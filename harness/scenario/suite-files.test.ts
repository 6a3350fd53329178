import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.yaml') && !path.startsWith(`requirements${sep}`),
);

it('every scenario names its schema, so that editors complete it', () => {
  expect(files.length).toBeGreaterThan(100);
  const without = files.filter((path) => {
    const schema = relative(dirname(path), 'schema.json').split(sep).join('/');
    return !readFileSync(`${folder}/${path}`, 'utf8').startsWith(`# yaml-language-server: $schema=${schema}\n`);
  });
  expect(without).toEqual([]);
});
