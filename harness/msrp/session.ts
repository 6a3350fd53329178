import type { ByteRange } from '../codec/msrp/byte-range.ts';
import type { MsrpHeader, MsrpRequestHead } from '../codec/msrp/message.ts';
import { serializeEnd, serializeHead } from '../codec/msrp/serialize.ts';
import { formatMsrpUri, type MsrpUri } from '../codec/msrp/uri.ts';
import type { NetError } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';
import type { SessionStanding } from './binding.ts';
import { bodySource } from './body-source.ts';
import type { Connection } from './connection.ts';
import { mayUse } from './end-line-guard.ts';
import { type Backlog, type Flow, RawFlow, RequestFlow } from './flow.ts';
import type { Identifiers } from './identifiers.ts';
import type { IncomingRequest, RequestSink } from './incoming.ts';
import { MessageFlow } from './message-flow.ts';
import type {
  ConnectOptions,
  ForwardedChunk,
  OutgoingRequest,
  RawWriter,
  SendOptions,
  SentRequest,
} from './outgoing.ts';
import { OutgoingMessage } from './outgoing-message.ts';
import { type Report, readReport, reportHead } from './reports.ts';
import { messagePlan, sendHeaders, silenceFor } from './send-plan.ts';
import type { RequestOutcome } from './transactions.ts';

/** Messages whose REPORTs are still awaited, per session. */
const MAX_REMEMBERED = 1024;

/** A REPORT from the peer; what is missing or makes no sense in it is left out (RFC 4975 §7.1.2). */
export interface IncomingReport {
  readonly head: MsrpRequestHead;
  readonly report: Report | undefined;
  /** The message it speaks of, when this session sent it through `send`. */
  readonly message: OutgoingMessage | undefined;
}

/** What the owner of a session wants to hear. */
export interface SessionHandler {
  /** Any request of this session but REPORT, its paths in order. Nothing is answered unless the handler does. */
  request(request: IncomingRequest): RequestSink | undefined;
  report?(report: IncomingReport): void;
  /** The session has its connection: the passive side may send from now on (RFC 4975 §5.4). */
  bound?(): void;
  /** The peer takes octets again after `congested`. */
  drained?(): void;
  /** The connection was lost: the session has failed (RFC 4975 §5.4). Not called for an own `close`. */
  failed?(reason: string): void;
}

/** What a session asks of its endpoint. */
export interface SessionOwner {
  identifiers(): Identifiers;
  /** What may wait for one session before nothing more is forwarded to it. */
  readonly maxQueuedOctets: number;
  connectionFor(options: ConnectOptions): Promise<Result<Connection, NetError>>;
  closed(session: MsrpSession, connection: Connection | undefined): void;
}

/** One MSRP session: one URI of this side, one path of the peer, one connection for life (RFC 4975 §5.4). */
export class MsrpSession {
  readonly uri: MsrpUri;
  /** The own URI, for `a=path` and From-Path. */
  readonly path: string;
  readonly #owner: SessionOwner;
  readonly #ids: Identifiers;
  readonly #handler: SessionHandler;
  readonly #backlog: Backlog = { octets: 0 };
  readonly #messages = new Map<string, OutgoingMessage>();
  readonly #flows = new Set<MessageFlow>();
  #held: Flow[] = [];
  #heldOctets = 0;
  #peerPath: string | undefined;
  #standing: SessionStanding<Connection> = { kind: 'unbound' };
  #endReason = '';

  constructor(uri: MsrpUri, handler: SessionHandler, owner: SessionOwner) {
    this.uri = uri;
    this.path = formatMsrpUri(uri);
    this.#handler = handler;
    this.#owner = owner;
    this.#ids = owner.identifiers();
  }

  get standing(): SessionStanding<Connection> {
    return this.#standing;
  }

  /** The peer's whole path, as To-Path of what is sent. */
  get peerPath(): string | undefined {
    return this.#peerPath;
  }

  /** Octets of this session known to wait. */
  get queued(): number {
    return this.#backlog.octets + this.#heldOctets;
  }

  /** What is sent now has to wait: for the binding, or for a peer that reads slowly. */
  get congested(): boolean {
    return this.#open === undefined || this.#open.congested;
  }

  /** Passive: takes the peer's path and waits, silent, for its first SEND (RFC 4975 §5.4). */
  accept(peerPath: readonly string[]): void {
    this.#peerPath = peerPath.join(' ');
    this.#release();
  }

