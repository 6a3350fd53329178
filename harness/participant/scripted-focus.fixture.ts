import { newOrigin } from '../codec/sdp/origin.ts';
import { answerSetup } from '../codec/sdp/setup-roles.ts';
import { writeMsrpMedia, writeSdp, writeSession } from '../codec/sdp/write.ts';
import { MsrpEndpoint } from '../msrp/endpoint.ts';
import type { IncomingRequest, RequestSink } from '../msrp/incoming.ts';
import { ACCEPT, type ReceivedMessage, Receiver } from '../msrp/receiver.ts';
import type { IncomingReport, MsrpSession } from '../msrp/session.ts';
import { delay } from '../net/clock.ts';
import { MemoryNetwork } from '../net/memory.ts';
import type { Network, Security, TlsIdentity } from '../net/network.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import type { Call } from '../sip/call.ts';
import type { IncomingInvite } from '../sip/incoming-invite.ts';
import type { IncomingSubscribe } from '../sip/incoming-subscribe.ts';
import type { Notifier } from '../sip/notifier.ts';
import { UserAgent } from '../sip/user-agent.ts';
import { describedIn } from './description.ts';
import { FULL_MEDIA } from './media.ts';
import type { ParticipantOptions } from './options.ts';
import { Participant } from './participant.ts';

const FOCUS = '192.0.2.1';
const ROOM = 'sip:room@example.org';

/** For tests: what a scripted focus does when it is asked. */
export interface Script {
  readonly invite: 'accept' | 'refuse' | 'refuse-stream' | 'no-description' | 'no-setup' | 'never';
  /** a=setup of answers where the offer leaves the choice. */
  readonly setup: 'active' | 'passive';
  /** Status of requests with this method or, for SEND, with a body; absent: 200. */
  readonly answers: ReadonlyMap<string, number | 'silence'>;
  /** The body of answers, instead of what the focus would say; `{path}` stands for its own path. */
  readonly body?: string;
  /** Answers a re-INVITE with another path than before. */
  readonly moves?: boolean;
}

/** For tests: one end of a participant's session at the scripted focus. */
export interface Seat {
  readonly session: MsrpSession;
  readonly call: Call;
  readonly messages: ReceivedMessage[];
  readonly requests: IncomingRequest[];
  readonly reports: IncomingReport[];
  readonly failures: string[];
  readonly ends: string[];
}

/** For tests: a focus that accepts everybody and does only what its script says. */
export class ScriptedFocus {
  readonly seats: Seat[] = [];
  readonly invites: IncomingInvite[] = [];
  readonly notifiers: Notifier[] = [];
  readonly subscribes: IncomingSubscribe[] = [];
  script: Script = { invite: 'accept', setup: 'passive', answers: new Map() };
  readonly endpoint: MsrpEndpoint;
  readonly agent: UserAgent;
  readonly #clock: SimulatedClock;
  readonly #identity: TlsIdentity | undefined;

  /** With an identity MSRP goes over TLS. */
  constructor(clock: SimulatedClock, network: Network, identity?: TlsIdentity) {
    this.#clock = clock;
    this.#identity = identity;
    const random = seededRandom('focus');
    this.endpoint = new MsrpEndpoint({ clock, random, network, host: FOCUS });
    this.agent = new UserAgent(
      {
        network,
        clock,
        random,
        host: FOCUS,
        uri: ROOM,
        listen: (['udp', 'tcp'] as const).map((transport) => ({ transport, address: { host: FOCUS, port: 5060 } })),
        contactParameters: ['isfocus'],
        packages: ['conference'],
      },
      {
        invite: (invite) => this.#invited(invite),
        subscribe: (subscribe) => {
          this.subscribes.push(subscribe);
          const notifier = subscribe.accept({ firstNotify: 'withheld' });
          if (notifier !== undefined) this.notifiers.push(notifier);
        },
      },
    );
  }

  async open(): Promise<void> {
    const opened = await this.agent.start();
    if (!opened.ok) throw new Error(opened.error.message);
    const identity = this.#identity;
    const security: Security =
      identity === undefined ? { kind: 'plain' } : { kind: 'tls', identity, peer: { kind: 'none' } };
    const listening = await this.endpoint.listen({ host: FOCUS, port: 2855 }, security);
    if (!listening.ok) throw new Error(listening.error.message);
  }

  async close(): Promise<void> {
    await this.agent.close();
    await this.endpoint.close();
  }

  /** The latest seat. */
  get seat(): Seat {
    const seat = this.seats.at(-1);
    if (seat === undefined) throw new Error('nobody has a seat');
    return seat;
  }

  notify(body: string): void {
    void this.notifiers.at(-1)?.notify({ content: { body, contentType: 'application/conference-info+xml' } });
  }

