import { parseCSeq } from '../codec/sip/cseq.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import { branchOf, formatVia, MAGIC_COOKIE } from '../codec/sip/via.ts';
import type { Clock } from '../net/clock.ts';
import { type Arrival, readableTopVia } from './arrival.ts';
import { ClientTransaction, type ClientUser } from './client-transaction.ts';
import { composeResponse } from './compose.ts';
import { tagIn } from './dialog-state.ts';
import { requestFault } from './fault.ts';
import { ServerTransaction } from './server-transaction.ts';
import type { SipTarget } from './target.ts';
import type { TimerValues } from './timers.ts';
import type { SipTransport } from './transport.ts';

export interface TransactionLayerOptions {
  readonly clock: Clock;
  readonly timers: TimerValues;
  /** Makes a To tag for answers made here. */
  readonly newTag: () => string;
  /** Product name for the Server header of answers made here. */
  readonly server?: string;
}

/** The transaction user (RFC 3261 §17). */
export interface TransactionUser {
  /** A new request, never ACK or CANCEL. */
  request(transaction: ServerTransaction): void;
  /** A response that belongs to no transaction; RFC 6026 §8.1 has it dropped. */
  stray(response: SipResponse): void;
  /** ACK that belongs to no transaction here: that of a 2xx. */
  ack(ack: SipRequest): void;
}

/** More at once means that somebody floods us; they get no answer. */
const MAX_SERVER_TRANSACTIONS = 20_000;

/** Finds the transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3) and runs the four state machines. */
export class TransactionLayer {
  readonly #options: TransactionLayerOptions;
  readonly #transport: SipTransport;
  readonly #user: TransactionUser;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  /** By branch alone, for CANCEL (RFC 3261 §9.2). */
  readonly #cancellable = new Map<string, ServerTransaction>();
  /** By origin, for copies that took another path (RFC 3261 §8.2.2.2). */
  readonly #origins = new Map<string, ServerTransaction>();
  #closed = false;

  constructor(transport: SipTransport, options: TransactionLayerOptions, user: TransactionUser) {
    this.#transport = transport;
    this.#options = options;
    this.#user = user;
  }

  /** Sends a request and waits for what comes back. `created` is called before anything is sent. */
  send(
    request: SipRequest,
    target: SipTarget,
    user: ClientUser,
    created: (transaction: ClientTransaction) => void,
  ): void {
    const key = clientKey(request, request.method);
    const transaction = new ClientTransaction(request, target, this.#surroundings(target.transport), user, () => {
      if (this.#clients.get(key) === transaction) this.#clients.delete(key);
    });
    this.#clients.set(key, transaction);
    created(transaction);
    transaction.begin();
  }

