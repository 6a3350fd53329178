import { within } from '../../participant/patience.ts';
import type { SentMessage, SentRequest } from '../../participant/sending.ts';
import { answerOrSilence, noAnswer, settle } from '../absence.ts';
import { copiesAt } from '../copies.ts';
import { type Answer, allows, type Judgement, judgeAnswer, silenceIn } from '../expectation.ts';
import type { Charge, Judged } from '../judge.ts';
import { recordLoss } from '../loss.ts';
import { dueFrom } from '../overdue.ts';
import { reportsOn } from '../reports-seen.ts';
import type { Action, Expectation } from '../schema.ts';
import { type Actor, messageLabelled, type Stage, type TrackedMessage } from '../stage.ts';
import type { Act, Answered } from './act.ts';
import { composeTracked } from './compose.ts';
import { msrpAnswer, msrpEvidence, sentEvidence, statusOf } from './evidence.ts';

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
  const answered = await judgeSending({ stage, actor, expect, charge }, name(message, label), sending, { message });
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
  const start = args.at ?? message.sent;
  const total = message.composed.octets.length;
  const end = Math.min(total, start + octetsOf(args.octets, message, total - start));
  const flag = args.flag ?? (end === total ? '$' : '+');
  const sending = actor.participant.sendChunk(written(message, start, args['other-octets'] ?? 0), {
    start,
    end,
    flag,
    ...(args['range-start'] === undefined ? {} : { rangeStart: args['range-start'] }),
    ...(args['no-range'] === undefined ? {} : { noRange: args['no-range'] }),
    ...reportHeaders(message),
  });
  message.sent = Math.max(message.sent, end);
  message.transactionIds.push(sending.transactionId);
  const what = `octets ${start + 1} to ${end} of ${name(message, label ?? args.of)}`;
  return judgeSending({ stage, actor, expect, charge }, what, single(sending), { message });
}

/** The message as a chunk takes its octets from it: with others in one place, if the step says so. */
function written({ composed, rivals }: TrackedMessage, start: number, others: number): TrackedMessage['composed'] {
  if (others === 0) return composed;
  const octets = Buffer.from(composed.octets).fill('z', start, start + others);
  rivals.push(octets);
  return { ...composed, octets };
}

/** A request of one piece, to be judged like a message. */
export const single = ({ transactionId, written, outcome }: SentRequest): SentMessage => ({
  transactionIds: () => [transactionId],
  written,
  outcome,
});

type Judging = Pick<Act<unknown>, 'stage' | 'actor' | 'charge'> & { readonly expect: Expectation };

interface Circumstances {
  /** Whose connection the request goes out on, if not its own; `fresh`: on one that has nothing else on it. */
  readonly over?: Actor | 'fresh';
  /** The message that the request is part of. */
  readonly message?: TrackedMessage;
}

/** Failure-Report decides whether an answer is due at all, and so what an outcome without one is worth. */
export async function judgeSending(
  { stage, actor, expect, charge }: Judging,
  what: string,
  sending: SentMessage,
  { over: carrier = actor, message: sent }: Circumstances = {},
): Promise<Answered> {
  const over = carrier === 'fresh' ? actor : carrier;
  const answer = await answerTo(stage, carrier === 'fresh' ? undefined : over, expect, sending);
  const evidence = sending.transactionIds().flatMap((id) => msrpEvidence(stage, over, id));
  const message = `${actor.name} sends ${what}`;
  if (answer === undefined) {
    const actual = 'a later request on this session was not answered either';
    stage.judge.record(charge, { verdict: 'inconclusive', message, expected: 'silence', actual, evidence });
    return { status: undefined, evidence };
  }
  const judged =
    sent === undefined ? judgeAnswer(expect, answer, charge.miss) : judgeMessage(expect, answer, sent, charge.miss);
  const status = statusOf(answer);
  if (sent !== undefined) {
    if (status === 200 && !allows(expect, 200)) {
      const late = await lateRefusal({ stage, actor, expect, charge }, sent);
      if (late !== undefined) {
        stage.judge.record(charge, { ...judged, ...late, message, evidence: [...evidence, ...(late.evidence ?? [])] });
        return { status, evidence };
      }
    }
    if (judged.verdict === 'inconclusive' && status === 413) sent.refused = true;
    if (status !== undefined && status >= 300 && allows(expect, status)) sent.refused = true;
  }
  stage.judge.record(charge, { ...judged, message, evidence });
  return { status, evidence };
}

/** Silence is not waited for: once all is written, a later request shows it. `over`: where one can be sent. */
async function answerTo(
  stage: Stage,
  over: Actor | undefined,
  expect: Expectation,
  sending: SentMessage,
): Promise<Answer | undefined> {
  const silence = silenceIn(expect);
  if (silence === 'missed') return msrpAnswer(await sending.outcome);
  if (over === undefined) {
    const outcome = await within(stage.clock, stage.patience.deliveryMs, sending.outcome);
    return outcome === undefined ? { kind: 'silence', reason: 'nothing has come' } : msrpAnswer(outcome);
  }
  await sending.written;
  if (silence === 'due') return noAnswer(stage, over, sending.transactionIds());
  // An answer ends the wait at once; a lost connection is for the later request to tell.
  const concluded = answerOrSilence(stage, over, sending.transactionIds());
  const answered = sending.outcome.then((outcome) => (outcome.kind === 'answered' ? msrpAnswer(outcome) : concluded));
  return Promise.race([answered, concluded]);
}

