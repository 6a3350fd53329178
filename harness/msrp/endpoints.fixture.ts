import { MsrpCollector } from '../codec/msrp/collect.ts';
import type { MsrpMessage } from '../codec/msrp/message.ts';
import { type Clock, delay } from '../net/clock.ts';
import { MemoryNetwork } from '../net/memory.ts';
import type { ByteStream, Network } from '../net/network.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { dispatch } from './dispatch.ts';
import { type EndpointOptions, MsrpEndpoint } from './endpoint.ts';
import { ACCEPT, type ReceivedMessage, Receiver, type ReceiverOptions } from './receiver.ts';
import type { IncomingReport, MsrpSession, SessionHandler } from './session.ts';

/** For tests: an endpoint at a host of its own in the network. */
export function endpointAt(
  host: string,
  clock: Clock,
  network: Network,
  options: Partial<EndpointOptions> = {},
): MsrpEndpoint {
  return new MsrpEndpoint({ clock, network, host, random: seededRandom(host), ...options });
}

/** For tests: a session that receives as a participant does and keeps what happens. */
export class Party {
  readonly messages: ReceivedMessage[] = [];
  readonly reports: IncomingReport[] = [];
  readonly events: string[] = [];
  readonly session: MsrpSession;
  readonly receiver: Receiver;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(
    endpoint: MsrpEndpoint,
    clock: Clock,
    options: Partial<ReceiverOptions> & { scheme?: 'msrp' | 'msrps' } = {},
  ) {
    const { scheme = 'msrp', ...rest } = options;
    this.receiver = new Receiver(() => this.session, {
      clock,
      deliver: (message) => {
        this.messages.push(message);
        this.#waiting = this.#waiting.filter(({ count, resolve }) => {
          if (this.messages.length >= count) resolve();
          return this.messages.length < count;
        });
        return ACCEPT;
      },
      ...rest,
    });
    const handler: SessionHandler = {
      request: dispatch({ SEND: (request) => this.receiver.receive(request) }),
      report: (report) => this.reports.push(report),
      bound: () => this.events.push('bound'),
      drained: () => this.events.push('drained'),
      failed: (reason) => this.events.push(`failed: ${reason}`),
    };
    this.session = endpoint.createSession(handler, { scheme });
  }

  /** Resolves when so many messages have been delivered. */
  received(count: number): Promise<void> {
    if (this.messages.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  get texts(): string[] {
    return this.messages.map((message) => message.body.toString());
  }
}

/** For tests: the bare end of a connection, which sees and says exactly what the test wants. */
export class BarePeer {
  readonly messages: MsrpMessage[] = [];
  readonly stream: ByteStream;
  closed = false;
  readonly #collector = new MsrpCollector(
    (message) => {
      this.messages.push(message);
      this.onMessage?.(message);
    },
    () => undefined,
  );
  onMessage: ((message: MsrpMessage) => void) | undefined;

  constructor(stream: ByteStream) {
    this.stream = stream;
    stream.attach({
      data: (octets) => this.#collector.feed(octets),
      closed: () => {
        this.closed = true;
      },
    });
  }

  write(...lines: string[]): void {
    this.stream.write(Buffer.from(lines.join('\r\n') + (lines.length > 0 ? '\r\n' : '')));
  }

  /** One line for each message: method or status, and its flag. */
  get summary(): string[] {
    return this.messages.map((message) =>
      message.kind === 'request' ? `${message.method}${message.flag}` : String(message.status),
    );
  }
}

/** Octets that repeat only after a long time, so that a shift or a swap shows. */
export function pattern(length: number): Buffer {
  const octets = Buffer.alloc(length);
  for (let i = 0; i < length; i++) octets[i] = (i * 7 + (i >> 8) * 13 + (i >> 16)) & 0xff;
  return octets;
}

/** For tests: a listening room and a client at two hosts of a network in memory. */
export class MemoryStage {
  readonly clock = new SimulatedClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly room = endpointAt('room', this.clock, this.network.host('room'));
  readonly client = endpointAt('client', this.clock, this.network.host('client'));

  /** Listens before it is handed over. */
  static async open(): Promise<MemoryStage> {
    const stage = new MemoryStage();
    await stage.clock.run(stage.room.listen({ host: 'room', port: 2855 }));
    return stage;
  }

  /** A session from client to room, bound; `options` are those of the room's receiver. */
  async pair(options: Partial<ReceiverOptions> = {}): Promise<{ readonly alice: Party; readonly focus: Party }> {
    const alice = new Party(this.client, this.clock);
    const focus = new Party(this.room, this.clock, options);
    focus.session.accept([alice.session.path]);
    const connected = await this.clock.run(alice.session.connect({ peerPath: [focus.session.path] }));
    if (!connected.ok) throw new Error(connected.error.message);
    await this.clock.run(connected.value.done);
    return { alice, focus };
  }

  async bare(): Promise<BarePeer> {
    const to = { host: 'room', port: 2855 };
    const stream = await this.clock.run(this.network.host('bare').connect(to, { kind: 'plain' }, 1000));
    if (!stream.ok) throw new Error(stream.error.message);
    return new BarePeer(stream.value);
  }

  settle(ms = 100): Promise<void> {
    return this.clock.run(delay(this.clock, ms));
  }
}

/** For tests: a bodiless SEND from a bare peer, line by line. */
export function bodilessSend(toPath: string, transactionId: string, ...headers: string[]): string[] {
  return [
    `MSRP ${transactionId} SEND`,
    `To-Path: ${toPath}`,
    'From-Path: msrp://bare:9/b;tcp',
    ...headers,
    `-------${transactionId}$`,
  ];
}

/** For tests: a source that waits for ever, after `first`. */
export async function* never(first?: Buffer): AsyncGenerator<Buffer> {
  if (first !== undefined) yield first;
  await new Promise<never>(() => undefined);
}
