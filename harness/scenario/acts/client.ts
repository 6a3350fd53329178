import { until } from '../../conversation/until.ts';
import type { EventName } from '../../driver/event.ts';
import type { Order } from '../../driver/order.ts';
import { quietWindow, sendBarrier } from '../absence.ts';
import type { ClientAction } from '../client-schema.ts';
import { judgeAnswer } from '../expectation.ts';
import type { Charge } from '../judge.ts';
import type { Expectation } from '../schema.ts';
import { actorNamed, type ClientOnStage, clientUri, due, listeners, type Stage } from '../stage.ts';
import type { Answered } from './act.ts';
import {
  answersTo,
  byeOf,
  inviteOf,
  messagesOf,
  messageToClient,
  nicknameRequests,
  openingOf,
  textSent,
  wrapperFaults,
} from './client-on-wire.ts';

/** A step of the client under test. */
export interface ClientAct<Args> {
  readonly stage: Stage;
  readonly client: ClientOnStage;
  readonly args: Args;
  readonly expect: Expectation | undefined;
  readonly charge: Charge;
}

export type PerformClient<Args> = (act: ClientAct<Args>) => Promise<Answered | undefined>;

type Acts = { readonly [K in keyof ClientAction]-?: PerformClient<NonNullable<ClientAction[K]>> };

export const clientActs: Acts = {
  join,
  leave,
  nickname,
  send,
  shows,
  'does-not-show': doesNotShow,
  answers,
  'shows-refusal': showsRefusal,
  'shows-nickname': showsNickname,
  'shows-end': showsEnd,
};

/** INVITE, ACK, connection, first SEND; or the refusal that the step asks for, and nothing after it. */
async function join({ stage, client, expect = 200, charge }: ClientAct<object>): Promise<Answered | undefined> {
  const before = stage.log.entries.length;
  const about = { message: 'client joins', expected: 'INVITE, ACK, an MSRP connection and a first SEND' };
  const outcome = await carriedOut(
    { stage, client },
    { do: 'join', room: client.dialled, as: client.as },
    stage.patience.answerMs,
    () => {
      const invite = inviteOf(stage, before);
      const final = invite?.final;
      if (invite === undefined || final === undefined) return undefined;
      if (final.message.status >= 300) return { invite, final, opening: undefined };
      const opening = openingOf(stage, before);
      return opening === undefined ? undefined : { invite, final, opening };
    },
  );
  if (outcome.kind === 'not-told') return notTold(stage, charge, about, outcome.why);
  if (outcome.kind === 'not-seen') {
    const invite = inviteOf(stage, before);
    const actual =
      invite === undefined
        ? `no INVITE has come${complaint(client)}`
        : invite.final === undefined
          ? 'an INVITE, and nothing else'
          : 'an INVITE that was answered, but no SEND';
    const evidence = invite === undefined ? [] : [invite.request.index];
    stage.judge.record(charge, { ...about, verdict: charge.miss, actual, evidence });
    return undefined;
  }
  const { invite, final, opening } = outcome.seen;
  // Its user can do nothing before; whether it is told so is no matter here.
  const told = final.message.status < 300 ? 'joined' : 'refused';
  if (client.driver.shows.has(told)) await shown(stage, client, ({ event }) => (event === told ? true : undefined));
  const evidence = [invite.request.index, final.entry.index, ...(opening === undefined ? [] : [opening.index])];
  const { status } = final.message;
  stage.judge.record(charge, {
    ...judgeAnswer(expect, { kind: 'status', status }, charge.miss),
    message: about.message,
    evidence,
  });
  return { status, evidence };
}

/** BYE (RFC 7701 §5.3). */
async function leave({ stage, client, charge }: ClientAct<object>): Promise<undefined> {
  const before = stage.log.entries.length;
  const about = { message: 'client leaves', expected: 'BYE' };
  const outcome = await carriedOut({ stage, client }, { do: 'leave' }, stage.patience.deliveryMs, () =>
    byeOf(stage, before),
  );
  if (outcome.kind === 'not-told') return notTold(stage, charge, about, outcome.why);
  const seen = outcome.kind === 'seen' ? outcome.seen : undefined;
  stage.judge.record(charge, {
    ...about,
    verdict: seen === undefined ? charge.miss : 'pass',
    actual: seen === undefined ? `none${complaint(client)}` : 'BYE',
    evidence: seen === undefined ? [] : [seen.index],
  });
  return undefined;
}

