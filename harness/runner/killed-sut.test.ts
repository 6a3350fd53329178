import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { seededRandom } from '../net/seeded-random.ts';
import type { Result } from '../result.ts';
import { loadScenarios } from '../scenario/load.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { loadProfile } from '../sut/profile/load.ts';
import { openProfile } from '../sut/profile/open.ts';
import type { Sut } from '../sut/sut.ts';
import type { ScenarioResult } from './record.ts';
import { RenewingArena } from './renewing-arena.ts';
import { run } from './run.ts';
import { realWorld } from './world.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const catalogue = loadCatalogue(path('scenarios/requirements'));
const loaded = loadScenarios(path('scenarios'), catalogue);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const scenarios = loaded.value.filter(({ id }) => /^rfc7701\/(9-examples|7-nicknames\/pairs-that-)/.test(id));
const read = loadProfile(path('fixtures/suts/python-focus.yaml'), { catalogue, environment: {} });
if (!read.ok) throw new Error(JSON.stringify(read.error));
const profile = read.value;

const KILLS = 20;
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython && process.env.CI === undefined)(
  `a SUT that is killed at ${KILLS} moments of a run (needs python3)`,
  () => {
    it('costs no verdict that was reached, and is named with what was under way', async () => {
      const world = realWorld('killed');
      const { clock, random, network } = world;
      const processIds: number[] = [];
      const open = async (): Promise<Result<Sut, string>> => {
        const sut = await openProfile(profile, { clock, random, network, environment: {} });
        if (sut.ok && sut.value.processId !== undefined) processIds.push(sut.value.processId);
        return sut;
      };
      const first = await open();
      if (!first.ok) throw new Error(first.error);
      const arena = new RenewingArena(world, first.value, open, 'once');

      const chance = seededRandom('moments');
      const underWay = new Set<string>();
      const hit = new Set<string>();
      const kept = new Map<string, ScenarioResult>();
      let kills = 0;
      let untilKill = 1 + chance.integer(2);
      const outcome = await run(
        {
          scenarios,
          arena,
          catalogue,
          patience: DEFAULT_PATIENCE,
          reading: 'tolerant',
          seed: 'killed',
          jobs: 4,
          argv: [],
          version: '',
          date: () => new Date(0),
          now: () => 0,
          signal: new AbortController().signal,
        },
        {
          scenarioStarted(id) {
            underWay.add(id);
            untilKill -= 1;
            const pid = processIds.at(-1);
            if (untilKill > 0 || kills === KILLS || pid === undefined) return;
            kills += 1;
            untilKill = 1 + chance.integer(2);
            for (const one of underWay) hit.add(one);
            // Some are killed in the middle of what they do, some before it.
            clock.after(chance.integer(40), () => kill(pid));
          },
          scenarioEnded(result) {
            underWay.delete(result.id);
            kept.set(result.id, result);
            return result;
          },
        },
      );
      await arena.close();
      if (outcome.kind !== 'judged') throw new Error(outcome.reason);
      const { record } = outcome;

      expect(kills).toBe(KILLS);
      expect(record.stopped).toBeUndefined();
      expect(record.scenarios.map(({ id }) => id)).toEqual(scenarios.map(({ id }) => id));
      for (const result of record.scenarios) expect(result).toEqual(kept.get(result.id));
      const spoilt = record.scenarios.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'unsupported');
      expect(spoilt.filter(({ verdict }) => verdict !== 'inconclusive')).toEqual([]);
      const deaths = record.deaths ?? [];
      expect(deaths.length).toBeGreaterThan(0);
      for (const { during, how } of deaths) {
        expect(how).toMatch(/^the command python3 was ended by SIGKILL/);
        expect(during.length).toBeGreaterThan(0);
      }
      const named = new Set(deaths.flatMap(({ during }) => during));
      expect(spoilt.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
      for (const pid of processIds) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    });
  },
);

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
