import { describe, expect, it } from 'vitest';
import { EndLineGuard, mayUse } from './end-line-guard.ts';

describe('end-line guard (RFC 4975 §7.1)', () => {
  it('finds the end-line of a chunk at every split of its body', () => {
    const body = Buffer.from('aa\r\n-------abcd$\r\nbb');
    const end = body.indexOf('abcd') + 3;
    for (let cut = 0; cut <= body.length; cut++) {
      const guard = new EndLineGuard('abcd');
      const first = guard.pass(body.subarray(0, cut));
      expect(first).toBe(Math.min(cut, end));
      if (first === cut) expect(cut + guard.pass(body.subarray(cut))).toBe(end);
    }
  });

  it('sees it in pieces of one octet', () => {
    const guard = new EndLineGuard('abcd');
    const passed = [...Buffer.from('x-------abcd')].map((octet) => guard.pass(Buffer.from([octet])));
    expect(passed).toEqual([...Array<number>(11).fill(1), 0]);
  });

  it('tells which transaction ids a body leaves free', () => {
    expect(mayUse('abcd', [Buffer.from('--------ab'), Buffer.from('cd')])).toBe(false);
    expect(mayUse('abcd', [Buffer.from('------abcd')])).toBe(true);
  });
});
