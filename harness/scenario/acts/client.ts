import type { Order } from '../../driver/order.ts';
import type { ClientAction } from '../client-schema.ts';
import { judgeAnswer, silenceIn } from '../expectation.ts';
import type { Charge } from '../judge.ts';
import type { Expectation } from '../schema.ts';
import { actorNamed, type ClientOnStage, clientUri, due, ROOM_SIDE, type Stage } from '../stage.ts';
import type { Answered } from './act.ts';
import {
  answersTo,
  byeOf,
  inviteOf,
  messagesOf,
  messageToClient,
  nicknameRequests,
  openingOf,
  textsOf,
  wrapperFaults,
} from './client-on-wire.ts';
import { clientReports } from './client-reports.ts';
import { showsRoster, watchesRoster } from './client-roster.ts';
import { doesNotShow, shows, showsEnd, showsNickname, showsRefusal } from './client-shows.ts';
import { type About, carriedOut, complaint, shown } from './client-sight.ts';
import { acknowledges, givesUpSession, offers } from './client-signalling.ts';
import { keptFrom } from './client-silence.ts';

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
  reports: clientReports,
  'shows-refusal': showsRefusal,
  'shows-nickname': showsNickname,
  roster: watchesRoster,
  'shows-roster': showsRoster,
  'shows-end': showsEnd,
  offers,
  acknowledges,
  'gives-up-session': givesUpSession,
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
      return { invite, final };
    },
  );
  if (outcome.kind === 'not-told') return notTold(stage, charge, about, outcome.why);
  const { answerMs, bindMs = answerMs } = stage.patience;
  const isIn = outcome.kind === 'seen' && outcome.seen.final.message.status < 300;
  const opening = isIn ? await due(stage, () => openingOf(stage, before), bindMs) : undefined;
  if (outcome.kind === 'not-seen' || (isIn && opening === undefined)) {
    const invite = inviteOf(stage, before);
    const actual =
      invite === undefined
        ? `no INVITE has come${complaint(client)}`
        : isIn
          ? 'an INVITE that was answered, but no SEND'
          : 'an INVITE, and nothing else';
    const evidence = invite === undefined ? [] : [invite.request.index];
    stage.judge.record(charge, { ...about, verdict: charge.miss, actual, evidence });
    return undefined;
  }
  const { invite, final } = outcome.seen;
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
  // Who has had enough of the room needs no telling.
  const gone = stage.conversation.stays.list.findLast(({ actor }) => actor === ROOM_SIDE)?.ending;
  if (gone !== undefined) {
    stage.judge.record(charge, { ...about, verdict: 'pass', actual: 'BYE, untold', evidence: [gone.index] });
    return undefined;
  }
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
  if (silenceIn(expect) === 'due')
    return keptFrom({ stage, client, charge }, { do: 'nickname', nickname: text }, about.message, () =>
      nicknameRequests(stage, before).map(({ exchange }) => exchange.request.index),
    );
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
  const { text, to = 'room', size = 0 } = typeof args === 'string' ? { text: args } : args;
  const canary = stage.values.canary();
  const said = filledUp(`${stage.values.fill(text)} ${canary}`, size);
  const receiver = to === 'room' ? undefined : actorNamed(stage, to);
  const order: Order = { do: 'send', text: said, ...(receiver === undefined ? {} : { to: receiver.uri }) };
  const about = {
    message: `client says "${text}" to ${to}`,
    expected: 'a SEND with this text in a message/cpim wrapper',
  };
  if (silenceIn(expect) === 'due')
    return keptFrom({ stage, client, charge }, order, about.message, () => textsOf(stage, 'received', canary));
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

/** To a length of at least `size` octets. */
function filledUp(text: string, size: number): string {
  const missing = size - Buffer.byteLength(text);
  return missing <= 0 ? text : `${text}${' and so on'.repeat(Math.ceil(missing / 10))}`;
}

function notTold(stage: Stage, charge: Charge, about: About, why: string): undefined {
  stage.judge.record(charge, { ...about, verdict: 'inconclusive', actual: `it could not be told: ${why}` });
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
