import type { Roster } from '../../codec/conference/apply.ts';
import { headerOf } from '../../codec/msrp/message.ts';
import { parseUseNickname } from '../../codec/msrp/nickname.ts';
import { compareKey } from '../../codec/nickname/nickname.ts';
import type { Subscription } from '../../conversation/rosters.ts';
import type { Charge } from '../judge.ts';
import { type Actor, due, listeners, type Stage } from '../stage.ts';

/**
 * Every participant finds a nickname in the roster, with the user who was granted it last and with nobody else, so that
 * all agree who won a race for it (RFC 7701 §7.4). Granted to nobody, it is nobody's there.
 */
export async function everyoneSeesOneHolder(stage: Stage, nickname: string, charge: Charge): Promise<void> {
  const key = keyOf(nickname);
  const winner = holderOf(stage, key);
  const expected = winner === undefined ? 'with nobody' : `with ${winner.name} alone`;
  const views = await Promise.all(listeners(stage).map((actor) => viewOf(stage, actor, key, winner)));
  const wrong = views.find((view) => view.shown !== expected);
  stage.judge.record(charge, {
    verdict: views.length === 0 ? 'inconclusive' : wrong === undefined ? 'pass' : charge.miss,
    message: `all find the nickname "${nickname}" in the roster with the same user`,
    expected,
    actual:
      wrong === undefined ? `${expected}, as ${views.length} see it` : `${wrong.actor.name} sees it ${wrong.shown}`,
    evidence: wrong === undefined ? [] : wrong.evidence,
  });
}

interface View {
  readonly actor: Actor;
  /** Worded like what is expected. */
  readonly shown: string;
  readonly evidence: readonly number[];
}

async function viewOf(stage: Stage, actor: Actor, key: string, winner: Actor | undefined): Promise<View> {
  const before = stage.conversation.rosters.of(actor.name);
  if (!actor.participant.isSubscribed()) await actor.participant.subscribe({});
  const latest = (): Subscription | undefined => {
    const subscription = stage.conversation.rosters.of(actor.name);
    return subscription === before && !actor.participant.isSubscribed() ? undefined : subscription;
  };
  const expected = winner === undefined ? [] : [winner.uri];
  const agrees = (roster: Roster | undefined): boolean =>
    roster !== undefined && sameList(holdersIn(roster, key), expected);
  await due(stage, () => {
    const subscription = latest();
    return agrees(subscription?.roster) || agrees(subscription?.amended) ? true : undefined;
  });
  const subscription = latest();
  const roster = agrees(subscription?.roster) ? subscription?.roster : subscription?.amended;
  const last = subscription?.documents.at(-1)?.entry.index;
  return {
    actor,
    shown: roster === undefined ? 'in no roster that can be read' : wordingOf(stage, holdersIn(roster, key)),
    evidence: last === undefined ? [] : [last],
  };
}

const holdersIn = (roster: Roster, key: string): string[] =>
  [...roster.users.values()]
    .filter(({ nickname }) => nickname !== undefined && keyOf(nickname.value) === key)
    .map(({ entity }) => entity);

function wordingOf(stage: Stage, uris: readonly string[]): string {
  const names = uris.map((uri) => [...stage.actors.values()].find((actor) => actor.uri === uri)?.name ?? uri);
  return names.length === 0
    ? 'with nobody'
    : names.length === 1
      ? `with ${names[0]} alone`
      : `with ${names.join(', ')}`;
}

const sameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((uri) => other.includes(uri));

/** Who is still there and got 200 for it, and for nothing after it. */
function holderOf(stage: Stage, key: string): Actor | undefined {
  return listeners(stage)
    .flatMap((actor) => {
      const granted = stage.conversation.msrp.list.findLast(
        ({ request, head, response }) =>
          request.actor === actor.wireName &&
          request.direction === 'sent' &&
          head.method === 'NICKNAME' &&
          response?.head.status === 200,
      );
      const text = granted === undefined ? undefined : parseUseNickname(headerOf(granted.head, 'Use-Nickname') ?? '');
      const at = granted?.response?.entry.index;
      return text?.ok === true && at !== undefined && keyOf(text.value) === key ? [{ actor, at }] : [];
    })
    .toSorted((a, b) => b.at - a.at)[0]?.actor;
}

function keyOf(text: string): string {
  const key = compareKey(text);
  return key.ok ? key.value : text;
}
