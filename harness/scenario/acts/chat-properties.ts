import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { Charge } from '../judge.ts';
import { recordLoss } from '../loss.ts';
import type { Actor, Stage } from '../stage.ts';
import type { Said } from './chats.ts';
import { sentEvidence } from './evidence.ts';
import type { Tally } from './tally.ts';

/** Each property is one finding; a broken one is shown by the earliest message that breaks it, and by no other. */

/** Every message reaches everybody else. */
export async function judgeCompleteness(
  stage: Stage,
  said: readonly Said[],
  tally: Tally,
  charge: Charge,
): Promise<void> {
  const message = 'everybody receives what all others send to the room';
  const lost = earliest(
    stage,
    said.filter((one) => tally.lacking(one.message).length > 0),
  );
  const [without] = lost === undefined ? [] : tally.lacking(lost.message);
  if (lost === undefined || without === undefined) {
    stage.judge.record(charge, { verdict: 'pass', message, expected: `all ${said.length} messages`, actual: 'all' });
    return;
  }
  const [lacking, holders] = [tally.lacking(lost.message), tally.holders(lost.message)];
  const [holder] = holders;
  const sent = sentEvidence(stage, lost.message);
  const later = said.find(
    (one) =>
      one.message.sender === lost.message.sender &&
      (sentEvidence(stage, one.message)[0] ?? 0) > (sent[0] ?? 0) &&
      tally.copy(one.message, without) !== undefined,
  );
  const others = said.reduce((sum, one) => sum + tally.lacking(one.message).length, 0) - lacking.length;
  await recordLoss(stage, lost.message, without, charge, {
    message: others === 0 ? message : `${message} (and ${others} more copies are missing)`,
    expected: `${lost.title} at ${namesOf([...lacking, ...holders])}`,
    actual: [
      `${namesOf(lacking)} did not get it`,
      ...(holders.length === 0 ? [] : [`${namesOf(holders)} did`]),
      ...(later === undefined ? [] : [`${later.title} came to ${without.name}`]),
    ].join('; '),
    evidence: [
      ...ends(sent),
      ...(holder === undefined ? [] : chunksOf(tally.copy(lost.message, holder))),
      ...(later === undefined ? [] : chunksOf(tally.copy(later.message, without))),
    ],
  });
}

/** Every copy is octet for octet what was sent. */
export function judgeContent(stage: Stage, said: readonly Said[], tally: Tally, charge: Charge): void {
  const about: Charge = { ...charge, requirements: ['RFC7701-6.1-17'], miss: 'fail' };
  const message = 'what arrives is what was sent';
  const altered = earliest(
    stage,
    said.filter((one) => firstAltered(one, tally) !== undefined),
  );
  const receiver = altered === undefined ? undefined : firstAltered(altered, tally);
  if (altered === undefined || receiver === undefined) {
    const any = said.some((one) => tally.holders(one.message).length > 0);
    if (any) stage.judge.record(about, { verdict: 'pass', message });
    return;
  }
  stage.judge.record(about, {
    verdict: 'fail',
    message,
    expected: `${altered.title} as it was sent`,
    actual: `other octets at ${receiver.name}`,
    evidence: [...ends(sentEvidence(stage, altered.message)), ...chunksOf(tally.copy(altered.message, receiver))],
  });
}

const firstAltered = ({ message }: Said, tally: Tally): Actor | undefined =>
  tally.holders(message).find((one) => tally.copy(message, one)?.octets?.equals(message.composed.octets) === false);

/** Says whether anything came in another order than it was sent, or than it came to somebody else: no RFC forbids it. */
export function tellOrder(
  stage: Stage,
  said: readonly Said[],
  receivers: readonly Actor[],
  tally: Tally,
  charge: Charge,
): void {
  const disorder = overtaken(stage, said, tally) ?? disagreement(said, receivers, tally);
  stage.judge.record(charge, {
    verdict: 'pass',
    message: 'the order of separate messages, which no RFC lays down',
    actual: disorder?.actual ?? 'that of sending, and the same at all',
    evidence: disorder?.evidence ?? [],
  });
}

interface Disorder {
  readonly actual: string;
  readonly evidence: readonly number[];
}

/** A message that was sent as a whole before another of its sender, and began to arrive after it. */
function overtaken(stage: Stage, said: readonly Said[], tally: Tally): Disorder | undefined {
  for (const [i, second] of said.entries()) {
    const first = said[i - 1];
    if (first === undefined || first.message.sender !== second.message.sender) continue;
    const sent = [first, second].map(({ message }) => sentEvidence(stage, message));
    if ((sent[0]?.at(-1) ?? 0) > (sent[1]?.[0] ?? 0)) continue;
    for (const receiver of tally.holders(first.message)) {
      const [early, late] = [begins(tally.copy(second.message, receiver)), begins(tally.copy(first.message, receiver))];
      if (early === undefined || late === undefined || early > late) continue;
      return {
        actual: `${second.title} came to ${receiver.name} before ${first.title}`,
        evidence: [early, late],
      };
    }
  }
  return undefined;
}

/** Two messages that two receivers saw in different orders. */
function disagreement(said: readonly Said[], receivers: readonly Actor[], tally: Tally): Disorder | undefined {
  const [one, ...others] = receivers.map((receiver) => ({ receiver, seen: inOrderAt(said, receiver, tally) }));
  if (one === undefined) return undefined;
  const place = new Map(one.seen.map((message, i) => [message, i]));
  for (const { receiver, seen } of others) {
    const common = seen.filter((message) => place.has(message));
    for (const [i, later] of common.entries()) {
      const earlier = common[i - 1];
      if (earlier === undefined || (place.get(earlier) ?? 0) < (place.get(later) ?? 0)) continue;
      const positions = [receiver, one.receiver].flatMap((actor) =>
        [earlier, later].flatMap(({ message }) => begins(tally.copy(message, actor)) ?? []),
      );
      return {
        actual: `${earlier.title} came to ${receiver.name} before ${later.title}, and to ${one.receiver.name} behind it`,
        evidence: positions,
      };
    }
  }
  return undefined;
}

const inOrderAt = (said: readonly Said[], receiver: Actor, tally: Tally): Said[] =>
  said
    .filter(({ message }) => tally.copy(message, receiver) !== undefined)
    .toSorted(
      (a, b) => (begins(tally.copy(a.message, receiver)) ?? 0) - (begins(tally.copy(b.message, receiver)) ?? 0),
    );

const begins = (copy: ChatMessage | undefined): number | undefined => copy?.chunks[0]?.index;

/** The first of these messages by its place on the wire. */
const earliest = (stage: Stage, said: readonly Said[]): Said | undefined =>
  said.toSorted((a, b) => (sentEvidence(stage, a.message)[0] ?? 0) - (sentEvidence(stage, b.message)[0] ?? 0))[0];

const ends = (positions: readonly number[]): number[] => [
  ...new Set([...positions.slice(0, 1), ...positions.slice(-1)]),
];

const chunksOf = (copy: ChatMessage | undefined): number[] => ends((copy?.chunks ?? []).map(({ index }) => index));

const NAMES_SHOWN = 3;

const namesOf = (actors: readonly Actor[]): string =>
  actors.length <= NAMES_SHOWN
    ? actors.map(({ name }) => name).join(', ')
    : `${actors
        .slice(0, NAMES_SHOWN)
        .map(({ name }) => name)
        .join(', ')} and ${actors.length - NAMES_SHOWN} more`;
