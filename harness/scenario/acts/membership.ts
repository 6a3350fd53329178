import { tagIn } from '../../conversation/stays.ts';
import type { MediaProfile } from '../../participant/media.ts';
import type { JoinOutcome, SipOutcome } from '../../participant/outcome.ts';
import { dialogOf } from '../check.ts';
import { type Answer, judgeAnswer } from '../expectation.ts';
import type { Charge } from '../judge.ts';
import type { Action, Expectation } from '../schema.ts';
import { type Actor, due, type Stage } from '../stage.ts';
import type { Act, Answered } from './act.ts';
import { sipAnswer, sipEvidence, statusOf } from './evidence.ts';
import { mediaOf } from './media.ts';

type Args<K extends keyof Action> = NonNullable<Action[K]>;

/** INVITE, ACK, MSRP connection, first SEND. */
export async function join(act: Act<Args<'join'>>): Promise<Answered> {
  const { stage, actor, expect = 200, charge } = act;
  const { outcome, evidence } = await joined(act);
  const judgement = judgeJoin(expect, outcome, charge.miss);
  stage.judge.record(charge, { ...judgement, message: `${actor.name} joins`, evidence });
  return { status: statusOf(joinAnswer(outcome)), evidence };
}

/** No MSRP session comes of the join, in whatever way it is prevented. */
export async function isKeptOut(act: Act<Args<'is-kept-out'>>): Promise<Answered> {
  const { stage, actor, charge } = act;
  const from = stage.log.entries.length;
  const joining = joined(act);
  const first = await Promise.race([joining, uncalled(stage, actor, from)]);
  const message = `${actor.name} is kept out`;
  const expected = 'a refusal, or no MSRP session';
  if (!('outcome' in first)) {
    const { evidence } = first;
    stage.judge.record(charge, { verdict: 'pass', message, expected, actual: 'no SEND has come', evidence });
    return { status: 200, evidence };
  }
  const { outcome, evidence } = first;
  const verdict = outcome.kind === 'joined' ? charge.miss : outcome.kind === 'unanswered' ? 'inconclusive' : 'pass';
  stage.judge.record(charge, { verdict, message, expected, actual: keptOut(outcome), evidence });
  return { status: statusOf(joinAnswer(outcome)), evidence };
}

/** The SEND that binds a session is due at once (RFC 4975 §5.4); in milliseconds. */
const AT_ONCE_MS = 2_000;

/** Where the room has said that it connects, and sends nothing in the time in which it should. */
async function uncalled(stage: Stage, actor: Actor, from: number): Promise<{ readonly evidence: number[] }> {
  const answered = await due(stage, () => acceptedInvite(stage, actor, from), stage.patience.answerMs);
  const evidence = answered === undefined ? [] : [answered];
  const called = await due(stage, () => actor.participant.isJoined() || undefined, AT_ONCE_MS);
  // Otherwise the outcome of the join tells.
  if (answered === undefined || called === true || actor.participant.answer?.setup !== 'active')
    return new Promise(() => {});
  return { evidence };
}

const acceptedInvite = (stage: Stage, actor: Actor, from: number): number | undefined =>
  stage.conversation.sip.list.find(
    ({ actor: caller, request, message, final }) =>
      caller === actor.name &&
      request.index >= from &&
      message.method === 'INVITE' &&
      (final?.message.status ?? 999) < 300,
  )?.final?.entry.index;

function keptOut(outcome: JoinOutcome): string {
  switch (outcome.kind) {
    case 'joined':
      return 'a session that works';
    case 'refused':
      return String(outcome.status);
    case 'stream-refused':
      return 'a refused stream';
    case 'not-bound':
    case 'unanswered':
      return outcome.reason;
  }
}

