import { deflateRawSync } from 'node:zlib';
import { ladderOf } from '../ladder/ladder.ts';
import type { StoredLine } from '../stored-log.ts';
import { base85 } from './base85.ts';
import { LineCoder } from './line-coder.ts';
import { OctetWriter } from './octet-writer.ts';

/** Which octets of a message are kept. */
export interface Keeping {
  /** Octets of each message, from its first. */
  readonly most: number;
  /** Octets of those that a finding names. */
  readonly mostOfEvidence: number;
}

/** What is kept while the pack is not larger than `size` (in octets of the report), and what beyond it. */
export interface Bounds {
  readonly size: number;
  readonly keeping: Keeping;
  readonly beyond: Keeping;
}

/** Where the wire log of a scenario is. */
export interface Place {
  readonly piece: number;
  /** Position of its first entry in the piece. */
  readonly first: number;
  readonly count: number;
  readonly lifelines: readonly string[];
}

/** Whose messages resemble each other: one direction of one connection. `from`, `to`: lifelines of the scenario. */
interface Lane {
  readonly actor: string;
  readonly direction: StoredLine['direction'];
  readonly connection: string;
  readonly transport: string;
  readonly local: string;
  readonly remote: string;
  readonly protocol: StoredLine['protocol'];
  from: number;
  to: number;
}

/** Messages that are decompressed together when one of them is looked at. */
const PIECE_MESSAGES = 3000;
const PIECE_OCTETS = 2_000_000;

/** More participants than that share a lifeline. */
const LIFELINES = 64;

/** Wire logs, compressed piece by piece; `page/unpack.js` reads them. */
export class WirePack {
  readonly pieces: string[] = [];
  readonly #coder = new LineCoder();
  readonly #heads = new OctetWriter();
  #lanes = new Map<string, number>();
  #laneList: Lane[] = [];
  readonly #frames = new OctetWriter();
  #frame = 0;
  #messages = 0;
  #octets = 0;
  #closed = 0;
  readonly #shrinking = new Shrinking();

  /** What it will take in the report, in octets: exact for what is compressed, the rest estimated. */
  get size(): number {
    return this.#closed + this.#octets * this.#shrinking.ratio + this.#messages * 3;
  }

  /** The lines of one scenario; `evidence` are the positions that its findings name. */
  add(lines: Iterable<StoredLine>, sut: string, evidence: ReadonlySet<number>, bounds: Bounds): Place {
    const first = this.#messages;
    const lanesOfRows: Lane[] = [];
    const ladder = ladderOf(this.#adding(lines, evidence, bounds, lanesOfRows), { evidence }, sut, {
      lifelines: LIFELINES,
      rows: Number.POSITIVE_INFINITY,
    });
    for (const [at, row] of ladder.rows.entries()) {
      const lane = lanesOfRows[at];
      if (lane === undefined || row.kind === 'skipped') continue;
      lane.from = row.kind === 'message' ? row.from : row.at;
      lane.to = row.kind === 'message' ? row.to : row.at;
    }
    const place = {
      piece: this.pieces.length,
      first,
      count: this.#messages - first,
      lifelines: ladder.lifelines.map(({ name }) => name),
    };
    if (this.#messages >= PIECE_MESSAGES || this.#octets >= PIECE_OCTETS) this.close();
    else this.#lanes.clear();
    return place;
  }

  *#adding(
    lines: Iterable<StoredLine>,
    evidence: ReadonlySet<number>,
    bounds: Bounds,
    lanesOfRows: Lane[],
  ): Generator<StoredLine> {
    let time = 0;
    for (const line of lines) {
      const lane = this.#laneOf(line);
      const now = Math.round(line.time * 10);
      this.#heads.number(lane);
      this.#heads.signed(now - time);
      this.#heads.number(line.octets.length);
      time = now;
      const keeping = this.size < bounds.size ? bounds.keeping : bounds.beyond;
      const kept = line.octets.subarray(0, evidence.has(line.index) ? keeping.mostOfEvidence : keeping.most);
      const headline = line.headline.replace(/\n/g, ' ').slice(0, 300);
      // An id costs nothing where the message holds it too.
      const isAlone = kept.length === 0 && line.octets.length > 0;
      const title = Buffer.from(isAlone ? shortened(headline) : headline).toString('latin1');
      this.#coder.add(kept.length === 0 ? title : `${title}\n${kept.toString('latin1')}`, lane);
      this.#writeFrames(line.frames ?? []);
      this.#messages += 1;
      this.#octets += kept.length;
      this.#shrinking.see(kept);
      const entry = this.#laneList[lane];
      if (entry !== undefined) lanesOfRows.push(entry);
      yield line;
    }
  }

  /** Compresses what has been added. */
  close(): void {
    if (this.#messages === 0) return;
    const head = Buffer.from(JSON.stringify(this.#laneList));
    const columns = [head, this.#heads.take(), this.#frames.take(), ...this.#coder.take()].map(compressed);
    const sizes = new OctetWriter();
    for (const column of columns) sizes.number(column.length);
    const piece = base85(Buffer.concat([sizes.take(), ...columns]));
    this.pieces.push(piece);
    this.#closed += piece.length + 60;
    this.#lanes = new Map();
    this.#laneList = [];
    this.#frame = 0;
    this.#messages = 0;
    this.#octets = 0;
  }

  /** How many, and how far each is from the one that follows the last. */
  #writeFrames(frames: readonly number[]): void {
    this.#frames.number(frames.length);
    for (const frame of frames) {
      this.#frames.signed(frame - this.#frame - 1);
      this.#frame = frame;
    }
  }

  #laneOf({ actor, direction, connection, transport, local, remote, protocol }: StoredLine): number {
    const key = JSON.stringify([actor, direction, connection, transport, local, remote, protocol]);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = this.#laneList.length;
    this.#lanes.set(key, lane);
    this.#laneList.push({ actor, direction, connection, transport, local, remote, protocol, from: 0, to: 0 });
    return lane;
  }
}

/** Without most of what is made up anew in each message; `page/ladder.js` shows no more of it. */
const shortened = (headline: string): string =>
  headline.replace(/[A-Za-z0-9]{16,}/g, (word) => (/\d/.test(word) ? `${word.slice(0, 6)}…` : word));

/** Columns of one kind of data each, so a window more than what zlib has by default changes little. */
export const compressed = (octets: Buffer): Buffer => deflateRawSync(octets, { level: 9, memLevel: 9 });

/** In octets: how much is looked at together, and how often. */
const SAMPLE = 64 * 1024;
const EACH = 256 * 1024;

/** How much shorter what comes becomes, from a sample now and then: chatter shrinks to nothing, noise not at all. */
class Shrinking {
  ratio = 0.1;
  #sample: Buffer[] = [];
  #seen = 0;

  see(octets: Buffer): void {
    this.#seen += octets.length;
    if (this.#seen < SAMPLE) this.#sample.push(octets);
    else if (this.#sample.length > 0) {
      const sample = Buffer.concat([...this.#sample, octets]);
      const deflated = deflateRawSync(sample, { level: 1 }).length / sample.length;
      // Patterns halve what deflate alone leaves of texts; noise they make longer.
      this.ratio = deflated < 0.5 ? deflated * 0.5 : deflated * 2;
      this.#sample = [];
    }
    if (this.#seen >= EACH) this.#seen = 0;
  }
}
