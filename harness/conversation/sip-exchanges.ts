import { header } from '../codec/sip/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { WireEntry } from '../wire/entry.ts';

/** A SIP request on the wire, its retransmissions, and the responses it got. */
export interface SipExchange {
  readonly actor: string;
  readonly direction: WireEntry['direction'];
  readonly request: WireEntry;
  readonly message: SipRequest;
  readonly retransmissions: WireEntry[];
  readonly provisional: WireEntry[];
  final?: FinalResponse;
  /** Final responses behind the first, as they came. */
  readonly repeated: FinalResponse[];
}

export interface FinalResponse {
  readonly entry: WireEntry;
  readonly message: SipResponse;
}

/** Pairs requests and responses by branch and method (RFC 3261 §17.1.3), per actor and direction. */
export class SipExchanges {
  readonly list: SipExchange[] = [];
  readonly stray: WireEntry[] = [];
  readonly #latest = new Map<string, SipExchange>();

  observe(entry: WireEntry): void {
    if (entry.content.protocol !== 'sip') return;
    const { message } = entry.content;
    if (message.kind === 'request') this.#request(entry, message);
    else this.#response(entry, message);
  }

  #request(entry: WireEntry, message: SipRequest): void {
    const id = key(entry.actor, entry.direction, branchOf(message), message.method);
    const earlier = this.#latest.get(id);
    if (earlier !== undefined) {
      earlier.retransmissions.push(entry);
      return;
    }
    const exchange: SipExchange = {
      actor: entry.actor,
      direction: entry.direction,
      request: entry,
      message,
      retransmissions: [],
      provisional: [],
      repeated: [],
    };
    this.list.push(exchange);
    this.#latest.set(id, exchange);
  }

  #response(entry: WireEntry, message: SipResponse): void {
    const opposite = entry.direction === 'sent' ? 'received' : 'sent';
    const exchange = this.#latest.get(key(entry.actor, opposite, branchOf(message), methodOf(message)));
    if (exchange === undefined) this.stray.push(entry);
    else if (message.status < 200) exchange.provisional.push(entry);
    else if (exchange.final === undefined) exchange.final = { entry, message };
    else exchange.repeated.push({ entry, message });
  }
}

const key = (actor: string, direction: string, branch: string, method: string): string =>
  `${actor} ${direction} ${branch} ${method}`;

function branchOf(message: SipMessage): string {
  const via = header(message, 'Via') ?? '';
  return /;\s*branch\s*=\s*([^;,\s]+)/i.exec(via)?.[1] ?? via;
}

const methodOf = (response: SipResponse): string => (header(response, 'CSeq') ?? '').trim().split(/\s+/)[1] ?? '';