/** A message, and what its room takes by the last answer. */
interface Measured {
  readonly composed: { readonly octets: Buffer };
  readonly sender: { readonly participant: { readonly answer: { readonly maxSize?: bigint } | undefined } };
}

/** The answer to a message, where 413 to more than the room takes by its `a=max-size` (RFC 4975 §8.6) shows nothing. */
export function judgeMessage(
  expect: Expectation,
  answer: Answer,
  { composed: { octets }, sender: { participant } }: Measured,
  miss: Charge['miss'],
): Judgement {
  const judged = judgeAnswer(expect, answer, miss);
  if (judged.verdict === 'pass' || answer.kind === 'silence' || answer.status !== 413) return judged;
  const allowed = participant.answer?.maxSize;
  return allowed === undefined || BigInt(octets.length) <= allowed
    ? judged
    : {
        ...judged,
        verdict: 'inconclusive',
        actual: `413, for ${octets.length} octets where a=max-size is ${allowed}`,
      };
}

/**
 * A refusal that comes as a failure REPORT behind a 200 (RFC 4975 §7.1.4) is a warning where RFC 7701 §6.3 wants it in the
 * response, as long as nobody has the message. Undefined: there is none.
 */
async function lateRefusal(
  { stage, actor, expect, charge }: Judging,
  sent: TrackedMessage,
): Promise<Pick<Judged, 'verdict' | 'actual' | 'evidence'> | undefined> {
  await settle(stage, actor);
  const report = reportsOn(stage, actor, sent).find(({ status }) => status !== undefined && allows(expect, status));
  if (report === undefined) return undefined;
  sent.refused = true;
  const copies = [...stage.actors.values()].flatMap((one) => copiesAt(stage, one, sent));
  const told = `200, then a REPORT with Status 000 ${report.status}`;
  const evidence = [report.entry.index, ...copies.flatMap((copy) => copy.chunks.map((entry) => entry.index))];
  return copies.length === 0
    ? { verdict: 'warn', actual: told, evidence }
    : { verdict: charge.miss, actual: `${told}, and a copy to others`, evidence };
}

/** The message arrives here: complete, and octet for octet what was sent (RFC 7701 §6.1). */
export async function receives({ stage, actor, args, charge }: Act<string>): Promise<undefined> {
  const message = messageLabelled(stage, args);
  message.receivers.add(actor.name);
  if (message.refused && copiesAt(stage, actor, message).length === 0) {
    const about = { message: `${actor.name} receives ${args}`, expected: 'the whole message' };
    stage.judge.record(charge, {
      ...about,
      verdict: 'inconclusive',
      actual: REFUSED,
      evidence: sentEvidence(stage, message),
    });
    return undefined;
  }
  const copy = await dueFrom(stage, message.sender, [actor], () =>
    copiesAt(stage, actor, message).find((one) => one.state === 'complete'),
  );
  const sent = sentEvidence(stage, message);
  if (copy === undefined) {
    const partial = copiesAt(stage, actor, message);
    await recordLoss(stage, message, actor, charge, {
      message: `${actor.name} receives ${args}`,
      expected: 'the whole message',
      actual: partial.length === 0 ? 'nothing of it' : `a message that is ${partial[0]?.state}`,
      evidence: [...sent, ...partial.flatMap((one) => one.chunks.map((entry) => entry.index))],
    });
    return undefined;
  }
  const evidence = [...sent, ...copy.chunks.map((entry) => entry.index)];
  if (message.rivals.some((octets) => copy.octets?.equals(octets))) {
    const actual = 'octets in their place that came earlier';
    const about = { message: `${actor.name} receives ${args}`, expected: 'the octets that came last', actual };
    stage.judge.record(charge, { ...about, verdict: charge.miss, evidence });
    return undefined;
  }
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

/** What is said of a message that was refused in a tolerated way. */
export const REFUSED = 'it was refused, which is tolerated, so nobody is owed it';

/** The beginning of the message arrives here, while the rest may still be with its sender (RFC 7701 §6.1). */
export async function receivesBegun({ stage, actor, args, charge }: Act<string>): Promise<undefined> {
  const message = messageLabelled(stage, args);
  message.receivers.add(actor.name);
  const copy = await dueFrom(stage, message.sender, [actor], () => copiesAt(stage, actor, message)[0]);
  const told = {
    message: `${actor.name} receives the beginning of ${args}`,
    expected: 'a first chunk',
    actual: copy !== undefined ? `a message that is ${copy.state}` : message.refused ? REFUSED : 'nothing of it',
    evidence: [...sentEvidence(stage, message), ...(copy?.chunks.map((entry) => entry.index) ?? [])],
  };
  if (copy === undefined && !message.refused) await recordLoss(stage, message, actor, charge, told);
  else stage.judge.record(charge, { ...told, verdict: copy !== undefined ? 'pass' : 'inconclusive' });
  return undefined;
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
