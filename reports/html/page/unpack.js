/**
 * Reads what `wire-pack.ts` and `line-coder.ts` have written.
 *
 * @typedef {object} Lane
 * @property {string} actor
 * @property {'sent' | 'received'} direction
 * @property {string} connection
 * @property {string} transport
 * @property {string} local
 * @property {string} remote
 * @property {'sip' | 'msrp' | 'unknown' | 'connection'} protocol
 * @property {number} from Lifeline of the scenario
 * @property {number} to
 *
 * @typedef {object} Entry
 * @property {number} index Position in the wire log of the scenario
 * @property {number} time In ms since the log began
 * @property {number} size Of the message, in octets
 * @property {Lane} lane
 * @property {string} headline
 * @property {Uint8Array | undefined} octets What the report holds of the message; undefined: nothing
 * @property {number[]} frames Packets of the capture that carried it
 *
 * @typedef {object} Place
 * @property {number} piece
 * @property {number} first
 * @property {number} count
 * @property {readonly string[]} lifelines
 *
 * @typedef {object} Piece
 * @property {Lane[]} lanes
 * @property {number[][]} frames
 * @property {Head[]} heads
 * @property {string[]} texts One octet a character
 *
 * @typedef {object} Head
 * @property {number} lane
 * @property {number} step Tenths of a millisecond since the entry before; in the first since the log began
 * @property {number} size
 */

/** The gap in a pattern. */
const GAP = '\u0100';
const TORN = 'the wire log of this report is torn';
const NOTHING = new Uint8Array();

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+,-./:;=?@[]^_{|}~';
const VALUES = new Uint8Array(128);
for (let value = 0; value < 85; value += 1) VALUES[DIGITS.charCodeAt(value)] = value;

/** @param {string} text Of `base85.ts` @returns {Uint8Array<ArrayBuffer>} */
export function fromBase85(text) {
  const size = Math.floor((text.length * 4) / 5);
  const octets = new Uint8Array(size + 4);
  const view = new DataView(octets.buffer);
  for (let at = 0, to = 0; at < text.length; at += 5, to += 4) {
    let value = 0;
    for (let digit = at; digit < at + 5; digit += 1)
      value = value * 85 + (digit < text.length ? (VALUES[text.charCodeAt(digit) & 0x7f] ?? 0) : 84);
    view.setUint32(to, value % 0x100000000);
  }
  return octets.slice(0, size);
}

/** @param {Uint8Array<ArrayBuffer>} octets @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function inflate(octets) {
  const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const utf8 = new TextDecoder();

/** @param {Uint8Array} octets */
const textOf = (octets) => utf8.decode(octets);

/** @param {string} text One octet a character */
const octetsOf = (text) => Uint8Array.from(text, (one) => one.charCodeAt(0));

/** One character an octet. @param {Uint8Array} octets */
function latin1(octets) {
  let text = '';
  for (let at = 0; at < octets.length; at += 8192) text += String.fromCharCode(...octets.subarray(at, at + 8192));
  return text;
}

/** Numbers of `octet-writer.ts`, one after the other. @param {Uint8Array} octets */
function numbersOf(octets) {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const octet = octets[at++];
      if (octet === undefined) throw new Error(TORN);
      value += (octet & 0x7f) * factor;
      if (octet < 0x80) return value;
    }
  };
  return {
    number,
    signed: () => {
      const value = number();
      return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    },
    ended: () => at >= octets.length,
    rest: () => octets.subarray(at),
  };
}

/** All wire logs of a report; a piece is decompressed when it is first asked for. */
export class PackedLogs {
  /** @type {string[]} */
  #texts85;
  /** @type {Map<number, Promise<Uint8Array<ArrayBuffer>[]>>} */
  #columns = new Map();
  /** @type {Map<number, Promise<Piece>>} */
  #pieces = new Map();
  /** @type {string[][]} */
  #patterns = [];
  /** @type {number[][]} */
  #forms = [];
  /** @type {Promise<number>} How many pieces have told their patterns. */
  #told = Promise.resolve(0);

  /** @param {string[]} pieces In base85 */
  constructor(pieces) {
    this.#texts85 = pieces;
  }

  /** @param {Place} place @returns {Promise<Entry[]>} */
  async entries({ piece, first, count }) {
    if (count === 0) return [];
    const { lanes, heads, frames, texts } = await this.#piece(piece);
    let time = 0;
    return heads.slice(first, first + count).map(({ lane: number, step, size }, index) => {
      time += step;
      const text = texts[first + index] ?? '';
      const lane = lanes[number];
      if (lane === undefined) throw new Error(TORN);
      const end = text.indexOf('\n');
      const octets = end === -1 ? undefined : octetsOf(text.slice(end + 1));
      const headline = textOf(octetsOf(end === -1 ? text : text.slice(0, end)));
      return { index, time: time / 10, size, lane, headline, octets, frames: frames[first + index] ?? [] };
    });
  }

