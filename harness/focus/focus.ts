import { headerValues } from '../codec/sip/headers.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import { MsrpEndpoint } from '../msrp/endpoint.ts';
import type { Clock } from '../net/clock.ts';
import type { Address, NetError, Network, TlsIdentity, Transport } from '../net/network.ts';
import { type Random, token } from '../net/random.ts';
import { err, ok, type Result } from '../result.ts';
import type { AgentOptions } from '../sip/agent-options.ts';
import { DigestGuard } from '../sip/digest-guard.ts';
import type { IncomingInvite } from '../sip/incoming-invite.ts';
import type { IncomingRefer } from '../sip/incoming-refer.ts';
import type { IncomingRequest } from '../sip/incoming-request.ts';
import type { IncomingSubscribe } from '../sip/incoming-subscribe.ts';
import type { TimerValues } from '../sip/timers.ts';
import { UserAgent } from '../sip/user-agent.ts';
import type { Decisions } from './decisions.ts';
import { HostedRoom, type RoomHost } from './hosted-room.ts';
import { Leg } from './leg.ts';
import type { Scheme } from './offer-answer.ts';
import { referenceDecisions } from './reference-decisions.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';
import { createRoom, type RoomPolicy, type RoomState, type SessionId } from './room-state.ts';

export interface FocusOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** Host part of the room URIs. */
  readonly domain: string;
  /** Host in Contact, Via and MSRP URIs where the listening address is a wildcard, and in SDP. */
  readonly host: string;
  readonly sip: AgentOptions['listen'];
  /** At least one; port 0: any free port. */
  readonly msrp: readonly { readonly scheme: Scheme; readonly address: Address }[];
  /** Needed for SIP or MSRP over TLS. */
  readonly tls?: TlsIdentity;
  readonly rooms: readonly { readonly name: string; readonly policy?: Partial<RoomPolicy> }[];
  /** Policy of a room that comes into being when somebody calls it and goes with the last participant; undefined: no such room. */
  readonly onDemand?: (name: string) => Partial<RoomPolicy> | undefined;
  /** Passwords by user name: requests are challenged (RFC 7701 §5.2). */
  readonly users?: Readonly<Record<string, string>>;
  readonly trustsAssertedIdentity?: boolean;
  /** Least time between two NOTIFYs to one subscriber; 5 s as RFC 4575 §3.10 recommends. */
  readonly rosterIntervalMs?: number;
  /** Octets that may wait for one participant before copies are given up. */
  readonly maxQueuedOctets?: number;
  readonly sipTimers?: TimerValues;
  readonly decisions?: Decisions;
  /** Sees every event of every room and what came of it. */
  readonly log?: (room: string, event: RoomEvent, effects: readonly RoomEffect[]) => void;
}

const METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'SUBSCRIBE', 'NOTIFY', 'REFER'];
const ROSTER_INTERVAL_MS = 5000;
const ROSTER_TYPES = ['application/conference-info+xml', 'application/*', '*/*'];
const ROOM_URI_SCHEME = /^sips?$/;

/** Opens a focus. Error: one of the addresses cannot be listened on. */
export async function startFocus(options: FocusOptions): Promise<Result<ReferenceFocus, NetError>> {
  const focus = new ReferenceFocus(options);
  const started = await focus.start();
  return started.ok ? ok(focus) : started;
}

/** The chat-room server of the suite: a SIP focus with its MSRP switch (RFC 7701), any number of rooms. */
export class ReferenceFocus {
  readonly #options: FocusOptions;
  readonly #decide: Decisions;
  readonly #endpoint: MsrpEndpoint;
  readonly #agent: UserAgent;
  readonly #rooms = new Map<string, HostedRoom>();
  readonly #fixed = new Set<string>();
  readonly #legs = new Map<SessionId, Leg>();
  readonly #msrpAddresses = new Map<Scheme, Address>();
  readonly #host: RoomHost;
  #legCount = 0;

