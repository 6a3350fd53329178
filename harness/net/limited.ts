import { formatAddress } from './net-error.ts';
import type { Network } from './network.ts';

/** Whether one more connection may be opened. */
export interface Gate {
  /** Undefined: it may, and `settled` is called when it stands or has failed. Otherwise why not. */
  enter(): string | undefined;
  settled(): void;
}

/** The same network, on which no connection is opened that the gate does not let through: nobody waits, so nobody waits for ever. */
export function limitedNetwork(network: Network, gate: Gate): Network {
  return {
    async connect(to, security, timeoutMs) {
      const refusal = gate.enter();
      if (refusal !== undefined)
        return { ok: false, error: { kind: 'other', message: `${formatAddress(to)}: ${refusal}` } };
      try {
        return await network.connect(to, security, timeoutMs);
      } finally {
        gate.settled();
      }
    },
    listen: (at, security, accept) => network.listen(at, security, accept),
    datagrams: (at, handlers) => network.datagrams(at, handlers),
  };
}