/** NICKNAME with this text (RFC 7701 §7.1); `expect` is what the room answers. */
async function nickname({
  stage,
  client,
  args,
  expect = 200,
  charge,
}: ClientAct<string>): Promise<Answered | undefined> {
  const text = stage.values.fill(args);
  const before = stage.log.entries.length;
  const about = { message: `client asks for the nickname "${text}"`, expected: `NICKNAME with "${text}"` };
  const outcome = await carriedOut(
    { stage, client },
    { do: 'nickname', nickname: text },
    stage.patience.deliveryMs,
    () => nicknameRequests(stage, before).find(({ exchange }) => exchange.response !== undefined),
  );
  if (outcome.kind === 'not-told') return notTold(stage, charge, about, outcome.why);
  const found = outcome.kind === 'seen' ? outcome.seen : nicknameRequests(stage, before)[0];
  if (found === undefined) {
    stage.judge.record(charge, { ...about, verdict: charge.miss, actual: `none${complaint(client)}` });
    return undefined;
  }
  const { exchange, wish } = found;
  const { response } = exchange;
  const evidence = [exchange.request.index, ...(response === undefined ? [] : [response.entry.index])];
  if (!wish.ok || wish.value !== text) {
    const actual = wish.ok ? `NICKNAME with "${wish.value}"` : `a Use-Nickname that cannot be read: ${wish.error}`;
    stage.judge.record(charge, { ...about, verdict: charge.miss, actual, evidence });
    return undefined;
  }
  return answeredByRoom(stage, charge, expect, about.message, response?.head.status, evidence);
}

/** A message with this text, wrapped and addressed as RFC 7701 §6.1 and §6.2 say; `expect` is what the room answers. */
async function send({
  stage,
  client,
  args,
  expect = 200,
  charge,
}: ClientAct<NonNullable<ClientAction['send']>>): Promise<Answered | undefined> {
  const { text, to = 'room' } = typeof args === 'string' ? { text: args } : args;
  const canary = stage.values.canary();
  const said = `${stage.values.fill(text)} ${canary}`;
  const receiver = to === 'room' ? undefined : actorNamed(stage, to);
  const order: Order = { do: 'send', text: said, ...(receiver === undefined ? {} : { to: receiver.uri }) };
  const about = {
    message: `client says "${text}" to ${to}`,
    expected: 'a SEND with this text in a message/cpim wrapper',
  };
  const outcome = await carriedOut({ stage, client }, order, stage.patience.deliveryMs, () =>
    messagesOf(stage, 'received', canary).find(
      (one) => one.state === 'complete' && answersTo(stage, one).every(({ status }) => status !== undefined),
    ),
  );
  if (outcome.kind === 'not-told') return notTold(stage, charge, about, outcome.why);
  const message = outcome.kind === 'seen' ? outcome.seen : messagesOf(stage, 'received', canary)[0];
  if (message === undefined) {
    stage.judge.record(charge, { ...about, verdict: charge.miss, actual: `none${complaint(client)}` });
    return undefined;
  }
  const answers = answersTo(stage, message);
  const evidence = [...message.chunks.map(({ index }) => index), ...answers.flatMap(({ entry }) => entry?.index ?? [])];
  const addressee = receiver === undefined ? [client.room, client.dialled] : [receiver.uri];
  const faults = wrapperFaults(message, { text: said, from: clientUri(stage), to: addressee });
  if (faults.length > 0) {
    stage.judge.record(charge, { ...about, verdict: charge.miss, actual: faults.join('; '), evidence });
    return undefined;
  }
  const status = answers.find((one) => one.status !== 200)?.status ?? answers.at(-1)?.status;
  return answeredByRoom(stage, charge, expect, about.message, status, evidence);
}

