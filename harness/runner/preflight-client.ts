import { orderNames } from '../driver/order.ts';
import type { SeededRandom } from '../net/seeded-random.ts';
import { openingOf } from '../scenario/acts/client-on-wire.ts';
import type { Capability } from '../scenario/capability.ts';
import { due, type Patience, ROOM_SIDE, type Stage } from '../scenario/stage.ts';
import type { ClientSut } from '../sut/client-sut.ts';
import { describeEnding, type Ending } from './ending.ts';
import { performBeforeClient } from './performance.ts';
import type { Preflight } from './preflight.ts';
import type { World } from './world.ts';

/** Has the client join once, as in the first scenario, and looks at what it offers. */
export async function preflightClient(
  world: World,
  sut: ClientSut,
  random: SeededRandom,
  patience: Patience,
  ending: Ending,
): Promise<Preflight> {
  const missing = orderNames.filter((name) => name === 'join' && !sut.driver.orders.has(name));
  if (missing.length > 0) return { kind: 'unreachable', reason: 'the driver says no way to have the client join' };
  const scenario = { title: 'preflight', covers: [], steps: [] };
  const prepared = await performBeforeClient(
    { id: 'preflight', file: '', cast: new Map(), scenario },
    { world, sut, patience },
    random,
  );
  if (!prepared.ok) return { kind: 'unreachable', reason: prepared.error };
  const { stage, leave, release } = prepared.value;
  try {
    const ended = ending.whenEnded.then((): Preflight => {
      const reason = ending.why === undefined ? 'the run ended' : describeEnding(ending.why);
      return { kind: 'unreachable', reason };
    });
    return await Promise.race([look(stage, sut), ended]);
  } finally {
    if (ending.why === undefined) await leave();
    await release();
  }
}

async function look(stage: Stage, sut: ClientSut): Promise<Preflight> {
  const client = stage.client;
  if (client === undefined) throw new Error('a stage for a client has none');
  let failure: string | undefined;
  const undeliverable = new Promise<void>((resolve) => {
    void sut.driver.order({ do: 'join', room: client.dialled, as: client.as }).then((handed) => {
      if (handed.ok) return;
      failure = `the client could not be told to join: ${handed.error}`;
      resolve();
    });
  });
  const joined = await due(stage, () => openingOf(stage, 0), stage.patience.answerMs, undeliverable);
  if (joined !== undefined) return { kind: 'ready', capabilities: offered(stage) };
  const [fault] = client.shown.faults;
  const what = stage.conversation.stays.list.length === 0 ? 'no INVITE has come' : 'an INVITE has come, but no SEND';
  const seen = `the client was told to join ${client.dialled}, and ${what}`;
  return { kind: 'unreachable', reason: failure ?? (fault === undefined ? seen : `${seen}; it said: ${fault}`) };
}

/** Tokens of a=chatroom in its offer (RFC 7701 §8). */
function offered({ conversation }: Stage): Capability[] {
  const stay = conversation.stays.list.find(({ actor }) => actor === ROOM_SIDE);
  const tokens = stay?.agreements.at(-1)?.peer.media?.chatroom ?? [];
  return (['nickname', 'private-messages'] as const).filter((token) => tokens.includes(token));
}