  constructor(options: FocusOptions) {
    const { clock, random, network, host, domain, users, tls } = options;
    this.#options = options;
    this.#decide = options.decisions ?? referenceDecisions;
    const { maxQueuedOctets } = options;
    this.#endpoint = new MsrpEndpoint({
      clock,
      random,
      network,
      host,
      ...(maxQueuedOctets === undefined ? {} : { maxQueuedOctets }),
    });
    this.#agent = new UserAgent(
      {
        clock,
        random,
        network,
        host,
        uri: `sip:${domain}`,
        listen: options.sip,
        methods: METHODS,
        contentTypes: ['application/sdp'],
        packages: ['conference'],
        contactParameters: this.#decide.contactParameters(),
        product: 'msrpspec-focus',
        serves: (uri) => this.#roomName(uri) !== undefined,
        ...(tls === undefined ? {} : { tls: { identity: tls, peer: { kind: 'none' } } }),
        ...(options.sipTimers === undefined ? {} : { timers: options.sipTimers }),
        ...(users === undefined
          ? {}
          : {
              guard: new DigestGuard({ clock, random, realm: domain, passwordOf: (name) => passwordOf(users, name) }),
            }),
      },
      {
        invite: (invite) => this.#invite(invite),
        subscribe: (subscribe) => this.#subscribe(subscribe),
        refer: (refer) => this.#refer(refer),
        request: (incoming) => this.#other(incoming),
      },
    );
    this.#host = {
      clock,
      decide: this.#decide,
      rosterIntervalMs: options.rosterIntervalMs ?? ROSTER_INTERVAL_MS,
      leg: (session) => this.#legs.get(session),
      gone: (session) => void this.#legs.delete(session),
      neighbours: (room) => [...this.#rooms.values()].flatMap((other) => (other === room ? [] : [other.state])),
      deserted: (room) => {
        if (this.#fixed.has(room.name)) return;
        room.drop();
        if (this.#rooms.get(room.name) === room) this.#rooms.delete(room.name);
      },
      told: (room, event, effects) => options.log?.(room.name, event, effects),
    };
  }

  /** Listens. Error: one of the addresses cannot be had; nothing stays open then. */
  async start(): Promise<Result<void, NetError>> {
    const { msrp, tls, rooms } = this.#options;
    for (const { scheme, address } of msrp) {
      if (scheme === 'msrps' && tls === undefined) return err({ kind: 'tls', message: 'msrps needs a TLS identity' });
      const identity = tls === undefined ? {} : { identity: tls };
      const listening = await this.#endpoint.listen(
        address,
        scheme === 'msrps' ? { kind: 'tls', ...identity, peer: { kind: 'none' } } : { kind: 'plain' },
      );
      if (!listening.ok) return this.#abandon(listening.error);
      this.#msrpAddresses.set(scheme, listening.value);
    }
    const started = await this.#agent.start();
    if (!started.ok) return this.#abandon(started.error);
    for (const { name, policy } of rooms) this.createRoom(name, policy);
    return ok(undefined);
  }

  /** Ends without a word to the participants: no timer and no socket is left once it resolves. */
  async close(): Promise<void> {
    for (const room of this.#rooms.values()) room.drop();
    await Promise.all([this.#agent.close(), this.#endpoint.close()]);
    for (const room of this.#rooms.values()) room.drop();
  }

  /** Where SIP is listened on; undefined: not by this transport. */
  sipAddress(transport: Transport): Address | undefined {
    return this.#agent.address(transport);
  }

  /** Where MSRP is listened on; undefined: not by this scheme. */
  msrpAddress(scheme: Scheme): Address | undefined {
    return this.#msrpAddresses.get(scheme);
  }

  /** SIP URI of a room of this name, whether there is one or not. */
  roomUri(name: string): string {
    return `sip:${name}@${this.#options.domain}`;
  }

  /** The state of a room; undefined: there is none of this name. */
  room(name: string): RoomState | undefined {
    return this.#rooms.get(name)?.state;
  }

  /** A room that stays when the last participant has left. One that is there already keeps its policy. */
  createRoom(name: string, policy: Partial<RoomPolicy> = {}): void {
    this.#fixed.add(name);
    if (!this.#rooms.has(name)) this.#open(name, policy);
  }

  /** RFC 7701 §5.3: BYE to all, and a last word to the subscribers. */
  closeRoom(name: string): void {
    this.#fixed.delete(name);
    this.#rooms.get(name)?.event({ type: 'close' });
    this.#rooms.delete(name);
  }

  #open(name: string, policy: Partial<RoomPolicy>): HostedRoom {
    const aliases = this.#aliases(name);
    const state = createRoom({ uri: this.roomUri(name), aliases, policy, idPrefix: token(this.#options.random, 8) });
    const room = new HostedRoom(name, state, this.#host);
    this.#rooms.set(name, room);
    return room;
  }

  /** Further URIs under which the room may have been called: by host, by address, and as our Contact gives it (RFC 4579 §4.3). */
  #aliases(name: string): readonly string[] {
    const transports = (['udp', 'tcp', 'tls'] as const).flatMap((transport) => {
      const address = this.#agent.address(transport);
      if (address === undefined) return [];
      const contact = parseNameAddress(this.#agent.core.contact(name, [], { transport, address }, this.roomUri(name)));
      return contact.ok ? [contact.value.uri, contact.value.uri.replace(/;.*$/, '')] : [];
    });
    return [...new Set([...this.#ownHosts().map((host) => `sip:${name}@${uriHost(host)}`), ...transports])];
  }

  /** The room that a Request-URI names, existing or possible. */
  #roomName(uri: string): string | undefined {
    const parsed = parseSipUri(uri);
    if (!parsed.ok || !ROOM_URI_SCHEME.test(parsed.value.scheme)) return undefined;
    const { user, host } = parsed.value;
    if (!this.#ownHost(host)) return undefined;
    // OPTIONS may ask the server itself.
    if (user === undefined) return '';
    if (this.#rooms.has(user)) return user;
    return this.#options.onDemand?.(user) === undefined ? undefined : user;
  }

  #ownHost(host: string): boolean {
    const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
    return this.#ownHosts().some((own) => own.toLowerCase() === bare);
  }

  #ownHosts(): readonly string[] {
    const { domain, host, sip } = this.#options;
    return [domain, host, ...sip.map(({ address }) => address.host)];
  }

  #roomAt(uri: string): HostedRoom | undefined {
    const name = this.#roomName(uri);
    if (name === undefined || name === '') return undefined;
    return this.#rooms.get(name) ?? this.#open(name, this.#options.onDemand?.(name) ?? {});
  }

  #invite(invite: IncomingInvite): void {
    const room = this.#roomAt(invite.request.uri);
    if (room === undefined) {
      invite.reject(404);
      return;
    }
    const { random, host, domain, trustsAssertedIdentity = false, tls } = this.#options;
    const id = `s${++this.#legCount}`;
    const platform = {
      endpoint: this.#endpoint,
      host,
      schemes: new Set(this.#msrpAddresses.keys()),
      fingerprint: tls?.fingerprint,
      decide: this.#decide,
    };
    const owner = {
      policy: room.policy,
      event: (event: RoomEvent): void => room.event(event),
      drained: (): void => room.drained(),
    };
    const originId = BigInt(random.integer(2 ** 31)) + 1n;
    const leg = new Leg(id, invite.call, originId, platform, owner);
    this.#legs.set(id, leg);
    const trust = { domain, assertedIdentity: trustsAssertedIdentity };
    room.invite(invite, leg, this.#decide.identify(invite.request, trust, invite.incoming.username));
  }

  #subscribe(subscribe: IncomingSubscribe): void {
    const room = this.#roomAt(subscribe.request.uri);
    const accepted = headerValues(subscribe.request, 'accept').map((value) =>
      value.split(';', 1)[0]?.trim().toLowerCase(),
    );
    const fits = accepted.length === 0 || accepted.some((type) => ROSTER_TYPES.includes(type ?? ''));
    if (room === undefined) subscribe.reject(404);
    else if (!fits) subscribe.reject(406);
    else room.subscribe(subscribe);
  }

  /** Inviting and removing others needs rights that no policy here grants (RFC 4579 §5.5, §5.11). */
  #refer(refer: IncomingRefer): void {
    const status = this.#decide.referStatus();
    if (status >= 300) refer.reject(status);
    else void refer.accept({ status })?.report(603);
  }

  #other(incoming: IncomingRequest): void {
    if (incoming.request.method !== 'OPTIONS') {
      incoming.respond(501);
      return;
    }
    const parameters = this.#decide.contactParameters();
    incoming.respond(200, {}, [['Contact', incoming.contact(parameters)], ...incoming.core.optionsHeaders]);
  }

  async #abandon<T>(error: NetError): Promise<Result<T, NetError>> {
    await this.close();
    return err(error);
  }
}

const uriHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function passwordOf(users: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(users, name) ? users[name] : undefined;
}
