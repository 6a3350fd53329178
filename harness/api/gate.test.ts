import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';

describe('a gate', () => {
  it('lets so many in at a time, in the order they came, and goes on after one that fails', async () => {
    const gate = new Gate(2);
    const log: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    const enter = (name: string): Promise<void> =>
      gate.pass(() => {
        log.push(name);
        return new Promise((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve())));
      });
    const all = ['a', 'b', 'c', 'd'].map(enter);
    expect(log).toEqual(['a', 'b']);
    ends.get('b')?.(new Error('b'));
    await expect(all[1]).rejects.toThrow('b');
    expect(log).toEqual(['a', 'b', 'c']);
    ends.get('a')?.();
    await all[0];
    expect(log).toEqual(['a', 'b', 'c', 'd']);
    ends.get('c')?.();
    ends.get('d')?.();
    await Promise.all([all[2], all[3]]);
    await gate.pass(async () => void log.push('e'));
    expect(log.at(-1)).toBe('e');
  });

  it('lets one in alone once the others have left, and nobody before it who came later', async () => {
    const gate = new Gate(2);
    const log: string[] = [];
    let leave: () => void = () => {};
    const first = gate.pass(() => new Promise<void>((resolve) => (leave = resolve)));
    const alone = gate.alone(async () => {
      log.push('alone');
      await Promise.resolve();
      log.push('over');
    });
    const later = gate.pass(async () => void log.push('later'));
    await Promise.resolve();
    expect(log).toEqual([]);
    leave();
    await Promise.all([first, alone, later]);
    expect(log).toEqual(['alone', 'over', 'later']);
  });
});
