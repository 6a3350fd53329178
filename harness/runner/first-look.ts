import { seededRandom } from '../net/seeded-random.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { Patience } from '../scenario/stage.ts';
import type { WireEntry } from '../wire/entry.ts';
import { type Arena, enterWithLoad } from './arena.ts';
import type { Ending } from './ending.ts';
import { preflight } from './preflight.ts';
import { preflightClient } from './preflight-client.ts';
import type { ScenarioResult } from './record.ts';
import type { RunOutcome, RunPlan, Statements } from './run.ts';
import { resultOfTurnedAway } from './turned-away.ts';

export interface Ready {
  readonly kind: 'ready';
  /** What scenarios may need of this SUT. */
  readonly capabilities: readonly string[];
  /** What its profile claims and it has not shown. */
  readonly notServed: readonly string[];
  /** How long scenarios wait: no longer again for what has not come in all the time it had. */
  readonly patience: Patience;
}

/** Nobody gets in, and the SUT is to blame. */
export interface Barred {
  readonly kind: 'barred';
  /** One line. */
  readonly reason: string;
  readonly result: ScenarioResult;
  readonly entries: readonly WireEntry[];
}

/** What takes hours is for simulated time alone. */
export const isPlayable = ({ time }: Arena, { scenario }: LoadedScenario): boolean =>
  time === 'simulated' || scenario.simulated !== true;

/** What is claimed has to be served and is judged; what is denied is not looked at; otherwise what was seen decides. */
function weighed(
  seen: readonly string[],
  claims: NonNullable<Statements['claims']>,
): { readonly capabilities: readonly string[]; readonly notServed: readonly string[] } {
  const claimed = Object.keys(claims).filter((name) => claims[name] === 'claimed');
  const capabilities = [...seen.filter((name) => claims[name] !== 'denied'), ...claimed];
  return { capabilities: [...new Set(capabilities)], notServed: claimed.filter((name) => !seen.includes(name)) };
}

/** Joins once, sees what the SUT offers, and weighs it against what its profile says; or judges why nobody gets in. */
export async function lookAtSut(
  plan: RunPlan,
  ending: Ending,
): Promise<Ready | Barred | Extract<RunOutcome, { kind: 'unreachable' }>> {
  const { seed, patience, statements, catalogue, reading } = plan;
  const entered = await enterWithLoad(plan, `${seed} preflight`, 'preflight');
  const inner = ending.within();
  entered.sut.onExit((how) => inner.end({ kind: 'sut-gone', how }));
  try {
    const random = seededRandom(`${seed} preflight`);
    const { world, sut } = entered;
    const seen = await world.run(
      sut.role === 'participant'
        ? preflightClient(world, sut, random, patience, inner)
        : preflight(world, sut, random, patience, inner),
    );
    if (seen.kind === 'ready') {
      const bindMs = seen.unbound === true ? { bindMs: Math.min(patience.answerMs, patience.deliveryMs) } : {};
      const claims = weighed(seen.capabilities, statements?.claims ?? {});
      return { kind: 'ready', ...claims, patience: { ...patience, ...bindMs } };
    }
    const { reason, turnedAway } = seen;
    const result = turnedAway === undefined ? undefined : resultOfTurnedAway(turnedAway, catalogue, reading);
    if (result === undefined || turnedAway === undefined) return { kind: 'unreachable', reason };
    return { kind: 'barred', reason, result, entries: turnedAway.conversation.log.entries };
  } finally {
    await entered.leave();
  }
}
