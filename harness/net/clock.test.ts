import { describe, expect, test } from 'vitest';
import { delay } from './clock.ts';
import { realClock } from './real-clock.ts';
import { SimulatedClock, SimulationError } from './simulated-clock.ts';

const never = new Promise<never>(() => {});

describe('simulated clock', () => {
  test('timers run by time, then by order of creation, and time stands still in between', async () => {
    const clock = new SimulatedClock({ start: new Date('2030-01-01T00:00:00Z') });
    const order: string[] = [];
    const note = (name: string) => () => order.push(`${name}@${clock.now()}`);
    clock.after(20, note('d'));
    clock.after(10, note('b'));
    clock.after(10, note('c'));
    clock.after(-5, note('a'));
    await clock.run(delay(clock, 30));
    expect(order).toEqual(['a@0', 'b@10', 'c@10', 'd@20']);
    expect(clock.now()).toBe(30);
    expect(clock.date()).toEqual(new Date('2030-01-01T00:00:00.030Z'));
  });

  test('every promise reaction of one timer comes before the next timer', async () => {
    const clock = new SimulatedClock();
    const order: string[] = [];
    const deep = async (levels: number): Promise<void> => {
      for (let i = 0; i < levels; i++) await Promise.resolve();
    };
    for (let i = 0; i < 100; i++) {
      clock.after(5, () => {
        order.push(`timer ${i}`);
        void deep(50).then(() => order.push(`reaction ${i}`));
        process.nextTick(() => order.push(`tick ${i}`));
      });
    }
    await clock.run(delay(clock, 6));
    expect(order).toHaveLength(300);
    for (let i = 0; i < 100; i++) {
      const turn = order.slice(3 * i, 3 * i + 3);
      expect(turn[0]).toBe(`timer ${i}`);
      expect(turn.slice(1).sort()).toEqual([`reaction ${i}`, `tick ${i}`]);
    }
  });

  test('a cancelled timer does not run, not even when an earlier one of the same time cancels it', async () => {
    const clock = new SimulatedClock();
    const ran: string[] = [];
    clock.after(1, () => second.cancel());
    const second = clock.after(1, () => ran.push('second'));
    const third = clock.after(2, () => ran.push('third'));
    await clock.run(delay(clock, 3));
    third.cancel();
    third.cancel();
    expect(ran).toEqual(['third']);
    expect(clock.pending).toBe(0);
  });

  test('cancelled timers do not pile up, and the rest keeps its order', async () => {
    const clock = new SimulatedClock();
    const ran: number[] = [];
    for (let i = 0; i < 10_000; i++) {
      const timer = clock.after((i * 7919) % 1000, () => ran.push(clock.now() * 10_000 + i));
      if (i % 10 !== 0) timer.cancel();
    }
    expect(clock.pending).toBe(1000);
    await clock.run(delay(clock, 1000));
    expect(ran).toHaveLength(1000);
    expect(ran).toEqual([...ran].sort((a, b) => a - b));
  });

  test('a deadlock rejects and says when', async () => {
    const clock = new SimulatedClock();
    clock.after(42, () => {});
    const stuck = clock.run(never);
    await expect(stuck).rejects.toThrow(SimulationError);
    await expect(stuck).rejects.toThrow(/deadlock: nothing is scheduled.*at 42 ms after 1 events/);
  });

  test('a runaway rejects, by events or by time', async () => {
    const busy = new SimulatedClock({ maxEvents: 1000 });
    const spin = (): void => {
      busy.after(0, spin);
    };
    spin();
    await expect(busy.run(never)).rejects.toThrow('runaway: more than 1000 events');

    const slow = new SimulatedClock({ maxMs: 5000 });
    const tick = (): void => {
      slow.after(700, tick);
    };
    tick();
    await expect(slow.run(never)).rejects.toThrow('runaway: more than 5000 ms');
    expect(slow.now()).toBe(4900);
  });

  test('what a timer throws and what the promise rejects with come out of run', async () => {
    const clock = new SimulatedClock();
    clock.after(1, () => {
      throw new Error('a bug in a timer');
    });
    await expect(clock.run(never)).rejects.toThrow('a bug in a timer');
    await expect(clock.run(delay(clock, 1).then(() => Promise.reject(new Error('refused'))))).rejects.toThrow(
      'refused',
    );
    await expect(clock.run(delay(clock, 1).then(() => 7))).resolves.toBe(7);
  });

  test('only one run at a time; timers left over wait for the next', async () => {
    const clock = new SimulatedClock();
    const ran: number[] = [];
    clock.after(10, () => ran.push(clock.now()));
    const first = clock.run(delay(clock, 5));
    expect(() => clock.run(never)).toThrow('running already');
    await first;
    expect(ran).toEqual([]);
    await clock.run(delay(clock, 5));
    expect(ran).toEqual([10]);
  });

  test('a delay must be a number', () => {
    expect(() => new SimulatedClock().after(Number.NaN, () => {})).toThrow(RangeError);
    expect(() => new SimulatedClock().after(Number.POSITIVE_INFINITY, () => {})).toThrow(RangeError);
    expect(() => realClock.after(Number.NaN, () => {})).toThrow(RangeError);
  });
});

describe('real clock', () => {
  test('goes forward and fires once', async () => {
    const before = realClock.now();
    let fired = 0;
    await new Promise<void>((resolve) => {
      realClock.after(1, () => {
        fired += 1;
        resolve();
      });
    });
    expect(fired).toBe(1);
    expect(realClock.now()).toBeGreaterThanOrEqual(before);
    expect(Math.abs(realClock.date().getTime() - Date.now())).toBeLessThan(60_000);
  });

  test('neither a cancelled timer nor one due in a year fires now', async () => {
    const ran: string[] = [];
    realClock.after(0, () => ran.push('cancelled')).cancel();
    const year = realClock.after(365 * 24 * 3_600_000, () => ran.push('a year'));
    await delay(realClock, 1);
    await delay(realClock, 1);
    year.cancel();
    expect(ran).toEqual([]);
  });
});
