import { headerOf, type MsrpMessage } from '../../codec/msrp/message.ts';
import { splitPath } from '../../codec/msrp/uri.ts';
import { header } from '../../codec/sip/headers.ts';
import type { SipMessage } from '../../codec/sip/message.ts';
import { parseSipUri } from '../../codec/sip/uri.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import { isAnonymous, isHidden, placeOf, urisIn } from '../../conversation/envelope.ts';
import type { Session } from '../../conversation/sessions.ts';
import type { Stay } from '../../conversation/stays.ts';
import { otherHostCase, pathOf } from '../../scenario/check.ts';
import { reservedStepKeys } from '../../scenario/schema.ts';
import type { WireEntry } from '../../wire/entry.ts';
import { Renewal } from './renewal.ts';

/** The time that somebody is in the room: from the first answered request of the session to its end. */
export interface Presence {
  readonly stay: Stay;
  readonly from: number;
  readonly to: number;
}

/** One who acts in a script. */
export interface Player {
  /** In the wire log. */
  readonly actor: string;
  /** In the script. */
  readonly name: string;
  readonly stays: readonly Stay[];
  readonly presences: readonly Presence[];
  /** URI that the room knows it by; undefined: one that cannot be told from the capture. */
  readonly uri: string | undefined;
  readonly hidden: boolean;
  /** Name of the player whose user it is too, for a second session. */
  readonly user: string | undefined;
  readonly room: 'main' | 'second';
}

/** Who is in a conversation, where, and under which names and URIs. */
export class Troupe {
  readonly players: readonly Player[];
  readonly rooms: readonly string[];
  readonly renewal = new Renewal();
  readonly #conversation: Conversation;
  #paths: ReadonlyMap<string, string> | undefined;
  readonly #byActor = new Map<string, Player>();
  /** By actor and Call-ID. */
  readonly #stays: ReadonlyMap<string, Stay>;
  /** By URI, and by user and host of it. */
  readonly #byUri = new Map<string, Player>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.#stays = new Map(conversation.stays.list.map((stay) => [`${stay.actor} ${stay.callId}`, stay]));
    const staysOf = new Map<string, Stay[]>();
    for (const stay of conversation.stays.list) staysOf.set(stay.actor, [...(staysOf.get(stay.actor) ?? []), stay]);
    for (const { actor, direction, content } of conversation.log.entries)
      if (direction === 'sent' && content.protocol === 'sip' && !staysOf.has(actor)) staysOf.set(actor, []);
    this.rooms = roomsIn(conversation.stays.list);
    const said = urisSaid(conversation);
    const joined = firstAnswers(conversation);
    const taken = new Set<string>();
    const users = new Map<string, string>();
    this.players = [...staysOf].map(([actor, stays]): Player => {
      const name = nameFor(actor, taken);
      const own = stays.filter(({ calledBy }) => calledBy === 'actor');
      const hidden = own.some(isHidden);
      const identity = own.find((stay) => !isAnonymous(stay.identity))?.identity ?? identityOf(conversation, actor);
      const uri = hidden ? said.get(actor) : identity;
      const user = hidden || identity === undefined ? undefined : users.get(identity);
      if (!hidden && identity !== undefined && user === undefined) users.set(identity, name);
      return {
        actor,
        name,
        stays: own,
        presences: own.flatMap((stay) => presenceOf(conversation, stay, joined)),
        uri,
        hidden,
        user,
        room: own.some(({ room, accepted }) => accepted !== undefined && this.isRoom(room, 1)) ? 'second' : 'main',
      };
    });
    for (const player of this.players) this.#byActor.set(player.actor, player);
    this.#learn();
  }

  get room(): string {
    return this.rooms[0] ?? '';
  }

  of(actor: string): Player | undefined {
    return this.#byActor.get(actor);
  }

  /** The stay that a SIP message of an actor belongs to. */
  stay(actor: string, message: SipMessage): Stay | undefined {
    return this.#stays.get(`${actor} ${header(message, 'Call-ID') ?? ''}`);
  }

  /** Whose MSRP message it is: by its session, as several may share a connection; else by its connection. */
  owner(entry: WireEntry, message: MsrpMessage): Player | undefined {
    return this.#byActor.get(this.sessionAt(entry, message)?.stay.actor ?? entry.actor);
  }

  /** The session that the own end of an MSRP message names. */
  sessionAt(entry: WireEntry, message: MsrpMessage): Session | undefined {
    const path = headerOf(message, entry.direction === 'received' ? 'To-Path' : 'From-Path') ?? '';
    return this.#conversation.sessions.at(splitPath(path).at(-1) ?? '');
  }

  /** Whether a URI is that of the first or second room, in whatever form. */
  isRoom(uri: string, which: 0 | 1): boolean {
    const room = this.rooms[which];
    return room !== undefined && (uri === room || placeOf(uri) === placeOf(room));
  }

  /** What stands for the session paths at the switch in octets by hand. */
  get paths(): ReadonlyMap<string, string> {
    this.#paths ??= new Map(
      this.#conversation.sessions.list.flatMap(({ stay, peers }): [string, string][] => {
        const player = this.#byActor.get(stay.actor);
        return player === undefined ? [] : [...peers].map((peer): [string, string] => [peer, pathOf(player.name)]);
      }),
    );
    return this.#paths;
  }

  /** Who is in the room at this position of the log. */
  present(at: number): Player[] {
    return this.players.filter(({ presences }) => presences.some(({ from, to }) => from <= at && at < to));
  }

  /** Whether somebody comes or goes between two positions of the log. */
  changes(from: number, to: number): boolean {
    return this.players.some(({ presences }) =>
      presences.some((one) => (from <= one.from && one.from < to) || (from <= one.to && one.to < to)),
    );
  }

  /** How a recipient or sender is written: room, the name of a player, or the URI itself. Near misses are none where they are known. */
  written(uri: string, room: string): string {
    if (uri === room) return 'room';
    const player = this.#byUri.get(uri);
    if (player !== undefined) return player.name;
    const renewed = this.renewal.write(uri);
    if (/^\{[a-z0-9-]+\}$/.test(renewed)) return `<${renewed}>`;
    const place = placeOf(uri);
    if (place === placeOf(room)) return 'room';
    return this.#byUri.get(place)?.name ?? `<${renewed}>`;
  }

  #learn(): void {
    const { renewal } = this;
    for (const player of this.players) {
      const { name, uri, user } = player;
      if (uri === undefined || user !== undefined) continue;
      renewal.know(uri, name);
      renewal.know(withHostInCapitals(uri), otherHostCase(name));
      this.#byUri.set(uri, player);
      if (!this.#byUri.has(placeOf(uri))) this.#byUri.set(placeOf(uri), player);
    }
    const { room } = this;
    renewal.know(room, 'room');
    renewal.know(withHostInCapitals(room), 'room-in-capitals');
    renewal.know(room.replace(/@[^;?]*/, '@elsewhere.invalid'), 'room-elsewhere');
    if (this.rooms[1] !== undefined) renewal.know(this.rooms[1], 'second-room');
    const host = parseSipUri(this.room);
    if (host.ok && /[a-z]/i.test(host.value.host)) renewal.know(host.value.host, 'domain');
  }
}

