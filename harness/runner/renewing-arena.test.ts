import { describe, expect, it } from 'vitest';
import { err, ok } from '../result.ts';
import type { Sut } from '../sut/sut.ts';
import { SutLostError } from './arena.ts';
import { type Lifetime, RenewingArena } from './renewing-arena.ts';
import { simulatedWorld } from './world.ts';

interface Fake extends Sut {
  die(): void;
}

/** SUTs that only know whether they are up; at most `limit` can be started. */
function fakes(
  lifetime: Lifetime,
  limit = 10,
): { readonly arena: RenewingArena; readonly up: string[]; readonly all: Fake[] } {
  const up: string[] = [];
  const all: Fake[] = [];
  const start = (): Fake => {
    const name = `sut ${all.length + 1}`;
    const listeners: ((how: string) => void)[] = [];
    const sut: Fake = {
      name,
      kind: 'command',
      target: '',
      sip: { transport: 'tcp', address: { host: '', port: 1 } },
      domain: '',
      localHost: '',
      rooms: { concurrency: 4, take: async () => undefined },
      onExit: (listener) => void listeners.push(listener),
      stop: async () => {
        if (up.includes(name)) up.splice(up.indexOf(name), 1);
      },
      die: () => {
        for (const listener of listeners) listener('died');
      },
    };
    up.push(name);
    all.push(sut);
    return sut;
  };
  const open = async () => (all.length < limit ? ok(start()) : err('it does not start'));
  return { arena: new RenewingArena(simulatedWorld('x'), start(), open, lifetime), up, all };
}

const meet = async (arena: RenewingArena, scenario: string): Promise<string> => {
  const { sut, leave } = await arena.enter('seed', scenario);
  await leave();
  return sut.name;
};

describe('a SUT that is started again', () => {
  it('is the same for all scenarios as long as it lives', async () => {
    const { arena } = fakes('once');
    expect([await meet(arena, 'preflight'), await meet(arena, 'a/b'), await meet(arena, 'c/d')]).toEqual([
      'sut 1',
      'sut 1',
      'sut 1',
    ]);
  });

  it('is a fresh one for each folder or scenario, one at a time', async () => {
    const folders = fakes('per-folder');
    const met = [];
    for (const id of ['a/1', 'a/2', 'b/1']) met.push(await meet(folders.arena, id));
    expect([met, folders.up]).toEqual([['sut 1', 'sut 1', 'sut 2'], ['sut 2']]);
    const scenarios = fakes('per-scenario');
    expect([await meet(scenarios.arena, 'a/1'), await meet(scenarios.arena, 'a/2')]).toEqual(['sut 1', 'sut 2']);
  });

  it('comes back after its death, once all who met the dead one have left', async () => {
    const { arena, up, all } = fakes('once');
    const one = await arena.enter('seed', 'a');
    const other = await arena.enter('seed', 'b');
    all[0]?.die();
    let entered = false;
    const next = arena.enter('seed', 'c').then((value) => {
      entered = true;
      return value;
    });
    await one.leave();
    expect(entered).toBe(false);
    await other.leave();
    expect((await next).sut.name).toBe('sut 2');
    expect(up).toEqual(['sut 2']);
  });

  it('is not met again when it does not answer any more', async () => {
    const { arena } = fakes('once');
    const one = await arena.enter('seed', 'a');
    one.condemn();
    await one.leave();
    expect(await meet(arena, 'b')).toBe('sut 2');
  });

  it('is lost when it cannot be started again; closing stops what is up', async () => {
    const { arena, up, all } = fakes('once', 1);
    all[0]?.die();
    await expect(arena.enter('seed', 'a')).rejects.toThrow(SutLostError);
    await arena.close();
    expect(up).toEqual([]);
  });
});
