import type { Clock } from '../net/clock.ts';
import { limitedNetwork } from '../net/limited.ts';
import type { Network } from '../net/network.ts';
import { Pace } from '../net/pace.ts';
import { pacedNetwork } from '../net/paced.ts';
import type { WireLog } from './log.ts';

export interface LoadLimits {
  /** Connections open at the same time. */
  readonly connections?: number;
  /** MSRP and SIP requests. */
  readonly messagesPerSecond?: number;
}

/** What has been put on a SUT. */
export interface LoadFigures {
  readonly rooms: number;
  readonly connections: number;
  readonly peakConnections: number;
  /** Requests sent. */
  readonly messages: number;
}

/** What a run puts on its SUT: counted, and kept within limits. */
export class Load {
  readonly limits: LoadLimits;
  readonly #limit: number;
  readonly #rooms = new Set<string>();
  readonly #waiting: { readonly connections: number; readonly grant: (release: () => void) => void }[] = [];
  #pace: { readonly clock: Clock; readonly pace: Pace } | undefined;
  #reserved = 0;
  #open = 0;
  #opening = 0;
  #connections = 0;
  #peak = 0;
  #messages = 0;

  constructor(limits: LoadLimits = {}) {
    this.limits = limits;
    this.#limit = limits.connections ?? Number.POSITIVE_INFINITY;
  }

  get figures(): LoadFigures {
    return {
      rooms: this.#rooms.size,
      connections: this.#connections,
      peakConnections: this.#peak,
      messages: this.#messages,
    };
  }

  /** For one actor, whose octets are tapped already. `refused` hears why a connection was not opened. */
  network(tapped: Network, clock: Clock, refused: (why: string) => void = () => {}): Network {
    const limited =
      this.limits.connections === undefined
        ? tapped
        : limitedNetwork(tapped, {
            enter: () => {
              if (this.#open + this.#opening >= this.#limit) {
                const why = `the profile allows no more than ${this.#limit} connections at the same time`;
                refused(why);
                return why;
              }
              this.#opening += 1;
              return undefined;
            },
            settled: () => {
              this.#opening -= 1;
            },
          });
    const { messagesPerSecond } = this.limits;
    if (messagesPerSecond === undefined) return limited;
    if (this.#pace?.clock !== clock) this.#pace = { clock, pace: new Pace(clock, messagesPerSecond) };
    return pacedNetwork(limited, this.#pace.pace, requestsIn);
  }

  /** Counts what a wire log shows from now on. */
  follow(log: WireLog): void {
    log.follow(({ direction, content }) => {
      switch (content.protocol) {
        case 'connection':
          if (content.event === 'opened') this.#opened();
          else this.#open -= 1;
          return;
        case 'sip':
        case 'msrp':
          if (direction === 'sent' && content.message.kind === 'request') this.#messages += 1;
          return;
        case 'unknown':
          return;
      }
    });
  }

  enterRooms(rooms: Iterable<string>): void {
    for (const room of rooms) this.#rooms.add(room);
  }

  /**
   * Sets so many connections aside, all at once, so that nobody who has some waits for more; whoever came first is served
   * first. Undefined: so many are never allowed.
   */
  reserve(connections: number): Promise<(() => void) | undefined> {
    if (connections > this.#limit) return Promise.resolve(undefined);
    return new Promise((grant) => {
      this.#waiting.push({ connections, grant });
      this.#serve();
    });
  }

  #opened(): void {
    this.#connections += 1;
    this.#open += 1;
    this.#peak = Math.max(this.#peak, this.#open);
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { connections, grant } = next;
      if (this.#reserved + connections > this.#limit) return;
      this.#waiting.shift();
      this.#reserved += connections;
      let released = false;
      grant(() => {
        if (released) return;
        released = true;
        this.#reserved -= connections;
        this.#serve();
      });
    }
  }
}

const REQUEST = /(?<=^|\r\n)(?:MSRP [^ \r\n]+ [A-Z]+\r\n|[A-Z]+ [^ \r\n]+ SIP\/2\.0\r\n)/g;

/** Where requests begin in what is written. A body that looks like one counts as well: that is slower, not faster. */
function requestsIn(octets: Uint8Array): number[] {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  return [...text.matchAll(REQUEST)].map(({ index }) => index);
}
