import type { SipMessage } from '../codec/sip/message.ts';
import { parseSipDatagram } from '../codec/sip/parser.ts';
import { MemoryNetwork, type MemoryNetworkOptions } from '../net/memory.ts';
import type { Transport } from '../net/network.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { tapNetwork } from '../net/tap.ts';
import type { AgentOptions } from './agent-options.ts';
import type { AgentHandlers } from './reception.ts';
import { UserAgent } from './user-agent.ts';

/** For tests: what one agent sent or received, in order. */
export interface Seen {
  readonly time: number;
  readonly actor: string;
  readonly direction: 'sent' | 'received';
  readonly message: SipMessage;
  readonly text: string;
}

/** For tests: two user agents, alice and a focus, on a network in memory. */
export class TestAgents {
  readonly clock = new SimulatedClock();
  readonly network: MemoryNetwork;
  readonly seen: Seen[] = [];
  readonly transport: Transport;
  readonly #connections = new Map<string, number>();
  readonly alice: UserAgent;
  readonly focus: UserAgent;

  constructor(
    options: {
      readonly transport?: Transport;
      readonly handlers?: AgentHandlers;
      readonly alice?: Partial<AgentOptions>;
      readonly focus?: Partial<AgentOptions>;
      readonly network?: MemoryNetworkOptions;
    } = {},
  ) {
    this.transport = options.transport ?? 'udp';
    this.network = new MemoryNetwork(this.clock, { latencyMs: 10, ...options.network });
    this.focus = this.#agent(
      'focus',
      '192.0.2.9',
      5060,
      { packages: ['conference'], ...options.focus },
      options.handlers,
    );
    const target = { transport: this.transport, address: { host: '192.0.2.9', port: 5060 } };
    this.alice = this.#agent('alice', '192.0.2.1', 5062, { target, ...options.alice }, {});
  }

  async start(): Promise<this> {
    for (const agent of [this.focus, this.alice]) {
      const started = await agent.start();
      if (!started.ok) throw new Error(started.error.message);
    }
    return this;
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.run(promise);
  }

  /** Lets so much time pass. */
  pass(ms: number): Promise<void> {
    return this.clock.run(new Promise((resolve) => this.clock.after(ms, resolve)));
  }

  /** Start lines, e.g. `INVITE` or `200 INVITE`, that `actor` sent. */
  sent(actor: string): string[] {
    return this.seen.filter((one) => one.actor === actor && one.direction === 'sent').map((one) => brief(one.message));
  }

  /** How many streams this actor has had. */
  connections(actor: string): number {
    return this.#connections.get(actor) ?? 0;
  }

  async close(): Promise<void> {
    await this.clock.run(Promise.all([this.alice.close(), this.focus.close()]));
    await this.pass(20); // what the network itself still has under way
  }

  #agent(
    name: string,
    host: string,
    port: number,
    options: Partial<AgentOptions>,
    handlers: AgentHandlers = {},
  ): UserAgent {
    const network = tapNetwork(this.network.host(host), name, {
      opened: () => this.#connections.set(name, this.connections(name) + 1),
      closed: () => {},
      octets: (_connection, direction, octets) => this.#note(name, direction, octets),
    });
    const listen = [{ transport: this.transport, address: { host, port } }];
    const uri = name === 'focus' ? 'sip:room@example.org' : `sip:${name}@example.org`;
    return new UserAgent(
      {
        network,
        clock: this.clock,
        random: seededRandom(name),
        uri,
        host,
        listen,
        product: `test ${name}`,
        ...options,
      },
      handlers,
    );
  }

  /** Messages are small here and never share a segment. */
  #note(actor: string, direction: 'sent' | 'received', octets: Buffer): void {
    const parsed = parseSipDatagram(octets);
    if (!parsed.ok) return;
    const { message } = parsed.value;
    this.seen.push({ time: this.clock.now(), actor, direction, message, text: octets.toString() });
  }
}

/** `INVITE` or `200 INVITE`. */
export function brief(message: SipMessage): string {
  if (message.kind === 'request') return message.method;
  const cseq = message.headers.find(({ name }) => name === 'CSeq')?.value ?? '';
  return `${message.status} ${cseq.split(' ')[1] ?? ''}`;
}
