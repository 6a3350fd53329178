import type { SentMessage, SentRequest } from '../../participant/sending.ts';
import { noAnswer } from '../absence.ts';
import { copiesAt } from '../copies.ts';
import { type Answer, expectsSilence, judgeAnswer } from '../expectation.ts';
import type { Action, Expectation } from '../schema.ts';
import { type Actor, due, messageLabelled, type Stage, type TrackedMessage } from '../stage.ts';
import type { Act, Answered } from './act.ts';
import { composeTracked } from './compose.ts';
import { msrpAnswer, msrpEvidence, statusOf } from './evidence.ts';

/** A whole message to the room or to one participant. */
export async function send({
  stage,
  actor,
  args,
  expect = 200,
  charge,
  label,
}: Act<NonNullable<Action['send']>>): Promise<Answered> {
  const words = typeof args === 'string' ? { text: args } : args;
  const message = composeTracked(stage, actor, words, label);
  const sending = actor.participant.send(message.composed, {
    ...(words.chunks === undefined ? {} : { chunks: words.chunks }),
    ...reportHeaders(message),
  });
  message.sent = message.composed.octets.length;
  const answered = await judgeSending({ stage, actor, expect, charge }, name(message, label), sending);
  message.transactionIds.push(...sending.transactionIds());
  return answered;
}

/** One chunk of a message that the scenario sends piece by piece. */
export async function chunk({
  stage,
  actor,
  args,
  expect = 200,
  charge,
  label,
}: Act<NonNullable<Action['chunk']>>): Promise<Answered> {
  const message = args.of === undefined ? composeTracked(stage, actor, args, label) : messageLabelled(stage, args.of);
  const start = message.sent;
  const total = message.composed.octets.length;
  const end = Math.min(total, start + octetsOf(args.octets, message, total - start));
  const flag = args.flag ?? (end === total ? '$' : '+');
  const sending = actor.participant.sendChunk(message.composed, {
    start,
    end,
    flag,
    ...(args['range-start'] === undefined ? {} : { rangeStart: args['range-start'] }),
    ...(args['no-range'] === undefined ? {} : { noRange: args['no-range'] }),
    ...reportHeaders(message),
  });
  message.sent = end;
  message.transactionIds.push(sending.transactionId);
  const what = `octets ${start + 1} to ${end} of ${name(message, label ?? args.of)}`;
  return judgeSending({ stage, actor, expect, charge }, what, single(sending));
}

/** A request of one piece, to be judged like a message. */
export const single = ({ transactionId, written, outcome }: SentRequest): SentMessage => ({
  transactionIds: () => [transactionId],
  written,
  outcome,
});

/**
 * Failure-Report decides whether an answer is due at all, and so what an outcome without one is worth. `over`: whose
 * connection the request went out on.
 */
export async function judgeSending(
  { stage, actor, expect, charge }: Pick<Act<unknown>, 'stage' | 'actor' | 'charge'> & { readonly expect: Expectation },
  what: string,
  sending: SentMessage,
  over = actor,
): Promise<Answered> {
  const answer = expectsSilence(expect) ? await silenceOf(stage, over, sending) : msrpAnswer(await sending.outcome);
  const evidence = sending.transactionIds().flatMap((id) => msrpEvidence(stage, over, id));
  const message = `${actor.name} sends ${what}`;
  if (answer === undefined) {
    const actual = 'a later request on this session was not answered either';
    stage.judge.record(charge, { verdict: 'inconclusive', message, expected: 'silence', actual, evidence });
    return { status: undefined, evidence };
  }
  stage.judge.record(charge, { ...judgeAnswer(expect, answer, charge.miss), message, evidence });
  return { status: statusOf(answer), evidence };
}

/** Silence is not waited for: once all is written, a later request shows it. */
async function silenceOf(stage: Stage, over: Actor, sending: SentMessage): Promise<Answer | undefined> {
  await sending.written;
  return noAnswer(stage, over, sending.transactionIds());
}

/** The message arrives here: complete, and octet for octet what was sent (RFC 7701 §6.1). */
export async function receives({ stage, actor, args, charge }: Act<string>): Promise<undefined> {
  const message = messageLabelled(stage, args);
  message.receivers.add(actor.name);
  const copy = await due(stage, () => copiesAt(stage, actor, message).find((one) => one.state === 'complete'));
  const sent = sentEvidence(stage, message);
  if (copy === undefined) {
    const partial = copiesAt(stage, actor, message);
    stage.judge.record(charge, {
      verdict: charge.miss,
      message: `${actor.name} receives ${args}`,
      expected: 'the whole message',
      actual: partial.length === 0 ? 'nothing of it' : `a message that is ${partial[0]?.state}`,
      evidence: [...sent, ...partial.flatMap((one) => one.chunks.map((entry) => entry.index))],
    });
    return undefined;
  }
  const evidence = [...sent, ...copy.chunks.map((entry) => entry.index)];
  stage.judge.record(charge, { verdict: 'pass', message: `${actor.name} receives ${args}`, evidence });
  const intact = copy.octets?.equals(message.composed.octets) ?? false;
  stage.judge.record(
    { ...charge, requirements: ['RFC7701-6.1-17'], miss: 'fail' },
    {
      verdict: intact ? 'pass' : 'fail',
      message: `what ${actor.name} receives is what ${message.sender.name} sent`,
      expected: excerpt(message.composed.octets),
      ...(intact ? {} : { actual: excerpt(copy.octets ?? Buffer.alloc(0)) }),
      evidence,
    },
  );
  return undefined;
}

export function sentEvidence(stage: Stage, message: TrackedMessage): number[] {
  return message.transactionIds.flatMap((id) => {
    const exchange = stage.conversation.msrp.find(message.sender.name, 'sent', id);
    return exchange === undefined ? [] : [exchange.request.index];
  });
}

type ReportHeaders = Pick<TrackedMessage, 'successReport' | 'failureReport'>;

function reportHeaders({ successReport, failureReport }: TrackedMessage): ReportHeaders {
  return {
    ...(successReport === undefined ? {} : { successReport }),
    ...(failureReport === undefined ? {} : { failureReport }),
  };
}

function octetsOf(octets: number | 'cpim-headers' | 'rest' | undefined, message: TrackedMessage, rest: number): number {
  if (octets === undefined || octets === 'rest') return rest;
  return octets === 'cpim-headers' ? message.composed.cpimHeaderOctets : octets;
}

const name = (message: TrackedMessage, label: string | undefined): string =>
  label ??
  (message.composed.octets.length > 200 ? `a message of ${message.composed.octets.length} octets` : 'a message');

const excerpt = (octets: Buffer): string =>
  octets.length <= 400 ? octets.toString('utf8') : `${octets.toString('utf8', 0, 400)}… (${octets.length} octets)`;