/** The user is shown the message, with the text that was sent and under its sender. */
async function shows({ stage, client, args, charge }: ClientAct<string>): Promise<undefined> {
  const message = messageToClient(stage, args);
  const about = { message: `client shows ${args}`, expected: `"${message.text}" of ${message.by}` };
  if (untold(stage, client, 'message', charge, about)) return undefined;
  const event = await shown(stage, client, (one) =>
    one.event === 'message' && one.text.includes(message.canary) ? one : undefined,
  );
  const evidence = textSent(stage, message);
  if (event === undefined) {
    stage.judge.record(charge, { ...about, verdict: charge.miss, actual: `nothing${complaint(client)}`, evidence });
    return undefined;
  }
  const right = event.text.trimEnd() === message.text.trimEnd();
  stage.judge.record(charge, { ...about, verdict: right ? 'pass' : charge.miss, actual: `"${event.text}"`, evidence });
  return undefined;
}

/** A later message has been shown, or at least answered, and not this one. */
async function doesNotShow({ stage, client, args, charge }: ClientAct<string>): Promise<undefined> {
  const message = messageToClient(stage, args);
  const about = { message: `client does not show ${args}`, expected: 'nothing of it' };
  if (untold(stage, client, 'message', charge, about)) return undefined;
  const [speaker] = listeners(stage);
  const barrier = speaker === undefined ? undefined : await sendBarrier(stage, speaker);
  const later =
    barrier === undefined
      ? undefined
      : await shown(stage, client, (one) =>
          one.event === 'message' && one.text.includes(barrier.canary) ? one : undefined,
        );
  await quietWindow(stage);
  const event = client.shown.events.find((one) => one.event === 'message' && one.text.includes(message.canary));
  const left = client.shown.events.some((one) => one.event === 'left');
  stage.judge.record(charge, {
    ...about,
    verdict: event !== undefined ? charge.miss : later === undefined && !left ? 'inconclusive' : 'pass',
    actual: event !== undefined ? 'a message' : later === undefined ? 'not even a later message' : 'nothing of it',
    evidence: textSent(stage, message),
  });
  return undefined;
}

/** The client's responses to the chunks of a message that it was sent. */
async function answers({
  stage,
  args,
  expect = 200,
  charge,
}: ClientAct<NonNullable<ClientAction['answers']>>): Promise<Answered | undefined> {
  const { canary } = messageToClient(stage, args.message);
  const what = `client answers ${args.message}`;
  const wanted = (): boolean => messagesOf(stage, 'sent', canary).some(({ state }) => state !== 'open');
  const copies = (): ReturnType<typeof answersTo> =>
    messagesOf(stage, 'sent', canary).flatMap((one) => answersTo(stage, one));
  const done = await due(stage, () =>
    wanted() && copies().every(({ status }) => status !== undefined) ? copies() : undefined,
  );
  const found = done ?? copies();
  if (found.length === 0) {
    const actual = 'no chunk that wants an answer has been sent to it';
    stage.judge.record(charge, { verdict: 'inconclusive', message: what, expected: 'a response', actual });
    return undefined;
  }
  const worst = found.find(({ status }) => status !== 200) ?? found[0];
  const evidence = found.flatMap(({ request, entry }) => [
    request.index,
    ...(entry === undefined ? [] : [entry.index]),
  ]);
  const status = worst?.status;
  const answer =
    status === undefined
      ? ({ kind: 'silence', reason: 'no response' } as const)
      : ({ kind: 'status', status } as const);
  stage.judge.record(charge, { ...judgeAnswer(expect, answer, charge.miss), message: what, evidence });
  return { status, evidence };
}

async function showsRefusal({
  stage,
  client,
  args: { of, status },
  charge,
}: ClientAct<NonNullable<ClientAction['shows-refusal']>>): Promise<undefined> {
  const about = {
    message: `client shows that ${of} was refused`,
    expected: `a refusal${status === undefined ? '' : ` with ${status}`}`,
  };
  if (untold(stage, client, 'refused', charge, about)) return undefined;
  const event = await shown(stage, client, (one) => (one.event === 'refused' && one.order === of ? one : undefined));
  const right = event !== undefined && (status === undefined || event.status === undefined || event.status === status);
  const actual =
    event === undefined
      ? `nothing${complaint(client)}`
      : `a refusal${event.status === undefined ? '' : ` with ${event.status}`}`;
  stage.judge.record(charge, { ...about, verdict: right ? 'pass' : charge.miss, actual });
  return undefined;
}

