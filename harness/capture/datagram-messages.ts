import { parseSipDatagram } from '../codec/sip/parser.ts';
import type { Flow, FlowEvent } from '../packets/flow.ts';
import type { CaptureItem } from './item.ts';
import { isKeepAlive, isStun, recogniseBeginning } from './recognition.ts';

/** The SIP messages among the datagrams between two UDP ports. */
export class DatagramMessages {
  readonly #flow: Flow;
  readonly #emit: (item: CaptureItem) => void;
  #isFound = false;

  constructor(flow: Flow, emit: (item: CaptureItem) => void) {
    this.#flow = flow;
    this.#emit = emit;
  }

  /** Whether SIP was found in it. */
  get isFound(): boolean {
    return this.#isFound;
  }

  take(event: Extract<FlowEvent, { readonly type: 'datagram' }>): void {
    const isSip = recogniseBeginning(event.octets) === 'sip';
    if (!isSip && (!this.#isFound || isKeepAlive(event.octets) || isStun(event.octets))) return;
    this.#isFound = true;
    // A copy, as messages are kept longer than the packet they come from.
    const octets = Buffer.from(event.octets);
    const { from, time, packets, missing } = event;
    const about = { flow: this.#flow, from, time, frames: packets, octets };
    const parsed = parseSipDatagram(octets);
    if (missing > 0) {
      this.#emit({ type: 'unreadable', ...about, reason: `${missing} octets of the datagram were not captured` });
    } else if (parsed.ok) {
      this.#emit({ type: 'message', ...about, content: { protocol: 'sip', ...parsed.value } });
    } else {
      this.#emit({ type: 'unreadable', ...about, reason: parsed.error });
    }
  }
}