  /**
   * Active: finds or opens the connection and sends the first SEND at once, which is what binds the session at the
   * peer, on a reused connection too (RFC 4975 §5.4). The value is that first message.
   */
  async connect(options: ConnectOptions): Promise<Result<OutgoingMessage, NetError>> {
    this.#peerPath = options.peerPath.join(' ');
    let found = await this.#owner.connectionFor(options);
    // Another session that shared the connection may have ended it in the same turn.
    if (found.ok && !found.value.usable) found = await this.#owner.connectionFor(options);
    if (!found.ok) {
      this.fail(found.error.message);
      return found;
    }
    if (this.#standing.kind === 'ended') {
      this.#owner.closed(this, found.value);
      return err({ kind: 'other', message: this.#endReason });
    }
    const { first } = options;
    const message = first === undefined ? this.#sendBodiless() : this.send(first);
    // What was sent while the connection was being made waits behind the message that binds.
    const binding = this.#held.pop();
    if (binding !== undefined) this.#held.unshift(binding);
    if (this.#standing.kind === 'unbound') this.bind(found.value);
    return ok(message);
  }

  /** Sends a message, in chunks as need be; before the session is bound it waits. Octets of the body are not copied. */
  send(options: SendOptions): OutgoingMessage {
    const messageId = options.messageId ?? this.#ids.messageId();
    const message = this.#remember(new OutgoingMessage(messageId, (why) => this.#stop(flow, why)));
    const flow = this.#message(messageId, options, message);
    this.#add(flow);
    return message;
  }

  /**
   * Passes a piece of a message on as one chunk, or as several when it has to be broken off: no handle, no copy of
   * the body, no transaction with Failure-Report `no`.
   */
  forward(chunk: ForwardedChunk): Forwarding {
    if (this.#standing.kind === 'ended') return 'refused';
    if (this.queued > this.#owner.maxQueuedOctets) return 'refused';
    const plan = messagePlan(
      {
        source: bodySource(chunk.body),
        start: chunk.range.start,
        total: chunk.range.total,
        lastFlag: chunk.flag,
        chunking: { kind: 'interruptible' },
      },
      () => this.#paths(),
      sendHeaders(chunk.messageId, chunk),
      { failureReport: chunk.failureReport ?? 'yes', contentType: chunk.contentType },
      chunk.settled === undefined ? {} : { settled: chunk.settled },
    );
    this.#add(new MessageFlow(this.#backlog, plan));
    return this.congested ? 'congested' : 'taken';
  }

  /** One request exactly as given: right or wrong. Its body, of any size, is not broken off. */
  sendRequest(request: OutgoingRequest): SentRequest {
    const body = request.body === undefined ? [] : [request.body];
    let transactionId = request.transactionId ?? this.#ids.transactionId();
    while (request.transactionId === undefined && !mayUse(transactionId, body)) {
      transactionId = this.#ids.transactionId();
    }
    const silence = request.silence ?? silenceFor(request);
    const outcome = new Promise<RequestOutcome>((settle) => {
      const compose = (outlet: Parameters<Flow['write']>[0]): void => {
        if (silence === 'none') settle({ kind: 'unanswered' });
        else outlet.transactions.open(transactionId, silence, settle);
        const paths = this.#paths();
        const headers = [
          { name: 'To-Path', value: request.toPath ?? paths.to },
          { name: 'From-Path', value: request.fromPath ?? paths.from },
          ...request.headers,
        ];
        outlet.put(serializeHead({ kind: 'request', transactionId, method: request.method, headers }, body.length > 0));
        for (const part of body) outlet.put(part);
        outlet.put(serializeEnd(transactionId, request.flag ?? '$', body.length > 0));
        outlet.finish(transactionId);
      };
      const octets = body.reduce((sum, part) => sum + part.length, 0);
      this.#add(new RequestFlow(this.#backlog, octets, compose, (reason) => settle({ kind: 'lost', reason })));
    });
    return { transactionId, outcome };
  }

  /** NICKNAME and other methods of one piece: the outcome alone. */
  request(method: string, headers: readonly MsrpHeader[], body?: Buffer): Promise<RequestOutcome> {
    return this.sendRequest({ method, headers, ...(body === undefined ? {} : { body }) }).outcome;
  }

  /** Octets as they are, between two messages. */
  sendRaw(octets: Uint8Array): void {
    const writer = this.openRaw();
    writer.write(octets);
    writer.end();
  }

  /** Takes the connection over: until `end` nothing else goes out on it, not even responses. */
  openRaw(): RawWriter {
    const flow = new RawFlow(this.#backlog);
    this.#add(flow);
    return { write: (octets) => flow.push(octets), end: () => flow.end() };
  }

  /** Sends a REPORT to the From-Path of the SEND it speaks of (RFC 4975 §7.1.2); `headers` are added behind. */
  report(toPath: string, report: Report, headers: readonly MsrpHeader[] = []): void {
    const transactionId = this.#ids.transactionId();
    const head = reportHead(transactionId, toPath, this.path, report, headers);
    this.#open?.urgent(Buffer.concat([serializeHead(head, false), serializeEnd(transactionId, '$', false)]));
  }

  /** Ends the session: what is under way is given up, its URI is unknown from now on. */
  close(): void {
    const { connection, ended } = this.#end('session closed');
    if (ended) return;
    this.#owner.closed(this, connection);
    connection?.pump();
  }

  /** For the endpoint: this connection is the session's for life. */
  bind(connection: Connection): void {
    this.#standing = { kind: 'bound', connection };
    connection.sessions.add(this);
    connection.keep();
    this.#release();
    this.#handler.bound?.();
  }

  /** For the endpoint: the connection is lost, or could not be made. */
  fail(reason: string): void {
    const { connection, ended } = this.#end(reason);
    if (ended) return;
    this.#owner.closed(this, connection);
    this.#handler.failed?.(reason);
  }

  /** For the endpoint. */
  drained(): void {
    this.#handler.drained?.();
  }

  /** For the endpoint: a request on the session's connection. REPORTs are never answered (RFC 4975 §7.1.2). */
  receive(request: IncomingRequest): RequestSink | undefined {
    if (request.method !== 'REPORT') return this.#handler.request(request);
    return { body: () => undefined, end: () => this.#reported(request.head), cut: () => undefined };
  }

  get #open(): Connection | undefined {
    return this.#standing.kind === 'bound' && this.#peerPath !== undefined ? this.#standing.connection : undefined;
  }

  #paths(): { readonly to: string; readonly from: string } {
    return { to: this.#peerPath ?? '', from: this.path };
  }

  #add(flow: Flow): void {
    if (this.#standing.kind === 'ended') flow.lose(this.#endReason);
    else if (this.#open === undefined) {
      this.#held.push(flow);
      this.#heldOctets += flow.pending;
    } else this.#open.add(flow);
  }

  #release(): void {
    const connection = this.#open;
    if (connection === undefined) return;
    const held = this.#takeHeld();
    for (const flow of held) connection.add(flow);
  }

  #takeHeld(): Flow[] {
    const held = this.#held;
    this.#held = [];
    this.#heldOctets = 0;
    return held;
  }

  #message(messageId: string, options: SendOptions, message: OutgoingMessage): MessageFlow {
    const source = bodySource(options.body);
    const total = options.total ?? (source.total === undefined ? '*' : BigInt(source.total));
    const plan = messagePlan(
      {
        source,
        start: options.start ?? 1n,
        total,
        lastFlag: options.lastFlag ?? '$',
        chunking: options.chunking ?? { kind: 'interruptible' },
      },
      () => this.#paths(),
      sendHeaders(messageId, options),
      { failureReport: options.failureReport ?? 'yes', contentType: options.contentType },
      { message, ended: () => this.#flows.delete(flow) },
    );
    const flow: MessageFlow = new MessageFlow(this.#backlog, plan);
    this.#flows.add(flow);
    return flow;
  }

  #stop(flow: MessageFlow, why: 'refused' | 'given-up'): void {
    flow.stop(why);
    if (this.#held.includes(flow)) {
      this.#held = this.#held.filter((other) => other !== flow);
      this.#heldOctets -= flow.pending;
      flow.lose('given up before it was sent');
    } else if (this.#flows.has(flow)) this.#open?.pump();
  }

  /** RFC 4975 §5.4: binds and keeps the way open, and is shown to nobody. */
  #sendBodiless(): OutgoingMessage {
    const messageId = this.#ids.messageId();
    const message = this.#remember(new OutgoingMessage(messageId, () => undefined));
    const range: ByteRange = { start: 1n, end: 0n, total: 0n };
    const sent = this.sendRequest({ method: 'SEND', headers: sendHeaders(messageId, {}, range) });
    const chunk = message.chunkBegins(sent.transactionId, range);
    chunk.octets = 0;
    chunk.flag = '$';
    message.ended();
    void sent.outcome.then((outcome) => message.chunkSettles(chunk, outcome));
    return message;
  }

  #remember(message: OutgoingMessage): OutgoingMessage {
    this.#messages.delete(message.messageId);
    this.#messages.set(message.messageId, message);
    for (const oldest of this.#messages.keys()) {
      if (this.#messages.size <= MAX_REMEMBERED) break;
      this.#messages.delete(oldest);
    }
    return message;
  }

  #reported(head: MsrpRequestHead): void {
    const report = readReport(head);
    const message = report === undefined ? undefined : this.#messages.get(report.messageId);
    if (report !== undefined) message?.reported(report);
    this.#handler.report?.({ head, report, message });
  }

  #end(reason: string): { readonly connection: Connection | undefined; readonly ended: boolean } {
    const standing = this.#standing;
    if (standing.kind === 'ended') return { connection: undefined, ended: true };
    this.#standing = { kind: 'ended' };
    this.#endReason = reason;
    const held = this.#takeHeld();
    for (const flow of held) flow.lose(reason);
    for (const flow of [...this.#flows]) flow.stop('given-up');
    if (standing.kind !== 'bound') return { connection: undefined, ended: false };
    standing.connection.sessions.delete(this);
    return { connection: standing.connection, ended: false };
  }
}
