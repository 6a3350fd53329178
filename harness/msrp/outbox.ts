import type { ByteRange } from '../codec/msrp/byte-range.ts';
import type { MsrpHeader } from '../codec/msrp/message.ts';
import { serializeEnd, serializeHead } from '../codec/msrp/serialize.ts';
import { bodySource } from './body-source.ts';
import type { Connection } from './connection.ts';
import { mayUse } from './end-line-guard.ts';
import { type Backlog, type Flow, RawFlow, RequestFlow } from './flow.ts';
import type { Identifiers } from './identifiers.ts';
import { MessageFlow, type MessagePlan } from './message-flow.ts';
import type { ForwardedChunk, Forwarding, OutgoingRequest, RawWriter, SendOptions, SentRequest } from './outgoing.ts';
import { OutgoingMessage } from './outgoing-message.ts';
import type { Outlet } from './outlet.ts';
import { type Report, reportHead } from './reports.ts';
import { messagePlan, sendHeaders, silenceFor } from './send-plan.ts';
import type { RequestOutcome } from './transactions.ts';

/** Messages whose REPORTs are still awaited, per session. */
const MAX_REMEMBERED = 1024;

type State =
  /** Not bound: what is sent waits (RFC 4975 §5.4). */
  | { readonly kind: 'held' }
  | { readonly kind: 'open'; readonly connection: Connection }
  | { readonly kind: 'closed'; readonly reason: string };

/** What one session sends, and what it remembers of it. Its public face is `MsrpSession`. */
export class Outbox {
  readonly #identifiers: Identifiers;
  readonly #fromPath: string;
  readonly #maxQueuedOctets: number;
  readonly #backlog: Backlog = { octets: 0 };
  readonly #messages = new Map<string, OutgoingMessage>();
  readonly #flows = new Set<MessageFlow>();
  /** Pieces of forwarded messages that wait for the one before, by Message-ID. */
  readonly #following = new Map<string, MessageFlow[]>();
  #followingOctets = 0;
  #held: Flow[] = [];
  #heldOctets = 0;
  #toPath = '';
  #state: State = { kind: 'held' };

  constructor(identifiers: Identifiers, fromPath: string, maxQueuedOctets: number) {
    this.#identifiers = identifiers;
    this.#fromPath = fromPath;
    this.#maxQueuedOctets = maxQueuedOctets;
  }

  get queued(): number {
    return this.#backlog.octets + this.#heldOctets + this.#followingOctets;
  }

  get congested(): boolean {
    return this.#state.kind !== 'open' || this.#state.connection.congested;
  }

