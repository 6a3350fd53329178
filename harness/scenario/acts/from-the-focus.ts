import { header } from '../../codec/sip/headers.ts';
import { parseSubscriptionState, type SubscriptionState } from '../../codec/sip/subscription-state.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import { settle } from '../absence.ts';
import type { Action } from '../schema.ts';
import { type Actor, due, type Stage } from '../stage.ts';
import type { Act } from './act.ts';

/** The focus ends the dialog of this actor with BYE. */
export async function getsBye({ stage, actor, charge }: Act<object>): Promise<undefined> {
  const bye = await due(stage, () => requestsTo(stage, actor, 'BYE').at(-1));
  actor.present = false;
  stage.judge.record(charge, {
    verdict: bye === undefined ? charge.miss : 'pass',
    message: `${actor.name} gets BYE`,
    expected: 'BYE',
    actual: bye === undefined ? 'none' : 'BYE',
    evidence: bye === undefined ? [] : [bye.request.index],
  });
  return undefined;
}

/** The last NOTIFY of the latest subscription says that it is over (RFC 6665 §4.2.2). */
export async function subscriptionEnds({
  stage,
  actor,
  args,
  charge,
}: Act<NonNullable<Action['subscription-ends']>>): Promise<undefined> {
  const over = await due(stage, () => {
    const last = requestsTo(stage, actor, 'NOTIFY').findLast((one) => sameDialog(one, latestSubscribe(stage, actor)));
    return last !== undefined && stateOf(last)?.state === 'terminated' ? last : undefined;
  });
  const reason = over === undefined ? undefined : stateOf(over)?.reason;
  const holds = over !== undefined && (args.reason === undefined || reason === args.reason);
  stage.judge.record(charge, {
    verdict: holds ? 'pass' : charge.miss,
    message: `the subscription of ${actor.name} ends`,
    expected: args.reason === undefined ? 'terminated' : `terminated;reason=${args.reason}`,
    actual: over === undefined ? 'no such NOTIFY' : `terminated${reason === undefined ? '' : `;reason=${reason}`}`,
    evidence: over === undefined ? [] : [over.request.index],
  });
  return undefined;
}

/** A NOTIFY of the latest subscription comes, with a body of this type, or with none. */
export async function getsNotify({
  stage,
  actor,
  args,
  charge,
}: Act<NonNullable<Action['gets-notify']>>): Promise<undefined> {
  const notify = await due(stage, () =>
    requestsTo(stage, actor, 'NOTIFY').find((one) => sameDialog(one, latestSubscribe(stage, actor))),
  );
  const type = notify === undefined ? undefined : typeOf(notify);
  const bodiless = args.type === 'none' ? type === 'none' : type !== 'none';
  const holds = notify !== undefined && bodiless && (args.type === 'any' || type === args.type);
  stage.judge.record(charge, {
    verdict: holds ? 'pass' : charge.miss,
    message: `${actor.name} gets NOTIFY`,
    expected: args.type === 'none' ? 'NOTIFY without body' : `NOTIFY with ${args.type}`,
    actual: notify === undefined ? 'none' : `NOTIFY with ${type}`,
    evidence: notify === undefined ? [] : [notify.request.index],
  });
  return undefined;
}

const typeOf = ({ message }: SipExchange): string =>
  message.body.length === 0
    ? 'none'
    : ((header(message, 'Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '');

/** From now on answers every NOTIFY so. */
export async function answersNotify({ actor, args }: Act<NonNullable<Action['answers-notify']>>): Promise<undefined> {
  actor.participant.answerNotifyWith(args);
  return undefined;
}

/** After a NOTIFY that this actor has refused, or left without answer, the subscription brings no more (RFC 6665 §4.2.2). */
export async function getsNoNotify({ stage, actor, charge }: Act<object>): Promise<undefined> {
  const isRefused = ({ final }: SipExchange): boolean => final === undefined || final.message.status >= 300;
  await due(stage, () => requestsTo(stage, actor, 'NOTIFY').find(isRefused));
  await settle(stage, actor);
  const notifies = requestsTo(stage, actor, 'NOTIFY');
  const refused = notifies.findIndex(isRefused);
  const later = refused === -1 ? [] : notifies.slice(refused + 1).filter((one) => sameDialog(one, notifies[refused]));
  stage.judge.record(charge, {
    verdict: refused === -1 ? 'inconclusive' : later.length > 0 ? charge.miss : 'pass',
    message: `${actor.name} gets no NOTIFY after the one it refused`,
    expected: 'no NOTIFY',
    actual: refused === -1 ? 'none was refused' : later.length === 0 ? 'none' : `${later.length} more`,
    evidence: [notifies[refused], ...later].flatMap((one) => one?.request.index ?? []),
  });
  return undefined;
}

const requestsTo = (stage: Stage, actor: Actor, method: string): SipExchange[] =>
  stage.conversation.sip.list.filter(
    (one) => one.actor === actor.name && one.direction === 'received' && one.message.method === method,
  );

const latestSubscribe = (stage: Stage, actor: Actor): SipExchange | undefined =>
  stage.conversation.sip.list.findLast(
    (one) => one.actor === actor.name && one.direction === 'sent' && one.message.method === 'SUBSCRIBE',
  );

function stateOf({ message }: SipExchange): SubscriptionState | undefined {
  const state = parseSubscriptionState(header(message, 'Subscription-State') ?? '');
  return state.ok ? state.value : undefined;
}

const sameDialog = (one: SipExchange, other: SipExchange | undefined): boolean =>
  other !== undefined && header(one.message, 'Call-ID') === header(other.message, 'Call-ID');
