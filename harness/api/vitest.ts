import { afterAll, beforeAll, describe, it } from 'vitest';
import { selectionOf } from '../cli/launch.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { launchOf, type PlayOptions } from './options.ts';
import { outcomeOf } from './outcome.ts';
import { Session } from './session.ts';

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
 * of the SUT and vitest's `maxConcurrency` allow.
 *
 * A warning and a deviation that the profile lists as known pass with an annotation; what the SUT does not offer is
 * skipped; what could not be seen fails.
 *
 * @throws UsageError for wrong options, an invalid scenario, a selector that matches nothing
 */
export function conformance(options: PlayOptions = {}): void {
  const launch = launchOf(options);
  const { catalogue } = launch.suite;
  let session: Session | undefined;
  describe.concurrent('conformance', () => {
    beforeAll(async () => {
      session = await Session.open(launch);
    }, START_MS);
    afterAll(() => session?.close(), START_MS);
    for (const [folder, scenarios] of byFolder(selectionOf(launch))) {
      describe.concurrent(folder, () => {
        for (const { name, scenario } of scenarios) {
          // Scenarios end by themselves; how long they wait for their turn says nothing about the SUT.
          it(name, { timeout: 0 }, async ({ skip, annotate }) => {
            if (session === undefined) throw new Error('the SUT has not been started');
            const judged = await session.play(scenario);
            if (judged === undefined) return skip('needs simulated time (inMemory)');
            const outcome = outcomeOf(judged, catalogue);
            if (outcome.kind === 'skipped') skip(outcome.note);
            if (outcome.kind === 'failed') throw new ConformanceError(outcome.message);
            if (outcome.note !== undefined) await annotate(outcome.note, 'warning');
          });
        }
      });
    }
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
