import { until } from '../../conversation/until.ts';
import type { ClientEvent, EventName } from '../../driver/event.ts';
import type { Order } from '../../driver/order.ts';
import { within } from '../../participant/patience.ts';
import type { Charge } from '../judge.ts';
import { type ClientOnStage, due, type Stage } from '../stage.ts';

/** What a client is told, and what of it is seen: on the wire, in its events, or by whoever looks at it. */

interface Place {
  readonly stage: Stage;
  readonly client: ClientOnStage;
}

export interface About {
  readonly message: string;
  readonly expected: string;
}

export type CarriedOut<T> =
  | { readonly kind: 'seen'; readonly seen: T }
  | { readonly kind: 'not-seen' }
  /** The order did not reach the client. */
  | { readonly kind: 'not-told'; readonly why: string };

/** A person may have to find the client first. */
const HANDING_OVER_MS = 600_000;

/** Gives an order and waits for what it has to do on the wire: `patienceMs` from when it has been handed over. */
export async function carriedOut<T>(
  { stage, client }: Place,
  order: Order,
  patienceMs: number,
  look: () => T | undefined,
): Promise<CarriedOut<T>> {
  const handing = client.driver.order(order);
  const early = await due(
    stage,
    look,
    HANDING_OVER_MS,
    handing.then(() => {}),
  );
  if (early !== undefined) return { kind: 'seen', seen: early };
  const handed = await within(stage.clock, 0, handing);
  if (handed === undefined)
    return { kind: 'not-told', why: `nothing came of it in ${HANDING_OVER_MS / 60_000} minutes` };
  if (!handed.ok) return { kind: 'not-told', why: handed.error };
  const seen = await due(stage, look, patienceMs);
  return seen === undefined ? { kind: 'not-seen' } : { kind: 'seen', seen };
}

/** Something that the user of a client is to be shown. */
export interface Sight<T> {
  readonly about: About;
  /** To whoever looks at the client, to be answered by yes or no. */
  readonly question: string;
  pick(event: ClientEvent): T | undefined;
  isRight(seen: T): boolean;
  wording(seen: T): string;
  /** What is shown in its place, if anything is. */
  instead?(): string | undefined;
  evidence?(): number[];
}

export async function judgeSight<T>(
  { stage, client, charge }: Place & { readonly charge: Charge },
  name: EventName,
  { about, question, pick, isRight, wording, instead, evidence = () => [] }: Sight<T>,
): Promise<undefined> {
  if (client.driver.ask !== undefined) {
    const seen = await client.driver.ask(question);
    const verdict = seen === undefined ? 'inconclusive' : seen ? 'pass' : charge.miss;
    const actual = seen === undefined ? 'nobody can say' : seen ? 'yes' : 'no';
    stage.judge.record(charge, { ...about, verdict, actual, evidence: evidence() });
    return undefined;
  }
  if (untold(stage, client, name, charge, about)) return undefined;
  const seen = await shown(stage, client, pick);
  const right = seen !== undefined && isRight(seen);
  const actual = seen === undefined ? (instead?.() ?? `nothing${complaint(client)}`) : wording(seen);
  stage.judge.record(charge, { ...about, verdict: right ? 'pass' : charge.miss, actual, evidence: evidence() });
  return undefined;
}

/** The driver does not tell of such events at all. */
export function untold(stage: Stage, client: ClientOnStage, name: EventName, charge: Charge, about: About): boolean {
  if (client.driver.shows.has(name)) return false;
  stage.judge.record(charge, { ...about, verdict: 'unsupported', actual: `the driver tells of no "${name}" events` });
  return true;
}

/** The first event that `pick` makes something of, as soon as it is there. */
export function shown<T>(
  stage: Stage,
  { shown: view }: ClientOnStage,
  pick: (event: ClientEvent) => T | undefined,
): Promise<T | undefined> {
  return until(view, stage.clock, stage.patience.deliveryMs, () => {
    for (const event of view.events) {
      const picked = pick(event);
      if (picked !== undefined) return picked;
    }
    return undefined;
  });
}

/** What the client has said that was no event: probably the reason why nothing is seen of it. */
export function complaint({ shown: { faults } }: ClientOnStage): string {
  const [first] = faults;
  return first === undefined ? '' : ` (but this: ${first})`;
}
