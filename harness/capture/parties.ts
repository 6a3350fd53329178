import { headerOf, type MsrpMessage } from '../codec/msrp/message.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { header } from '../codec/sip/headers.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import { placeOf } from '../conversation/envelope.ts';
import { uriKey } from '../conversation/sessions.ts';
import type { Address } from '../net/network.ts';
import type { End, Flow } from '../packets/flow.ts';
import { Call, contactPlace, opposite, otherSide, type Side } from './call.ts';
import { DisjointSets } from './disjoint-sets.ts';
import type { CaptureItem } from './item.ts';
import { type NamedFlow, namedFlow, ROOM_ACTOR } from './named-flow.ts';
import { FlowSigns, switchPlaces } from './unsignalled.ts';

/** A SIP user agent that is a participant of a room: an address of record at a place, or whom a recording names. */
export interface Participant {
  readonly key: string;
  /** Unique in its gathering. */
  name: string;
  /** Undefined where no signalling shows it. */
  readonly identity: string | undefined;
  /** Where it is told to be: host and port of its Contact, or its end of the flow. */
  readonly place: string;
  gathering: string;
  /** What the focus has of it, a proxy may have written. */
  behindProxy?: true;
}

/** One room, or several that have a participant in common: what is judged as one conversation. */
export interface Gathering {
  readonly key: string;
  readonly name: string;
  readonly rooms: readonly string[];
  readonly participants: readonly Participant[];
  /** How the focus shows that it is one. */
  readonly shownBy: readonly string[];
  readonly focusAt: readonly string[];
  /** Identities that were in the room when the capture began, or whose calls it has no beginning of. */
  readonly earlier: readonly string[];
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** It comes from a recording that has all that it says it has, and none of its flows has a gap. */
  readonly isWhole: boolean;
  readonly basis: Basis;
}

/** What it is judged by: all that the rules look at, or messages whose session nobody has seen agreed, of one connection. */
export type Basis =
  | { readonly kind: 'signalling' }
  /** At the other end of the participant is the switch, or somebody of whom that is not known. */
  | { readonly kind: 'messages'; readonly peer: 'switch' | Participant };

/** How the messages of a flow are told apart. */
export interface FlowParties {
  readonly flow: Flow;
  readonly named: NamedFlow | undefined;
  readonly focusEnd: End | undefined;
  readonly participants: readonly Participant[];
  /** Whatever its messages say, they are all of the only participant. */
  readonly isOfOne: boolean;
}

export interface Parties {
  readonly gatherings: readonly Gathering[];
  readonly flows: ReadonlyMap<number, FlowParties>;
  readonly calls: ReadonlyMap<string, CallParties>;
  /** Participants by the MSRP URIs of their own, and by those that the focus gave them. */
  readonly ownUris: ReadonlyMap<string, Participant>;
  readonly focusUris: ReadonlyMap<string, Participant>;
  /** MSRP calls to whom nothing shows to be a chat room. */
  readonly otherCalls: readonly string[];
  /** When the first was left out of what there was too much of, in milliseconds since 1970. */
  readonly forgottenSince?: number;
  readonly counts: { readonly flows: number; readonly sip: number; readonly msrp: number; readonly calls: number };
}

export interface CallParties {
  readonly call: Call;
  readonly participant: Participant;
  readonly focusSide: Side;
  /** The place that stands for all names of the room. */
  readonly room: string;
  /** Flows of the call that lie before a proxy, seen from the focus. */
  readonly far: ReadonlySet<number>;
}

export interface DiscoveryOptions {
  /** Who is at this address is a focus, whatever it shows. */
  readonly focus?: Address;
  /** How much is kept of who is who; what comes beyond it is forgotten, and what rests on it is open. */
  readonly most?: MostKept;
}

export interface MostKept {
  readonly calls: number;
  readonly flows: number;
  /** MSRP URIs on all flows. */
  readonly uris: number;
}

/** Some hundreds of MB at worst. */
const MOST_KEPT: MostKept = { calls: 50_000, flows: 100_000, uris: 1_000_000 };

interface FlowSeen {
  readonly flow: Flow;
  readonly named: NamedFlow | undefined;
  /** Of the actor of a named flow: in which of several conversations that were recorded one after the other. */
  readonly part: number;
  readonly calls: Set<Call>;
  /** The last URIs of From-Path and To-Path that each end wrote. */
  readonly from: Record<End, Set<string>>;
  readonly to: Record<End, Set<string>>;
  readonly signs: FlowSigns;
  firstFrame: number;
  lastFrame: number;
  isWhole: boolean;
  protocol: 'sip' | 'msrp' | undefined;
}

