import type { Clock } from '../net/clock.ts';
import type { Address, TapObserver, TappedConnection } from '../net/network.ts';
import { addressOctets } from './address-octets.ts';
import { type End, opposite } from './flow.ts';
import { StandIns } from './stand-ins.ts';
import { statementText } from './statement.ts';
import { type CaptureKind, packetBlockLength, type WrittenPacket, writeCapture } from './write-capture.ts';
import { type TakeFrame, WrittenConnection } from './write-connection.ts';
import { Lane, type Station } from './write-frame.ts';

/** Octets of a capture at which its recording stops. */
export const DEFAULT_CAPTURE_OCTETS = 64 * 1024 * 1024;

/**
 * What passes the tap, as packets of one capture. Octets are kept as views of the buffers that the wire log keeps
 * anyway. A capture that has grown too large goes no further: what passes afterwards is counted and left out.
 */
export class Recording {
  readonly #clock: Clock;
  readonly #limit: number;
  /** Calendar time at which the clock stood at 0. */
  readonly #epoch: number;
  readonly #packets: WrittenPacket[] = [];
  readonly #standIns = new StandIns();
  /** Both ends of each TCP connection that is open; those of datagrams, with the actor who has them. */
  readonly #taken = new Map<string, string>();
  #octets = 0;
  #connections = 0;
  readonly #actors = new Set<string>();
  #introduced = 0;
  #parts = 0;
  #full = false;
  #leftOut = 0;
  #isCut = false;

  constructor(clock: Clock, limit: number = DEFAULT_CAPTURE_OCTETS) {
    this.#clock = clock;
    this.#limit = limit;
    this.#epoch = clock.date().getTime() - clock.now();
  }

  /** How many packets it has. */
  get frames(): number {
    return this.#packets.length;
  }

