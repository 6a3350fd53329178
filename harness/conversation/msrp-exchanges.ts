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
  readonly #byRequest = new Map<number, MsrpExchange>();
  readonly #byResponse = new Map<number, MsrpExchange>();

  observe(entry: WireEntry): void {
    if (entry.content.protocol !== 'msrp') return;
    const { message } = entry.content;
    if (message.kind === 'request') {
      const exchange: MsrpExchange = { request: entry, head: message, surplus: [] };
      this.list.push(exchange);
      this.#byRequest.set(entry.index, exchange);
      this.#latest.set(key(entry.connection, entry.direction, message.transactionId), exchange);
      return;
    }
    const opposite = entry.direction === 'sent' ? 'received' : 'sent';
    const exchange = this.#latest.get(key(entry.connection, opposite, message.transactionId));
    if (exchange === undefined) this.stray.push(entry);
    else if (exchange.response === undefined) {
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
    return this.list.findLast(
      ({ request, head }) =>
        request.actor === actor && request.direction === direction && head.transactionId === transactionId,
    );
  }
}

const key = (connection: string, direction: string, transactionId: string): string =>
  `${connection} ${direction} ${transactionId}`;
