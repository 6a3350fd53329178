import type { WireRewriting } from '../focus/alteration.ts';
import { rewritingNetwork } from '../focus/rewriting-network.ts';
import type { Clock } from '../net/clock.ts';
import type { Network } from '../net/network.ts';
import type { Driver, Viewer } from './driver.ts';
import type { ClientEvent } from './event.ts';

/** How a client differs from the simulated one. Each is asked for once per client, so that what it remembers begins afresh. */
export interface ClientAlteration {
  /** What passes its sockets is rewritten. */
  wire?(): WireRewriting;
  /** It has another network around it. */
  network?(network: Network, clock: Clock): Network;
  /** Instead of one event these are shown. */
  view?(): (event: ClientEvent) => readonly ClientEvent[];
}

/** The network of a client with this alteration. */
export function alteredNetwork(network: Network, clock: Clock, { wire, network: other }: ClientAlteration): Network {
  const around = other === undefined ? network : other(network, clock);
  const rewriting = wire?.();
  return rewriting === undefined ? around : rewritingNetwork(around, clock, rewriting);
}

/** The same driver, whose client shows other things. */
export function alteredView(driver: Driver, { view }: ClientAlteration): Driver {
  const shown = view?.();
  if (shown === undefined) return driver;
  return {
    orders: driver.orders,
    shows: driver.shows,
    order: (order) => driver.order(order),
    watch: (viewer) => driver.watch(viewer && seenThrough(viewer, shown)),
  };
}

const seenThrough = (viewer: Viewer, shown: (event: ClientEvent) => readonly ClientEvent[]): Viewer => ({
  event: (event) => {
    for (const one of shown(event)) viewer.event(one);
  },
  fault: (line) => viewer.fault(line),
});
