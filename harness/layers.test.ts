import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** From the bottom up: a layer may know those in rows above it in this list and those it names. */
const layers: readonly (readonly string[])[] = [
  ['harness/codec', 'harness/net', 'harness/catalogue'],
  ['harness/wire', 'harness/sip', 'harness/msrp', 'harness/packets'],
  ['harness/conversation', 'harness/participant', 'harness/focus'],
  ['harness/driver', 'harness/rules'],
  ['harness/scenario'],
  ['harness/sut'],
  ['harness/runner'],
  ['harness/capture'],
  ['reports'],
  ['harness/cli', 'harness/bench'],
  ['harness/api'],
];

const layerOf = (path: string): number =>
  layers.findIndex((row) => row.some((folder) => path.startsWith(`${folder}/`)));

const sameFolder = (a: string, b: string): boolean =>
  layers.flat().some((folder) => a.startsWith(`${folder}/`) && b.startsWith(`${folder}/`));

const sources = ['harness', 'reports'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts'))
    .map((path) => `${folder}/${path}`),
);

function importsOf(source: string): string[] {
  const text = readFileSync(join(root, source), 'utf8');
  return [...text.matchAll(/\bfrom '(\.{1,2}\/[^']+)'/g)].map((match) =>
    relative(root, join(root, dirname(source), match[1] ?? '')),
  );
}

describe('imports go downwards only', () => {
  it('finds the sources', () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  it.each(sources)('%s', (source) => {
    const upwards = importsOf(source).filter((target) => {
      if (target === 'harness/result.ts' || sameFolder(source, target)) return false;
      return layerOf(target) >= layerOf(source) || layerOf(target) === -1;
    });
    expect(layerOf(source) >= 0 || source === 'harness/result.ts').toBe(true);
    expect(upwards).toEqual([]);
  });
});
