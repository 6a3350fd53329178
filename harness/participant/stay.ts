import type { MsrpMediaDescription } from '../codec/sdp/description.ts';
import { newOrigin, nextOrigin, type Origin } from '../codec/sdp/origin.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { answerSetup } from '../codec/sdp/setup-roles.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { MsrpEndpoint, SessionOptions } from '../msrp/endpoint.ts';
import type { Clock } from '../net/clock.ts';
import type { PeerCheck, Security, TlsIdentity } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import type { Call, CallEnd } from '../sip/call.ts';
import type { HeaderList, MessageOptions } from '../sip/compose.ts';
import type { IncomingInvite } from '../sip/incoming-invite.ts';
import type { AckChoice, InviteOutcome, OutgoingInvite } from '../sip/outgoing-invite.ts';
import type { UserAgent } from '../sip/user-agent.ts';
import { type ArrivedMessage, ChatSession, type SendAnswer } from './chat-session.ts';
import { describedIn, msrpMediaOf, type OwnEnd, refusesAll, writeAnswer, writeOffer } from './description.ts';
import type { MediaProfile } from './media.ts';
import type { JoinOutcome, SipOutcome } from './outcome.ts';
import { within } from './patience.ts';
import { sipOutcome } from './sip-outcome.ts';

/** What a stay needs of its participant. */
export interface Surroundings {
  readonly agent: UserAgent;
  readonly endpoint: MsrpEndpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: string;
  readonly answerMs: number;
  readonly tls:
    | {
        readonly identity: TlsIdentity;
        readonly peer: PeerCheck;
        /** The one way to judge the peer, whatever it signals. */
        readonly only: PeerCheck | undefined;
      }
    | undefined;
  /** Adds what each request of this participant bears to the headers a caller gives. */
  headers(given: HeaderList): HeaderList;
  sendAnswer(): SendAnswer;
  arrived(message: ArrivedMessage): void;
  /** The stay is over, or has lost its MSRP session, by no wish of the participant. */
  ended(ending: Ending): void;
}

/** What the peer or the network has ended. */
export type Ending =
  | { readonly kind: 'bye'; readonly request: SipRequest }
  /** The focus does not know the dialog any more, or does not answer in it. */
  | { readonly kind: 'dialog-lost' }
  | { readonly kind: 'session-lost'; readonly reason: string };

export interface JoinOptions {
  /** Instead of what the participant says otherwise. */
  readonly media?: MediaProfile;
  /** URI to invite instead of the room. */
  readonly to?: string;
  readonly headers?: HeaderList;
  /** A whole session description instead of the generated one, be it offer or answer. */
  readonly sdp?: string | ((own: OwnEnd) => string);
  /** `false`: neither connects nor waits for a connection. */
  readonly bind?: false;
  /** `never`: the 2xx is not acknowledged. */
  readonly ack?: 'never';
  /** `late`: the INVITE has none, the 2xx brings that of the focus, and the ACK the answer (RFC 3261 §13.2.1). */
  readonly offer?: 'late';
}

/** The own end of an MSRP session, and its session description. */
export interface OwnOffer {
  readonly own: OwnEnd;
  readonly text: string;
}

/** `a=setup:active` goes with the discard port, in m= line and path alike (RFC 6135 §4.2.1). */
const DISCARD_PORT = 9;
const SDP = 'application/sdp';

/** One stay in a room, from INVITE to BYE: the dialog, the descriptions, the MSRP session. */
export class Stay {
  readonly #surroundings: Surroundings;
  #chat: ChatSession;
  #media: MediaProfile;
  #origin: Origin;
  #call: Call | undefined;
  #response: SipResponse | undefined;
  #answer: MsrpMediaDescription | undefined;
  #entered = false;
  #leaving = false;

  constructor(surroundings: Surroundings, media: MediaProfile) {
    const { random, host } = surroundings;
    this.#surroundings = surroundings;
    this.#media = media;
    this.#chat = this.#newChat(media);
    const sessionId = random.bytes(4).readUInt32BE();
    this.#origin = newOrigin({ username: '-', sessionId: BigInt(sessionId), address: host });
  }

  get call(): Call | undefined {
    return this.#call;
  }

  get chat(): ChatSession {
    return this.#chat;
  }

  /** The last 2xx to an INVITE of ours. */
  get response(): SipResponse | undefined {
    return this.#response;
  }

  /** What it says of the MSRP stream. */
  get answer(): MsrpMediaDescription | undefined {
    return this.#answer;
  }

  /** Nothing is left to end. */
  get over(): boolean {
    return this.#leaving || (this.#call !== undefined && this.#call.end !== undefined);
  }

  /** How a TLS peer of this stay is judged. */
  get security(): Security | undefined {
    return this.#answer === undefined ? undefined : this.#security(this.#answer);
  }

  get joined(): boolean {
    return this.#call !== undefined && this.#call.end === undefined && !this.#leaving && this.#chat.bound;
  }