  /** Octets that passed and the capture has not got. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** For what one tap tells; in one recording there may be several, one after the other, with the same ids. */
  part(): RecordedPart {
    this.#parts += 1;
    const part = this.#parts;
    return new RecordedPart({
      introduce: (connection) => {
        this.#introduced += 1;
        this.#actors.add(connection.actor);
        return introductionOf(connection, part);
      },
      cut: () => {
        this.#isCut = true;
      },
      take: (lane, content, comment) => this.#take(lane, content, comment),
      hasRoom: (octets) => this.#hasRoom(octets),
      stations: (connection) => this.#stations(connection),
      release: (key) => this.#taken.delete(key),
      nextSequence: () => {
        this.#connections += 1;
        // Far apart, so that a connection never goes on where another one with the same addresses ended.
        return Math.imul(this.#connections, 0x9e3779b1);
      },
    });
  }

  /** The file. `title` says what was recorded. */
  write(kind: CaptureKind, application: string, title: string): Buffer {
    const { names } = this.#standIns;
    const comment = [title, ...this.#completeness()].join('\n');
    return writeCapture({ packets: this.#packets, names, application, comment }, kind);
  }

  #completeness(): string[] {
    if (this.#leftOut > 0)
      return [`The recording stopped at ${this.#limit} octets: ${this.#leftOut} that passed later are left out.`];
    if (this.#isCut || this.#full) return [];
    return [
      statementText({
        packets: this.#packets.length,
        connections: this.#introduced,
        actors: this.#actors.size,
      }),
    ];
  }

  #take(lane: Lane, content: WrittenPacket['content'], comment: string | undefined): number {
    const time = this.#epoch + this.#clock.now();
    const packet = comment === undefined ? { time, lane, content } : { time, lane, content, comment: clip(comment) };
    this.#octets += packetBlockLength(packet);
    return this.#packets.push(packet);
  }

  #hasRoom(octets: number): boolean {
    this.#full ||= this.#octets + octets > this.#limit;
    if (this.#full) this.#leftOut += octets;
    return !this.#full;
  }

  /** The ends of a connection, such that no other one has both; and the key under which they are taken. */
  #stations({ actor, transport, local, remote }: TappedConnection): { local: Station; remote: Station; key: string } {
    const there = this.#addressOf(remote, familyOf(remote) ?? familyOf(local) ?? 4);
    const family = there.length === 16 ? 6 : 4;
    const stationOf = (address: Buffer, { port }: Address): Station => ({ address, port: port & 0xffff });
    const found = familyOf(local) === family && !isUnspecified(local) ? addressOctets(local.host) : undefined;
    let here = found ?? this.#standIns.of(actor, family);
    for (;;) {
      const key = keyOf(transport === 'udp' ? 'udp' : 'tcp', stationOf(here, local), stationOf(there, remote));
      const owner = this.#taken.get(key);
      if (owner === undefined || (transport === 'udp' && owner === actor)) {
        this.#taken.set(key, actor);
        return { local: stationOf(here, local), remote: stationOf(there, remote), key };
      }
      here = this.#standIns.another(actor, family);
    }
  }

  #addressOf(address: Address, family: 4 | 6): Buffer {
    return addressOctets(address.host) ?? this.#standIns.of(address.host, family);
  }
}

interface Tape {
  readonly take: TakeFrame;
  /** Whether so many octets go in. If not, they are counted as left out. */
  hasRoom(octets: number): boolean;
  stations(connection: TappedConnection): { local: Station; remote: Station; key: string };
  release(key: string): void;
  nextSequence(): number;
  /** What the first packet of a connection says of it. */
  introduce(connection: TappedConnection): string;
  /** Of a datagram not all goes in. */
  cut(): void;
}

interface OpenConnection {
  readonly written: WrittenConnection;
  /** Which end the actor is. */
  readonly actor: End;
  readonly key: string;
}

/** The part of a recording that one tap tells. Every method returns the numbers of the frames that came of it. */
export class RecordedPart implements TapObserver {
  readonly #tape: Tape;
  readonly #streams = new Map<string, OpenConnection>();
  readonly #datagrams = new Map<string, { readonly sent: Lane; readonly received: Lane; id: number }>();

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  opened(connection: TappedConnection): readonly number[] {
    return this.#tape.hasRoom(0) ? this.#open(connection).frames : NO_FRAMES;
  }

  octets(connection: TappedConnection, direction: 'sent' | 'received', octets: Buffer): readonly number[] {
    if (!this.#tape.hasRoom(octets.length)) return NO_FRAMES;
    if (connection.transport === 'udp') return this.#datagram(connection, direction, octets);
    const { written, actor } = this.#streams.get(connection.id) ?? this.#open(connection).stream;
    return written.send(endOf(direction, actor), octets);
  }

  closed(
    connection: TappedConnection,
    how: 'ended' | 'reset' | 'failed',
    by: 'actor' | 'peer',
    reason?: string,
  ): readonly number[] {
    const stream = this.#streams.get(connection.id);
    if (stream === undefined) return NO_FRAMES;
    this.#tape.release(stream.key);
    if (!this.#tape.hasRoom(0)) return NO_FRAMES;
    const end = by === 'actor' ? stream.actor : opposite(stream.actor);
    if (how === 'failed') return stream.written.close(end, 'reset', `written for a failure: ${reason ?? 'unknown'}`);
    return stream.written.close(end, how, reason);
  }

  framesOf(
    connection: TappedConnection,
    direction: 'sent' | 'received',
    start: number,
    end: number,
  ): readonly number[] {
    const stream = this.#streams.get(connection.id);
    return stream === undefined ? NO_FRAMES : stream.written.framesOf(endOf(direction, stream.actor), start, end);
  }

  #open(connection: TappedConnection): { readonly stream: OpenConnection; readonly frames: readonly number[] } {
    const { local, remote, key } = this.#tape.stations(connection);
    const actor = connection.opener === 'peer' ? 'other' : 'opener';
    const [opener, other] = actor === 'opener' ? [local, remote] : [remote, local];
    const written = new WrittenConnection(opener, other, this.#tape.nextSequence(), this.#tape.take);
    const stream = { written, actor, key } as const;
    this.#streams.set(connection.id, stream);
    return { stream, frames: written.open(this.#tape.introduce(connection)) };
  }

  #datagram(connection: TappedConnection, direction: 'sent' | 'received', octets: Buffer): readonly number[] {
    const { id, local, remote } = connection;
    const peer = `${id} ${local.host} ${local.port} ${remote.host} ${remote.port}`;
    const known = this.#datagrams.get(peer);
    const lanes = known ?? this.#lanesOf(connection);
    if (known === undefined) this.#datagrams.set(peer, lanes);
    lanes.id += 1;
    const lane = lanes[direction];
    const introduced = known === undefined ? this.#tape.introduce(connection) : undefined;
    if (octets.length <= lane.datagramOctets)
      return [this.#tape.take(lane, { payload: octets, id: lanes.id }, introduced)];
    this.#tape.cut();
    const comment = `${octets.length} octets, of which no more than ${lane.datagramOctets} go into a datagram`;
    const payload = octets.subarray(0, lane.datagramOctets);
    return [
      this.#tape.take(
        lane,
        { payload, id: lanes.id },
        introduced === undefined ? comment : `${introduced}; ${comment}`,
      ),
    ];
  }

  #lanesOf(connection: TappedConnection): { readonly sent: Lane; readonly received: Lane; id: number } {
    const { local, remote } = this.#tape.stations(connection);
    return { sent: new Lane('udp', local, remote), received: new Lane('udp', remote, local), id: 0 };
  }
}

const NO_FRAMES: readonly number[] = Object.freeze([]);

const endOf = (direction: 'sent' | 'received', actor: End): End => (direction === 'sent' ? actor : opposite(actor));

function introductionOf({ id, actor, transport, local, remote }: TappedConnection, part: number): string {
  const between = `${addressText(local)} and ${addressText(remote)}`;
  const tls = transport === 'tls' ? '. TLS; recorded in the clear' : '';
  return `${actor}, connection ${id}, between ${between}${tls}${part === 1 ? '' : `; conversation ${part}`}`;
}

const addressText = ({ host, port }: Address): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

const LONGEST_COMMENT = 1000;

const clip = (comment: string): string =>
  comment.length > LONGEST_COMMENT ? `${comment.slice(0, LONGEST_COMMENT)}…` : comment;

function familyOf({ host }: Address): 4 | 6 | undefined {
  switch (addressOctets(host)?.length) {
    case 4:
      return 4;
    case 16:
      return 6;
    default:
      return undefined;
  }
}

/** A socket that is bound to all addresses does not say which of them a packet bears. */
const isUnspecified = ({ host }: Address): boolean => addressOctets(host)?.every((octet) => octet === 0) === true;

/** The same from either end. */
function keyOf(transport: 'tcp' | 'udp', a: Station, b: Station): string {
  const ends = [a, b].map(({ address, port }) => `${address.toString('hex')} ${port}`);
  return [transport, ...ends.toSorted()].join(' ');
}
