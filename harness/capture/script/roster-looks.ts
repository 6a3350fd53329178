import { applyConference, type Roster } from '../../codec/conference/apply.ts';
import { parseEvent } from '../../codec/sip/event.ts';
import { header } from '../../codec/sip/headers.ts';
import type { Subscription } from '../../conversation/rosters.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import { tagIn } from '../../conversation/stays.ts';
import type { Deed, Sight } from './deed.ts';
import type { Nicknames } from './nicknames.ts';
import type { Scene } from './scene.ts';
import { deed, expecting, furtherHeaders, otherRequest } from './sip-request.ts';
import type { Player } from './troupe.ts';

type Shown = Readonly<Record<string, string>>;

/**
 * How long a change of the roster may be under way before what is shown counts as what the server means: ten times its
 * slowest answer, within these bounds, in milliseconds.
 */
const LAG_MS = { least: 100, most: 1_000 };

/** Subscriptions to the conference package, single looks at the roster, and what they showed. */
export function rosterLooks(
  scene: Scene,
  nicknames: Nicknames,
  others: readonly Deed[],
): { readonly deeds: Deed[]; readonly sights: Sight[] } {
  const { conversation, troupe } = scene;
  const deeds: Deed[] = [];
  const sights: Sight[] = [];
  const subscriptions = new Map(conversation.rosters.subscriptions.map((one) => [`${one.actor} ${one.callId}`, one]));
  const changes = changesOf(others);
  const latest = new Map<string, string>();
  const answered = new Map<string, number>();
  for (const exchange of conversation.sip.list) {
    const player = troupe.of(exchange.actor);
    if (player === undefined) continue;
    if (exchange.direction === 'received') {
      if (exchange.message.method === 'NOTIFY' && !isLeaving(player, exchange.request.index))
        deeds.push(...answersTo(exchange, player, answered));
      continue;
    }
    if (exchange.message.method !== 'SUBSCRIBE' || isAskedAgain(exchange)) continue;
    const callId = header(exchange.message, 'Call-ID') ?? '';
    if (tagIn(exchange.message, 'To') === undefined) latest.set(exchange.actor, callId);
    // Of several subscriptions participants can end the latest one.
    else if (latest.get(exchange.actor) !== callId) continue;
    const subscription = subscriptions.get(`${exchange.actor} ${callId}`);
    const made = subscribing(scene, exchange, player, subscription, nicknames);
    if (made === undefined) continue;
    deeds.push(made);
    if ('subscribe' in made.action && subscription !== undefined)
      sights.push(...looksAt(scene, subscription, player, nicknames, changes));
  }
  return { deeds, sights };
}

/** A participant repeats it with its credentials by itself. */
const isAskedAgain = ({ final }: SipExchange): boolean =>
  final !== undefined && [401, 407, 423].includes(final.message.status);

function subscribing(
  scene: Scene,
  exchange: SipExchange,
  player: Player,
  subscription: Subscription | undefined,
  nicknames: Nicknames,
): Deed | undefined {
  const { message, final } = exchange;
  const event = parseEvent(header(message, 'Event') ?? '');
  const expires = Number.parseInt(header(message, 'Expires') ?? '', 10);
  const about = deed(exchange, player);
  const odd = !/^\d*$/.test(header(message, 'Expires') ?? '');
  if (!event.ok || event.value.package !== 'conference' || message.body.length > 0 || odd)
    return otherRequest(scene, exchange, player, undefined, ['Event', 'Expires', 'Accept']);
  if (tagIn(message, 'To') !== undefined) {
    // Subscriptions are refreshed without being told.
    if (expires !== 0 || final?.message.status === 481) return undefined;
    return { ...about, action: { unsubscribe: {} }, ...expecting(exchange, [200, 202]) };
  }
  const roster = subscription === undefined ? undefined : rosterAfter(subscription, Number.POSITIVE_INFINITY);
  if (expires === 0 && roster !== undefined && final !== undefined && final.message.status < 300)
    return { ...about, action: { 'fetches-roster': shownIn(scene, roster, nicknames, exchange.request.index) } };
  const accept = header(message, 'Accept');
  const further = furtherHeaders(scene, message);
  const headers = accept === undefined || accept === USUAL_FORMAT ? further : { ...further, Accept: accept };
  return {
    ...about,
    action: {
      subscribe: {
        ...(headers === undefined ? {} : { headers }),
        ...(Number.isNaN(expires) || expires >= LONG_SECONDS ? {} : { expires }),
        ...(scene.troupe.isRoom(message.uri, player.room === 'second' ? 1 : 0)
          ? {}
          : { to: scene.troupe.renewal.write(message.uri) }),
      },
    },
    ...expecting(exchange, [200, 202]),
  };
}

const USUAL_FORMAT = 'application/conference-info+xml';

/** Whoever asks for so long does not mean the time. */
const LONG_SECONDS = 300;

