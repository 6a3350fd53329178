import type { SeededRandom } from '../net/seeded-random.ts';
import { openingOf } from '../scenario/acts/client-on-wire.ts';
import { carriedOut, complaint } from '../scenario/acts/client-sight.ts';
import type { Capability } from '../scenario/capability.ts';
import { type Patience, ROOM_SIDE, type Stage } from '../scenario/stage.ts';
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
  if (!sut.driver.orders.has('join'))
    return { kind: 'unreachable', reason: 'the driver says no way to have the client join' };
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
    return await Promise.race([look(stage), ended]);
  } finally {
    await leave(ending.why === undefined ? 'in order' : 'at once');
    await release();
  }
}

async function look(stage: Stage): Promise<Preflight> {
  const client = stage.client;
  if (client === undefined) throw new Error('a stage for a client has none');
  const order = { do: 'join', room: client.dialled, as: client.as } as const;
  const joined = await carriedOut({ stage, client }, order, stage.patience.answerMs, () => openingOf(stage, 0));
  switch (joined.kind) {
    case 'seen':
      return { kind: 'ready', capabilities: offered(stage) };
    case 'not-told':
      return { kind: 'unreachable', reason: `the client could not be told to join: ${joined.why}` };
    case 'not-seen': {
      // Why nothing comes of its INVITE is for the scenarios to say.
      if (stage.conversation.sip.list.some(({ message }) => message.method === 'INVITE')) {
        const letIn = stage.conversation.stays.list.some(({ accepted }) => accepted !== undefined);
        return { kind: 'ready', capabilities: offered(stage), ...(letIn ? { unbound: true } : {}) };
      }
      return {
        kind: 'unreachable',
        reason: `the client was told to join ${client.dialled}, and no INVITE has come${complaint(client)}`,
      };
    }
  }
}

/** Tokens of a=chatroom in its offer (RFC 7701 §8). */
function offered({ conversation }: Stage): Capability[] {
  const stay = conversation.stays.list.find(({ actor }) => actor === ROOM_SIDE);
  const tokens = stay?.agreements.at(-1)?.peer.media?.chatroom ?? [];
  return (['nickname', 'private-messages'] as const).filter((token) => tokens.includes(token));
}