  /** What our end is, and the description of it that an offer would have now: the very same where nothing has changed. */
  get ownOffer(): OwnOffer {
    const own = this.#ownEnd(this.#chat);
    return { own, text: writeOffer(this.#origin, own, this.#media) };
  }

  /** INVITE, ACK, MSRP connection, first SEND (RFC 7701 §5.2, RFC 4975 §5.4). */
  async join(room: string, options: JoinOptions): Promise<JoinOutcome> {
    const { agent } = this.#surroundings;
    const own = this.#ownEnd(this.#chat);
    const body =
      typeof options.sdp === 'function'
        ? options.sdp(own)
        : (options.sdp ?? writeOffer(this.#origin, own, this.#media));
    this.#chat.described = msrpMediaOf(parseSdp(body));
    const late = options.offer === 'late';
    const invite = agent.invite({
      ...(late
        ? this.#lateOptions(this.#chat, this.#media, options.headers ?? [], options.sdp)
        : this.#inviteOptions(body, options.headers ?? [])),
      to: options.to ?? room,
      ...(options.ack === undefined ? {} : { ack: 'withheld' }),
    });
    const outcome = await this.#finalOf(invite);
    if (outcome === undefined) {
      // A call that comes of it all the same is ended (RFC 3261 §15).
      void invite.outcome.then((late) => {
        if (late.kind === 'accepted' && late.call.end === undefined) void late.call.bye();
      });
    }
    if (outcome?.kind === 'accepted') {
      const bind = options.bind === false ? 'not' : late ? 'answerer' : 'offerer';
      return this.#enter(outcome.call, outcome.response, bind);
    }
    this.#chat.close();
    const told = sipOutcome(outcome, this.#surroundings.answerMs);
    return told.kind === 'answered' ? { ...told, kind: 'refused' } : { kind: 'unanswered', reason: told.reason };
  }

  /** re-INVITE; a session that was lost is made anew (RFC 3261 §14.1, RFC 4975 §8.4). */
  async renegotiate(media: MediaProfile, offer?: 'late'): Promise<SipOutcome> {
    const call = this.#call;
    if (call === undefined) return { kind: 'unanswered', reason: 'there is no dialog' };
    const chat = this.#chat.ended ? this.#newChat(media) : this.#chat;
    const before = chat.described;
    this.#origin = nextOrigin(this.#origin);
    const body = writeOffer(this.#origin, this.#ownEnd(chat), media);
    if (offer === undefined) chat.described = msrpMediaOf(parseSdp(body));
    const options = offer === 'late' ? this.#lateOptions(chat, media, []) : this.#inviteOptions(body, []);
    const outcome = await this.#finalOf(call.invite(options));
    if (outcome?.kind === 'accepted')
      await this.#adopt(chat, media, outcome.response, offer === 'late' ? 'answerer' : 'offerer');
    else {
      chat.described = before;
      if (chat !== this.#chat) chat.close();
    }
    return sipOutcome(outcome, this.#surroundings.answerMs);
  }

  /** BYE, then the MSRP session goes (RFC 4975 §5.4). */
  async leave(patienceMs: number): Promise<SipOutcome> {
    const { clock, headers } = this.#surroundings;
    const call = this.#call;
    this.#leaving = true;
    if (call === undefined) {
      this.#chat.close();
      return { kind: 'unanswered', reason: 'there is no dialog' };
    }
    const outcome = await within(clock, patienceMs, call.bye({ headers: headers([]) }));
    this.#chat.close();
    return sipOutcome(outcome, patienceMs);
  }

  /** A lost connection is no news from now on. */
  quiet(): void {
    this.#leaving = true;
  }

  async #enter(call: Call, response: SipResponse, bind: 'offerer' | 'answerer' | 'not'): Promise<JoinOutcome> {
    this.#call = call;
    this.#response = response;
    call.onEnded = (end, bye) => this.#callEnded(end, bye);
    call.onInvite = (invite) => this.#answerOffer(invite);
    const answer = describedIn(response);
    this.#answer = answer;
    if (answer?.port === 0 || refusesAll(response)) return this.#withdraw({ kind: 'stream-refused', response });
    if (answer === undefined)
      return this.#withdraw({
        kind: 'not-bound',
        response,
        cause: 'description',
        reason: 'no MSRP stream in the answer',
      });
    if (bind === 'not') return { kind: 'joined', response, answer };
    const failure = await this.#chat.bind(answer, this.#security(answer), bind);
    if (failure !== undefined) return this.#withdraw({ kind: 'not-bound', response, ...failure });
    this.#entered = true;
    return { kind: 'joined', response, answer };
  }

  /** A dialog that is of no use is ended (RFC 3261 §13.2.2.4). */
  async #withdraw(outcome: JoinOutcome): Promise<JoinOutcome> {
    if (this.#call?.end === undefined) await this.leave(this.#surroundings.answerMs);
    else this.#chat.close();
    return outcome;
  }

  async #adopt(
    chat: ChatSession,
    media: MediaProfile,
    response: SipResponse,
    own: 'offerer' | 'answerer',
  ): Promise<void> {
    const answer = describedIn(response);
    this.#media = media;
    this.#response = response;
    this.#answer = answer;
    if (answer === undefined || answer.port === 0) return;
    const moved = chat.bound && answer.path.join(' ') !== chat.msrp.peerPath;
    if (chat === this.#chat && !moved) return;
    this.#chat = moved ? this.#newChatInPlaceOf(chat, media) : chat;
    await this.#chat.bind(answer, this.#security(answer), own);
  }

  /** The offer comes with the 2xx and is answered in the ACK; without one the ACK is empty. */
  #lateOptions(
    chat: ChatSession,
    media: MediaProfile,
    given: HeaderList,
    sdp?: JoinOptions['sdp'],
  ): { ack: AckChoice; headers: HeaderList } {
    const ack = (response: SipResponse): MessageOptions => {
      const offer = parseSdp(response.body.toString('utf8'));
      const offered = msrpMediaOf(offer);
      if (offered === undefined) return {};
      const own = this.#ownEnd(chat);
      const wish = media.setup === 'passive' ? 'passive' : 'active';
      const silent = offered.setup === undefined || media.setup === undefined;
      const setup = silent ? undefined : answerSetup(offered.setup, wish);
      const written = typeof sdp === 'function' ? sdp(own) : sdp;
      const body = written ?? writeAnswer(this.#origin, own, media, offer, setup);
      chat.described = msrpMediaOf(parseSdp(body));
      return { body, contentType: SDP };
    };
    return { ack, headers: this.#surroundings.headers(given) };
  }

  /** The focus may change the session; our end stays as it is, and a new path of the focus is refused. */
  #answerOffer(invite: IncomingInvite): void {
    const { body } = invite.request;
    this.#origin = nextOrigin(this.#origin);
    const own = this.#ownEnd(this.#chat);
    if (body.length === 0) {
      invite.accept({ body: writeOffer(this.#origin, own, this.#media), contentType: SDP });
      return;
    }
    const offer = parseSdp(body.toString('utf8'));
    const offered = msrpMediaOf(offer);
    if (offered === undefined || (offered.port !== 0 && offered.path.join(' ') !== this.#answer?.path.join(' '))) {
      invite.reject(488);
      return;
    }
    const setup = offered.setup === undefined ? undefined : answerSetup(offered.setup, 'passive');
    this.#answer = offered;
    invite.accept({ body: writeAnswer(this.#origin, own, this.#media, offer, setup), contentType: SDP });
  }

  #callEnded(end: CallEnd, bye: SipRequest | undefined): void {
    const wanted = this.#leaving;
    this.#leaving = true;
    if (end !== 'by-us') this.#chat.close();
    if (wanted) return;
    if (end === 'by-peer' && bye !== undefined) this.#surroundings.ended({ kind: 'bye', request: bye });
    else if (end === 'lost') this.#surroundings.ended({ kind: 'dialog-lost' });
  }

  /** With another path of the peer the session is another one, though our URI is the same (RFC 4975 §5.4). */
  #newChatInPlaceOf(chat: ChatSession, media: MediaProfile): ChatSession {
    const { port } = chat;
    const { sessionId } = chat.msrp.uri;
    chat.close();
    const next = this.#newChat(media, { port, ...(sessionId === undefined ? {} : { sessionId }) });
    next.described = chat.described;
    return next;
  }

  #newChat(media: MediaProfile, place: Pick<SessionOptions, 'port' | 'sessionId'> = {}): ChatSession {
    const { endpoint, clock, tls, sendAnswer, arrived, ended } = this.#surroundings;
    return new ChatSession(
      endpoint,
      clock,
      {
        scheme: tls === undefined ? 'msrp' : 'msrps',
        ...(media.setup === 'active' ? { port: DISCARD_PORT } : {}),
        ...place,
        ...(media.maxSize === undefined ? {} : { maxSize: media.maxSize }),
      },
      {
        sendAnswer,
        arrived,
        failed: (reason) => {
          if (this.#entered && !this.#leaving) ended({ kind: 'session-lost', reason });
        },
      },
    );
  }

  #ownEnd(chat: ChatSession): OwnEnd {
    const { host, tls } = this.#surroundings;
    const end = { path: chat.msrp.path, host, port: chat.port };
    return tls === undefined ? end : { ...end, fingerprint: tls.identity.fingerprint };
  }

  /** A fingerprint in the answer settles who the peer is (RFC 4975 §14.4). */
  #security(answer: MsrpMediaDescription): Security | undefined {
    const { tls } = this.#surroundings;
    if (tls === undefined) return undefined;
    const accepted = answer.fingerprints;
    const peer = tls.only ?? (accepted.length > 0 ? ({ kind: 'fingerprint', accepted } as const) : tls.peer);
    return { kind: 'tls', identity: tls.identity, peer };
  }

  #inviteOptions(body: string, given: HeaderList): { body: string; contentType: string; headers: HeaderList } {
    return { body, contentType: SDP, headers: this.#surroundings.headers(given) };
  }

  /** Undefined: nothing final in time, and the INVITE is being cancelled. */
  async #finalOf(invite: OutgoingInvite): Promise<InviteOutcome | undefined> {
    const { clock, answerMs } = this.#surroundings;
    const outcome = await within(clock, answerMs, invite.outcome);
    if (outcome === undefined) void invite.cancel();
    return outcome;
  }
}