  /** ACK of a 2xx, or anything else that no response belongs to. */
  sendAlone(request: SipRequest, target: SipTarget): void {
    if (!this.#closed) this.#transport.send(request, target, () => {});
  }

  /** To be called for every response that arrives. */
  takeResponse(response: SipResponse): void {
    const cseq = parseCSeq(header(response, 'cseq') ?? '');
    const usable = cseq.ok && response.status >= 100 && response.status <= 699;
    const transaction = usable ? this.#clients.get(clientKey(response, cseq.value.method)) : undefined;
    if (transaction === undefined) this.#user.stray(response);
    else transaction.take(response);
  }

  /** To be called for every request that arrives. */
  takeRequest(request: SipRequest, arrival: Arrival): void {
    if (this.#closed) return;
    const fault = requestFault(request, arrival.defects);
    if (fault !== undefined) {
      if (request.method === 'ACK') return;
      const { status, reason } = fault;
      this.#transport.respond(
        composeResponse(request, status, this.#options.newTag(), this.#serverHeader(), { reason }),
        arrival,
        () => {},
      );
      return;
    }
    const branch = serverKey(request);
    const known = this.#servers.get(`${branch} ${request.method === 'ACK' ? 'INVITE' : request.method}`);
    if (request.method === 'ACK') {
      if (known === undefined) this.#user.ack(request);
      else known.takeAck(request);
    } else if (known !== undefined) known.takeAgain();
    else if (this.#servers.size < MAX_SERVER_TRANSACTIONS) this.#open(request, arrival, branch);
  }

  /** Ends all transactions without a word to anybody. */
  close(): void {
    this.#closed = true;
    for (const transaction of [...this.#clients.values()]) transaction.drop();
    for (const transaction of [...this.#servers.values()]) transaction.drop();
  }

  #open(request: SipRequest, arrival: Arrival, branch: string): void {
    const key = `${branch} ${request.method}`;
    const origin = originOf(request);
    const transaction = new ServerTransaction(
      request,
      arrival,
      { ...this.#surroundings(arrival.transport), trying: () => this.#trying(request) },
      (ack) => this.#user.ack(ack),
      () => {
        this.#servers.delete(key);
        if (this.#cancellable.get(branch) === transaction) this.#cancellable.delete(branch);
        if (this.#origins.get(origin) === transaction) this.#origins.delete(origin);
      },
    );
    this.#servers.set(key, transaction);
    if (request.method === 'CANCEL') {
      transaction.begin();
      this.#cancel(transaction, this.#cancellable.get(branch));
      return;
    }
    this.#cancellable.set(branch, transaction);
    transaction.begin();
    const twin = origin === '' ? undefined : this.#origins.get(origin);
    // Some clients answer a challenge without a new CSeq number, against RFC 3261 §22.2; that is no copy.
    if (twin !== undefined && twin.status !== 401 && twin.status !== 407) {
      transaction.respond(composeResponse(request, 482, this.#options.newTag(), this.#serverHeader(), {}));
      return;
    }
    if (origin !== '') this.#origins.set(origin, transaction);
    this.#user.request(transaction);
  }

  #cancel(cancel: ServerTransaction, target: ServerTransaction | undefined): void {
    const status = target === undefined ? 481 : 200;
    // The To tag of CANCEL's response should be that of the INVITE's (RFC 3261 §9.2).
    const tag = target?.localTag ?? this.#options.newTag();
    cancel.respond(composeResponse(cancel.request, status, tag, this.#serverHeader(), {}));
    target?.onCancel?.();
  }

  #trying(request: SipRequest): SipResponse {
    return composeResponse(request, 100, undefined, [], {});
  }

  #serverHeader(): readonly (readonly [string, string])[] {
    return this.#options.server === undefined ? [] : [['Server', this.#options.server]];
  }

  #surroundings(transport: SipTarget['transport']): {
    readonly clock: Clock;
    readonly transport: SipTransport;
    readonly timers: TimerValues;
    readonly reliable: boolean;
  } {
    const { clock, timers } = this.#options;
    return { clock, timers, transport: this.#transport, reliable: transport !== 'udp' };
  }
}

/** From tag, Call-ID and CSeq of a request without To tag; empty for others (RFC 3261 §8.2.2.2). */
function originOf(request: SipRequest): string {
  const fromTag = tagIn(header(request, 'from') ?? '');
  if (request.method === 'CANCEL' || fromTag === '' || tagIn(header(request, 'to') ?? '') !== '') return '';
  return [fromTag, header(request, 'call-id') ?? '', header(request, 'cseq') ?? ''].join('\n');
}

/** Branch, sent-by and method (RFC 3261 §17.1.3, §18.1.2). */
function clientKey(message: SipRequest | SipResponse, method: string): string {
  const via = readableTopVia(message);
  if (via === undefined) return `? ${method}`;
  return `${branchOf(via) ?? ''} ${via.host.toLowerCase()} ${via.port ?? ''} ${method}`;
}

/** RFC 3261 §17.2.3, without the method. */
function serverKey(request: SipRequest): string {
  const via = readableTopVia(request);
  if (via === undefined) return '?';
  const branch = branchOf(via) ?? '';
  if (branch.startsWith(MAGIC_COOKIE)) return `${branch} ${via.host.toLowerCase()} ${via.port ?? ''}`;
  // A client of RFC 2543, whose ACK repeats all of these.
  const cseq = parseCSeq(header(request, 'cseq') ?? '');
  const number = cseq.ok ? cseq.value.number : 0;
  const tag = tagIn(header(request, 'from') ?? '');
  return [request.uri, tag, header(request, 'call-id') ?? '', number, formatVia(via)].join('\n');
}