/** More than so many URIs on one connection are made up. */
const URIS_OF_A_FLOW = 10_000;

/** Finds out who is who: takes what a capture holds, once through, and concludes. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #most: MostKept;
  readonly #calls = new Map<string, Call>();
  readonly #flows = new Map<number, FlowSeen>();
  /** Of a recording: the connections of the present part, with the port of the actor. */
  readonly #introduced = new Map<string, number>();
  #part = 0;
  /** As the recording numbers them. */
  #conversation = 1;
  #sip = 0;
  #msrp = 0;
  #uris = 0;
  #forgottenSince: number | undefined;

  constructor(options: DiscoveryOptions = {}) {
    this.#options = options;
    this.#most = options.most ?? MOST_KEPT;
  }

  observe(item: CaptureItem): void {
    const seen = this.#flow(item);
    if (seen === undefined) {
      this.#forget(item);
      return;
    }
    seen.lastFrame = item.frames.at(-1) ?? seen.lastFrame;
    switch (item.type) {
      case 'joined':
      case 'gap':
        seen.isWhole = false;
        return;
      case 'message':
        seen.protocol ??= item.content.protocol;
        if (item.content.protocol === 'sip') {
          this.#sip += 1;
          const callId = header(item.content.message, 'Call-ID');
          if (callId === undefined) return;
          const call = this.#call(callId);
          if (call === undefined) {
            this.#forget(item);
            return;
          }
          if (call.observe(item.content.message, item.flow.id, item.from) !== undefined) seen.calls.add(call);
        } else {
          this.#msrp += 1;
          if (this.#uris >= this.#most.uris) this.#forget(item);
          else this.#uris += noteMsrp(seen, item.content.message, item.from);
        }
        return;
      case 'opened':
      case 'closed':
      case 'unreadable':
        return;
    }
  }

  /** `isWhole`: of the capture nothing is missing, as it says itself. */
  conclude(isWhole: boolean): Parties {
    const since = this.#forgottenSince;
    const conclusion = new Conclusion(
      this.#options,
      [...this.#calls.values()],
      this.#flows,
      isWhole && since === undefined,
    );
    const parties = conclusion.parties({
      sip: this.#sip,
      msrp: this.#msrp,
      flows: this.#flows.size,
      calls: this.#calls.size,
    });
    return since === undefined ? parties : { ...parties, forgottenSince: since };
  }

  #forget({ time }: CaptureItem): void {
    this.#forgottenSince ??= time;
  }

  #call(callId: string): Call | undefined {
    const known = this.#calls.get(callId);
    if (known !== undefined || this.#calls.size >= this.#most.calls) return known;
    const call = new Call(callId);
    this.#calls.set(callId, call);
    return call;
  }

  #flow({ flow, frames }: CaptureItem): FlowSeen | undefined {
    const known = this.#flows.get(flow.id);
    if (known !== undefined || this.#flows.size >= this.#most.flows) return known;
    const named = namedFlow(flow);
    const seen: FlowSeen = {
      flow,
      named,
      part: named === undefined ? 0 : this.#partOf(named, flow),
      calls: new Set(),
      from: { opener: new Set(), other: new Set() },
      to: { opener: new Set(), other: new Set() },
      signs: new FlowSigns(),
      firstFrame: frames[0] ?? 0,
      lastFrame: frames.at(-1) ?? 0,
      isWhole: true,
      protocol: undefined,
    };
    this.#flows.set(flow.id, seen);
    return seen;
  }

  /** In one conversation every connection has a name of its own; where one comes again, another conversation begins. */
  #partOf({ connection, actorEnd, conversation }: NamedFlow, flow: Flow): number {
    const { port } = addressAt(flow, actorEnd);
    const known = this.#introduced.get(connection);
    // One socket for datagrams makes a flow with each whom it speaks with.
    const comesAgain = known !== undefined && !(flow.transport === 'udp' && known === port);
    if (comesAgain || conversation !== this.#conversation) {
      this.#part += 1;
      this.#introduced.clear();
      this.#conversation = conversation;
    }
    this.#introduced.set(connection, port);
    return this.#part;
  }
}