const withHostInCapitals = (uri: string): string => uri.replace(/@.*/, (host) => host.toUpperCase());

/** The rooms that let somebody in, in this order; then those that were only asked for. */
function roomsIn(stays: readonly Stay[]): string[] {
  const called = stays.filter(({ calledBy }) => calledBy === 'actor');
  const accepted = called.filter((stay) => stay.accepted !== undefined).map(({ room }) => room);
  const rooms = new Map(
    (accepted.length > 0 ? accepted : called.map(({ room }) => room).slice(0, 1)).map((room) => [placeOf(room), room]),
  );
  return [...rooms.values()];
}

/** The URI in CPIM From that an actor says most often. */
function urisSaid(conversation: Conversation): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const message of conversation.messages.list) {
    if (message.direction !== 'sent') continue;
    const actor = conversation.sessions.at(message.session)?.stay.actor ?? message.actor;
    const own = counts.get(actor) ?? new Map<string, number>();
    counts.set(actor, own);
    for (const uri of urisIn(message, 'From')) own.set(uri, (own.get(uri) ?? 0) + 1);
  }
  return new Map(
    [...counts].flatMap(([actor, own]): [string, string][] => {
      const [most] = [...own].toSorted(([, a], [, b]) => b - a);
      return most === undefined ? [] : [[actor, most[0]]];
    }),
  );
}

/** Of somebody who has never called: From of the first request. */
function identityOf(conversation: Conversation, actor: string): string | undefined {
  const exchange = conversation.sip.list.find((one) => one.actor === actor && one.direction === 'sent');
  const from = exchange?.message.headers.find(({ name }) => /^(?:from|f)$/i.test(name))?.value;
  return from === undefined ? undefined : /<([^>]*)>/.exec(from)?.[1];
}

/** By own session URI: where the first SEND of either side has been answered so that the session stands. */
function firstAnswers({ msrp, sessions }: Conversation): ReadonlyMap<Session, number> {
  const first = new Map<Session, number>();
  for (const { request, head, response } of msrp.list) {
    if (head.method !== 'SEND' || response === undefined) continue;
    // The connection stands after a 415 to the first SEND all the same.
    if (response.head.status !== 200 && response.head.status !== 415) continue;
    const session = sessions.of(request, head);
    if (session !== undefined && !first.has(session)) first.set(session, response.entry.index);
  }
  return first;
}

function presenceOf({ sessions }: Conversation, stay: Stay, joined: ReadonlyMap<Session, number>): Presence[] {
  const own = sessions.list.filter((one) => one.stay === stay && joined.has(one));
  const from = Math.min(...own.map((one) => joined.get(one) ?? Number.POSITIVE_INFINITY));
  if (own.length === 0) return [];
  const lost = own.at(-1)?.lost?.index ?? Number.POSITIVE_INFINITY;
  return [{ stay, from, to: Math.min(stay.ending?.index ?? Number.POSITIVE_INFINITY, lost) }];
}

/** Words of the language that an actor cannot have for its name. */
const WORDS: ReadonlySet<string> = new Set([
  ...reservedStepKeys,
  ...[
    'room',
    'client',
    'second-room',
    'domain',
    'nickname',
    'canary',
    'main',
    'second',
    'fresh',
    'clear',
    'from',
    'to',
  ],
]);

/** The name of an actor as the language writes it. */
function nameFor(actor: string, taken: Set<string>): string {
  const written = actor
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  const base = written === '' || WORDS.has(written) ? `participant${written === '' ? '' : `-${written}`}` : written;
  let name = base;
  for (let n = 2; taken.has(name); n += 1) name = `${base}-${n}`;
  taken.add(name);
  return name;
}
