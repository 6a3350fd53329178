import type { SeededRandom } from '../net/seeded-random.ts';
import type { Patience } from '../scenario/stage.ts';
import type { Sut } from '../sut/sut.ts';
import { leaveStage, setStage } from './cast.ts';
import type { World } from './world.ts';

/** 16 times T1 of RFC 3261: a SUT on its feet has answered five times over. */
const ANSWER_MS = 8_000;

/** Does the SUT still answer? Asked when a scenario did not go well. Undefined: it does; otherwise how it does not. */
export async function deadSut(
  world: World,
  sut: Sut,
  random: SeededRandom,
  patience: Patience,
): Promise<string | undefined> {
  const rooms = { room: `sip:${sut.domain}`, release: () => {} };
  const cast = new Map([['probe', {}]]);
  const scenario = { title: 'alive', covers: [], cast: ['probe'], steps: [] };
  const stage = setStage({ id: 'alive', file: '', cast, scenario }, world, sut, rooms, random, {
    ...patience,
    answerMs: ANSWER_MS,
  });
  const participant = stage.actors.get('probe')?.participant;
  const outcome = await participant?.sipRequest({ method: 'OPTIONS' });
  await leaveStage(stage);
  return outcome?.kind === 'unanswered' ? `the SUT does not answer any more: ${outcome.reason}` : undefined;
}