/** Returns how many URIs are new. */
function noteMsrp(seen: FlowSeen, message: MsrpMessage, from: End): number {
  const count = (): number => seen.to[from].size + seen.from[from].size;
  const before = count();
  const [to, source] = ['To-Path', 'From-Path'].map((name) => splitPath(headerOf(message, name) ?? '').at(-1));
  if (to !== undefined && seen.to[from].size < URIS_OF_A_FLOW) seen.to[from].add(uriKey(to));
  if (source !== undefined && seen.from[from].size < URIS_OF_A_FLOW) seen.from[from].add(uriKey(source));
  seen.signs.note(message, from);
  return count() - before;
}

/** What a focus is known by, the strongest first. */
type Sign = 'isfocus in Contact' | 'a=chatroom in an answer' | 'conference events' | 'named by --focus' | 'a recording';

class Conclusion {
  readonly #options: DiscoveryOptions;
  readonly #isWhole: boolean;
  readonly #calls: readonly Call[];
  readonly #flows: ReadonlyMap<number, FlowSeen>;
  readonly #flowsOf = new Map<Call, FlowSeen[]>();
  /** By place. */
  readonly #rooms = new Map<string, Set<Sign>>();
  /** Of each room the name that stands for all of its names. */
  readonly #known = new Set<string>();
  readonly #byContact = new Map<string, Set<string>>();
  /** Rooms under several names. */
  readonly #alias = new DisjointSets();
  /** What is judged together. */
  readonly #together = new DisjointSets();
  readonly #participants = new Map<string, Participant>();
  readonly #callParties = new Map<string, CallParties>();
  readonly #otherCalls: string[] = [];
  /** MSRP URIs of calls to whom nothing shows to be a chat room. */
  readonly #otherUris = new Set<string>();
  readonly #unsignalled: FlowSeen[] = [];
  readonly #earlier = new Map<string, Set<string>>();

  constructor(
    options: DiscoveryOptions,
    calls: readonly Call[],
    flows: ReadonlyMap<number, FlowSeen>,
    isWhole: boolean,
  ) {
    this.#isWhole = isWhole;
    this.#options = options;
    this.#calls = calls;
    this.#flows = flows;
    for (const seen of flows.values()) {
      for (const call of seen.calls) {
        const list = this.#flowsOf.get(call);
        if (list === undefined) this.#flowsOf.set(call, [seen]);
        else list.push(seen);
      }
    }
  }

  parties(counts: Parties['counts']): Parties {
    for (const call of this.#calls) this.#findRoom(call);
    for (const place of this.#rooms.keys()) this.#known.add(this.#alias.find(place));
    for (const call of this.#calls) this.#enter(call);
    this.#joinActors();
    const ownUris = new Map<string, Participant>();
    const focusUris = new Map<string, Participant>();
    for (const { call, participant, focusSide } of this.#callParties.values()) {
      for (const uri of call.of(otherSide(focusSide)).msrp) ownUris.set(uriKey(uri), participant);
      for (const uri of call.of(focusSide).msrp) focusUris.set(uriKey(uri), participant);
    }
    for (const [uri] of ownUris) focusUris.delete(uri);
    const flows = new Map<number, FlowParties>();
    for (const seen of this.#flows.values()) flows.set(seen.flow.id, this.#flowParties(seen, ownUris, focusUris));
    const gatherings = [...this.#gatherings(flows), ...this.#connections(flows)];
    return {
      gatherings,
      flows,
      calls: this.#callParties,
      ownUris,
      focusUris,
      otherCalls: this.#otherCalls,
      counts,
    };
  }

  /** Which side of a call shows itself as the focus. */
  #signs(call: Call): ReadonlyMap<Side, Sign> {
    const signs = new Map<Side, Sign>();
    for (const side of ['called', 'caller'] as const) {
      const seen = call.of(side);
      if (seen.isfocus) signs.set(side, 'isfocus in Contact');
      else if (seen.chatroom === 'answered') signs.set(side, 'a=chatroom in an answer');
      else if ((seen.notifies && call.method !== 'NOTIFY') || (call.of(otherSide(side)).subscribes && call.accepted))
        signs.set(side, 'conference events');
      else if (this.#isNamed(call, side)) signs.set(side, 'named by --focus');
      else if (this.#isOfRecording(call, side)) signs.set(side, 'a recording');
    }
    return signs;
  }

  #isNamed(call: Call, side: Side): boolean {
    const { focus } = this.#options;
    if (focus === undefined) return false;
    return (this.#flowsOf.get(call) ?? []).some((seen) => {
      const end = endOf(call, seen, side);
      return end !== undefined && isSame(addressAt(seen.flow, end), focus);
    });
  }

  /** A recording is of the actors; who is at the other end is whom they speak with: the focus, or behind one the client. */
  #isOfRecording(call: Call, side: Side): boolean {
    if (!/^(?:INVITE|SUBSCRIBE|REFER|OPTIONS)$/.test(call.method)) return false;
    return (this.#flowsOf.get(call) ?? []).some(({ named, flow }) => {
      if (named === undefined || !isActors(named)) return false;
      return call.callerEnd.get(flow.id) === (side === 'caller' ? opposite(named.actorEnd) : named.actorEnd);
    });
  }

  #focusSide(call: Call): Side | undefined {
    const signs = this.#signs(call);
    if (signs.size === 1) return signs.has('called') ? 'called' : 'caller';
    if (signs.size === 0) return undefined;
    for (const sign of ORDER) {
      const sides = (['called', 'caller'] as const).filter((side) => signs.get(side) === sign);
      if (sides.length === 1) return sides[0];
      if (sides.length === 2) return 'called';
    }
    return undefined;
  }

  #findRoom(call: Call): void {
    if (!call.begun) return;
    const side = this.#focusSide(call);
    if (side === undefined) return;
    const sign = this.#signs(call).get(side);
    const places = roomPlaces(call, side);
    const [first] = places;
    if (first === undefined || sign === undefined) return;
    for (const place of places) this.#alias.join(first, place);
    const known = this.#rooms.get(first) ?? new Set<Sign>();
    this.#rooms.set(first, known.add(sign));
    for (const contact of call.of(side).contacts) {
      const place = placeOf(contact);
      this.#byContact.set(place, (this.#byContact.get(place) ?? new Set()).add(first));
    }
  }

