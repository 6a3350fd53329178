import { copiesAt } from '../copies.ts';
import { judgeAnswer } from '../expectation.ts';
import type { Charge } from '../judge.ts';
import { type Actor, due, listeners, type Stage, type TrackedMessage } from '../stage.ts';
import { composeTracked } from './compose.ts';
import { msrpAnswer, msrpEvidence } from './evidence.ts';
import { sentEvidence } from './messages.ts';

export interface Chats {
  readonly messages?: number | undefined;
  /** Octets of content. */
  readonly size?: number | undefined;
  readonly chunks?: number | undefined;
}

/**
 * Every participant sends messages to its room, all at the same time, one after the other without waiting for answers.
 * Each has to reach all others there: complete, once, octet for octet (RFC 7701 §2, §6.1). The order of one sender's
 * messages is demanded nowhere, so another order is a warning.
 */
export async function everyoneChats(
  stage: Stage,
  { messages: count = 1, size, chunks }: Chats,
  charge: Charge,
): Promise<void> {
  const actors = listeners(stage);
  if (actors.length < 2) {
    stage.judge.record(charge, {
      verdict: 'inconclusive',
      message: 'everyone chats',
      expected: 'two participants',
      actual: String(actors.length),
    });
    return;
  }
  const bySender = await Promise.all(actors.map((actor) => sendAll(stage, actor, count, size, chunks, charge)));
  await Promise.all(
    actors.flatMap((receiver) =>
      bySender.map(async (messages) => {
        const sender = messages[0]?.sender;
        if (sender === undefined || sender === receiver || sender.room !== receiver.room) return;
        await judgeArrival(stage, receiver, messages, charge);
      }),
    ),
  );
}

async function sendAll(
  stage: Stage,
  actor: Actor,
  count: number,
  size: number | undefined,
  chunks: number | undefined,
  charge: Charge,
): Promise<TrackedMessage[]> {
  const sendings = Array.from({ length: count }, (_, i) => {
    const words = { text: `message ${i + 1} of ${actor.name}`, ...(size === undefined ? {} : { size }) };
    const message = composeTracked(stage, actor, words, undefined);
    const sending = actor.participant.send(message.composed, chunks === undefined ? {} : { chunks });
    return { message, sending };
  });
  for (const { message, sending } of sendings) {
    const outcome = await sending.outcome;
    message.transactionIds.push(...sending.transactionIds());
    const judgement = judgeAnswer(200, msrpAnswer(outcome), charge.miss);
    if (judgement.verdict === 'pass') continue;
    const evidence = sending.transactionIds().flatMap((id) => msrpEvidence(stage, actor, id));
    stage.judge.record(charge, { ...judgement, message: `${actor.name} sends to the room`, evidence });
  }
  return sendings.map(({ message }) => message);
}

async function judgeArrival(
  stage: Stage,
  receiver: Actor,
  messages: readonly TrackedMessage[],
  charge: Charge,
): Promise<void> {
  const sender = messages[0]?.sender.name ?? '';
  const what = `${receiver.name} receives what ${sender} sends to the room`;
  for (const message of messages) {
    const copy = await due(stage, () => copiesAt(stage, receiver, message).find((one) => one.state === 'complete'));
    const evidence = [...sentEvidence(stage, message), ...(copy?.chunks.map((entry) => entry.index) ?? [])];
    if (copy === undefined) {
      stage.judge.record(charge, {
        verdict: charge.miss,
        message: what,
        expected: `all ${messages.length} messages`,
        actual: 'one is missing',
        evidence,
      });
      return;
    }
    if (!(copy.octets?.equals(message.composed.octets) ?? false)) {
      stage.judge.record(
        { ...charge, requirements: ['RFC7701-6.1-17'] },
        { verdict: 'fail', message: what, expected: 'the content as sent', actual: 'other octets', evidence },
      );
      return;
    }
  }
  stage.judge.record(charge, {
    verdict: 'pass',
    message: what,
    expected: `all ${messages.length} messages`,
    actual: 'all',
  });
  judgeOrder(stage, receiver, messages, charge, what);
}

/** RFC 7701 demands no order of separate messages; users expect one all the same. */
function judgeOrder(
  stage: Stage,
  receiver: Actor,
  messages: readonly TrackedMessage[],
  charge: Charge,
  what: string,
): void {
  const firsts = messages.map((message) => copiesAt(stage, receiver, message)[0]?.chunks.at(-1)?.index ?? 0);
  const swapped = firsts.findIndex((at, i) => i > 0 && at < (firsts[i - 1] ?? 0));
  if (swapped === -1) return;
  stage.judge.record(
    { ...charge, requirements: ['RFC7701-4-05'] },
    {
      verdict: 'warn',
      message: `${what} in the order of sending`,
      expected: `message ${swapped} before message ${swapped + 1}`,
      actual: 'the other way round',
      evidence: [firsts[swapped - 1] ?? 0, firsts[swapped] ?? 0],
    },
  );
}