  /** @param {number} number @returns {Promise<Piece>} */
  #piece(number) {
    const known = this.#pieces.get(number);
    if (known !== undefined) return known;
    const piece = this.#read(number);
    this.#pieces.set(number, piece);
    return piece;
  }

  /** @param {number} number @returns {Promise<Piece>} */
  async #read(number) {
    this.#told = this.#told.then((told) => this.#tell(told, number));
    await this.#told;
    const [lanes, heads, frames, , ...texts] = await this.#columnsOf(number);
    if (lanes === undefined || heads === undefined || frames === undefined) throw new Error(TORN);
    const entries = headsOf(heads);
    return {
      lanes: JSON.parse(textOf(lanes)),
      heads: entries,
      frames: framesOf(frames),
      texts: this.#texts(entries, texts),
    };
  }

  /** Learns the patterns of all pieces up to this one. @param {number} told @param {number} number */
  async #tell(told, number) {
    for (let piece = told; piece <= number; piece += 1) {
      const { patterns, forms } = JSON.parse(textOf((await this.#columnsOf(piece))[3] ?? new Uint8Array()));
      for (const pattern of patterns) this.#patterns.push(pattern.split(GAP));
      for (const form of forms) this.#forms.push(form.split(',').map(Number));
    }
    return Math.max(told, number + 1);
  }

  /** @param {number} number */
  #columnsOf(number) {
    const known = this.#columns.get(number);
    if (known !== undefined) return known;
    const reader = numbersOf(fromBase85(this.#texts85[number] ?? ''));
    const sizes = Array.from({ length: 9 }, reader.number);
    let rest = reader.rest();
    const columns = Promise.all(
      sizes.map((size) => {
        const column = rest.slice(0, size);
        rest = rest.subarray(size);
        return inflate(column);
      }),
    );
    this.#columns.set(number, columns);
    return columns;
  }

  /** @param {Head[]} heads @param {Uint8Array[]} columns @returns {string[]} */
  #texts(heads, [form = NOTHING, fill = NOTHING, ...fresh]) {
    const forms = numbersOf(form);
    const gaps = gapsOf(fill, fresh);
    return heads.map(({ lane }) => {
      const patterns = this.#forms[forms.number()];
      if (patterns === undefined) throw new Error(TORN);
      return patterns
        .map((number) => {
          const parts = this.#patterns[number];
          if (parts === undefined) throw new Error(TORN);
          if (parts.length === 1) return parts[0];
          const words = gaps.line(number, parts.length - 1, lane);
          return parts.map((part, at) => part + (words[at] ?? '')).join('');
        })
        .join('\n');
    });
  }
}

/** @param {Uint8Array} octets @returns {Head[]} */
function headsOf(octets) {
  const reader = numbersOf(octets);
  const heads = [];
  while (!reader.ended()) heads.push({ lane: reader.number(), step: reader.signed(), size: reader.number() });
  return heads;
}

/** Of each entry. @param {Uint8Array} octets @returns {number[][]} */
function framesOf(octets) {
  const reader = numbersOf(octets);
  const entries = [];
  let frame = 0;
  while (!reader.ended()) {
    entries.push(
      Array.from({ length: reader.number() }, () => {
        frame += reader.signed() + 1;
        return frame;
      }),
    );
  }
  return entries;
}

/** The words of a piece, line by line; see `LineCoder`. @param {Uint8Array} fill @param {Uint8Array[]} fresh */
function gapsOf(fill, fresh) {
  const { number } = numbersOf(fill);
  const columns = fresh.map((column) => latin1(column).split('\n'));
  const next = columns.map(() => 0);
  /** @type {string[]} */
  const words = [];
  /** @type {Map<number, number[]>} */
  const last = new Map();
  /** @type {Map<number, number[]>} */
  const lastOnLane = new Map();

  /** @param {number | undefined} here @param {number | undefined} anywhere */
  const word = (here, anywhere) => {
    const code = number();
    if (code === 0 && here !== undefined) return here;
    if (code === 1 && anywhere !== undefined) return anywhere;
    if (code > 4) return words.length + 4 - code;
    const column = code - 2;
    words.push(columns[column]?.[next[column] ?? 0] ?? '');
    next[column] = (next[column] ?? 0) + 1;
    return words.length - 1;
  };

  return {
    /** @param {number} pattern @param {number} count @param {number} lane */
    line(pattern, count, lane) {
      const place = lane * 0x100000 + pattern;
      const here = lastOnLane.get(place);
      const anywhere = last.get(pattern);
      const code = number();
      const line =
        code === 0
          ? here
          : code === 1
            ? anywhere
            : Array.from({ length: count }, (_, at) => word(here?.[at], anywhere?.[at]));
      if (line === undefined) throw new Error(TORN);
      lastOnLane.set(place, line);
      last.set(pattern, line);
      return line.map((one) => words[one] ?? '');
    },
  };
}
