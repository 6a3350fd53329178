import { header } from '../../codec/sip/headers.ts';
import { parseSipUri, sameSipUri } from '../../codec/sip/uri.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import type { ClientEvent } from '../../driver/event.ts';
import type { ClientAction } from '../client-schema.ts';
import { actorNamed, clientUri, ROOM_SIDE, type Stage } from '../stage.ts';
import type { ClientAct } from './client.ts';
import { carriedOut, complaint, judgeSight } from './client-sight.ts';

/** SUBSCRIBE to the conference package, and 200 to the first NOTIFY (RFC 4575 §3, RFC 6665 §4.1.3). */
export async function watchesRoster({ stage, client, charge }: ClientAct<object>): Promise<undefined> {
  const before = stage.log.entries.length;
  const about = { message: 'client watches the roster', expected: 'SUBSCRIBE for conference, and 200 to NOTIFY' };
  const outcome = await carriedOut({ stage, client }, { do: 'roster' }, stage.patience.deliveryMs, () =>
    exchangesOf(stage, 'NOTIFY', 'sent', before).find(({ final }) => final !== undefined),
  );
  if (outcome.kind === 'not-told') {
    const actual = `it could not be told: ${outcome.why}`;
    stage.judge.record(charge, { ...about, verdict: 'inconclusive', actual });
    return undefined;
  }
  const [subscribe] = exchangesOf(stage, 'SUBSCRIBE', 'received', before);
  const [notify] = exchangesOf(stage, 'NOTIFY', 'sent', before);
  const event = subscribe === undefined ? undefined : header(subscribe.message, 'Event');
  const answer = notify?.final?.message.status;
  const right = /^\s*conference\s*(;|$)/i.test(event ?? '') && answer === 200;
  const actual =
    subscribe === undefined
      ? `no SUBSCRIBE${complaint(client)}`
      : `SUBSCRIBE for ${event ?? 'nothing'}, ${answer ?? 'no answer'} to NOTIFY`;
  const shown = [subscribe?.request, notify?.request, notify?.final?.entry];
  const evidence = shown.flatMap((entry) => (entry === undefined ? [] : [entry.index]));
  stage.judge.record(charge, { ...about, verdict: right ? 'pass' : charge.miss, actual, evidence });
  return undefined;
}

const exchangesOf = (
  { conversation }: Stage,
  method: string,
  direction: SipExchange['direction'],
  since: number,
): SipExchange[] =>
  conversation.sip.list.filter(
    (one) =>
      one.actor === ROOM_SIDE &&
      one.direction === direction &&
      one.message.method === method &&
      one.request.index >= since,
  );

type Users = Extract<ClientEvent, { event: 'roster' }>['users'];

/** The list of users comes to be as the step says, as far as it says anything. */
export async function showsRoster({
  stage,
  client,
  args,
  charge,
}: ClientAct<NonNullable<ClientAction['shows-roster']>>): Promise<undefined> {
  const wanted = Object.entries(args).map(([name, word]) => ({
    uri: name === 'client' ? clientUri(stage) : actorNamed(stage, name).uri,
    word: stage.values.fill(word),
  }));
  const fits = (users: Users): boolean =>
    wanted.every(({ uri, word }) => {
      const user = users.find((one) => isSame(one.uri, uri));
      if (word === 'absent') return user === undefined;
      if (word === 'present') return user !== undefined;
      return user !== undefined && (user.nickname ?? '') === (word === 'none' ? '' : word);
    });
  const expected = wanted.map(({ uri, word }) => `${uri}: ${word}`).join(', ');
  return judgeSight({ stage, client, charge }, 'roster', {
    about: { message: 'client shows who is in the room', expected },
    question: `Does the list of users show this: ${expected}?`,
    pick: (event) => (event.event === 'roster' && fits(event.users) ? event : undefined),
    isRight: () => true,
    wording: ({ users }) => wordingOf(users),
    instead: () => {
      const latest = client.shown.events.findLast((event) => event.event === 'roster');
      return latest === undefined ? undefined : wordingOf(latest.users);
    },
  });
}

const wordingOf = (users: Users): string =>
  users.map(({ uri, nickname }) => (nickname === undefined ? uri : `${uri} (${nickname})`)).join(', ') || 'nobody';

function isSame(one: string, other: string): boolean {
  const [a, b] = [parseSipUri(one), parseSipUri(other)];
  return a.ok && b.ok ? sameSipUri(a.value, b.value) : one === other;
}