  #invited(invite: IncomingInvite): void {
    this.invites.push(invite);
    switch (this.script.invite) {
      case 'never':
        return;
      case 'refuse':
        invite.reject(403);
        return;
      case 'no-description':
        invite.accept();
        return;
      case 'refuse-stream':
      case 'no-setup':
      case 'accept':
        this.#seatAt(invite);
    }
  }

  #seatAt(invite: IncomingInvite): void {
    const seat = this.#newSeat(invite.call);
    const offer = describedIn(invite.request);
    const setup = answerSetup(offer?.setup, this.script.setup);
    const body = this.#description(seat, this.script.invite === 'refuse-stream' ? 0 : 2855, setup);
    invite.accept({ body, contentType: 'application/sdp' });
    if (this.script.invite === 'refuse-stream' || offer === undefined) return;
    this.seats.push(seat);
    if (setup === 'active') void seat.session.connect({ peerPath: offer.path });
    else seat.session.accept(offer.path);
    invite.call.onInvite = (again) => {
      this.invites.push(again);
      if (this.script.invite === 'refuse') again.reject(488);
      else this.#answerAgain(again, seat);
    };
    invite.call.onEnded = (end) => {
      seat.ends.push(end);
      seat.session.close();
    };
  }

  /** The same session where it lives, else a new one. */
  #answerAgain(again: IncomingInvite, before: Seat): void {
    const offer = describedIn(again.request);
    if (offer === undefined || (before.session.standing.kind !== 'ended' && this.script.moves !== true)) {
      again.accept({ body: this.#description(before, 2855, 'passive'), contentType: 'application/sdp' });
      return;
    }
    const seat = this.#newSeat(again.call);
    this.seats.push(seat);
    seat.session.accept(offer.path);
    again.accept({ body: this.#description(seat, 2855, 'passive'), contentType: 'application/sdp' });
  }

  #newSeat(call: Call): Seat {
    const messages: ReceivedMessage[] = [];
    const requests: IncomingRequest[] = [];
    const reports: IncomingReport[] = [];
    const failures: string[] = [];
    const receiver: Receiver = new Receiver(() => session, {
      clock: this.#clock,
      deliver: (message) => {
        messages.push(message);
        return ACCEPT;
      },
    });
    const session: MsrpSession = this.endpoint.createSession(
      {
        request: (request) => {
          requests.push(request);
          return this.#respond(request, receiver);
        },
        report: (report) => reports.push(report),
        failed: (reason) => failures.push(reason),
      },
      { scheme: this.#identity === undefined ? 'msrp' : 'msrps' },
    );
    return { session, call, messages, requests, reports, failures, ends: [] };
  }

  #respond(request: IncomingRequest, receiver: Receiver): RequestSink | undefined {
    const kind = request.method === 'SEND' && !request.hasBody ? 'ping' : request.method;
    const answer = this.script.answers.get(kind) ?? 200;
    if (answer === 'silence') return undefined;
    if (answer === 200 && request.method === 'SEND') return receiver.receive(request);
    request.respond(answer);
    return undefined;
  }

  #description({ session }: Seat, port: number, setup: 'active' | 'passive'): string {
    if (this.script.body !== undefined) return this.script.body.replaceAll('{path}', session.path);
    const identity = this.#identity;
    const origin = newOrigin({ username: '-', sessionId: 1n, address: FOCUS });
    return writeSdp({
      session: writeSession({ origin, connectionHost: FOCUS }),
      media: [
        writeMsrpMedia({
          port,
          protocol: identity === undefined ? 'TCP/MSRP' : 'TCP/TLS/MSRP',
          ...(identity === undefined ? {} : { fingerprints: [{ algorithm: 'sha-256', value: identity.fingerprint }] }),
          acceptTypes: ['message/cpim'],
          acceptWrappedTypes: ['*'],
          chatroom: ['nickname', 'private-messages'],
          path: [session.path],
          ...(this.script.invite === 'no-setup' ? {} : { setup }),
        }),
      ],
    });
  }
}

/** For tests: a scripted focus and participants in simulated time. */
export class FocusStage {
  readonly clock = new SimulatedClock();
  readonly network = new MemoryNetwork(this.clock, { latencyMs: 1 });
  readonly focus: ScriptedFocus;
  readonly participants: Participant[] = [];

  constructor(identity?: TlsIdentity) {
    this.focus = new ScriptedFocus(this.clock, this.network.host(FOCUS), identity);
  }

  /** Listens before it is handed over. */
  static async open(identity?: TlsIdentity): Promise<FocusStage> {
    const stage = new FocusStage(identity);
    await stage.clock.run(stage.focus.open());
    return stage;
  }

  participant(name: string, options: Partial<ParticipantOptions> = {}): Participant {
    const host = `192.0.2.${10 + this.participants.length}`;
    const participant = new Participant({
      name,
      uri: `sip:${name}@example.org`,
      network: this.network.host(host),
      clock: this.clock,
      random: seededRandom(name),
      host,
      sip: { transport: 'tcp', target: { host: FOCUS, port: 5060 } },
      room: ROOM,
      media: FULL_MEDIA,
      msrpSecurity: 'plain',
      answerMs: 32_000,
      ...options,
    });
    this.participants.push(participant);
    return participant;
  }

  /** A participant in the room, with its seat at the focus. */
  async joined(name: string, options: Partial<ParticipantOptions> = {}): Promise<[Participant, Seat]> {
    const participant = this.participant(name, options);
    const outcome = await this.clock.run(participant.join());
    if (outcome.kind !== 'joined') throw new Error(`${name} has not joined: ${outcome.kind}`);
    return [participant, this.focus.seat];
  }

  run<T>(until: Promise<T>): Promise<T> {
    return this.clock.run(until);
  }

  settle(ms = 100): Promise<void> {
    return this.clock.run(delay(this.clock, ms));
  }
}
