import type { Catalogue } from '../catalogue/catalogue.ts';
import { Conversation } from '../conversation/conversation.ts';
import { Shown } from '../driver/shown.ts';
import { token } from '../net/random.ts';
import type { SeededRandom } from '../net/seeded-random.ts';
import type { Recording } from '../packets/recording.ts';
import { err, ok, type Result } from '../result.ts';
import type { Finding } from '../rules/finding.ts';
import { rules, rulesForClients } from '../rules/index.ts';
import { byeOf, openingOf } from '../scenario/acts/client-on-wire.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { type ClientOnStage, due, type Patience, ROOM_SIDE, type Stage } from '../scenario/stage.ts';
import type { ClientSut } from '../sut/client-sut.ts';
import { madeUpIdentities, type TakenIdentities } from '../sut/identities.ts';
import type { Sut } from '../sut/sut.ts';
import type { Load } from '../wire/load.ts';
import { DEFAULT_WIRE_LOG_LIMITS, WireLog } from '../wire/log.ts';
import { leaveStage, setStage } from './cast.ts';
import { openRoomSide } from './room-side.ts';
import type { World } from './world.ts';

/** One performance of a scenario from the empty stage to the complete wire log. */
export interface Performance {
  readonly stage: Stage;
  /** Everybody leaves; the wire log is complete after it. `at once`: nobody is left who could be told to. */
  leave(how: 'in order' | 'at once'): Promise<void>;
  /** What the passive rules find in the wire log. */
  judge(catalogue: Catalogue): Finding[];
  release(): Promise<void>;
}

export interface PerformanceSetting<S> {
  readonly world: World;
  readonly sut: S;
  readonly patience: Patience;
  /** Keeps a capture as well. */
  readonly recording?: Recording;
}

/** Before a focus. Error: it has no such room. */
export async function performBeforeFocus(
  scenario: LoadedScenario,
  { world, sut, patience, recording }: PerformanceSetting<Sut>,
  random: SeededRandom,
): Promise<Result<Performance, string>> {
  const connections = await connectionsFor(scenario, sut, world.load);
  if (!connections.ok) return connections;
  const rooms = await sut.rooms.take(scenario.scenario.room ?? {}).catch((error: unknown) => {
    connections.value();
    throw error;
  });
  if (rooms === undefined) {
    connections.value();
    return err('the SUT has no room with the policy that this needs');
  }
  const identities = await identitiesFor(scenario, sut);
  if (!identities.ok) {
    rooms.release();
    connections.value();
    return identities;
  }
  const log = new WireLog(world.clock, DEFAULT_WIRE_LOG_LIMITS, recording?.part());
  const stage = setStage(scenario, world, sut, rooms, random, patience, log, identities.value);
  return ok({
    stage,
    leave: () => leaveStage(stage),
    judge: (catalogue) => rules.flatMap((rule) => rule.judge(stage.conversation, catalogue)),
    release: async () => {
      identities.value.release();
      rooms.release();
      connections.value();
    },
  });
}

/** For SIP, for MSRP. */
const EACH = 2;

/** Sets aside what a scenario may need, first of all. Error: more than the profile allows. */
async function connectionsFor(
  { cast, scenario }: Pick<LoadedScenario, 'cast' | 'scenario'>,
  sut: Sut,
  load: Load | undefined,
): Promise<Result<() => void, string>> {
  if (load?.limits.connections === undefined) return ok(() => {});
  const lenders = [...cast.values()].filter((member) => member['shares-connection-with'] !== undefined).length;
  // Lines of their own, and sessions that take the place of others before these are gone.
  const further = JSON.stringify([scenario.steps, scenario.twin ?? null]).match(FURTHER)?.length ?? 0;
  // One more to ask whether the SUT is alive.
  const needed = EACH * (cast.size + (sut.rooms.keepers ?? 0)) - lenders + further + 1;
  const release = await load.reserve(needed);
  if (release !== undefined) return ok(release);
  return err(`this needs up to ${needed} connections, and the profile allows ${load.limits.connections}`);
}

const FURTHER = /"(?:raw-sip|join|renegotiate)":|"on":"(?:fresh|clear)"/g;

/** Always after the rooms, so that two scenarios never wait for each other. Error: there are not so many. */
async function identitiesFor(
  { cast }: Pick<LoadedScenario, 'cast'>,
  sut: Sut,
): Promise<Result<TakenIdentities, string>> {
  const { identities = madeUpIdentities(sut.domain) } = sut;
  const users = new Set([...cast].map(([name, member]) => member.user ?? name)).size;
  const taken = await identities.take(users);
  if (taken !== undefined) return ok(taken);
  const accounts = identities.users === 1 ? 'one account' : `${identities.users} accounts`;
  return err(`this needs ${users} users, and the profile has ${accounts} for them`);
}

/** How long a client may take to end a stay that a scenario has left it in, in milliseconds. */
const FAREWELL_MS = 3_000;

/** Before a client, in a room of its own. Error: the room cannot be opened. */
export async function performBeforeClient(
  scenario: Pick<LoadedScenario, 'id' | 'file' | 'cast' | 'scenario'>,
  { world, sut, patience, recording }: PerformanceSetting<ClientSut>,
  random: SeededRandom,
): Promise<Result<Performance, string>> {
  const log = new WireLog(world.clock, DEFAULT_WIRE_LOG_LIMITS, recording?.part());
  const opened = await openRoomSide(world, sut, scenario.scenario, log, random.fork('room'));
  if (!opened.ok) return opened;
  const side = opened.value;
  const shown = new Shown();
  const client: ClientOnStage = {
    driver: sut.driver,
    shown,
    dialled: side.room,
    room: side.room,
    as: sut.as ?? `sip:client-${token(random, 8)}@${side.sut.domain}`,
    handMade: new Map(),
    write: (octets) => side.write(octets),
    closeRoom: () => side.closeRoom(),
    answerWith: (method, answer) => side.answerWith(method, answer),
  };
  const rooms = { room: side.room, release: () => {} };
  const stage = { ...setStage(scenario, side.world, side.sut, rooms, random, patience, log), client };
  sut.driver.watch(shown);
  return ok({
    stage,
    async leave(how) {
      if (how === 'in order') await endStay(stage, client);
      else client.closeRoom();
      await leaveStage(stage);
      sut.driver.watch(undefined);
    },
    judge(catalogue) {
      const seen = new Conversation(log.only(ROOM_SIDE));
      return rulesForClients.flatMap((rule) => rule.judge(seen, catalogue));
    },
    release: () => side.close(),
  });
}

/** So that the next scenario meets a client that is in no room. */
async function endStay(stage: Stage, { driver, closeRoom }: ClientOnStage): Promise<void> {
  const stay = stage.conversation.stays.list.findLast(({ actor }) => actor === ROOM_SIDE);
  // Who has bound no session knows of no stay that it could leave.
  const isBound = stay !== undefined && openingOf(stage, stay.invite.index) !== undefined;
  if (isBound && stay.accepted !== undefined && stay.ending === undefined) {
    const handed = await driver.order({ do: 'leave' });
    if (handed.ok) await due(stage, () => byeOf(stage, stay.invite.index), FAREWELL_MS);
  }
  if (stay?.accepted !== undefined && stay.ending === undefined) {
    closeRoom();
    await due(stage, () => stay.ended, FAREWELL_MS);
  }
}
