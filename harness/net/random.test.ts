import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { token } from './random.ts';
import { seededRandom } from './seeded-random.ts';
import { systemRandom } from './system-random.ts';

describe('seeded random', () => {
  test('the same seed gives the same draws, on every platform', () => {
    const draws = (): unknown => {
      const random = seededRandom(7);
      return [random.bytes(5).toString('hex'), random.integer(1000), random.integer(2 ** 40), token(random, 8)];
    };
    expect(draws()).toEqual(draws());
    expect(seededRandom('7').bytes(16)).toEqual(seededRandom(7).bytes(16));
    expect(seededRandom(8).bytes(16)).not.toEqual(seededRandom(7).bytes(16));
    expect(draws()).toMatchInlineSnapshot(`
      [
        "840df22408",
        884,
        866845552815,
        "tCyBnVP4",
      ]
    `);
  });

  test('forks depend on seed and name only', () => {
    const parent = seededRandom('run');
    const early = parent.fork('alice').bytes(16);
    parent.bytes(1000);
    expect(parent.fork('alice').bytes(16)).toEqual(early);
    expect(parent.fork('bob').bytes(16)).not.toEqual(early);
    expect(parent.fork('alice').fork('bob').bytes(16)).not.toEqual(parent.fork('bob').fork('alice').bytes(16));
    expect(seededRandom('other run').fork('alice').bytes(16)).not.toEqual(early);
  });

  test('whole numbers stay below the bound', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, below) => {
        const drawn = seededRandom(seed).integer(below);
        return Number.isSafeInteger(drawn) && drawn >= 0 && drawn < below;
      }),
    );
    for (const below of [0, -1, 1.5, Number.NaN, 2 ** 53])
      expect(() => seededRandom(1).integer(below)).toThrow(RangeError);
  });

  test('draws are spread evenly', () => {
    const random = seededRandom('even');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const drawn = random.integer(10);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    // Five standard deviations (95) around 10,000; the seed makes the outcome the same every time.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });

  test('any number of bytes', () => {
    for (const count of [0, 1, 2, 3, 4, 5, 1023]) expect(seededRandom('x').bytes(count)).toHaveLength(count);
    expect(new Set(seededRandom('x').bytes(4096)).size).toBe(256);
  });
});

test('system random gives what is asked for, and never the same', () => {
  expect(systemRandom.bytes(16)).toHaveLength(16);
  expect(systemRandom.bytes(16)).not.toEqual(systemRandom.bytes(16));
  expect(systemRandom.integer(1)).toBe(0);
  for (let i = 0; i < 100; i++) expect(systemRandom.integer(3)).toBeLessThan(3);
  expect(token(systemRandom, 20)).toMatch(/^[A-Za-z0-9]{20}$/);
});