  /** What was held goes out now. */
  open(connection: Connection, toPath: string): void {
    if (this.#state.kind !== 'held') return;
    this.#toPath = toPath;
    this.#state = { kind: 'open', connection };
    for (const flow of this.#takeHeld()) connection.add(flow);
  }

  /** Messages under way are given up, with `#` if a chunk is open and the connection lives on. */
  close(reason: string): void {
    this.#state = { kind: 'closed', reason };
    for (const flow of this.#takeHeld()) flow.lose(reason);
    for (const flow of [...this.#flows]) flow.stop('given-up');
  }

  /** The message that binds: it goes out before all that is held. */
  sendFirst(options: SendOptions | undefined): OutgoingMessage {
    const message = options === undefined ? this.#sendBodiless() : this.send(options);
    const first = this.#held.pop();
    if (first !== undefined) this.#held.unshift(first);
    return message;
  }

  /** The message that this REPORT speaks of. */
  reported(report: Report): OutgoingMessage | undefined {
    const message = this.#messages.get(report.messageId);
    message?.reported(report);
    return message;
  }

  /** Sends a message, in chunks as need be; before the session is bound it waits. Octets of the body are not copied. */
  send(options: SendOptions): OutgoingMessage {
    const messageId = options.messageId ?? this.#identifiers.messageId();
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
    if (this.#state.kind === 'closed' || this.queued > this.#maxQueuedOctets) return 'refused';
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
      {
        ...(chunk.settled === undefined ? {} : { settled: chunk.settled }),
        ended: (how) => this.#forwarded(chunk.messageId, how),
      },
    );
    this.#follow(chunk.messageId, new MessageFlow(this.#backlog, plan));
    return this.congested ? 'congested' : 'taken';
  }

  /** One request exactly as given: right or wrong. Its body, of any size, is not broken off. */
  sendRequest(request: OutgoingRequest): SentRequest {
    const body = request.body === undefined ? [] : [request.body];
    let transactionId = request.transactionId ?? this.#identifiers.transactionId();
    while (request.transactionId === undefined && !mayUse(transactionId, body)) {
      transactionId = this.#identifiers.transactionId();
    }
    const silence = request.silence ?? silenceFor(request);
    const outcome = new Promise<RequestOutcome>((settle) => {
      const compose = (outlet: Outlet): void => {
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

  /** Takes the connection over: until `end` nothing else goes out on it, not even responses. */
  openRaw(): RawWriter {
    const flow = new RawFlow(this.#backlog);
    this.#add(flow);
    return { write: (octets) => flow.push(octets), end: () => flow.end() };
  }

  /** Sends a REPORT to the From-Path of the SEND it speaks of (RFC 4975 §7.1.2); `headers` are added behind. */
  report(toPath: string, report: Report, headers: readonly MsrpHeader[] = []): void {
    const transactionId = this.#identifiers.transactionId();
    const head = reportHead(transactionId, toPath, this.#fromPath, report, headers);
    if (this.#state.kind !== 'open') return;
    const octets = [serializeHead(head, false), serializeEnd(transactionId, '$', false)];
    this.#state.connection.urgent(Buffer.concat(octets));
  }

  /** Chunks of one message go out in order (RFC 4975 §7.1.1), so its pieces take no turns with each other. */
  #follow(messageId: string, flow: MessageFlow): void {
    const line = this.#following.get(messageId);
    if (line !== undefined) {
      line.push(flow);
      this.#followingOctets += flow.pending;
      return;
    }
    this.#following.set(messageId, []);
    this.#add(flow);
  }

  #forwarded(messageId: string, how: Parameters<MessagePlan['ended']>[0]): void {
    const line = this.#following.get(messageId);
    if (line === undefined) return;
    if (how !== 'complete') {
      this.#following.delete(messageId);
      for (const flow of line) this.#followingOctets -= flow.pending;
      for (const flow of line) flow.lose('the piece before was not sent');
      return;
    }
    const next = line.shift();
    if (next === undefined) this.#following.delete(messageId);
    else {
      this.#followingOctets -= next.pending;
      this.#add(next);
    }
  }

  #paths(): { readonly to: string; readonly from: string } {
    return { to: this.#toPath, from: this.#fromPath };
  }

  #add(flow: Flow): void {
    switch (this.#state.kind) {
      case 'closed':
        flow.lose(this.#state.reason);
        return;
      case 'open':
        this.#state.connection.add(flow);
        return;
      case 'held':
        this.#held.push(flow);
        this.#heldOctets += flow.pending;
    }
  }

  #takeHeld(): Flow[] {
    const held = this.#held;
    this.#held = [];
    this.#heldOctets = 0;
    return held;
  }

  #message(messageId: string, options: SendOptions, message: OutgoingMessage): MessageFlow {
    const source = bodySource(options.body);
    const plan = messagePlan(
      {
        source,
        start: options.start ?? 1n,
        total: options.total ?? '*',
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
    if (this.#state.kind === 'open') this.#state.connection.pump();
  }

  /** RFC 4975 §5.4: binds and keeps the way open, and is shown to nobody. */
  #sendBodiless(): OutgoingMessage {
    const messageId = this.#identifiers.messageId();
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
}
