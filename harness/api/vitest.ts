import { afterAll, beforeAll, describe, it } from 'vitest';
import { selectionOf } from '../cli/launch.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { launchOf, type PlayOptions } from './options.ts';
import { outcomeOf } from './outcome.ts';
import { Session } from './session.ts';
import { nameOf, statementsOf } from './statements.ts';

export type { PlayOptions, TargetOptions } from './options.ts';

/** How long a SUT may take to start and to stop, in milliseconds. */
const START_MS = 120_000;

/** A scenario that the SUT has not passed: requirement, what was due, what came, and the messages that prove it. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';

  constructor(message: string) {
    super(message);
    // It is the SUT that is wrong: no line of the suite or of the test explains anything.
    this.stack = `${this.name}: ${message}`;
  }
}

/**
 * Turns scenarios into tests of vitest: a `describe` for each folder, an `it` for each scenario. The SUT is started
 * once, before the first of them, and stopped after the last. Scenarios run at the same time as far as `jobs`, the rooms
 * of the SUT and vitest's `maxConcurrency` allow. Where the SUT dies under several of them, each is played once more,
 * alone.
 *
 * A warning and a deviation that the profile lists as known pass with an annotation; what the SUT does not offer is
 * skipped; what could not be seen fails. Further tests say whether anybody gets into a room at all, and hold the profile
 * to what it says: a capability that is claimed and not served, and a known deviation that does not occur any more, fail.
 *
 * @throws UsageError for wrong options, an invalid scenario, a selector that matches nothing
 */
export function conformance(options: PlayOptions = {}): void {
  const launch = launchOf(options);
  const { catalogue } = launch.suite;
  const { claimed, knownDeviations, isStartedHere } = statementsOf(launch);
  let session: Session | undefined;
  const up = (): Session => {
    if (session === undefined) throw new Error('the SUT has not been started');
    return session;
  };
  describe('conformance', () => {
    beforeAll(async () => {
      session = await Session.open(launch);
    }, START_MS);
    afterAll(() => session?.close(), START_MS);
    describe('the SUT', () => {
      it('lets a participant in', () => {
        const { turnedAway } = up();
        const outcome = turnedAway === undefined ? undefined : outcomeOf(turnedAway, catalogue);
        if (outcome?.kind === 'failed') throw new ConformanceError(outcome.message);
      });
      for (const name of claimed) {
        it(`serves ${name}, as its profile claims`, ({ skip }) => {
          if (up().turnedAway !== undefined) skip('nobody gets into a room');
          if (up().notServed.includes(name)) throw new ConformanceError(`${name} is claimed, and not shown`);
        });
      }
    });
    for (const [folder, scenarios] of byFolder(selectionOf(launch))) {
      describe.concurrent(folder, () => {
        for (const { name, scenario } of scenarios) {
          // Scenarios end by themselves; how long they wait for their turn says nothing about the SUT.
          it(name, { timeout: 0 }, async ({ skip, annotate }) => {
            const playing = await up().play(scenario);
            if (playing.kind === 'left-out') return skip(playing.why);
            const outcome = outcomeOf(playing, catalogue);
            if (outcome.kind === 'skipped') skip(outcome.note);
            if (outcome.kind === 'failed') throw new ConformanceError(outcome.message);
            if (outcome.note !== undefined) await annotate(outcome.note, 'warning');
          });
        }
      });
    }
    if (knownDeviations.length === 0 && !isStartedHere) return;
    // After all scenarios: only then it is known.
    describe.sequential('the SUT after all', () => {
      for (const deviation of knownDeviations) {
        const name = nameOf(deviation);
        it(`still deviates as its profile says: ${name}`, () => {
          if (up().stale.some((one) => nameOf(one) === name))
            throw new ConformanceError(`not so any more, take it off the profile: ${name} (${deviation.reason})`);
        });
      }
      if (!isStartedHere) return;
      it('has not died of several scenarios at once', () => {
        const deaths = up().unexplainedDeaths;
        if (deaths.length > 0) throw new ConformanceError(deaths.join('\n'));
      });
    });
  });
}

interface Named {
  readonly name: string;
  readonly scenario: LoadedScenario;
}

function byFolder(scenarios: readonly LoadedScenario[]): ReadonlyMap<string, readonly Named[]> {
  const folders = new Map<string, Named[]>();
  for (const scenario of scenarios) {
    const end = scenario.id.lastIndexOf('/');
    const folder = scenario.id.slice(0, Math.max(0, end));
    const list = folders.get(folder) ?? [];
    list.push({ name: `${scenario.id.slice(end + 1)}: ${scenario.scenario.title}`, scenario });
    folders.set(folder, list);
  }
  return folders;
}
