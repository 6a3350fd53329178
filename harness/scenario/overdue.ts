import { delay } from '../net/clock.ts';
import { laterRequest, sendBarrier, takesContent } from './absence.ts';
import { copiesAt } from './copies.ts';
import { type Actor, due, listeners, type Stage } from './stage.ts';

/** Nothing more is sent for what comes as fast as that. */
const LULL_ROUND_TRIPS = 3;
/** Separate messages need not keep their order, so what a later one has overtaken gets a long time more. */
const GRACE_MS = 1000;
const GRACE_TIMES = 10;
const ROUND_TRIPS_BEHIND = 2;
const BARRIERS = 3;

/**
 * Waits for something that `sender` has sent and that is due at `receivers`. It is given up when patience is over, or
 * before that once the SUT has surely had its chance: a later message of the same sender has been answered and has
 * reached every receiver, all of them have made two more round trips on their sessions, and then ten times as long as
 * that message took has passed, a second at least.
 */
export async function dueFrom<T>(
  stage: Stage,
  sender: Actor,
  receivers: readonly Actor[],
  look: () => T | undefined,
): Promise<T | undefined> {
  const lull = lullMs(stage);
  const soon = await due(stage, look, lull);
  if (soon !== undefined) return soon;
  return due(stage, look, stage.patience.deliveryMs - lull, overdue(stage, sender, receivers));
}

/** How long nothing may come before it is looked into, in milliseconds. */
export const lullMs = (stage: Stage): number =>
  Math.min(
    stage.patience.deliveryMs,
    Math.max(2 * stage.patience.quietMs, LULL_ROUND_TRIPS * stage.conversation.msrp.slowestAnswerMs()),
  );

/** Settles when what `sender` sent before should long have reached `receivers`; never if nothing shows that it should. */
export async function overdue(stage: Stage, sender: Actor, receivers: readonly Actor[]): Promise<void> {
  const here = listeners(stage);
  const observable = receivers.every((one) => one !== sender && here.includes(one) && takesContent(one));
  if (!observable || !here.includes(sender)) return never();
  const tookMs = await barrierMs(stage, sender, receivers);
  if (tookMs === undefined) return never();
  for (let i = 0; i < ROUND_TRIPS_BEHIND; i++) {
    const answers = await Promise.all([sender, ...receivers].map(laterRequest));
    if (answers.some((answer) => answer !== 'answered')) return never();
  }
  await delay(stage.clock, graceMs(stage, tookMs));
}

/** How long a later message took to reach all receivers, in milliseconds. One may be lost like the first, so it is tried again. */
async function barrierMs(stage: Stage, sender: Actor, receivers: readonly Actor[]): Promise<number | undefined> {
  let waiting = receivers;
  let tookMs: number | undefined;
  for (let i = 0; i < BARRIERS && waiting.length > 0; i++) {
    const begun = stage.clock.now();
    const barrier = await sendBarrier(stage, sender);
    if (barrier === undefined) return undefined;
    const arrived = (one: Actor): boolean => copiesAt(stage, one, barrier).some(({ state }) => state === 'complete');
    await due(stage, () => (waiting.every(arrived) ? true : undefined), graceMs(stage, 0));
    waiting = waiting.filter((one) => !arrived(one));
    // How long a lost one was waited for says nothing.
    if (waiting.length === 0) tookMs = stage.clock.now() - begun;
  }
  return tookMs;
}

const graceMs = (stage: Stage, slowestMs: number): number =>
  Math.max(GRACE_MS, GRACE_TIMES * Math.max(slowestMs, stage.conversation.msrp.slowestAnswerMs()));

const never = (): Promise<void> => new Promise(() => {});
