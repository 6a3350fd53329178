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
  const begun = stage.clock.now();
  const barrier = await sendBarrier(stage, sender);
  if (barrier === undefined) return never();
  const arrived = await Promise.all(
    receivers.map((one) => due(stage, () => copiesAt(stage, one, barrier).find(({ state }) => state === 'complete'))),
  );
  if (arrived.includes(undefined)) return never();
  const tookMs = stage.clock.now() - begun;
  for (let i = 0; i < ROUND_TRIPS_BEHIND; i++) {
    const answers = await Promise.all([sender, ...receivers].map(laterRequest));
    if (answers.some((answer) => answer !== 'answered')) return never();
  }
  const slowestMs = Math.max(tookMs, stage.conversation.msrp.slowestAnswerMs());
  await delay(stage.clock, Math.max(GRACE_MS, GRACE_TIMES * slowestMs));
}

const never = (): Promise<void> => new Promise(() => {});
