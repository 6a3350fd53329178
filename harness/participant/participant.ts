import type { Roster } from '../codec/conference/apply.ts';
import type { MsrpMediaDescription } from '../codec/sdp/description.ts';
import type { SipResponse } from '../codec/sip/message.ts';
import type { MsrpEndpoint } from '../msrp/endpoint.ts';
import type { MsrpSession } from '../msrp/session.ts';
import type { NetError, Transport } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';
import type { HeaderList } from '../sip/compose.ts';
import type { Dialog } from '../sip/dialog.ts';
import { type Carrier, strayCarrier } from './carrier.ts';
import type { ArrivedMessage, SendAnswer } from './chat-session.ts';
import type { MediaProfile } from './media.ts';
import type { ParticipantOptions } from './options.ts';
import type { JoinOutcome, SipOutcome } from './outcome.ts';
import { within } from './patience.ts';
import { RosterWatch } from './roster-watch.ts';
import { openSipLine, type SipLine } from './sip-line.ts';
import { sipOutcome } from './sip-outcome.ts';
import { type SipRequestOptions, sendSip } from './sip-request.ts';
import { type Hooks, NOTHING_TO_SHARE, type Open, openSockets } from './sockets.ts';
import { Speaker } from './speaker.ts';
import { type Ending, type JoinOptions, type OwnOffer, Stay, type Surroundings } from './stay.ts';

export interface SubscribeWishes {
  readonly headers?: HeaderList;
  /** Seconds. */
  readonly expires?: number;
  /** Instead of the room. */
  readonly to?: string;
  /** Lets the subscription run out. */
  readonly refresh?: 'never';
}

/** What SIP written by hand can refer to. */
export interface HandMadeSip {
  /** Value of Contact. */
  readonly contact: string;
  readonly offer: OwnOffer;
  readonly dialog?: Pick<Dialog, 'state' | 'nextCSeq'>;
}

/** How long a participant that is closed waits for answers to its farewells. */
const FAREWELL_MS = 3_000;

