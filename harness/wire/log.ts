import { parseSipDatagram } from '../codec/sip/parser.ts';
import type { Clock } from '../net/clock.ts';
import type { TapObserver, TappedConnection } from '../net/network.ts';
import { type Dissected, type DissectorLimits, StreamDissector } from './dissector.ts';
import type { WireContent, WireEntry } from './entry.ts';

export const DEFAULT_WIRE_LOG_LIMITS: DissectorLimits = {
  connectionOctets: 256 * 1024 * 1024,
  messageOctets: 64 * 1024 * 1024,
};

type Direction = WireEntry['direction'];

/** Keeps a capture beside the wire log: says for all that passes by which frames of the capture it does. */
export interface Recorder extends TapObserver {
  opened(connection: TappedConnection): readonly number[];
  octets(connection: TappedConnection, direction: Direction, octets: Buffer): readonly number[];
  closed(...event: Parameters<TapObserver['closed']>): readonly number[];
  /** The frames of what one direction of a stream has carried from offset `start` up to offset `end`. */
  framesOf(connection: TappedConnection, direction: Direction, start: number, end: number): readonly number[];
}

/**
 * The ordered record of everything that passed the tapped sockets. A live run, the simulation and a capture
 * all fill it through the tap; rules, expectations and reports read only it.
 */
export class WireLog implements TapObserver {
  readonly entries: WireEntry[] = [];
  readonly #clock: Clock;
  readonly #limits: DissectorLimits;
  readonly #recorder: Recorder | undefined;
  readonly #start: number;
  readonly #streams = new Map<string, Record<Direction, StreamDissector>>();
  readonly #readers = new Set<(entry: WireEntry) => void>();

  constructor(clock: Clock, limits: DissectorLimits = DEFAULT_WIRE_LOG_LIMITS, recorder?: Recorder) {
    this.#clock = clock;
    this.#limits = limits;
    this.#recorder = recorder;
    this.#start = clock.now();
  }

  /** Calls `reader` for every entry from now on; returns how to stop it. */
  follow(reader: (entry: WireEntry) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** What passed the sockets of one actor so far; the entries keep their positions in this log. */
  only(actor: string): WireLog {
    const part = new WireLog(this.#clock, this.#limits);
    for (const entry of this.entries) if (entry.actor === actor) part.entries.push(entry);
    return part;
  }

  opened(connection: TappedConnection): void {
    const frames = this.#recorder?.opened(connection);
    this.#append(connection, 'sent', { protocol: 'connection', event: 'opened', by: 'actor' }, NOTHING, frames);
  }

  octets(connection: TappedConnection, direction: Direction, octets: Buffer): void {
    const frames = this.#recorder?.octets(connection, direction, octets);
    if (connection.transport === 'udp') this.#datagram(connection, direction, octets, frames);
    else this.#streamOf(connection)[direction].feed(octets);
  }

  closed(connection: TappedConnection, how: 'ended' | 'reset' | 'failed', by: 'actor' | 'peer', reason?: string): void {
    this.#flush(connection.id);
    const frames = this.#recorder?.closed(connection, how, by, reason);
    const direction = by === 'actor' ? 'sent' : 'received';
    const why = reason === undefined ? {} : { reason };
    this.#append(connection, direction, { protocol: 'connection', event: how, by, ...why }, NOTHING, frames);
  }

  /** Enters what connections still open have begun and not ended. */
  finish(): void {
    for (const id of [...this.#streams.keys()]) this.#flush(id);
  }

  #datagram(
    connection: TappedConnection,
    direction: Direction,
    octets: Buffer,
    frames: readonly number[] | undefined,
  ): void {
    if (isKeepAlive(octets)) return;
    const parsed = parseSipDatagram(octets);
    this.#append(
      connection,
      direction,
      parsed.ok
        ? { protocol: 'sip', message: parsed.value.message, defects: parsed.value.defects }
        : { protocol: 'unknown', reason: parsed.error },
      octets,
      frames,
    );
  }

  #streamOf(connection: TappedConnection): Record<Direction, StreamDissector> {
    const known = this.#streams.get(connection.id);
    if (known !== undefined) return known;
    const stream = (direction: Direction): StreamDissector =>
      new StreamDissector((item) => this.#dissected(connection, direction, item), this.#limits);
    const both = { sent: stream('sent'), received: stream('received') };
    this.#streams.set(connection.id, both);
    return both;
  }

  #dissected(connection: TappedConnection, direction: Direction, item: Dissected): void {
    const content: WireContent =
      item.protocol === 'unknown' ? { protocol: 'unknown', reason: item.reason } : contentOf(item);
    const { octets, start } = item;
    const frames = this.#recorder?.framesOf(connection, direction, start, start + octets.length);
    this.#append(connection, direction, content, octets, frames);
  }

  #flush(id: string): void {
    const both = this.#streams.get(id);
    if (both === undefined) return;
    this.#streams.delete(id);
    both.sent.end();
    both.received.end();
  }

  #append(
    connection: TappedConnection,
    direction: Direction,
    content: WireContent,
    octets: Buffer,
    frames: readonly number[] = [],
  ): void {
    this.enter({
      time: this.#clock.now() - this.#start,
      actor: connection.actor,
      direction,
      connection: connection.id,
      transport: connection.transport,
      local: connection.local,
      remote: connection.remote,
      octets,
      content,
      ...(frames.length === 0 ? {} : { frames }),
    });
  }

  /** Enters what somebody else has dissected; `time` counts from the beginning of the log. */
  enter(one: Omit<WireEntry, 'index'>): void {
    const entry: WireEntry = { index: this.entries.length, ...one };
    this.entries.push(entry);
    for (const reader of this.#readers) reader(entry);
  }
}

const NOTHING = Buffer.alloc(0);

function contentOf(item: Exclude<Dissected, { protocol: 'unknown' }>): WireContent {
  return item.protocol === 'sip'
    ? { protocol: 'sip', message: item.message, defects: item.defects }
    : { protocol: 'msrp', message: item.message, defects: item.defects };
}

/** RFC 5626 §3.5: CRLF, or the CR LF CR LF ping, or nothing but zeros from some NAT keep-alives. */
function isKeepAlive(octets: Buffer): boolean {
  return octets.length <= 4 && octets.every((octet) => octet === 0x0d || octet === 0x0a || octet === 0);
}
