import { describe, expect, it } from 'vitest';
import { parseShard, shardOf } from './shard.ts';

const suite = Array.from({ length: 11 }, (_, n) => `scenario/${n}`);
const parts = (of: number): string[][] =>
  Array.from({ length: of }, (_, n) => [...shardOf(suite, { index: n + 1, of })]);

describe('shards', () => {
  it.each([1, 2, 3, 4, 11, 20])('1/%i and the others hold each scenario once, about as many each', (of) => {
    expect(parts(of).flat().sort()).toEqual(suite.toSorted());
    const sizes = parts(of).map((part) => part.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('spread neighbours', () => {
    expect(parts(4).map((part) => part[0])).toEqual(suite.slice(0, 4));
  });
});

describe('the text of a shard', () => {
  it('is read', () => {
    expect(parseShard('2/3')).toEqual({ ok: true, value: { index: 2, of: 3 } });
    expect(parseShard('12/12')).toEqual({ ok: true, value: { index: 12, of: 12 } });
  });

  it.each(['0/3', '4/3', 'x', '', '1', '1/', '/3', '1/0', '-1/3', '1.5/3', '1/3/5', ' 1/3', '1/99999999999'])(
    '%j is none, in one line',
    (text) => {
      expect(parseShard(text)).toEqual({ ok: false, error: `"${text}" is no shard: the second of three is 2/3` });
    },
  );
});
