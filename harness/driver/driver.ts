import type { Result } from '../result.ts';
import type { ClientEvent, EventName } from './event.ts';
import type { Order, OrderName } from './order.ts';

/** Who is told what a client shows. `fault`: one line on something that was meant to be an event and is none. */
export interface Viewer {
  event(event: ClientEvent): void;
  fault(line: string): void;
}

/** How a client under test is told what to do, and tells what it shows. */
export interface Driver {
  /** Those that this client can carry out at all. */
  readonly orders: ReadonlySet<OrderName>;
  /** Events that it tells of. */
  readonly shows: ReadonlySet<EventName>;
  /** Events go to this one from now on; undefined: to nobody. */
  watch(viewer: Viewer | undefined): void;
  /**
   * Hands an order over and settles when that is done, at the latest when it has been carried out; what comes of it is
   * seen on the wire and in events. Error: one line, it could not be handed over.
   */
  order(order: Order): Promise<Result<void, string>>;
  /** Where events are not told, somebody looks at the client: yes, no, or undefined for whoever cannot say. */
  ask?(question: string): Promise<boolean | undefined>;
}
