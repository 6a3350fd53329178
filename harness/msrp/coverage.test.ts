import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coverage } from './coverage.ts';

describe('coverage', () => {
  it('equals a set of positions', () => {
    const pairs = fc.array(fc.tuple(fc.nat(60), fc.nat(12)), { maxLength: 30 });
    fc.assert(
      fc.property(pairs, (ranges) => {
        const coverage = new Coverage();
        const model = new Set<number>();
        for (const [start, length] of ranges) {
          coverage.add(start, start + length);
          for (let i = start; i < start + length; i++) model.add(i);
        }
        expect(coverage.octets).toBe(model.size);
        expect(coverage.end).toBe(model.size === 0 ? 0 : Math.max(...model) + 1);
        const listed = coverage
          .ranges()
          .flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));
        expect(listed).toEqual([...model].sort((a, b) => a - b));
        let prefix = 0;
        while (model.has(prefix)) prefix++;
        expect(coverage.covers(prefix)).toBe(true);
        expect(coverage.covers(prefix + 1)).toBe(false);
      }),
    );
  });
});
