import { seededRandom } from '../net/seeded-random.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { type Arena, enterWithLoad } from './arena.ts';
import type { Ending } from './ending.ts';
import { preflight } from './preflight.ts';
import { preflightClient } from './preflight-client.ts';
import type { RunOutcome, RunPlan, Statements } from './run.ts';

export interface Ready {
  readonly kind: 'ready';
  /** What scenarios may need of this SUT. */
  readonly capabilities: readonly string[];
  /** What its profile claims and it has not shown. */
  readonly notServed: readonly string[];
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

/** Joins once, sees what the SUT offers, and weighs it against what its profile says. */
export async function lookAtSut(
  plan: RunPlan,
  ending: Ending,
): Promise<Ready | Extract<RunOutcome, { kind: 'unreachable' }>> {
  const { seed, patience, statements } = plan;
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
    return seen.kind === 'ready' ? { ...seen, ...weighed(seen.capabilities, statements?.claims ?? {}) } : seen;
  } finally {
    await entered.leave();
  }
}
