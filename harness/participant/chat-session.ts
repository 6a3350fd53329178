import type { ParsedCpim } from '../codec/cpim/message.ts';
import { parseCpim } from '../codec/cpim/parse.ts';
import type { MsrpMediaDescription } from '../codec/sdp/description.ts';
import { acceptsRoot, bareType } from '../codec/sdp/media-type.ts';
import { decideActive } from '../codec/sdp/setup-roles.ts';
import { dispatch } from '../msrp/dispatch.ts';
import type { MsrpEndpoint, SessionOptions } from '../msrp/endpoint.ts';
import type { OutgoingMessage } from '../msrp/outgoing-message.ts';
import { ACCEPT, answerAsDue, type Decision, type ReceivedChunk, Receiver } from '../msrp/receiver.ts';
import type { MsrpSession } from '../msrp/session.ts';
import type { Clock } from '../net/clock.ts';
import type { Security } from '../net/network.ts';
import type { Unbound } from './outcome.ts';
import { within } from './patience.ts';

/** How SENDs are answered: as RFC 4975 has it with 200, with another status, or not at all. */
export type SendAnswer =
  | number
  | 'silence'
  | {
      readonly status: number;
      readonly comment?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    };

/** A complete message that has arrived. */
export interface ArrivedMessage {
  readonly messageId: string;
  readonly contentType: string;
  readonly octets: Buffer;
  /** When it is a CPIM message that can be read. */
  readonly cpim?: ParsedCpim;
}

export interface ChatSessionHandlers {
  readonly sendAnswer: () => SendAnswer;
  readonly arrived: (message: ArrivedMessage) => void;
  /** The connection was lost, or ended by this side. */
  readonly failed: (reason: string) => void;
}

/** The first response and the connection have what RFC 4975 §7.1.1 gives a response. */
const BINDING_MS = 30_000;

/** The MSRP side of a stay in a room: one session, what arrives on it, how that is answered. */
export class ChatSession {
  readonly msrp: MsrpSession;
  /** The own description that the peer has last accepted, or is asked to accept. */
  described: MsrpMediaDescription | undefined;
  readonly #clock: Clock;
  readonly #handlers: ChatSessionHandlers;
  readonly #receiver: Receiver;
  readonly #settled: Promise<string | undefined>;
  /** Undefined: bound. Else why it is not. */
  #settle: (failure: string | undefined) => void = () => {};
  #stalled = false;
  #release: (() => void) | undefined;