/** From when on a participant answered NOTIFYs otherwise than before. */
function answersTo({ request, final }: SipExchange, { name }: Player, answered: Map<string, number>): Deed[] {
  if (final === undefined) return [];
  const { status } = final.message;
  if ((answered.get(name) ?? 200) === status) return [];
  answered.set(name, status);
  const at = request.index - 0.5;
  return [{ actor: name, start: at, end: at, action: { 'answers-notify': status } }];
}

/** What has to show in the roster: who, how, and when it was under way, in positions of the log. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Undefined: this may be told or not. */
  readonly shown: string | undefined;
}

const changesOf = (deeds: readonly Deed[]): Change[] =>
  deeds.flatMap((one) => changeOf(one) ?? []).sort((a, b) => a.start - b.start);

function changeOf({ actor, action, expect, claim, start, end }: Deed): Change | undefined {
  const about = { start, end, name: actor };
  if (action.join !== undefined) return expect === undefined ? { ...about, shown: 'none' } : undefined;
  if (action.leave !== undefined) return { ...about, shown: 'absent' };
  if (action.nickname !== undefined && expect === undefined) return { ...about, shown: claim?.name ?? 'none' };
  const open = action.disconnect ?? action.vanish ?? action.renegotiate;
  return open === undefined ? undefined : { ...about, shown: undefined };
}

/**
 * What a subscription showed each time that the room had come to rest: the last document before the next change. Where it
 * does not show what the changes before have come to, the next one may have been under way, unless some time passed.
 */
function looksAt(
  scene: Scene,
  subscription: Subscription,
  player: Player,
  nicknames: Nicknames,
  changes: readonly Change[],
): Sight[] {
  const sights: Sight[] = [];
  const due = new Map<string, string | undefined>();
  let roster: Roster | undefined;
  let before = '';
  let next = 0;
  let lastEnd = -1;
  const { documents } = subscription;
  for (const [i, { entry, document }] of documents.entries()) {
    [roster] = applyConference(roster, document, 'replace');
    for (let change = changes[next]; change !== undefined && change.start < entry.index; change = changes[next]) {
      lastEnd = Math.max(lastEnd, change.end);
      due.set(change.name, change.shown);
      next += 1;
    }
    const following = documents[i + 1]?.entry.index ?? Number.POSITIVE_INFINITY;
    const until = changes[next]?.start ?? Number.POSITIVE_INFINITY;
    // Another document comes before the next change: that one tells more.
    if (following < until || roster === undefined || until < lastEnd || isLeaving(player, entry.index)) continue;
    const shown = shownIn(scene, roster, nicknames, entry.index);
    const text = JSON.stringify(shown);
    if (text === before || Object.keys(shown).length === 0) continue;
    const asDue = Object.entries(shown).every(([name, value]) => !due.has(name) || due.get(name) === value);
    if (!asDue && !isAtRest(scene, Math.max(entry.index, lastEnd), until)) continue;
    before = text;
    const at = Math.max(entry.index, lastEnd) + 0.1;
    sights.push({ kind: 'actor', at, actor: player.name, action: { 'sees-roster': shown } });
  }
  return sights;
}

/** A change that is not shown has had its time. */
function isAtRest({ conversation }: Scene, from: number, until: number): boolean {
  const { entries } = conversation.log;
  const then = entries[Math.ceil(from)]?.time ?? 0;
  const next = entries[Number.isFinite(until) ? Math.floor(until) : entries.length - 1]?.time ?? then;
  const slow = 10 * conversation.msrp.slowestAnswerMs();
  return next - then > Math.min(LAG_MS.most, Math.max(LAG_MS.least, slow));
}

/** After its BYE, what a participant is still told of the roster is told to nobody. */
const isLeaving = ({ stays, presences }: Player, at: number): boolean =>
  presences.length > 0 &&
  !presences.some(({ to }) => at < to) &&
  stays.some(({ ending }) => ending !== undefined && ending.index < at);

function rosterAfter({ documents }: Subscription, position: number): Roster | undefined {
  let roster: Roster | undefined;
  for (const { entry, document } of documents) {
    if (entry.index > position) break;
    [roster] = applyConference(roster, document, 'replace');
  }
  return roster;
}

/** The roster in the words of the language. Second sessions of a user, and whoever cannot be told, do not stand in it. */
function shownIn({ troupe, gaps }: Scene, roster: Roster, nicknames: Nicknames, at: number): Shown {
  const shown = troupe.players.flatMap(({ name, uri, user, hidden, room }): [string, string][] => {
    if (uri === undefined || user !== undefined || hidden || room !== 'main' || gaps.has(name, at)) return [];
    const found = roster.users.get(uri);
    const endpoints = [...(found?.endpoints.values() ?? [])];
    const gone = endpoints.length > 0 && endpoints.every(({ status }) => status === 'disconnected');
    if (found === undefined || gone) return [[name, 'absent']];
    const nickname = found.nickname?.value ?? '';
    return [[name, nickname === '' ? 'none' : nicknames.write(nickname)]];
  });
  return Object.fromEntries(shown);
}