async function joined({
  stage,
  actor,
  args,
}: Act<Args<'join'>>): Promise<{ readonly outcome: JoinOutcome; readonly evidence: number[] }> {
  const from = stage.log.entries.length;
  const { sdp } = args;
  const media: MediaProfile = mediaOf(args, mediaOf(actor.member));
  const outcome = await actor.participant.join({
    media,
    ...(args.to === undefined ? {} : { to: stage.values.fill(args.to) }),
    ...(args.headers === undefined
      ? {}
      : { headers: fillAll((text) => stage.values.fill(text, dialogsOn(stage)), args.headers) }),
    ...(sdp === undefined
      ? {}
      : {
          sdp: ({ path, host, port }) =>
            stage.values.fill(sdp, { path, 'path-with-user': withUser(path), host, port: String(port) }),
        }),
    ...(args.bind === false ? { bind: false } : {}),
    ...(args.ack === undefined ? {} : { ack: args.ack }),
    ...(args.offer === undefined ? {} : { offer: args.offer }),
  });
  actor.present = outcome.kind === 'joined' && args.bind !== false;
  const evidence = stage.conversation.sip.list
    .filter((one) => one.actor === actor.name && one.request.index >= from && one.message.method === 'INVITE')
    .flatMap((one) => (one.final === undefined ? [one.request.index] : [one.request.index, one.final.entry.index]));
  return { outcome, evidence };
}

/** The same MSRP URI, as userinfo is not compared (RFC 4975 §6.1). */
const withUser = (path: string): string => path.replace('://', '://somebody@');

function judgeJoin(expect: Expectation, outcome: JoinOutcome, miss: Charge['miss']): ReturnType<typeof judgeAnswer> {
  switch (outcome.kind) {
    case 'joined':
    case 'refused':
    case 'unanswered':
      return judgeAnswer(expect, joinAnswer(outcome), miss);
    case 'stream-refused':
      return judgeStreamRefusal(expect, miss);
    case 'not-bound':
      return { verdict: miss, expected: 'an MSRP session', actual: `2xx, but ${outcome.reason}` };
  }
}

function joinAnswer(outcome: JoinOutcome): Answer {
  switch (outcome.kind) {
    case 'joined':
    case 'stream-refused':
    case 'not-bound':
      return { kind: 'status', status: outcome.response.status };
    case 'refused':
      return { kind: 'status', status: outcome.status };
    case 'unanswered':
      return { kind: 'silence', reason: outcome.reason };
  }
}

/** BYE. */
export async function leave({ stage, actor, expect = 200, charge }: Act<Args<'leave'>>): Promise<Answered> {
  actor.present = false;
  return conclude(await actor.participant.leave(), { stage, actor, expect, charge }, 'leaves');
}

/** re-INVITE with another media description. */
export async function renegotiate({
  stage,
  actor,
  args,
  expect = 200,
  charge,
}: Act<Args<'renegotiate'>>): Promise<Answered> {
  const media = mediaOf(args, mediaOf(actor.member));
  const outcome = await actor.participant.renegotiate(media, args.offer);
  const accepted = outcome.kind === 'answered' && outcome.status < 300;
  if (accepted && actor.participant.isJoined()) actor.present = true;
  if (!accepted || actor.participant.answer?.port !== 0)
    return conclude(outcome, { stage, actor, expect, charge }, 'renegotiates');
  actor.present = false;
  const evidence = sipEvidence(stage, actor, outcome);
  stage.judge.record(charge, {
    ...judgeStreamRefusal(expect, charge.miss),
    message: `${actor.name} renegotiates`,
    evidence,
  });
  return { status: 488, evidence };
}

/** A refused stream in a 2xx is a refusal like 488 (RFC 7701 §5.2, RFC 3264 §6). */
const judgeStreamRefusal = (expect: Expectation, miss: Charge['miss']): ReturnType<typeof judgeAnswer> => ({
  ...judgeAnswer(expect, { kind: 'status', status: 488 }, miss),
  actual: '2xx that refuses the message stream (port 0)',
});

export async function subscribe({
  stage,
  actor,
  args,
  expect = [200, 202],
  charge,
}: Act<Args<'subscribe'>>): Promise<Answered> {
  const outcome = await actor.participant.subscribe({
    ...(args.headers === undefined ? {} : { headers: fillAll(stage.values.fill.bind(stage.values), args.headers) }),
    ...(args.expires === undefined ? {} : { expires: args.expires }),
    ...(args.to === undefined ? {} : { to: stage.values.fill(args.to) }),
    ...(args.refreshes === undefined ? {} : { refresh: 'never' }),
  });
  return conclude(outcome, { stage, actor, expect, charge }, 'subscribes to the conference package');
}

