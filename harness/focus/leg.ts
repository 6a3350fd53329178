import type { MsrpHeader } from '../codec/msrp/message.ts';
import type { SessionDescription } from '../codec/sdp/description.ts';
import { newOrigin, nextOrigin, type Origin } from '../codec/sdp/origin.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { answerSetup } from '../codec/sdp/setup-roles.ts';
import type { MsrpEndpoint } from '../msrp/endpoint.ts';
import type { IncomingRequest, RequestSink } from '../msrp/incoming.ts';
import { reportHead } from '../msrp/reports.ts';
import type { MsrpSession } from '../msrp/session.ts';
import type { PeerCheck } from '../net/network.ts';
import type { Call } from '../sip/call.ts';
import type { IncomingInvite } from '../sip/incoming-invite.ts';
import type { Decisions } from './decisions.ts';
import {
  type ChosenStream,
  endpointMedia,
  judgeDescription,
  type OwnMedia,
  type Scheme,
  writeAnswer,
  writeOffer,
} from './offer-answer.ts';
import type { CopyEffect, ReportEffect, RoomEvent } from './room-events.ts';
import type { RoomPolicy, SessionId } from './room-state.ts';

/** What the legs of one focus share. */
export interface LegPlatform {
  readonly endpoint: MsrpEndpoint;
  /** Host in c= and o= lines. */
  readonly host: string;
  readonly schemes: ReadonlySet<Scheme>;
  readonly fingerprint: string | undefined;
  readonly decide: Decisions;
}

export interface LegOwner {
  readonly policy: RoomPolicy;
  event(event: RoomEvent): void;
  /** A participant that was slow takes octets again. */
  drained(): void;
}

/** One participant's way into the room: a SIP dialog and the MSRP session that belongs to it (RFC 7701 §4). */
export class Leg {
  readonly id: SessionId;
  readonly call: Call;
  readonly #platform: LegPlatform;
  readonly #owner: LegOwner;
  readonly #requests = new Map<string, IncomingRequest>();
  #msrp: MsrpSession | undefined;
  /** Has been told where its peer is. */
  #linked: MsrpSession | undefined;
  #peerPath = '';
  #origin: Origin;
  #lastBody = '';
  #requestCount = 0;
  #slow = false;

  constructor(id: SessionId, call: Call, originId: bigint, platform: LegPlatform, owner: LegOwner) {
    this.id = id;
    this.call = call;
    this.#platform = platform;
    this.#owner = owner;
    this.#origin = newOrigin({ username: '-', sessionId: originId, address: platform.host });
  }

  /** True while more octets wait for the participant than the policy allows, or than it takes. */
  get slow(): boolean {
    return this.#msrp?.standing.kind === 'bound' && this.#msrp.congested;
  }

  /** Judges the offer of a first INVITE. Undefined: it came without one. A number: SIP status of the refusal. */
  read(
    invite: IncomingInvite,
  ): { readonly offer: SessionDescription; readonly stream: ChosenStream } | number | undefined {
    if (invite.request.body.length === 0) return undefined;
    const offer = parseSdp(invite.request.body.toString());
    const judged = this.#judge(offer);
    if (judged.kind !== 'accepted') return judged.kind === 'refused' ? judged.status : 488;
    return { offer, stream: judged.stream };
  }

  /** The 2xx with our answer; the peer may be quicker with MSRP than the 2xx with it. */
  accept(invite: IncomingInvite, offer: SessionDescription, stream: ChosenStream): void {
    const own = this.#open(stream.scheme, answerSetup(stream.media.setup, 'passive'));
    this.#send(invite, (origin) => this.#answer(offer, stream, own, origin));
    this.#link(stream, own.setup === 'active');
  }

  /** The 2xx to an INVITE without offer brings ours. `answered` gets what the ACK brings (RFC 3261 §13.2.2.4). */
  offer(invite: IncomingInvite, answered: (stream: ChosenStream | undefined) => void): void {
    const scheme = this.#preferredScheme();
    const own = this.#msrp === undefined ? this.#open(scheme, 'actpass') : this.#present(this.#msrp, 'actpass');
    this.#send(invite, (origin) => writeOffer(own, origin, this.#owner.policy, this.#platform.decide));
    void invite.acknowledged.then((outcome) => {
      if (outcome.kind !== 'acknowledged') return;
      const judged = this.#judge(parseSdp(outcome.ack.body.toString()));
      answered(judged.kind === 'accepted' ? judged.stream : undefined);
    });
  }