  constructor(
    endpoint: MsrpEndpoint,
    clock: Clock,
    options: SessionOptions & { readonly maxSize?: number },
    handlers: ChatSessionHandlers,
  ) {
    this.#clock = clock;
    this.#handlers = handlers;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#receiver = new Receiver(() => this.msrp, {
      clock,
      ...(options.maxSize === undefined ? {} : { limits: { maxMessageOctets: options.maxSize } }),
      admit: (send) => this.#admit(send.contentType ?? ''),
      deliver: ({ send, body }) => {
        handlers.arrived(arrivedMessage(send.messageId, send.contentType ?? '', body));
        return ACCEPT;
      },
      answer: (chunk) => this.#answer(chunk),
    });
    this.msrp = endpoint.createSession(
      {
        request: dispatch({ SEND: (request) => this.#receiver.receive(request) }),
        bound: () => {
          if (this.#stalled) this.#hold();
          this.#settle(undefined);
        },
        failed: (reason) => {
          this.#settle(reason);
          handlers.failed(reason);
        },
      },
      options,
    );
  }

  get bound(): boolean {
    return this.msrp.standing.kind === 'bound';
  }

  get ended(): boolean {
    return this.msrp.standing.kind === 'ended';
  }

  /** The port in the own URI. */
  get port(): number {
    return this.msrp.uri.port ?? 0;
  }

  /**
   * Connects, or waits for the peer to do so, as offer and answer have settled it (RFC 6135 §4.2). `own`: which of them was
   * ours. Resolves once the first
   * SEND has been answered or has come; with the reason when no session comes about.
   */
  bind(
    peer: MsrpMediaDescription,
    security: Security | undefined,
    own: 'offerer' | 'answerer' = 'offerer',
  ): Promise<Unbound | undefined> {
    if (peer.path.length === 0) return notDescribed('the peer has given no a=path');
    const mine = this.described?.setup;
    const side = own === 'offerer' ? decideActive(mine, peer.setup) : decideActive(peer.setup, mine);
    if (side.active === 'nobody') {
      return notDescribed(
        side.why === 'invalid-answer'
          ? `a=setup of the answer, ${peer.setup ?? 'absent'}, does not fit the offer`
          : 'each side waits to be called',
      );
    }
    return side.active === own ? this.#connect(peer.path, security) : this.#await(peer.path);
  }

  /** Stops reading; the peer feels it through TCP flow control. */
  stall(): void {
    this.#stalled = true;
    this.#hold();
  }

  resume(): void {
    this.#stalled = false;
    this.#release?.();
    this.#release = undefined;
  }

  /** Ends the MSRP connection: in order, or with RST. */
  disconnect(how: 'end' | 'reset'): void {
    const { standing } = this.msrp;
    if (standing.kind !== 'bound') return;
    if (how === 'end') standing.connection.end();
    else standing.connection.reset();
  }

  /** Ends the session; a connection that no other session uses is closed. */
  close(): void {
    this.resume();
    this.msrp.close();
    this.#settle('the session was closed');
  }

  #hold(): void {
    const { standing } = this.msrp;
    if (standing.kind === 'bound') this.#release ??= standing.connection.hold();
  }

  async #connect(peerPath: readonly string[], security: Security | undefined): Promise<Unbound | undefined> {
    const connected = await this.msrp.connect({ peerPath, ...(security === undefined ? {} : { security }) });
    if (connected.ok) return this.#firstSend(connected.value);
    const { kind, message } = connected.error;
    return { cause: kind === 'refused' ? 'connection-refused' : 'no-connection', reason: message };
  }

  async #firstSend(message: OutgoingMessage): Promise<Unbound | undefined> {
    const outcome = await message.done;
    switch (outcome.kind) {
      case 'accepted':
        return undefined;
      case 'refused':
        // A room may ask even of an empty SEND that it be wrapped (RFC 7701 §6.3); the connection stands all the same.
        return outcome.status === 415
          ? undefined
          : { cause: 'first-send-refused', reason: `the first SEND got ${outcome.status}` };
      case 'timed-out':
        return { cause: 'first-send-unanswered', reason: 'the first SEND got no answer' };
      case 'given-up':
      case 'lost':
        return { cause: 'lost', reason: `the first SEND got no answer: ${outcome.reason}` };
    }
  }

  async #await(peerPath: readonly string[]): Promise<Unbound | undefined> {
    this.msrp.accept(peerPath);
    const settled = await within(
      this.#clock,
      BINDING_MS,
      this.#settled.then((failure) => ({ failure })),
    );
    if (settled === undefined) return { cause: 'not-called', reason: 'the active side sent no first SEND' };
    return settled.failure === undefined ? undefined : { cause: 'lost', reason: settled.failure };
  }

  /** RFC 4975 §8.6, §10.6: what is not in accept-types is refused. */
  #admit(contentType: string): Decision {
    const { described } = this;
    if (described?.acceptTypes === undefined || acceptsRoot(described, contentType)) return ACCEPT;
    return { kind: 'refuse', status: 415, comment: 'Not in accept-types' };
  }

  #answer(chunk: ReceivedChunk): void {
    const answer = this.#handlers.sendAnswer();
    if (answer === 'silence') return;
    if (typeof answer === 'object' && answer.status === 200) {
      const { comment, headers = {} } = answer;
      if (chunk.send?.failureReport !== 'yes') return;
      const further = Object.entries(headers).map(([name, value]) => ({ name, value }));
      chunk.request.respond(200, comment, further);
      return;
    }
    const { status, comment } = typeof answer === 'number' ? { status: answer, comment: undefined } : answer;
    const refusal = { kind: 'refuse' as const, status, ...(comment === undefined ? {} : { comment }) };
    answerAsDue(answer === 200 ? chunk : { ...chunk, decision: refusal });
  }
}

const notDescribed = (reason: string): Promise<Unbound> => Promise.resolve({ cause: 'description', reason });

function arrivedMessage(messageId: string, contentType: string, octets: Buffer): ArrivedMessage {
  const message = { messageId, contentType, octets };
  if (bareType(contentType) !== 'message/cpim') return message;
  const cpim = parseCpim(octets);
  return cpim.ok ? { ...message, cpim: cpim.value } : message;
}
