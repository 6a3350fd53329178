import type { Roster, RosterUser } from '../../codec/conference/apply.ts';
import { enforceNickname } from '../../codec/nickname/nickname.ts';
import type { Subscription } from '../../conversation/rosters.ts';
import { type Actor, actorNamed, due, type Stage } from '../stage.ts';
import type { Act } from './act.ts';
import { sipEvidence } from './evidence.ts';

/**
 * The roster comes to show what the step says. Changes may take a while and several documents (RFC 4575 §3.9), so this
 * waits for agreement; what a subscriber sees is the same by either reading of a bare `<users>`, or either will do.
 */
export async function seesRoster({
  stage,
  actor,
  args,
  charge,
}: Act<Readonly<Record<string, string>>>): Promise<undefined> {
  const message = `${actor.name} sees the roster`;
  const expected = Object.fromEntries(Object.entries(args).map(([name, shown]) => [name, stage.values.fill(shown)]));
  let before: Subscription | undefined;
  if (!actor.participant.isSubscribed()) {
    before = stage.conversation.rosters.of(actor.name);
    const outcome = await actor.participant.subscribe({});
    const accepted = outcome.kind === 'answered' && outcome.status < 300;
    if (!accepted) {
      const actual =
        outcome.kind === 'answered' ? `SUBSCRIBE got ${outcome.status}` : `no answer to SUBSCRIBE (${outcome.reason})`;
      stage.judge.record(charge, {
        verdict: charge.miss,
        message,
        expected: wordingOf(expected),
        actual,
        evidence: sipEvidence(stage, actor, outcome),
      });
      return undefined;
    }
  }
  const shown = (): Subscription | undefined => {
    const latest = stage.conversation.rosters.of(actor.name);
    return latest === before ? undefined : latest;
  };
  const agreed = await due(stage, () => (rosterAgrees(stage, shown(), expected) ? true : undefined));
  const last = shown()?.documents.at(-1)?.entry.index;
  stage.judge.record(charge, {
    verdict: agreed === true ? 'pass' : charge.miss,
    message,
    expected: wordingOf(expected),
    actual: shownOf(stage, shown(), expected),
    evidence: last === undefined ? [] : [last],
  });
  return undefined;
}

/** One look at the roster: SUBSCRIBE with Expires 0, and the state that comes with it (RFC 6665 §4.4.3). */
export async function fetchesRoster({
  stage,
  actor,
  args,
  charge,
}: Act<Readonly<Record<string, string>>>): Promise<undefined> {
  const message = `${actor.name} fetches the roster`;
  const expected = Object.fromEntries(Object.entries(args).map(([name, shown]) => [name, stage.values.fill(shown)]));
  const before = stage.conversation.rosters.of(actor.name);
  const outcome = await actor.participant.subscribe({ expires: 0 });
  const shown = await due(stage, () => {
    const fetched = stage.conversation.rosters.of(actor.name);
    return fetched !== before && fetched?.roster !== undefined ? fetched : undefined;
  });
  const last = shown?.documents.at(-1)?.entry.index;
  stage.judge.record(charge, {
    verdict: shown !== undefined && rosterAgrees(stage, shown, expected) ? 'pass' : charge.miss,
    message,
    expected: wordingOf(expected),
    actual: shown === undefined ? 'no roster' : shownOf(stage, shown, expected),
    evidence: [...sipEvidence(stage, actor, outcome), ...(last === undefined ? [] : [last])],
  });
  return undefined;
}

const wordingOf = (expected: Expected): string =>
  Object.entries(expected)
    .map(([name, shown]) => `${name}: ${shown}`)
    .join(', ');

type Expected = Readonly<Record<string, string>>;

function rosterAgrees(stage: Stage, subscription: Subscription | undefined, expected: Expected): boolean {
  return [subscription?.roster, subscription?.amended].some(
    (roster) =>
      roster !== undefined &&
      Object.entries(expected).every(([name, shown]) => agrees(userOf(roster, actorNamed(stage, name)), shown)),
  );
}

function agrees(user: RosterUser | undefined, shown: string): boolean {
  switch (shown) {
    case 'absent':
      return user === undefined;
    case 'present':
      return user !== undefined;
    case 'none':
      return user !== undefined && (user.nickname === undefined || user.nickname.value === '');
    default:
      return user?.nickname !== undefined && sameShown(user.nickname.value, shown);
  }
}

/** The string as it was asked for, or its enforced form: both may be shown (RFC 8266 §2.3). */
function sameShown(shown: string, asked: string): boolean {
  if (shown === asked) return true;
  const enforced = enforceNickname(asked);
  return enforced.ok && enforced.value === shown;
}

/** A user whose endpoints have all gone has left (RFC 4575 §5.6). */
function userOf(roster: Roster, actor: Actor): RosterUser | undefined {
  const user = roster.users.get(actor.uri);
  if (user === undefined) return undefined;
  const endpoints = [...user.endpoints.values()];
  const gone = endpoints.length > 0 && endpoints.every(({ status }) => status === 'disconnected');
  return gone ? undefined : user;
}

function shownOf(stage: Stage, subscription: Subscription | undefined, expected: Expected): string {
  const roster = subscription?.roster;
  if (subscription === undefined || roster === undefined) return 'no readable roster';
  return Object.entries(expected)
    .map(([name, wanted]) => {
      const user = userOf(roster, actorNamed(stage, name));
      if (user === undefined) return `${name}: absent`;
      return `${name}: ${wanted === 'present' ? wanted : (user.nickname?.value ?? 'none')}`;
    })
    .join(', ');
}