  /** The room that one side of a call is, by what it is called, or by the Contact that one focus alone has given. */
  #roomAt(call: Call, side: Side): string | undefined {
    const places = [...roomPlaces(call, side), ...[...call.of(side).uris].map(placeOf)];
    const known = places.map((place) => this.#alias.find(place)).find((place) => this.#known.has(place));
    if (known !== undefined) return known;
    for (const place of places) {
      const rooms = new Set([...(this.#byContact.get(place) ?? [])].map((one) => this.#alias.find(one)));
      const [only] = rooms;
      if (rooms.size === 1) return only;
    }
    return undefined;
  }

  #enter(call: Call): void {
    const side =
      this.#focusSide(call) ?? (['called', 'caller'] as const).find((one) => this.#roomAt(call, one) !== undefined);
    const room = side === undefined ? undefined : this.#roomAt(call, side);
    if (side === undefined || room === undefined) {
      if (call.begun) for (const uri of [...call.caller.msrp, ...call.called.msrp]) this.#otherUris.add(uriKey(uri));
      if (call.method === 'INVITE' && call.caller.msrp.size > 0 && this.#otherCalls.length < AS_MANY_OTHERS)
        this.#otherCalls.push(call.target);
      return;
    }
    const client = call.of(otherSide(side));
    const [identity] = client.uris;
    const flows = this.#flowsOf.get(call) ?? [];
    const named = flows.find((seen) => seen.named !== undefined && isActors(seen.named));
    if (!call.begun && named === undefined) {
      this.#earlier.set(room, (this.#earlier.get(room) ?? new Set()).add(identity ?? 'somebody'));
      return;
    }
    const participant =
      named?.named === undefined
        ? this.#participant(
            identity ?? 'nobody',
            client.instance ?? contactPlace(client) ?? placeIn(call, flows, otherSide(side)),
            identity,
          )
        : this.#actor(named, named.named, identity);
    // What was recorded one after the other stays apart, be it in one room.
    if (flows.every((seen) => seen.named === undefined))
      this.#together.join(`room ${room}`, `participant ${participant.key}`);
    const far = call.farFrom(side);
    if (far.size > 0) participant.behindProxy = true;
    this.#callParties.set(call.callId, { call, participant, focusSide: side, room, far });
  }

  /** The actors of one recorded conversation belong together, whatever rooms they are in. */
  #joinActors(): void {
    for (const seen of this.#flows.values()) {
      const { named, part } = seen;
      if (named === undefined) continue;
      const conversation = `part ${part}`;
      if (named.actor !== ROOM_ACTOR)
        this.#together.join(conversation, `participant ${this.#actor(seen, named, undefined).key}`);
      for (const call of seen.calls) {
        const parties = this.#callParties.get(call.callId);
        if (parties !== undefined) this.#together.join(conversation, `participant ${parties.participant.key}`);
      }
    }
  }

  #participant(who: string, place: string, identity: string | undefined): Participant {
    const key = `${placeOf(who)} at ${place}`;
    const known = this.#participants.get(key);
    if (known !== undefined) return known;
    const name = nameOf(who);
    const participant: Participant = { key, name, identity, place, gathering: '' };
    this.#participants.set(key, participant);
    return participant;
  }

