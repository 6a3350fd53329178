import type { FlowEvent } from '../packets/flow.ts';
import { FlowReader } from '../packets/flows.ts';
import { IpReader, type Skipped } from '../packets/ip.ts';
import type { CaptureEvent } from '../packets/packet.ts';
import { type ReadingWatch, readCapture } from '../packets/read-capture.ts';
import { ok, type Result } from '../result.ts';
import { Census } from './census.ts';
import { DatagramMessages } from './datagram-messages.ts';
import type { CaptureItem } from './item.ts';
import { Slab } from './slab.ts';
import { type Holding, StreamMessages } from './stream-messages.ts';

/** Finds SIP and MSRP in flows by what they carry. Flows with neither are let go early. */
export class MessageReader {
  readonly #emit: (item: CaptureItem) => void;
  readonly #streams = new Map<number, StreamMessages>();
  readonly #datagrams = new Map<number, DatagramMessages>();
  readonly #holding: Holding = { underWay: { octets: 0 }, sniffed: 0, slab: new Slab() };
  #found = 0;
  #others = 0;

  constructor(emit: (item: CaptureItem) => void) {
    this.#emit = emit;
  }

  /** Flows that ended, or were left, and how many of them carried SIP or MSRP. */
  get counts(): { readonly found: number; readonly others: number } {
    return { found: this.#found, others: this.#others };
  }

  take(event: FlowEvent): void {
    const { flow } = event;
    switch (event.type) {
      case 'datagram':
        this.#datagramsOf(event).take(event);
        return;
      case 'left':
        this.#finish(flow.id, event.why === 'capture-over' ? 'the capture ends' : 'nothing more of the stream is told');
        return;
      case 'closed':
        this.#streams.get(flow.id)?.take(event);
        this.#finish(flow.id, 'the stream ends');
        return;
      default:
        this.#streamOf(event).take(event);
        return;
    }
  }

  #streamOf({ flow }: FlowEvent): StreamMessages {
    const known = this.#streams.get(flow.id);
    if (known !== undefined) return known;
    const fresh = new StreamMessages(flow, this.#emit, this.#holding);
    this.#streams.set(flow.id, fresh);
    return fresh;
  }

  #datagramsOf({ flow }: FlowEvent): DatagramMessages {
    const known = this.#datagrams.get(flow.id);
    if (known !== undefined) return known;
    const fresh = new DatagramMessages(flow, this.#emit);
    this.#datagrams.set(flow.id, fresh);
    return fresh;
  }

  #finish(id: number, why: string): void {
    const stream = this.#streams.get(id);
    stream?.end(why);
    if ((stream ?? this.#datagrams.get(id))?.isFound) this.#found += 1;
    else this.#others += 1;
    this.#streams.delete(id);
    this.#datagrams.delete(id);
  }
}

/** Something of a capture file that cannot be read. */
export type CaptureDamage = Omit<Extract<CaptureEvent, { readonly type: 'damage' }>, 'type'>;

/** What a capture turned out to hold. */
export interface CaptureSummary {
  readonly packets: number;
  /** Of all packets, as far as they were kept. */
  readonly octets: number;
  /** TCP connections and pairs of UDP ports. */
  readonly flows: number;
  /** Those among them in which neither SIP nor MSRP was found. */
  readonly otherFlows: number;
  /** Flows that were not followed to their end because there were too many. */
  readonly flowsLeft: number;
  readonly messages: number;
  /** The first of them; `damageCount` tells how many there are. */
  readonly damages: readonly CaptureDamage[];
  readonly damageCount: number;
  /** Packets that carried something else, or what could not be read. */
  readonly skipped: Skipped & { readonly withoutPorts: number };
  /** It says what it holds, and that nothing is left out, and all of it was read: a recording of our own, untouched. */
  readonly isWhole: boolean;
  /** What the capture calls addresses, by address. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

const MOST_DAMAGES = 100;
const MOST_NAMES = 10_000;

/**
 * Reads the SIP and MSRP messages of a capture file, in one pass; `path` as `readCapture` takes it. Reading waits for
 * `onItem` to return, and goes no faster. An item `opened` or `joined` comes when its flow has shown what it carries, which
 * may be later than items of other flows with a greater time. Error: one line, where the file cannot be read at all.
 */
export async function readMessages(
  path: string,
  onItem: (item: CaptureItem) => void,
  watch: ReadingWatch = {},
): Promise<Result<CaptureSummary, string>> {
  let [packets, octets, messages, damageCount] = [0, 0, 0, 0];
  const damages: CaptureDamage[] = [];
  const names = new Map<string, readonly string[]>();
  const reader = new MessageReader((item) => {
    if (item.type === 'message') messages += 1;
    onItem(item);
  });
  const flows = new FlowReader((event) => reader.take(event));
  const ip = new IpReader((datagram) => flows.take(datagram));
  const census = new Census();
  const read = await readCapture(
    path,
    (event) => {
      census.take(event);
      switch (event.type) {
        case 'packet':
          packets += 1;
          octets += event.packet.octets.length;
          ip.packet(event.packet);
          return;
        case 'section':
          return;
        case 'name':
          if (names.size < MOST_NAMES) names.set(event.address, event.names);
          return;
        case 'damage':
          damageCount += 1;
          if (damages.length < MOST_DAMAGES) damages.push({ offset: event.offset, reason: event.reason });
          return;
      }
    },
    watch,
  );
  if (!read.ok) return read;
  ip.end();
  flows.finish();
  return ok({
    packets,
    octets,
    flows: flows.flows,
    otherFlows: reader.counts.others,
    flowsLeft: flows.leftEarly,
    messages,
    damages,
    damageCount,
    skipped: { ...ip.skipped, withoutPorts: flows.unreadable },
    isWhole: watch.signal?.aborted !== true && census.isWhole() && flows.leftEarly === 0,
    names,
  });
}
