import type { ByteStream, DatagramSocket, Network, StreamHandlers } from './network.ts';
import type { Pace } from './pace.ts';
import { StreamInFront } from './stream-in-front.ts';

/** Where requests begin in these octets, in ascending order. */
export type Requests = (octets: Uint8Array) => readonly number[];

/**
 * The same network, on which what is written waits for its turn: as many turns as requests begin in it. Nothing is lost
 * or overtaken; who writes too much is held back as by a peer that reads slowly.
 */
export function pacedNetwork(network: Network, pace: Pace, requests: Requests): Network {
  const paced = (stream: ByteStream): ByteStream => new PacedStream(stream, pace, requests);
  return {
    async connect(to, security, timeoutMs) {
      const connected = await network.connect(to, security, timeoutMs);
      return connected.ok ? { ok: true, value: paced(connected.value) } : connected;
    },
    listen: (at, security, accept) => network.listen(at, security, (stream) => accept(paced(stream))),
    async datagrams(at, handlers) {
      const bound = await network.datagrams(at, handlers);
      return bound.ok ? { ok: true, value: pacedSocket(bound.value, pace, requests) } : bound;
    },
  };
}

/** What waits for its turn, in its order. */
class Line {
  readonly #pace: Pace;
  readonly #requests: Requests;
  readonly #emptied: () => void;
  #waiting: { readonly octets: number; readonly cost: number; readonly run: () => void }[] = [];
  #octets = 0;
  #asking = false;

  constructor(pace: Pace, requests: Requests, emptied: () => void) {
    this.#pace = pace;
    this.#requests = requests;
    this.#emptied = emptied;
  }

  get octets(): number {
    return this.#octets;
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** True: its turn is now. Otherwise `run` is called when it comes. */
  now(parts: readonly Uint8Array[], run: () => void): boolean {
    const cost = parts.reduce((sum, part) => sum + this.#requests(part).length, 0);
    if (this.empty && (cost === 0 || this.#pace.take(cost))) return true;
    const octets = parts.reduce((sum, part) => sum + part.byteLength, 0);
    this.#octets += octets;
    this.#waiting.push({ octets, cost, run });
    this.#ask();
    return false;
  }

  clear(): void {
    this.#waiting = [];
    this.#octets = 0;
  }

  #ask(): void {
    const first = this.#waiting[0];
    if (first === undefined || this.#asking) return;
    this.#asking = true;
    this.#pace.await(first.cost, () => {
      this.#asking = false;
      this.#serve();
    });
  }

  #serve(): void {
    let paid = true;
    for (let first = this.#waiting[0]; first !== undefined && (paid || first.cost === 0); first = this.#waiting[0]) {
      if (first.cost > 0) paid = false;
      this.#waiting.shift();
      this.#octets -= first.octets;
      first.run();
    }
    if (this.empty) this.#emptied();
    else this.#ask();
  }
}

class PacedStream extends StreamInFront {
  readonly #line: Line;
  readonly #requests: Requests;
  #handlers: StreamHandlers | undefined;
  /** Has the stream below room for more? */
  #room = true;
  #ending = false;

  constructor(stream: ByteStream, pace: Pace, requests: Requests) {
    super(stream);
    this.#requests = requests;
    this.#line = new Line(pace, requests, () => this.#emptied());
  }

  override get queued(): number {
    return this.stream.queued + this.#line.octets;
  }

  attach(handlers: StreamHandlers): void {
    this.#handlers = handlers;
    this.stream.attach({
      data: (octets) => handlers.data(octets),
      drain: () => {
        this.#room = true;
        if (this.#line.empty) handlers.drain?.();
      },
      end: () => {
        if (handlers.end === undefined) this.end();
        else handlers.end();
      },
      closed: (error) => {
        this.#line.clear();
        handlers.closed(error);
      },
    });
  }

  write(octets: Uint8Array): boolean {
    if (this.#ending) return false;
    const turns = this.#apart([octets]);
    if (turns.length > 1) return this.#inTurn(turns);
    return this.#passed([octets], () => this.stream.write(octets));
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    if (this.#ending) return false;
    return this.#inTurn(this.#apart(parts));
  }

  #inTurn(turns: readonly Uint8Array[][]): boolean {
    let room = true;
    for (const together of turns) room = this.#passed(together, () => this.stream.writeAll(together));
    return room;
  }

  /** What can go in one turn: each request with what follows it up to the next. */
  #apart(parts: readonly Uint8Array[]): Uint8Array[][] {
    const turns: Uint8Array[][] = [];
    for (const part of parts) {
      let from = 0;
      for (const start of this.#requests(part)) {
        if (start > from) addTo(turns, part.subarray(from, start));
        turns.push([]);
        from = start;
      }
      addTo(turns, part.subarray(from));
    }
    return turns;
  }

  override end(): void {
    this.#ending = true;
    if (this.#line.empty) this.stream.end();
  }

  override reset(): void {
    this.#line.clear();
    this.stream.reset();
  }

  #passed(parts: readonly Uint8Array[], write: () => boolean): boolean {
    const run = (): void => {
      this.#room = write();
    };
    if (!this.#line.now(parts, run)) return false;
    run();
    return this.#room;
  }

  #emptied(): void {
    if (this.#ending) this.stream.end();
    else if (this.#room) this.#handlers?.drain?.();
  }
}

function addTo(turns: Uint8Array[][], part: Uint8Array): void {
  const last = turns.at(-1);
  if (last === undefined) turns.push([part]);
  else last.push(part);
}

function pacedSocket(socket: DatagramSocket, pace: Pace, requests: Requests): DatagramSocket {
  let closing = false;
  const line = new Line(pace, requests, () => {
    if (closing) socket.close();
  });
  return {
    local: socket.local,
    send(octets, to) {
      if (closing) return;
      const run = (): void => socket.send(octets, to);
      if (line.now([octets], run)) run();
    },
    close() {
      closing = true;
      if (line.empty) socket.close();
    },
  };
}