  #actor({ flow, part }: FlowSeen, { actor, actorEnd }: NamedFlow, identity: string | undefined): Participant {
    const key = `${actor} of part ${part}`;
    const known = this.#participants.get(key);
    if (known !== undefined) return known;
    const place = addressText(addressAt(flow, actorEnd));
    const participant: Participant = { key, name: actor, identity, place, gathering: '' };
    this.#participants.set(key, participant);
    return participant;
  }

  #flowParties(
    seen: FlowSeen,
    ownUris: ReadonlyMap<string, Participant>,
    focusUris: ReadonlyMap<string, Participant>,
  ): FlowParties {
    const { flow, named } = seen;
    if (named !== undefined && isActors(named)) {
      return {
        flow,
        named,
        focusEnd: opposite(named.actorEnd),
        participants: [this.#actor(seen, named, undefined)],
        isOfOne: true,
      };
    }
    const votes = { opener: 0, other: 0 };
    const found = new Set<Participant>();
    for (const call of seen.calls) {
      const parties = this.#callParties.get(call.callId);
      const callerEnd = call.callerEnd.get(flow.id);
      if (parties === undefined || callerEnd === undefined || parties.far.has(flow.id)) continue;
      votes[parties.focusSide === 'caller' ? callerEnd : opposite(callerEnd)] += 1;
      found.add(parties.participant);
    }
    for (const end of ['opener', 'other'] as const) {
      for (const uri of seen.from[end]) {
        if (ownUris.has(uri)) votes[opposite(end)] += 2;
        else if (focusUris.has(uri)) votes[end] += 2;
      }
      for (const uri of [...seen.from[end], ...seen.to[end]]) {
        const participant = ownUris.get(uri) ?? focusUris.get(uri);
        if (participant !== undefined) found.add(participant);
      }
    }
    if (found.size === 0 && this.#isUnsignalled(seen)) this.#unsignalled.push(seen);
    const byVotes = votes.opener === votes.other ? undefined : votes.opener > votes.other ? 'opener' : 'other';
    const focusEnd = named?.actorEnd ?? byVotes;
    return { flow, named, focusEnd, participants: [...found], isOfOne: false };
  }

  /** MSRP that belongs to no call of the capture. */
  #isUnsignalled({ named, protocol, from, to }: FlowSeen): boolean {
    if (named !== undefined || protocol !== 'msrp') return false;
    const uris = [from.opener, from.other, to.opener, to.other].flatMap((set) => [...set]);
    return !uris.some((uri) => this.#otherUris.has(uri));
  }

  /** Each connection without signalling by itself. */
  *#connections(flows: Map<number, FlowParties>): Generator<Gathering> {
    const { focus } = this.#options;
    const placeAt = (flow: Flow, end: End): string => addressText(addressAt(flow, end));
    const switches = switchPlaces(this.#unsignalled, placeAt, focus === undefined ? undefined : addressText(focus));
    for (const { flow, signs, firstFrame, lastFrame } of this.#unsignalled) {
      const ends = (['opener', 'other'] as const).filter((end) => switches.has(placeAt(flow, end)));
      const [only, ...others] = ends;
      const isClear = only !== undefined && others.length === 0;
      const focusEnd = isClear ? only : 'other';
      const at = placeAt(flow, focusEnd);
      const gathering = `flow ${flow.id}`;
      const partyAt = (end: End): Participant => {
        const place = placeAt(flow, end);
        return { key: `${place} of ${gathering}`, name: place, identity: signs.writerAt(end), place, gathering };
      };
      const participants = [partyAt(opposite(focusEnd))];
      flows.set(flow.id, { flow, named: undefined, focusEnd, participants, isOfOne: true });
      const by = switches.get(at);
      yield {
        key: gathering,
        name: at,
        rooms: [],
        participants,
        shownBy: isClear && by !== undefined ? [by] : [],
        focusAt: isClear ? [at] : [],
        earlier: [],
        firstFrame,
        lastFrame,
        isWhole: false,
        basis: { kind: 'messages', peer: isClear ? 'switch' : partyAt(focusEnd) },
      };
    }
  }

  #gatherings(flows: ReadonlyMap<number, FlowParties>): Gathering[] {
    const roots = new Map<string, { rooms: Set<string>; participants: Participant[] }>();
    for (const participant of this.#participants.values()) {
      const root = this.#together.find(`participant ${participant.key}`);
      participant.gathering = root;
      const known = roots.get(root) ?? { rooms: new Set(), participants: [] };
      roots.set(root, known);
      known.participants.push(participant);
    }
    for (const { participant, room } of this.#callParties.values()) roots.get(participant.gathering)?.rooms.add(room);
    const flowsOf = new Map<string, Set<FlowParties>>();
    for (const one of flows.values()) {
      for (const { gathering } of one.participants)
        flowsOf.set(gathering, (flowsOf.get(gathering) ?? new Set()).add(one));
    }
    const signsOf = new Map<string, Set<Sign>>();
    for (const [place, signs] of this.#rooms) {
      const room = this.#alias.find(place);
      const known = signsOf.get(room) ?? new Set<Sign>();
      signsOf.set(room, known);
      for (const sign of signs) known.add(sign);
    }
    return [...roots].map(([key, { rooms: names, participants }]) => {
      const rooms = [...names];
      const signs = new Set(rooms.flatMap((room) => [...(signsOf.get(room) ?? [])]));
      const earlier = rooms.flatMap((room) => [...(this.#earlier.get(room) ?? [])]);
      nameApart(participants);
      const own = [...(flowsOf.get(key) ?? [])];
      const seen = own.flatMap(({ flow }) => this.#flows.get(flow.id) ?? []);
      const at = own.flatMap(({ flow, focusEnd }) =>
        focusEnd === undefined ? [] : [addressText(addressAt(flow, focusEnd))],
      );
      return {
        key,
        name: rooms[0] ?? key,
        rooms,
        participants,
        shownBy: ORDER.filter((sign) => signs.has(sign)),
        focusAt: [...new Set(at)],
        earlier: [...new Set(earlier)],
        firstFrame: Math.min(...seen.map(({ firstFrame }) => firstFrame)),
        lastFrame: Math.max(0, ...seen.map(({ lastFrame }) => lastFrame)),
        isWhole: this.#isWhole && seen.every(({ isWhole, named }) => isWhole && named !== undefined),
        basis: { kind: 'signalling' },
      };
    });
  }
}

const AS_MANY_OTHERS = 100;

/** The actor of a recording is a participant. */
const isActors = ({ actor }: NamedFlow): boolean => actor !== ROOM_ACTOR;

const ORDER: readonly Sign[] = [
  'named by --focus',
  'isfocus in Contact',
  'conference events',
  'a=chatroom in an answer',
  'a recording',
];

/** What the focus side of a call is called: the Request-URI, or the Contact of a focus that calls. */
function roomPlaces(call: Call, side: Side): string[] {
  if (side === 'called') return call.begun ? [placeOf(call.target)] : [];
  return [...call.caller.uris, ...call.caller.contacts].map(placeOf);
}

const endOf = (call: Call, { flow }: FlowSeen, side: Side): End | undefined => {
  const end = call.callerEnd.get(flow.id);
  return end === undefined || side === 'caller' ? end : opposite(end);
};

function placeIn(call: Call, flows: readonly FlowSeen[], side: Side): string {
  const [seen] = flows;
  const end = seen === undefined ? undefined : endOf(call, seen, side);
  return seen === undefined || end === undefined ? 'nowhere' : addressText(addressAt(seen.flow, end));
}

export const addressAt = (flow: Flow, end: End): Address => (end === 'opener' ? flow.opener : flow.other);

export const addressText = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const isSame = (a: Address, b: Address): boolean => a.host === b.host && a.port === b.port;

/** The user part, as far as it makes a name. */
function nameOf(uri: string): string {
  const parsed = parseSipUri(uri);
  const name = (parsed.ok ? (parsed.value.user ?? parsed.value.host) : uri).replace(/[^\p{L}\p{N}_.+-]/gu, '');
  return name === '' || name === ROOM_ACTOR ? 'participant' : name.slice(0, 40);
}

function nameApart(participants: readonly Participant[]): void {
  const taken = new Set<string>();
  for (const one of participants) {
    const base = one.name;
    for (let count = 2; taken.has(one.name); count += 1) one.name = `${base}(${count})`;
    taken.add(one.name);
  }
}
