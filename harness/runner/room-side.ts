import { type Alteration, decisionsOf } from '../focus/alteration.ts';
import { type ReferenceFocus, startFocus } from '../focus/focus.ts';
import { mutants } from '../focus/mutants/index.ts';
import { rewritingNetwork } from '../focus/rewriting-network.ts';
import { variants } from '../focus/variants/index.ts';
import { MemoryNetwork } from '../net/memory.ts';
import type { Address, ByteStream, Network } from '../net/network.ts';
import { type Random, token } from '../net/random.ts';
import { tapNetwork } from '../net/tap.ts';
import { twoNetworks } from '../net/two-networks.ts';
import { err, ok, type Result } from '../result.ts';
import type { Scenario } from '../scenario/schema.ts';
import { ROOM_SIDE } from '../scenario/stage.ts';
import type { ClientSut } from '../sut/client-sut.ts';
import { policyOf, TEST_ROSTER_INTERVAL_MS } from '../sut/focus-rooms.ts';
import type { Sut } from '../sut/sut.ts';
import type { WireLog } from '../wire/log.ts';
import { type RoomAnswer, RoomAnswers } from './room-answers.ts';
import type { World } from './world.ts';

/** The room that a client under test joins: the reference focus in this process, or one altered as the scenario says. */
export interface RoomSide {
  /** How the cast meets the room: in memory, where the client cannot be. */
  readonly world: World;
  readonly sut: Sut;
  /** URI under which everybody calls the room. */
  readonly room: string;
  /** Writes on the connection over which the latest MSRP message has passed. False: it is closed, or there was none. */
  write(octets: Buffer): boolean;
  /** RFC 7701 §5.3: BYE to all. */
  closeRoom(): void;
  /** Lays down how requests of the client are answered from now on. @throws where the scenario has no such step */
  answerWith(method: string, answer: RoomAnswer): void;
  close(): Promise<void>;
}

/** Where the cast is (RFC 5737 §3): an address that no client has. */
const CAST_HOST = '192.0.2.2';

/** Opens the room. What passes between it and the client goes to the wire log, under the name of the room. */
export async function openRoomSide(
  world: World,
  { room: at }: ClientSut,
  scenario: Pick<Scenario, 'room' | 'focus' | 'steps'>,
  log: WireLog,
  random: Random,
): Promise<Result<RoomSide, string>> {
  const inner = new MemoryNetwork(world.clock);
  const connections = new Connections();
  const alteration = alterationNamed(scenario.focus ?? {});
  const rewriting = alteration.wire?.();
  const tapped = connections.of(tapNetwork(world.network, ROOM_SIDE, log));
  const write = (octets: Buffer): boolean => {
    const last = log.entries.findLast(({ actor, content }) => actor === ROOM_SIDE && content.protocol === 'msrp');
    return last !== undefined && connections.write(last, octets);
  };
  const answers = laysDownAnswers(scenario) ? new RoomAnswers(world.clock, write) : undefined;
  const answering = answers === undefined ? tapped : rewritingNetwork(tapped, world.clock, answers.rewriting);
  const outer = rewriting === undefined ? answering : rewritingNetwork(answering, world.clock, rewriting);
  const name = `room-${token(random, 6).toLowerCase()}`;
  const transports = at.transport === 'udp' ? (['tcp', 'udp'] as const) : (['tcp'] as const);
  const started = await startFocus({
    clock: world.clock,
    random,
    network: twoNetworks(outer, inner, ({ host }) => host === CAST_HOST),
    domain: at.host,
    host: at.host,
    sip: transports.map((transport) => ({ transport, address: at })),
    msrp: [{ scheme: 'msrp', address: { host: at.host, port: 0 } }],
    rooms: [{ name, policy: policyOf(scenario.room ?? {}) }],
    rosterIntervalMs: TEST_ROSTER_INTERVAL_MS,
    decisions: decisionsOf(alteration),
  });
  if (!started.ok) return err(`the room has no sockets: ${started.error.message}`);
  const focus = started.value;
  const room = uriOf(focus, name, at);
  return ok({
    world: { ...world, network: inner.host(CAST_HOST) },
    sut: sutOf(focus, room, at.host),
    room,
    write,
    closeRoom: () => focus.closeRoom(name),
    answerWith(method, answer) {
      if (answers === undefined) throw new Error('an answer of the room in a scenario that lays none down');
      answers.set(method, answer);
    },
    close: () => focus.close(),
  });
}

/** Where nothing is to be changed, everything streams through as it comes. */
const laysDownAnswers = ({ steps }: Pick<Scenario, 'steps'>): boolean =>
  steps.some(({ room, together }) => [{ room }, ...(together ?? [])].some((step) => step.room?.answers !== undefined));

function alterationNamed({ variant, mutant }: NonNullable<Scenario['focus']>): Alteration {
  return variants.find((one) => one.name === variant) ?? mutants.find((one) => one.name === mutant) ?? {};
}

/** With host, port and transport, so that who dials it needs to know nothing else. */
function uriOf(focus: ReferenceFocus, name: string, { transport, host }: ClientSut['room']): string {
  const port = focus.sipAddress(transport)?.port;
  const literal = host.includes(':') ? `[${host}]` : host;
  return `sip:${name}@${literal}:${port};transport=${transport}`;
}

function sutOf(focus: ReferenceFocus, room: string, host: string): Sut {
  const address = focus.sipAddress('tcp') ?? { host, port: 0 };
  return {
    name: 'the room',
    kind: 'built-in',
    target: room,
    sip: { transport: 'tcp', address },
    domain: host,
    localHost: CAST_HOST,
    rooms: { concurrency: 1, take: async () => ({ room, release: () => {} }) },
    onExit: () => {},
    stop: () => focus.close(),
  };
}

/** The streams between the room and the client, to write on beside the focus. */
class Connections {
  readonly #open = new Set<ByteStream>();

  of(network: Network): Network {
    const noted = (stream: ByteStream): ByteStream => {
      this.#open.add(stream);
      return stream;
    };
    return {
      async connect(to, security, timeoutMs) {
        const connected = await network.connect(to, security, timeoutMs);
        return connected.ok ? ok(noted(connected.value)) : connected;
      },
      listen: (at, security, accept) => network.listen(at, security, (stream) => accept(noted(stream))),
      datagrams: (at, handlers) => network.datagrams(at, handlers),
    };
  }

  write({ local, remote }: Pick<ByteStream, 'local' | 'remote'>, octets: Buffer): boolean {
    const stream = [...this.#open].findLast((one) => isSame(one.local, local) && isSame(one.remote, remote));
    stream?.write(octets);
    return stream !== undefined;
  }
}

const isSame = (a: Address, b: Address): boolean => a.host === b.host && a.port === b.port;
