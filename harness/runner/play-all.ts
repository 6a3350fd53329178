import type { LoadedScenario } from '../scenario/load.ts';
import type { Ending } from './ending.ts';
import { type One, playOne } from './play-one.ts';
import type { RunRecord } from './record.ts';
import { type Playing, seedOfRound } from './repeats.ts';
import type { RunObserver, RunPlan } from './run.ts';

type Death = NonNullable<RunRecord['deaths']>[number];

export interface AllPlayed {
  /** By scenario, in the order of the rounds; those that were not reached are absent. */
  readonly playings: ReadonlyMap<string, readonly Playing[]>;
  readonly deaths: readonly Death[];
}

interface Turn {
  readonly scenario: LoadedScenario;
  readonly round: number;
}

/**
 * Several at a time, one round after the other. Where the SUT died under several scenarios, each of them is played once
 * more, alone: so the one that kills it is known, and the others are judged.
 */
export async function playAll(
  plan: RunPlan,
  observer: RunObserver,
  playable: readonly LoadedScenario[],
  capabilities: readonly string[],
  ending: Ending,
): Promise<AllPlayed> {
  const played: (Turn & Playing)[] = [];
  const deaths: Death[] = [];
  const play = ({ scenario, round }: Turn): Promise<One> =>
    playOne({ ...plan, seed: seedOfRound(plan.seed, round) }, scenario, capabilities, ending);
  const report = (turn: Turn, { result, entries, recording }: One): void => {
    const kept = observer.scenarioEnded?.(result, entries, turn.round, recording) ?? result;
    played.push({ ...turn, result: kept, seed: seedOfRound(plan.seed, turn.round) });
  };
  const killed: { readonly turn: Turn; readonly one: One & { readonly death: string } }[] = [];
  const queue = turns(playable, plan.rounds ?? 1);
  const worker = async (): Promise<void> => {
    for (const turn of queue) {
      if (ending.why !== undefined) return;
      observer.scenarioStarted?.(turn.scenario.id);
      const { death, ...one } = await play(turn);
      if (death === undefined) report(turn, one);
      else killed.push({ turn, one: { ...one, death } });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(plan.jobs, plan.arena.concurrency)) }, worker));
  for (const { turn, one } of killed) {
    const together = killed.filter((other) => other.one.death === one.death);
    const last = together.length === 1 || ending.why !== undefined ? one : await play(turn);
    report(turn, last);
    if (last.death !== undefined) deaths.push({ during: [turn.scenario.id], how: last.death });
  }
  for (const how of new Set(killed.map(({ one }) => one.death))) {
    const during = killed.filter(({ one }) => one.death === how).map(({ turn }) => turn.scenario.id);
    const found = deaths.some((death) => death.during.some((id) => during.includes(id)));
    if (!found) deaths.push({ during, how });
  }
  return { playings: byScenario(played), deaths };
}

/** Shared by all who play: each takes the next one. */
function* turns(playable: readonly LoadedScenario[], rounds: number): Generator<Turn, void> {
  for (let round = 1; round <= rounds; round += 1) for (const scenario of playable) yield { scenario, round };
}

function byScenario(played: readonly (Turn & Playing)[]): ReadonlyMap<string, readonly Playing[]> {
  const playings = new Map<string, Playing[]>();
  for (const { scenario, result, seed } of played.toSorted((a, b) => a.round - b.round)) {
    const list = playings.get(scenario.id) ?? [];
    list.push({ result, seed });
    playings.set(scenario.id, list);
  }
  return playings;
}
