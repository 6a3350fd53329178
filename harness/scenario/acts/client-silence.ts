import type { Order } from '../../driver/order.ts';
import { quietWindow } from '../absence.ts';
import type { Charge } from '../judge.ts';
import { type ClientOnStage, due, type Stage } from '../stage.ts';
import { messagesOf } from './client-on-wire.ts';

/**
 * An order that a client had better not carry out. Orders are carried out one after the other, so a text for the room,
 * which comes behind it, shows when nothing more is due.
 */
export async function keptFrom(
  { stage, client, charge }: { readonly stage: Stage; readonly client: ClientOnStage; readonly charge: Charge },
  order: Order,
  message: string,
  seen: () => readonly number[],
): Promise<undefined> {
  const handed = await client.driver.order(order);
  const about = { message, expected: 'nothing on the wire' };
  if (!handed.ok) {
    stage.judge.record(charge, { ...about, verdict: 'inconclusive', actual: `it could not be told: ${handed.error}` });
    return undefined;
  }
  const canary = stage.values.canary();
  const later = await client.driver.order({ do: 'send', text: canary });
  const told = later.ok ? await due(stage, () => messagesOf(stage, 'received', canary)[0]) : undefined;
  await quietWindow(stage);
  const evidence = [...seen()];
  const verdict = evidence.length > 0 ? charge.miss : told === undefined ? 'inconclusive' : 'pass';
  const actual = evidence.length > 0 ? 'it is sent' : told === undefined ? 'not even a later message' : 'nothing';
  stage.judge.record(charge, { ...about, verdict, actual, evidence });
  return undefined;
}
