import { headerLines } from '../codec/sip/headers.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { Arrival } from './arrival.ts';
import { composeResponse, type HeaderList, type ResponseOptions } from './compose.ts';
import { type Core, userOf } from './core.ts';
import { newTag } from './identifiers.ts';
import type { Refusal } from './screen.ts';
import type { ServerTransaction } from './server-transaction.ts';
import type { SipTarget } from './target.ts';
import type { TransactionFailure } from './transaction.ts';

/** A request that waits for an answer. */
export class IncomingRequest {
  readonly core: Core;
  readonly request: SipRequest;
  /** Who sent it, when authentication is asked for. */
  username: string | undefined;
  readonly #transaction: ServerTransaction;
  #final: SipResponse | undefined;

  constructor(core: Core, transaction: ServerTransaction) {
    this.core = core;
    this.request = transaction.request;
    this.#transaction = transaction;
  }

  get arrival(): Arrival {
    return this.#transaction.arrival;
  }

  /** The final response, once there is one. */
  get answer(): SipResponse | undefined {
    return this.#final;
  }

  /** The To tag of our responses: the same in all of them (RFC 3261 §8.2.6.2). */
  get localTag(): string {
    this.#transaction.localTag ??= newTag(this.core.random);
    return this.#transaction.localTag;
  }

  set localTag(tag: string) {
    this.#transaction.localTag = tag;
  }

  /** CANCEL has come. */
  set onCancel(run: () => void) {
    this.#transaction.onCancel = run;
  }

  /** The ACK of a failure response does not come, or a response cannot be sent. */
  set onFailed(run: (failure: TransactionFailure) => void) {
    this.#transaction.onFailed = run;
  }

  /** Answers. After a final response further ones are dropped, and undefined is returned. */
  respond(status: number, options: ResponseOptions = {}, generated: HeaderList = []): SipResponse | undefined {
    if (this.#final !== undefined) return undefined;
    const headers = [...generated, ...this.core.serverHeader];
    const tag = status === 100 ? undefined : this.localTag;
    const response = composeResponse(this.request, status, tag, headers, options);
    if (status >= 200) this.#final = response;
    this.#transaction.respond(response);
    return response;
  }

  refuse({ status, reason, headers }: Refusal): void {
    this.respond(status, reason === undefined ? {} : { reason }, headers);
  }

  /** Sends a final response once more, as a 2xx to INVITE has to be (RFC 3261 §13.3.1.4). */
  repeat(response: SipResponse): void {
    this.#transaction.respond(response);
  }

  /** Headers of a response that makes a dialog (RFC 3261 §12.1.1); Contact stands for the URI that was called. */
  dialogHeaders(parameters: readonly string[] = this.core.contactParameters): HeaderList {
    const routes = headerLines(this.request, 'record-route').map((line) => ['Record-Route', line] as const);
    return [...routes, ['Contact', this.contact(parameters)]];
  }

  /** Our Contact in a response: same user part as the Request-URI. */
  contact(parameters: readonly string[] = this.core.contactParameters): string {
    const back: SipTarget = { transport: this.arrival.transport, address: this.arrival.remote };
    return this.core.contact(userOf(this.request.uri), parameters, back, this.request.uri);
  }
}