  /** Takes the answer to an offer of ours: we connect unless the peer says that it does (RFC 6135 §4.2). */
  complete(stream: ChosenStream): void {
    const { path, setup } = stream.media;
    if (this.#linked !== this.#msrp || this.#peerPath !== path.join(' ')) this.#link(stream, setup !== 'active');
  }

  /** A re-INVITE: refreshes, changes or gives up the stream (RFC 7701 §8, RFC 4975 §5.4). */
  renegotiate(invite: IncomingInvite): void {
    if (invite.request.body.length === 0) {
      this.offer(invite, (stream) => {
        if (stream === undefined) {
          void this.call.bye();
          return;
        }
        this.complete(stream);
        this.#owner.event({ type: 'media-changed', session: this.id, media: endpointMedia(stream.media) });
      });
      return;
    }
    const offer = parseSdp(invite.request.body.toString());
    const judged = this.#judge(offer);
    switch (judged.kind) {
      case 'refused':
        invite.reject(judged.status);
        return;
      case 'no-stream':
        this.#send(invite, (origin) => this.#answer(offer, undefined, undefined, origin));
        this.#owner.event({ type: 'media-changed', session: this.id, media: undefined });
        return;
      case 'accepted': {
        const { stream } = judged;
        const setup = answerSetup(stream.media.setup, 'passive');
        const kept = this.#kept(stream);
        if (kept === undefined) {
          this.#owner.event({ type: 'media-lost', session: this.id });
          this.release();
        }
        const own = kept === undefined ? this.#open(stream.scheme, setup) : this.#present(kept, setup);
        this.#send(invite, (origin) => this.#answer(offer, stream, own, origin));
        if (kept === undefined) this.#link(stream, setup === 'active');
        this.#owner.event({ type: 'media-changed', session: this.id, media: endpointMedia(stream.media) });
      }
    }
  }

  respond(request: string, status: number, comment: string): void {
    this.#requests.get(request)?.respond(status, comment);
    this.#requests.delete(request);
  }

  /** `sender`: From-Path of the message, for decisions that would use it. */
  copy(effect: CopyEffect, sender: string | undefined): void {
    const msrp = this.#msrp;
    if (msrp === undefined) return;
    const range = {
      start: BigInt(effect.at + 1),
      total: effect.total === undefined ? ('*' as const) : BigInt(effect.total),
    };
    const fromPath = this.#platform.decide.copyFromPath(msrp.path, sender);
    if (fromPath !== msrp.path) {
      sendAs(msrp, fromPath, effect, range);
      return;
    }
    const forwarding = msrp.forward({
      messageId: effect.copyId,
      range,
      contentType: effect.contentType,
      body: effect.octets,
      flag: effect.flag,
      settled: (outcome) => {
        if (outcome.kind !== 'response' || outcome.response.status < 300) return;
        const { status } = outcome.response;
        this.#owner.event({ type: 'copy-answered', session: this.id, copyId: effect.copyId, status });
      },
    });
    // The copy has a hole: nothing more of it may follow.
    if (forwarding === 'refused' && effect.flag === '+')
      this.#owner.event({ type: 'copy-answered', session: this.id, copyId: effect.copyId, status: 413 });
    const bound = msrp.standing.kind === 'bound';
    if (bound && !this.#slow && msrp.queued > this.#owner.policy.congestionOctets) this.#setSlow(true);
  }

  report(effect: ReportEffect): void {
    const { messageId, range, status, toPath, body } = effect;
    const report = {
      messageId,
      range: { start: BigInt(range.start), end: BigInt(range.end), total: BigInt(range.total) },
      status,
    };
    if (body === undefined) {
      this.#msrp?.report(toPath, report);
      return;
    }
    const headers = reportHead('', toPath, '', report, [{ name: 'Content-Type', value: 'message/cpim' }]).headers.slice(
      2,
    );
    this.#msrp?.sendRequest({ method: 'REPORT', headers, body, toPath, silence: 'none' });
  }

  release(): void {
    const msrp = this.#msrp;
    this.#msrp = undefined;
    this.#requests.clear();
    this.#slow = false;
    msrp?.close();
  }

  #judge(description: SessionDescription): ReturnType<typeof judgeDescription> {
    const { schemes, decide } = this.#platform;
    return judgeDescription(description, this.#owner.policy, schemes, decide);
  }

  #answer(
    offer: SessionDescription,
    stream: ChosenStream | undefined,
    own: OwnMedia | undefined,
    origin: Origin,
  ): string {
    return writeAnswer(offer, stream, own, origin, this.#owner.policy, this.#platform.decide);
  }

  #preferredScheme(): Scheme {
    const { schemes } = this.#platform;
    const secure = this.#owner.policy.mediaTransport === 'tls-only' || !schemes.has('msrp');
    return secure && schemes.has('msrps') ? 'msrps' : 'msrp';
  }

  /** The session goes on when neither its path nor its transport changes (RFC 4975 §5.4). */
  #kept(stream: ChosenStream): MsrpSession | undefined {
    const msrp = this.#msrp;
    const same = this.#peerPath === stream.media.path.join(' ') && msrp?.uri.scheme === stream.scheme;
    return same && msrp?.standing.kind !== 'ended' ? msrp : undefined;
  }

