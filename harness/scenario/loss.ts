import { composeTracked } from './acts/compose.ts';
import { sentEvidence } from './acts/evidence.ts';
import { copiesAt } from './copies.ts';
import type { Charge, Judged } from './judge.ts';
import { dueFrom } from './overdue.ts';
import { type Actor, listeners, type Stage, type TrackedMessage } from './stage.ts';

/** What says that a room message reaches everybody (RFC 7701 §2, §4, §6.1). */
const FAN_OUT: readonly string[] = ['RFC7701-6.1-15', 'RFC7701-2-02', 'RFC7701-4-08'];

/** A room that loses every so manyth message at most shows it. */
const PLAIN_MESSAGES = 12;

/**
 * Records that a message has not come. In a room that loses plain messages now and then as well, that shows nothing of
 * what the step is about: the fan-out alone fails. A room in which nothing comes any more has been broken by something,
 * which is for the step to tell.
 */
export async function recordLoss(
  stage: Stage,
  { sender }: TrackedMessage,
  receiver: Actor,
  charge: Charge,
  missed: Omit<Judged, 'verdict'>,
): Promise<void> {
  const others = charge.requirements.filter((id) => !FAN_OUT.includes(id));
  const lost = others.length === 0 ? undefined : await plainMessageLost(stage, sender, receiver);
  if (lost === undefined) {
    stage.judge.record(charge, { ...missed, verdict: charge.miss });
    return;
  }
  const cited = charge.requirements.filter((id) => FAN_OUT.includes(id));
  const fanOut = cited.length === 0 ? FAN_OUT.slice(0, 1) : cited;
  stage.judge.record(
    { ...charge, requirements: fanOut, miss: 'fail' },
    {
      verdict: 'fail',
      message: `${receiver.name} receives what ${sender.name} sends to the room`,
      expected: `all of ${PLAIN_MESSAGES} plain messages`,
      actual: `one is missing (Message-ID ${lost.message.composed.messageId}), others have come`,
      evidence: [...sentEvidence(stage, lost.message), ...lost.arrived],
    },
  );
  stage.judge.record(
    { ...charge, requirements: others },
    { ...missed, verdict: 'inconclusive', actual: `${missed.actual ?? 'nothing'}, but plain messages get lost too` },
  );
}

interface Lost {
  readonly message: TrackedMessage;
  /** Where one that was sent with it has come. */
  readonly arrived: readonly number[];
}

/** One of some plain messages that did not come while others did; undefined: all or none came, or nobody can try. */
async function plainMessageLost(stage: Stage, sender: Actor, receiver: Actor): Promise<Lost | undefined> {
  const here = listeners(stage);
  if (!here.includes(sender) || !here.includes(receiver) || sender.room !== receiver.room) return undefined;
  const messages: TrackedMessage[] = [];
  for (let i = 1; i <= PLAIN_MESSAGES; i++) {
    const message = composeTracked(stage, sender, { text: `plain message ${i}` }, undefined);
    const sending = sender.participant.send(message.composed, {});
    const outcome = await sending.outcome;
    message.transactionIds.push(...sending.transactionIds());
    if (outcome.kind !== 'answered' || outcome.status !== 200) return undefined;
    messages.push(message);
  }
  const copyOf = (message: TrackedMessage): readonly number[] | undefined =>
    copiesAt(stage, receiver, message)
      .find(({ state }) => state === 'complete')
      ?.chunks.map(({ index }) => index);
  await dueFrom(stage, sender, [receiver], () =>
    messages.every((one) => copyOf(one) !== undefined) ? true : undefined,
  );
  const message = messages.find((one) => copyOf(one) === undefined);
  const [arrived] = messages.flatMap((one) => copyOf(one) ?? []);
  return message === undefined || arrived === undefined ? undefined : { message, arrived: [arrived] };
}
