import type { MsrpHeader } from '../codec/msrp/message.ts';
import type { MsrpEndpoint } from '../msrp/endpoint.ts';
import type { IncomingRequest, RequestSink } from '../msrp/incoming.ts';
import { reportHead } from '../msrp/reports.ts';
import type { MsrpSession } from '../msrp/session.ts';
import type { Decisions } from './decisions.ts';
import type { Scheme } from './offer-answer.ts';
import type { CopyEffect, ReportEffect, RoomEvent } from './room-events.ts';
import type { RoomPolicy, SessionId } from './room-state.ts';

export interface PortOwner {
  readonly policy: RoomPolicy;
  event(event: RoomEvent): void;
  /** A participant that was slow takes octets again. */
  drained(): void;
}

/** Requests of one participant that may wait for their response. */
const MAX_UNANSWERED = 256;

/** Where the MSRP session of one participant meets the switch: requests become events, effects become requests. */
export class SwitchPort {
  readonly #session: SessionId;
  readonly #endpoint: MsrpEndpoint;
  readonly #decide: Decisions;
  readonly #owner: PortOwner;
  readonly #requests = new Map<string, IncomingRequest>();
  #msrp: MsrpSession | undefined;
  #requestCount = 0;
  #slow = false;

  constructor(session: SessionId, endpoint: MsrpEndpoint, decide: Decisions, owner: PortOwner) {
    this.#session = session;
    this.#endpoint = endpoint;
    this.#decide = decide;
    this.#owner = owner;
  }

  /** Undefined: there is none now. */
  get msrp(): MsrpSession | undefined {
    return this.#msrp;
  }

  /** Octets wait that the participant does not take. */
  get slow(): boolean {
    return this.#msrp?.standing.kind === 'bound' && this.#msrp.congested;
  }

  /** A new session in place of the one before. */
  open(scheme: Scheme): MsrpSession {
    this.release();
    const msrp: MsrpSession = this.#endpoint.createSession(
      {
        request: (request) => this.#take(request),
        report: ({ head, report }) => {
          if (report === undefined) return;
          const { messageId: copyId, status } = report;
          this.#owner.event({ type: 'report-received', session: this.#session, copyId, status, head });
        },
        drained: () => {
          this.#setSlow(false);
          this.#owner.drained();
        },
        failed: () => {
          if (this.#msrp === msrp) this.#owner.event({ type: 'media-lost', session: this.#session });
        },
      },
      { scheme },
    );
    this.#msrp = msrp;
    return msrp;
  }

  release(): void {
    const msrp = this.#msrp;
    this.#msrp = undefined;
    this.#requests.clear();
    this.#slow = false;
    msrp?.close();
  }

  respond(request: string, status: number, comment: string): void {
    this.#requests.get(request)?.respond(status, comment);
    this.#requests.delete(request);
  }

  /** `sender`: From-Path of the message, for decisions that would use it. */
  copy(effect: CopyEffect, sender: string | undefined): void {
    const msrp = this.#msrp;
    if (msrp === undefined) return;
    const { copyId, contentType, octets: body, flag, at, total } = effect;
    const range = { start: BigInt(at + 1), total: total === undefined ? ('*' as const) : BigInt(total) };
    const fromPath = this.#decide.copyFromPath(msrp.path, sender);
    if (fromPath !== msrp.path) {
      sendAs(msrp, fromPath, effect, range);
      return;
    }
    const answered = (status: number): void =>
      this.#owner.event({ type: 'copy-answered', session: this.#session, copyId, status });
    const forwarding = msrp.forward({
      messageId: copyId,
      range,
      contentType,
      body,
      flag,
      settled: (outcome) => {
        if (outcome.kind === 'response') answered(outcome.response.status);
      },
    });
    // The copy has a hole: nothing more of it may follow.
    if (forwarding === 'refused' && flag === '+') answered(413);
    // What waits for the binding is no sign of congestion.
    const bound = msrp.standing.kind === 'bound';
    if (bound && msrp.queued > this.#owner.policy.congestionOctets) this.#setSlow(true);
  }

  report({ messageId, range, status, toPath, body }: ReportEffect): void {
    const { start, end, total } = range;
    const report = { messageId, range: { start: BigInt(start), end: BigInt(end), total: BigInt(total) }, status };
    if (body === undefined) {
      this.#msrp?.report(toPath, report);
      return;
    }
    const type = [{ name: 'Content-Type', value: 'message/cpim' }];
    const [, , ...headers] = reportHead('', toPath, '', report, type).headers;
    this.#msrp?.sendRequest({ method: 'REPORT', headers, body, toPath, silence: 'none' });
  }

  #take(request: IncomingRequest): RequestSink {
    const { head, hasBody, method } = request;
    const session = this.#session;
    const nothing = (): void => undefined;
    if (method !== 'SEND' && method !== 'NICKNAME')
      return { body: nothing, end: () => request.respond(501, 'Method unknown'), cut: nothing };
    const id = this.#keep(request);
    const cut = (): void => void this.#requests.delete(id);
    if (method === 'NICKNAME')
      return { body: nothing, end: () => this.#owner.event({ type: 'nickname', session, request: id, head }), cut };
    this.#owner.event({ type: 'chunk-head', session, request: id, head, hasBody });
    return {
      // The view is the connection's; what may wait in the room has to be ours.
      body: (octets) => this.#owner.event({ type: 'chunk-data', session, octets: Buffer.from(octets) }),
      end: (flag) => this.#owner.event({ type: 'chunk-end', session, flag }),
      cut,
    };
  }

  /** Some are never answered, so the oldest make room. */
  #keep(request: IncomingRequest): string {
    const id = `${this.#session}.${++this.#requestCount}`;
    this.#requests.set(id, request);
    for (const oldest of this.#requests.keys()) {
      if (this.#requests.size <= MAX_UNANSWERED) break;
      this.#requests.delete(oldest);
    }
    return id;
  }

  #setSlow(congested: boolean): void {
    if (this.#slow === congested) return;
    this.#slow = congested;
    this.#owner.event({ type: 'congestion', session: this.#session, congested });
  }
}

/** A copy under a From-Path that is not ours: only a wrong decision asks for it. */
function sendAs(
  msrp: MsrpSession,
  fromPath: string,
  { copyId, contentType, octets, flag }: CopyEffect,
  range: { readonly start: bigint; readonly total: bigint | '*' },
): void {
  const headers: MsrpHeader[] = [
    { name: 'Message-ID', value: copyId },
    { name: 'Byte-Range', value: `${range.start}-*/${range.total}` },
    { name: 'Content-Type', value: contentType },
  ];
  msrp.sendRequest({ method: 'SEND', headers, body: Buffer.concat(octets), flag, fromPath });
}
