import { delay } from '../net/clock.ts';
import { within } from '../participant/patience.ts';
import { composeTracked } from './acts/compose.ts';
import { copiesAt } from './copies.ts';
import type { Answer } from './expectation.ts';
import { type Actor, due, listeners, type Stage, type TrackedMessage } from './stage.ts';

/** What was concluded about one observer of something that must not come. */
export type Silence =
  | { readonly actor: Actor; readonly kind: 'silent' }
  | { readonly actor: Actor; readonly kind: 'heard'; readonly evidence: readonly number[] }
  /** The barrier did not arrive, so nothing can be said. */
  | { readonly actor: Actor; readonly kind: 'open'; readonly reason: string };

/**
 * Concludes that `observers` do not receive a message: a later message has to reach each of them (the barrier), then a
 * short quiet window passes. Whoever sees no barrier has shown nothing.
 */
export async function notReceived(
  stage: Stage,
  message: TrackedMessage,
  observers: readonly Actor[],
): Promise<Silence[]> {
  const barriers = await sendBarriers(stage, message.sender, observers);
  const arrived = await Promise.all(
    observers.map(async (actor) => {
      const barrier = barriers.find((one) => one.sender !== actor && one.sender.room === actor.room);
      if (barrier === undefined || !takesContent(actor))
        return (await laterRequest(actor)) === 'answered' ? undefined : 'nobody can send a barrier to it';
      const copy = await due(stage, () => copiesAt(stage, actor, barrier).find((one) => one.state === 'complete'));
      return copy === undefined ? 'a later message did not arrive either' : undefined;
    }),
  );
  await quietWindow(stage);
  return observers.map((actor, i): Silence => {
    const copies = copiesAt(stage, actor, message);
    if (copies.length > 0) {
      return { actor, kind: 'heard', evidence: copies.flatMap((copy) => copy.chunks.map((entry) => entry.index)) };
    }
    const reason = arrived[i];
    return reason === undefined ? { actor, kind: 'silent' } : { actor, kind: 'open', reason };
  });
}

/** A SUT that answers slowly may also deliver late. */
const ROUND_TRIPS_OF_QUIET = 3;
const LONGEST_QUIET_MS = 3000;

/** A short time in which stragglers would show, scaled to how fast this SUT answers. */
export function quietWindow(stage: Stage): Promise<void> {
  const slowest = stage.conversation.msrp.slowestAnswerMs();
  const ms = Math.min(LONGEST_QUIET_MS, Math.max(stage.patience.quietMs, ROUND_TRIPS_OF_QUIET * slowest));
  return delay(stage.clock, ms);
}

/** RFC 4975 §8.9: who only sends, or does neither, gets no barrier either. */
export const takesContent = ({ member }: Actor): boolean =>
  !(member['sdp-lines'] ?? []).some((line) => line === 'a=sendonly' || line === 'a=inactive');

/** Two barriers for each room: a second one reaches the sender of the first. */
async function sendBarriers(stage: Stage, first: Actor, observers: readonly Actor[]): Promise<TrackedMessage[]> {
  const rooms = [...new Set(observers.map((actor) => actor.room))];
  const barriers = await Promise.all(rooms.map((room) => barriersIn(stage, first, room)));
  return barriers.flat();
}

/**
 * The sender of the message comes first, for its later message takes the same way. Somebody who cannot send any more, as
 * the SUT has ended its session, gives way to the next.
 */
async function barriersIn(stage: Stage, first: Actor, room: string): Promise<TrackedMessage[]> {
  const here = listeners(stage).filter((actor) => actor.room === room);
  const candidates = [...here.filter((actor) => actor === first), ...here.filter((actor) => actor !== first)];
  const sent: TrackedMessage[] = [];
  while (sent.length < 2 && candidates.length > 0) {
    const next = candidates.splice(0, 2 - sent.length);
    const barriers = await Promise.all(next.map((sender) => sendBarrier(stage, sender)));
    sent.push(...barriers.filter((barrier) => barrier !== undefined));
  }
  return sent;
}

/** A message to the room, once it has been answered; undefined: the sender is cut off. */
export async function sendBarrier(stage: Stage, sender: Actor): Promise<TrackedMessage | undefined> {
  const barrier = composeTracked(stage, sender, { text: 'barrier' }, undefined);
  const outcome = await sender.participant.send(barrier.composed, {}).outcome;
  const cut = outcome.kind === 'unanswered' && outcome.reason !== 'timed-out';
  return cut ? undefined : barrier;
}

/** With nobody else in the room, a round trip on its own session is the best barrier there is. */
export async function laterRequest(actor: Actor): Promise<'answered' | 'unanswered' | 'cut'> {
  const outcome = await actor.participant.ping().outcome;
  if (outcome.kind === 'answered') return 'answered';
  return outcome.reason === 'timed-out' ? 'unanswered' : 'cut';
}

/** Whatever was under way on the actor's session has been dealt with, if the SUT ever does: a later request, then quiet. */
export async function settle(stage: Stage, actor: Actor): Promise<void> {
  await within(stage.clock, stage.patience.deliveryMs, laterRequest(actor));
  await quietWindow(stage);
}

/**
 * Concludes that requests get no answer: a later request on the same session is answered, then a quiet window passes.
 * Undefined when that later one is not answered either, for then silence shows nothing.
 */
export async function noAnswer(
  stage: Stage,
  actor: Actor,
  transactionIds: readonly string[],
): Promise<Answer | undefined> {
  const barrier = await laterRequest(actor);
  await quietWindow(stage);
  const answer = answerTo(stage, actor, transactionIds);
  if (answer !== undefined) return answer;
  return barrier === 'answered' ? { kind: 'silence', reason: 'a later request was answered' } : undefined;
}

/**
 * The answer to requests that need not be answered. Silence is concluded from a later request, or from the end of the
 * connection; a SUT that is out of step answers nothing any more, and that is silence too.
 */
export async function answerOrSilence(stage: Stage, actor: Actor, transactionIds: readonly string[]): Promise<Answer> {
  const barrier = await within(stage.clock, stage.patience.deliveryMs, laterRequest(actor));
  await quietWindow(stage);
  const answer = answerTo(stage, actor, transactionIds);
  return answer ?? { kind: 'silence', reason: AFTERMATH[barrier ?? 'unanswered'] };
}

const AFTERMATH = {
  answered: 'a later request was answered',
  cut: 'the connection is closed',
  unanswered: 'nor was a later request',
} as const;

function answerTo(stage: Stage, actor: Actor, transactionIds: readonly string[]): Answer | undefined {
  for (const id of transactionIds) {
    const response = stage.conversation.msrp.find(actor.wireName, 'sent', id)?.response;
    if (response !== undefined) return { kind: 'status', status: response.head.status };
  }
  return undefined;
}