async function showsNickname({ stage, client, args, charge }: ClientAct<string>): Promise<undefined> {
  const text = stage.values.fill(args);
  const about = { message: `client shows "${text}" as its nickname`, expected: `"${text}"` };
  if (untold(stage, client, 'nickname', charge, about)) return undefined;
  const event = await shown(stage, client, (one) =>
    one.event === 'nickname' && one.nickname === text ? one : undefined,
  );
  const latest = client.shown.events.findLast((one) => one.event === 'nickname');
  const actual = latest === undefined ? `nothing${complaint(client)}` : `"${latest.nickname}"`;
  stage.judge.record(charge, { ...about, verdict: event === undefined ? charge.miss : 'pass', actual });
  return undefined;
}

async function showsEnd({ stage, client, charge }: ClientAct<object>): Promise<undefined> {
  const about = { message: 'client shows that the stay is over', expected: 'the end' };
  if (untold(stage, client, 'left', charge, about)) return undefined;
  const event = await shown(stage, client, (one) => (one.event === 'left' ? one : undefined));
  const actual = event === undefined ? `nothing${complaint(client)}` : 'the end';
  stage.judge.record(charge, { ...about, verdict: event === undefined ? charge.miss : 'pass', actual });
  return undefined;
}

type CarriedOut<T> =
  | { readonly kind: 'seen'; readonly seen: T }
  | { readonly kind: 'not-seen' }
  /** The order did not reach the client. */
  | { readonly kind: 'not-told'; readonly why: string };

/** Gives an order and waits for what it has to do on the wire. */
async function carriedOut<T>(
  { stage, client }: Pick<ClientAct<unknown>, 'stage' | 'client'>,
  order: Order,
  patienceMs: number,
  look: () => T | undefined,
): Promise<CarriedOut<T>> {
  let failure: string | undefined;
  const undeliverable = new Promise<void>((resolve) => {
    void client.driver.order(order).then((handed) => {
      if (handed.ok) return;
      failure = handed.error;
      resolve();
    });
  });
  const seen = await due(stage, look, patienceMs, undeliverable);
  if (seen !== undefined) return { kind: 'seen', seen };
  return failure === undefined ? { kind: 'not-seen' } : { kind: 'not-told', why: failure };
}

type About = { readonly message: string; readonly expected: string };

function notTold(stage: Stage, charge: Charge, about: About, why: string): undefined {
  stage.judge.record(charge, { ...about, verdict: 'inconclusive', actual: `it could not be told: ${why}` });
}

/** The driver does not tell of such events at all. */
function untold(stage: Stage, client: ClientOnStage, name: EventName, charge: Charge, about: About): boolean {
  if (client.driver.shows.has(name)) return false;
  stage.judge.record(charge, { ...about, verdict: 'unsupported', actual: `the driver tells of no "${name}" events` });
  return true;
}

/** The first event that `pick` makes something of, as soon as it is there. */
async function shown<T>(
  stage: Stage,
  { shown: view }: ClientOnStage,
  pick: (event: ClientOnStage['shown']['events'][number]) => T | undefined,
): Promise<T | undefined> {
  const find = (): T | undefined => {
    for (const event of view.events) {
      const picked = pick(event);
      if (picked !== undefined) return picked;
    }
    return undefined;
  };
  return until(view, stage.clock, stage.patience.deliveryMs, find);
}

function answeredByRoom(
  stage: Stage,
  charge: Charge,
  expect: Expectation,
  message: string,
  status: number | undefined,
  evidence: readonly number[],
): Answered {
  const answer =
    status === undefined
      ? ({ kind: 'silence', reason: 'the room has not answered' } as const)
      : ({ kind: 'status', status } as const);
  stage.judge.record(charge, { ...judgeAnswer(expect, answer, charge.miss), message, evidence });
  return { status, evidence };
}

/** What the client has said that was no event: probably the reason why nothing is seen of it. */
function complaint({ shown: { faults } }: ClientOnStage): string {
  const [first] = faults;
  return first === undefined ? '' : ` (but this: ${first})`;
}