  #open(scheme: Scheme, setup: OwnMedia['setup']): OwnMedia {
    const msrp: MsrpSession = this.#platform.endpoint.createSession(
      {
        request: (request) => (this.#msrp === msrp ? this.#take(request) : undefined),
        report: ({ head, report }) => {
          if (report === undefined) return;
          const { messageId: copyId, status } = report;
          this.#owner.event({ type: 'report-received', session: this.id, copyId, status, head });
        },
        drained: () => {
          this.#setSlow(false);
          this.#owner.drained();
        },
        failed: () => {
          if (this.#msrp === msrp) this.#owner.event({ type: 'media-lost', session: this.id });
        },
      },
      { scheme },
    );
    this.#msrp = msrp;
    return this.#present(msrp, setup);
  }

  #present(msrp: MsrpSession, setup: OwnMedia['setup']): OwnMedia {
    const { scheme, port = 9 } = msrp.uri;
    const { host, fingerprint } = this.#platform;
    return { host, port, path: msrp.path, scheme, fingerprint, setup };
  }

  #link({ media }: ChosenStream, active: boolean): void {
    const { path, fingerprints } = media;
    this.#linked = this.#msrp;
    this.#peerPath = path.join(' ');
    if (!active) {
      this.#msrp?.accept(path);
      return;
    }
    const peer: PeerCheck =
      fingerprints.length > 0 ? { kind: 'fingerprint', accepted: fingerprints } : { kind: 'certificate-authority' };
    void this.#msrp?.connect({ peerPath: path, security: { kind: 'tls', peer } });
  }

  /** The o= line counts up whenever the rest changes, and only then (RFC 3264 §8). */
  #send(invite: IncomingInvite, write: (origin: Origin) => string): void {
    const repeated = write(this.#origin);
    if (this.#lastBody !== '' && repeated !== this.#lastBody) this.#origin = nextOrigin(this.#origin);
    this.#lastBody = write(this.#origin);
    const contactParameters = this.#platform.decide.contactParameters();
    invite.accept({ body: this.#lastBody, contentType: 'application/sdp', contactParameters });
  }

  #take(request: IncomingRequest): RequestSink | undefined {
    const { head, hasBody, method } = request;
    if (method !== 'SEND' && method !== 'NICKNAME') {
      return { body: () => undefined, end: () => request.respond(501, 'Method unknown'), cut: () => undefined };
    }
    const id = `${this.id}.${++this.#requestCount}`;
    this.#requests.set(id, request);
    const event = (given: RoomEvent): void => this.#owner.event(given);
    const session = this.id;
    const forget = (): void => void this.#requests.delete(id);
    if (method === 'NICKNAME') {
      const end = (): void => {
        event({ type: 'nickname', session, request: id, head });
        forget();
      };
      return { body: () => undefined, end, cut: forget };
    }
    event({ type: 'chunk-head', session, request: id, head, hasBody });
    return {
      // The view is the connection's; what may wait in the room has to be ours.
      body: (octets) => event({ type: 'chunk-data', session, octets: Buffer.from(octets) }),
      end: (flag) => {
        event({ type: 'chunk-end', session, flag });
        forget();
      },
      cut: forget,
    };
  }

  #setSlow(congested: boolean): void {
    if (this.#slow === congested) return;
    this.#slow = congested;
    this.#owner.event({ type: 'congestion', session: this.id, congested });
  }
}

/** A copy under a From-Path that is not ours: only a wrong decision asks for it. */
function sendAs(
  msrp: MsrpSession,
  fromPath: string,
  effect: CopyEffect,
  range: { readonly start: bigint; readonly total: bigint | '*' },
): void {
  const headers: MsrpHeader[] = [
    { name: 'Message-ID', value: effect.copyId },
    { name: 'Byte-Range', value: `${range.start}-*/${range.total}` },
    { name: 'Content-Type', value: effect.contentType },
  ];
  msrp.sendRequest({ method: 'SEND', headers, body: Buffer.concat(effect.octets), flag: effect.flag, fromPath });
}