/** SUBSCRIBE with Expires 0 (RFC 6665 §4.1.2.3). */
export async function unsubscribe({ stage, actor, expect = [200, 202], charge }: Act<object>): Promise<Answered> {
  return conclude(await actor.participant.unsubscribe(), { stage, actor, expect, charge }, 'ends its subscription');
}

/** A SIP request of any method. */
export async function sip({ stage, actor, args, expect = 'anything', charge }: Act<Args<'sip'>>): Promise<Answered> {
  const outcome = await actor.participant.sipRequest({
    method: args.method,
    ...(args.to === undefined ? {} : { to: stage.values.fill(args.to) }),
    ...(args.headers === undefined ? {} : { headers: fillAll(stage.values.fill.bind(stage.values), args.headers) }),
    ...(args.body === undefined ? {} : { body: Buffer.from(stage.values.fill(args.body)) }),
    ...(args['in-dialog'] === undefined ? {} : { inDialog: args['in-dialog'] }),
  });
  return conclude(outcome, { stage, actor, expect, charge }, `sends ${args.method}`);
}

/** Ends the MSRP connection; the dialog stays. */
export async function disconnect({ actor, args }: Act<Args<'disconnect'>>): Promise<undefined> {
  actor.participant.disconnect(args);
  actor.present = false;
}

/** Drops dead: nothing is said, all connections are cut. */
export async function vanish({ actor }: Act<Args<'vanish'>>): Promise<undefined> {
  actor.participant.vanish();
  actor.present = false;
}

export async function stall({ actor }: Act<Args<'stall'>>): Promise<undefined> {
  actor.participant.stall();
  actor.deaf = true;
}

export async function resume({ actor }: Act<Args<'resume'>>): Promise<undefined> {
  actor.participant.resume();
  actor.deaf = false;
}

/** A recipient answers only where the copy lets it (Failure-Report), so what rests on an answer asks for it first. */
export async function hasAnswered({ stage, actor, args, charge }: Act<number>): Promise<undefined> {
  const answer = await due(stage, () =>
    stage.conversation.msrp.list.find(
      ({ request, response }) =>
        request.actor === actor.wireName && request.direction === 'received' && response?.head.status === args,
    ),
  );
  stage.judge.record(charge, {
    verdict: answer === undefined ? charge.miss : 'pass',
    message: `${actor.name} answers ${args}`,
    expected: `a response ${args}`,
    actual: answer === undefined ? 'none: nothing asked for it' : String(args),
    evidence: answer?.response === undefined ? [] : [answer.request.index, answer.response.entry.index],
  });
}

/** From now on answers every SEND so. */
export async function answers({ actor, args }: Act<Args<'answers'>>): Promise<undefined> {
  actor.participant.answerWith(args);
}

function conclude(
  outcome: SipOutcome,
  { stage, actor, expect, charge }: Pick<Act<unknown>, 'stage' | 'actor' | 'charge'> & { readonly expect: Expectation },
  what: string,
): Answered {
  const answer = sipAnswer(outcome);
  const evidence = sipEvidence(stage, actor, outcome);
  stage.judge.record(charge, {
    ...judgeAnswer(expect, answer, charge.miss),
    message: `${actor.name} ${what}`,
    evidence,
  });
  return { status: statusOf(answer), evidence };
}

/** Every dialog of a stay, as Replaces and Join name it: tags from the place of the focus (RFC 3891 §3). */
function dialogsOn(stage: Stage): Readonly<Record<string, string>> {
  const names = [...stage.actors.values()].map((actor): [string, string] => {
    const stay = stage.conversation.stays.list.findLast((one) => one.actor === actor.name);
    const response = stay?.accepted?.message;
    const [own, other] = response === undefined ? [] : [tagIn(response, 'To'), tagIn(response, 'From')];
    return [dialogOf(actor.name), `${stay?.callId ?? 'none'};to-tag=${own ?? '0'};from-tag=${other ?? '0'}`];
  });
  return Object.fromEntries(names);
}

const fillAll = (fill: (text: string) => string, headers: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(headers).map(([name, value]) => [name, fill(value)]);
