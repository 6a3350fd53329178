import type { MsrpRequest, MsrpResponse } from '../codec/msrp/message.ts';
import type { WireEntry } from '../wire/entry.ts';

/** An MSRP request on the wire and the response it got, if any. */
export interface MsrpExchange {
  readonly request: WireEntry;
  readonly head: MsrpRequest;
  response?: { readonly entry: WireEntry; readonly head: MsrpResponse };
  /** Further responses to the same request. */
  readonly surplus: WireEntry[];
}

/** Pairs requests and responses by transaction id on one connection, in opposite directions (RFC 4975 §7.2). */
export class MsrpExchanges {
  readonly list: MsrpExchange[] = [];
  /** Responses that fit no request. */
  readonly stray: WireEntry[] = [];
  #slowestMs = 0;
  readonly #latest = new Map<string, MsrpExchange>();
  readonly #byActor = new Map<string, MsrpExchange>();
  readonly #byRequest = new Map<number, MsrpExchange>();
  readonly #byResponse = new Map<number, MsrpExchange>();
  /** Responses that came before the end of their request, as a 413 to a long one does (RFC 4975 §10.5). */
  readonly #early = new Map<string, { readonly entry: WireEntry; readonly head: MsrpResponse }>();

  observe(entry: WireEntry): void {
    if (entry.content.protocol !== 'msrp') return;
    const { message } = entry.content;
    if (message.kind === 'request') {
      const exchange: MsrpExchange = { request: entry, head: message, surplus: [] };
      this.list.push(exchange);
      this.#byRequest.set(entry.index, exchange);
      const name = key(entry.connection, entry.direction, message.transactionId);
      this.#latest.set(name, exchange);
      this.#byActor.set(key(entry.actor, entry.direction, message.transactionId), exchange);
      const early = this.#early.get(name);
      if (early === undefined) return;
      this.#early.delete(name);
      this.stray.splice(this.stray.indexOf(early.entry), 1);
      exchange.response = early;
      this.#byResponse.set(early.entry.index, exchange);
      return;
    }
    const opposite = entry.direction === 'sent' ? 'received' : 'sent';
    const name = key(entry.connection, opposite, message.transactionId);
    const exchange = this.#latest.get(name);
    if (exchange === undefined) {
      this.stray.push(entry);
      if (!this.#early.has(name)) this.#early.set(name, { entry, head: message });
    } else if (exchange.response === undefined) {
      exchange.response = { entry, head: message };
      this.#byResponse.set(entry.index, exchange);
      if (entry.direction === 'received') {
        this.#slowestMs = Math.max(this.#slowestMs, entry.time - exchange.request.time);
      }
    } else exchange.surplus.push(entry);
  }

  /** The exchange that a request opened. */
  of(request: WireEntry): MsrpExchange | undefined {
    return this.#byRequest.get(request.index);
  }

  /** The exchange whose first response this is. */
  answeredBy(response: WireEntry): MsrpExchange | undefined {
    return this.#byResponse.get(response.index);
  }

  /** The longest that an actor has waited for a response, in milliseconds. */
  slowestAnswerMs(): number {
    return this.#slowestMs;
  }

  /** The exchange of a request that `actor` sent or received with this transaction id, the latest one if it was reused. */
  find(actor: string, direction: WireEntry['direction'], transactionId: string): MsrpExchange | undefined {
    return this.#byActor.get(key(actor, direction, transactionId));
  }
}

const key = (place: string, direction: string, transactionId: string): string =>
  `${place} ${direction} ${transactionId}`;
