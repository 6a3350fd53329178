import type { SessionDescription } from '../codec/sdp/description.ts';
import { newOrigin, nextOrigin, type Origin } from '../codec/sdp/origin.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { answerSetup } from '../codec/sdp/setup-roles.ts';
import type { MsrpEndpoint } from '../msrp/endpoint.ts';
import type { MsrpSession } from '../msrp/session.ts';
import type { Call } from '../sip/call.ts';
import type { IncomingInvite } from '../sip/incoming-invite.ts';
import type { Decisions } from './decisions.ts';
import {
  type ChosenStream,
  endpointMedia,
  judgeDescription,
  type OwnMedia,
  type RefusedOffer,
  type Scheme,
  writeAnswer,
  writeOffer,
} from './offer-answer.ts';
import type { SessionId } from './room-state.ts';
import { type PortOwner, SwitchPort } from './switch-port.ts';

/** What the legs of one focus share. */
export interface LegPlatform {
  readonly endpoint: MsrpEndpoint;
  /** Host in c= and o= lines. */
  readonly host: string;
  readonly schemes: ReadonlySet<Scheme>;
  readonly fingerprint: string | undefined;
  readonly decide: Decisions;
}

/** One participant's way into the room: a SIP dialog and the MSRP session that belongs to it (RFC 7701 §4). */
export class Leg {
  readonly id: SessionId;
  readonly call: Call;
  readonly port: SwitchPort;
  readonly #platform: LegPlatform;
  readonly #owner: PortOwner;
  /** Has been told where its peer is. */
  #linked: MsrpSession | undefined;
  #peerPath = '';
  #origin: Origin;
  #lastBody = '';

  constructor(id: SessionId, call: Call, originId: bigint, platform: LegPlatform, owner: PortOwner) {
    this.id = id;
    this.call = call;
    this.port = new SwitchPort(id, platform.endpoint, platform.decide, owner);
    this.#platform = platform;
    this.#owner = owner;
    this.#origin = newOrigin({ username: '-', sessionId: originId, address: platform.host });
  }

  /** Judges the offer of a first INVITE. Undefined: it came without one. */
  read(
    invite: IncomingInvite,
  ):
    | { readonly kind: 'accepted'; readonly offer: SessionDescription; readonly stream: ChosenStream }
    | RefusedOffer
    | undefined {
    if (invite.request.body.length === 0) return undefined;
    const offer = parseSdp(invite.request.body.toString());
    const judged = this.#judge(offer);
    switch (judged.kind) {
      case 'accepted':
        return { ...judged, offer };
      case 'no-stream':
        return { kind: 'refused', status: 488, warning: [304, 'No MSRP message stream'] };
      case 'refused':
        return judged;
    }
  }

  refuse(invite: IncomingInvite, { status, warning: [code, text] }: RefusedOffer): void {
    const { host } = this.#platform;
    const agent = host.includes(':') ? `[${host}]` : host;
    invite.reject(status, { headers: [['Warning', `${code} ${agent} "${text}"`]] });
  }

  /** The 2xx with our answer; the peer may be quicker with MSRP than the 2xx with it. */
  accept(invite: IncomingInvite, offer: SessionDescription, stream: ChosenStream): void {
    const own = this.#present(
      this.port.open(stream.scheme),
      answerSetup(stream.media.setup, this.#platform.decide.answersActpass()),
    );
    this.#send(invite, (origin) => this.#answer(offer, stream, own, origin));
    this.#link(stream, own.setup === 'active');
  }

  /** The 2xx to an INVITE without offer brings ours. `answered` gets what the ACK brings (RFC 3261 §13.2.2.4). */
  offer(invite: IncomingInvite, answered: (stream: ChosenStream | undefined) => void): void {
    const scheme = this.#preferredScheme();
    const own = this.#present(this.port.msrp ?? this.port.open(scheme), 'actpass');
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
    if (this.#linked !== this.port.msrp || this.#peerPath !== path.join(' ')) this.#link(stream, setup !== 'active');
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
        this.refuse(invite, judged);
        return;
      case 'no-stream':
        this.#send(invite, (origin) => this.#answer(offer, undefined, undefined, origin));
        this.#owner.event({ type: 'media-changed', session: this.id, media: undefined });
        return;
      case 'accepted': {
        const { stream } = judged;
        const setup = answerSetup(stream.media.setup, this.#platform.decide.answersActpass());
        const kept = this.#kept(stream);
        if (kept === undefined) this.#owner.event({ type: 'media-lost', session: this.id });
        const own = this.#present(kept ?? this.port.open(stream.scheme), setup);
        this.#send(invite, (origin) => this.#answer(offer, stream, own, origin));
        if (kept === undefined) this.#link(stream, setup === 'active');
        this.#owner.event({ type: 'media-changed', session: this.id, media: endpointMedia(stream.media) });
      }
    }
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
    const msrp = this.port.msrp;
    const same = this.#peerPath === stream.media.path.join(' ') && msrp?.uri.scheme === stream.scheme;
    return same && msrp?.standing.kind !== 'ended' ? msrp : undefined;
  }

  #present(msrp: MsrpSession, setup: OwnMedia['setup']): OwnMedia {
    const { scheme, port = 9 } = msrp.uri;
    const { host, fingerprint } = this.#platform;
    return { host, port, path: msrp.path, scheme, fingerprint, setup };
  }

  #link({ media }: ChosenStream, active: boolean): void {
    const { path, fingerprints } = media;
    const { decide } = this.#platform;
    this.#linked = this.port.msrp;
    this.#peerPath = path.join(' ');
    if (!decide.connects(active)) {
      this.port.msrp?.accept(path, decide.judgePeer(fingerprints, 'client'));
      return;
    }
    const peer = decide.judgePeer(fingerprints, 'server');
    void this.port.msrp?.connect({ peerPath: path, security: { kind: 'tls', peer } });
  }

  /** The o= line counts up whenever the rest changes, and only then (RFC 3264 §8). */
  #send(invite: IncomingInvite, write: (origin: Origin) => string): void {
    const repeated = write(this.#origin);
    if (this.#lastBody !== '' && repeated !== this.#lastBody) this.#origin = nextOrigin(this.#origin);
    this.#lastBody = write(this.#origin);
    const contactParameters = this.#platform.decide.contactParameters();
    invite.accept({ body: this.#lastBody, contentType: 'application/sdp', contactParameters });
  }
}