/** A simulated chat client: SIP user agent and MSRP endpoint, driven step by step. No method ever rejects. */
export class Participant extends Speaker {
  /** A complete message has arrived, of whatever type. */
  onMessage: ((message: ArrivedMessage) => void) | undefined;
  onRoster: ((roster: Roster | undefined) => void) | undefined;
  /** The stay, or its MSRP session, was ended by the peer or the network. */
  onEnded: ((ending: Ending) => void) | undefined;
  readonly #options: ParticipantOptions;
  readonly #hooks: Hooks = {
    sendAnswer: () => this.#sendAnswer,
    arrived: (message) => this.onMessage?.(message),
    ended: (ending) => this.onEnded?.(ending),
  };
  #starting: Promise<Result<Open, NetError>> | undefined;
  #open: Open | undefined;
  #closing: Promise<void> | undefined;
  readonly #vanishing: Promise<void>[] = [];
  #sendAnswer: SendAnswer = 200;
  #notifyAnswer: number | 'silence' = 200;
  #stalled = false;
  #stay: Stay | undefined;
  #watch: RosterWatch | undefined;
  /** Stays and subscriptions that later ones have taken the place of, and that are not over. */
  readonly #earlierStays = new Set<Stay>();
  readonly #earlierWatches = new Set<RosterWatch>();
  readonly #lines: SipLine[] = [];

  constructor(options: ParticipantOptions) {
    super(options.random, options.host, options.room, options.anonymousUri ?? options.uri);
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** What the last 2xx to an INVITE or re-INVITE says of the MSRP stream. */
  get answer(): MsrpMediaDescription | undefined {
    return this.#stay?.answer;
  }

  /** The last 2xx to an INVITE or re-INVITE. */
  get response(): SipResponse | undefined {
    return this.#stay?.response;
  }

  /** What the other end of the MSRP connection has shown in the TLS handshake, in DER. */
  get peerCertificate(): Buffer | undefined {
    const standing = this.#stay?.chat.msrp.standing;
    return standing?.kind === 'bound' ? standing.connection.stream.peerCertificate : undefined;
  }

  /** For a participant that shares it; undefined when it is not started. */
  get endpoint(): MsrpEndpoint | undefined {
    return this.#open?.endpoint;
  }

  /** Opens the sockets; nothing stays open after an error. */
  async start(): Promise<Result<void, NetError>> {
    const opened = await this.#opened();
    return opened.ok ? ok(undefined) : opened;
  }

  /** INVITE, ACK, MSRP connection, first SEND. After `vanish` the participant starts anew. */
  async join(options: JoinOptions = {}): Promise<JoinOutcome> {
    const opened = await this.#opened();
    if (!opened.ok) return { kind: 'unanswered', reason: opened.error.message };
    if (this.#stay?.over === false) this.#earlierStays.add(this.#stay);
    const stay = new Stay(opened.value.surroundings, options.media ?? this.#options.media);
    this.#stay = stay;
    if (this.#stalled) stay.chat.stall();
    const outcome = await stay.join(this.room, options);
    this.#noteSession(stay);
    return outcome;
  }

  /** BYE. The answer is waited for as long as `answerMs` says. */
  leave(): Promise<SipOutcome> {
    if (this.#open === undefined || this.#stay === undefined) return Promise.resolve(NO_DIALOG);
    return this.#stay.leave(this.#options.answerMs);
  }

  /** Inside a dialog, with an MSRP session. */
  isJoined(): boolean {
    return this.#open !== undefined && this.#stay?.joined === true;
  }

  /** Tokens of a=chatroom in the last answer; absent: no attribute. */
  chatroomTokensOfRoom(): readonly string[] | undefined {
    return this.answer?.chatroom;
  }

  /** re-INVITE; a lost MSRP session is made anew by it. */
  async renegotiate(media: MediaProfile, offer?: 'late'): Promise<SipOutcome> {
    const stay = this.#stay;
    if (this.#open === undefined || stay === undefined) return NO_DIALOG;
    const opened = await this.#opened();
    if (!opened.ok) return { kind: 'unanswered', reason: opened.error.message };
    const outcome = await stay.renegotiate(media, offer);
    if (this.#stalled) stay.chat.stall();
    this.#noteSession(stay);
    return outcome;
  }

  /** Subscribes to the conference package (RFC 4575 §3). An earlier subscription lasts until the participant is closed. */
  async subscribe({ headers = [], expires, to, refresh }: SubscribeWishes = {}): Promise<SipOutcome> {
    const opened = await this.#opened();
    if (!opened.ok) return { kind: 'unanswered', reason: opened.error.message };
    const { agent, surroundings } = opened.value;
    if (this.#watch?.subscription.end === undefined && this.#watch !== undefined) this.#earlierWatches.add(this.#watch);
    const watch = new RosterWatch(
      agent,
      {
        to: to ?? this.room,
        headers: surroundings.headers(headers),
        ...(expires === undefined ? {} : { expires }),
        ...(refresh === undefined ? {} : { refresh }),
      },
      { changed: (roster) => this.onRoster?.(roster), notifyAnswer: () => this.#notifyAnswer },
    );
    this.#watch = watch;
    return this.#inTime(watch.subscription.outcome);
  }

  /** SUBSCRIBE with Expires 0 (RFC 6665 §4.1.2.3). */
  unsubscribe(): Promise<SipOutcome> {
    const watch = this.#watch;
    if (watch === undefined) return Promise.resolve({ kind: 'unanswered', reason: 'there is no subscription' });
    return this.#inTime(watch.subscription.unsubscribe());
  }

  isSubscribed(): boolean {
    return this.#watch !== undefined && this.#watch.subscription.end === undefined;
  }

  /** What the current subscription has shown, by the text of RFC 4575 §4.4. */
  roster(): Roster | undefined {
    return this.#watch?.roster;
  }

  /** A SIP request of any method. A call that comes of it is ended again. */
  async sipRequest(options: SipRequestOptions): Promise<SipOutcome> {
    const opened = await this.#opened();
    if (!opened.ok) return { kind: 'unanswered', reason: opened.error.message };
    const { agent, surroundings } = opened.value;
    const call = options.inDialog === true ? this.#stay?.call : undefined;
    if (options.inDialog === true && call === undefined) return NO_DIALOG;
    const headers = surroundings.headers(options.headers ?? []);
    return this.#inTime(sendSip(agent, call, this.room, { ...options, headers }));
  }

  /** A way of its own to the SIP port, for octets written by hand. It is closed with the participant. */
  async sipLine(transport: Transport = this.#options.sip.transport): Promise<Result<SipLine, NetError>> {
    const opened = await this.#opened();
    if (!opened.ok) return opened;
    const line = await openSipLine(this.#options, transport);
    if (line.ok) this.#lines.push(line.value);
    return line;
  }

  /** What SIP written by hand refers to. `anew`: for an INVITE outside any dialog, with an end of an MSRP session that nobody uses. */
  handMade(where: 'anew' | 'in the dialog'): Result<HandMadeSip, string> {
    const open = this.#open;
    const stay = this.#stay;
    const { sip } = this.#options;
    const at = open?.agent.address(sip.transport);
    if (open === undefined || at === undefined) return err('the participant has not been started');
    const user = /^sips?:([^@]*)@/.exec(this.#options.uri)?.[1] ?? 'x';
    const host = at.host.includes(':') ? `[${at.host}]` : at.host;
    const contact = `<sip:${user}@${host}:${at.port};transport=${sip.transport}>`;
    if (where === 'anew') {
      const unused = new Stay(open.surroundings, this.#options.media);
      this.#earlierStays.add(unused);
      return ok({ contact, offer: unused.ownOffer });
    }
    const dialog = stay?.call?.dialog;
    if (stay === undefined || dialog === undefined) return err('there is no dialog');
    return ok({ contact, offer: stay.ownOffer, dialog });
  }

  /** REFER to the room, whose NOTIFYs are answered (RFC 3515 §2.4). `inside`: in the dialog of the stay. */
  async refer(referTo: string, where: 'inside' | 'outside'): Promise<SipOutcome> {
    const opened = await this.#opened();
    if (!opened.ok) return { kind: 'unanswered', reason: opened.error.message };
    const call = where === 'inside' ? this.#stay?.call : undefined;
    if (where === 'inside' && call === undefined) return NO_DIALOG;
    const { agent, surroundings } = opened.value;
    const headers = surroundings.headers([]);
    const inside = call === undefined ? {} : { inside: call };
    return this.#inTime(agent.refer({ to: this.room, referTo, headers, ...inside }).outcome);
  }

  /** Ends the MSRP connection: in order, or with RST. The dialog stays. */
  disconnect(how: 'end' | 'reset'): void {
    this.#stay?.chat.disconnect(how);
  }

  /** Stops reading its MSRP connection. */
  stall(): void {
    this.#stalled = true;
    this.#stay?.chat.stall();
  }

  /** Reads it again. */
  resume(): void {
    this.#stalled = false;
    this.#stay?.chat.resume();
  }

  /** How SENDs are answered from now on. With 200 also REPORTs are sent as asked for (RFC 4975 §7.1.3). */
  answerWith(answer: SendAnswer): void {
    this.#sendAnswer = answer;
  }

  /** How NOTIFYs are answered from now on. */
  answerNotifyWith(answer: number | 'silence'): void {
    this.#notifyAnswer = answer;
  }

  /** Drops dead: connections are cut with RST, nothing is said, nothing answered. */
  vanish(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#starting = undefined;
    const ownEndpoint = this.#options.sharesConnectionsWith === undefined;
    for (const stay of this.#stays()) {
      stay.quiet();
      stay.chat.disconnect('reset');
    }
    if (ownEndpoint) open.endpoint.abort();
    open.registration?.drop();
    open.agent.abort();
    this.#vanishing.push(open.agent.close());
    if (ownEndpoint) this.#vanishing.push(open.endpoint.close());
    this.#forget();
  }

  /** Says its farewells, unless it has vanished, and leaves no socket and no timer. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  protected override boundSession(): MsrpSession | undefined {
    const chat = this.#open === undefined ? undefined : this.#stay?.chat;
    return chat?.bound === true ? chat.msrp : undefined;
  }

  protected override async openFresh(peerPath: readonly string[], fromPath: string): Promise<Carrier | undefined> {
    const open = this.#open;
    if (open === undefined) return undefined;
    const security = this.#stay?.security;
    const stray = await open.endpoint.openStray(fromPath, {
      peerPath,
      ...(security === undefined ? {} : { security }),
    });
    return stray.ok ? strayCarrier(stray.value) : undefined;
  }

  async #close(): Promise<void> {
    for (const line of this.#lines) line.close();
    // A start under way has to come to its end before its sockets can be closed.
    await this.#starting;
    const open = this.#open;
    if (open !== undefined) {
      await Promise.all(this.#farewells(open.surroundings));
      if (open.registration !== undefined) await within(this.#options.clock, FAREWELL_MS, open.registration.end());
      await open.agent.close();
      for (const stay of this.#stays()) stay.chat.close();
      if (this.#options.sharesConnectionsWith === undefined) await open.endpoint.close();
      this.#open = undefined;
      this.#forget();
    }
    await Promise.all(this.#vanishing);
  }

  #farewells({ clock, headers }: Surroundings): Promise<unknown>[] {
    const watches = [...this.#earlierWatches, ...(this.#watch === undefined ? [] : [this.#watch])];
    const leaving = this.#stays().map((stay) => {
      // A connection that is not read cannot end in order.
      stay.chat.resume();
      return stay.over ? undefined : stay.leave(FAREWELL_MS);
    });
    const unsubscribing = watches.map(({ subscription }) =>
      subscription.end === undefined
        ? within(
            clock,
            FAREWELL_MS,
            // The last NOTIFY wants its answer (RFC 6665 §4.1.2.3).
            subscription.unsubscribe({ headers: headers([]) }).then(() => subscription.ended),
          )
        : undefined,
    );
    return [...leaving, ...unsubscribing].filter((farewell) => farewell !== undefined);
  }

  #stays(): Stay[] {
    return [...this.#earlierStays, ...(this.#stay === undefined ? [] : [this.#stay])];
  }

  #forget(): void {
    this.#earlierStays.clear();
    this.#earlierWatches.clear();
    this.#watch = undefined;
  }

  #noteSession(stay: Stay): void {
    const toPath = stay.answer?.path.join(' ');
    if (toPath !== undefined && toPath !== '') this.notePaths({ toPath, fromPath: stay.chat.msrp.path });
  }

  async #inTime(outcome: Parameters<typeof within<OutcomeOfSip>>[2]): Promise<SipOutcome> {
    const { clock, answerMs } = this.#options;
    return sipOutcome(await within(clock, answerMs, outcome), answerMs);
  }

  #opened(): Promise<Result<Open, NetError>> {
    if (this.#closing !== undefined)
      return Promise.resolve(err({ kind: 'other', message: 'the participant is closed' }));
    const lender = this.#options.sharesConnectionsWith;
    if (this.#open !== undefined && lender !== undefined && lender.endpoint !== this.#open.endpoint) {
      return Promise.resolve(err(NOTHING_TO_SHARE));
    }
    this.#starting ??= openSockets(this.#options, this.#hooks).then((opened) => {
      if (opened.ok) this.#open = opened.value;
      else this.#starting = undefined;
      return opened;
    });
    return this.#starting;
  }
}

type OutcomeOfSip = Exclude<Parameters<typeof sipOutcome>[0], undefined>;

const NO_DIALOG: SipOutcome = { kind: 'unanswered', reason: 'there is no dialog' };
