import { formatAddress } from './net-error.ts';
import type { Address, Network } from './network.ts';

/** Where octets may go. */
export interface Egress {
  allows(to: Address): boolean;
  /** Called for everything that has not been sent. */
  refused(to: Address): void;
}

/** The same network, on which nothing goes where `egress` does not allow it: neither a connection nor a datagram. */
export function guardedNetwork(network: Network, egress: Egress): Network {
  return {
    async connect(to, security, timeoutMs) {
      if (egress.allows(to)) return network.connect(to, security, timeoutMs);
      egress.refused(to);
      return { ok: false, error: { kind: 'other', message: `${formatAddress(to)}: ${NOT_SENT}` } };
    },
    listen: (at, security, accept) => network.listen(at, security, accept),
    async datagrams(at, handlers) {
      const bound = await network.datagrams(at, handlers);
      if (!bound.ok) return bound;
      const socket = bound.value;
      return {
        ok: true,
        value: {
          local: socket.local,
          send(octets, to) {
            if (egress.allows(to)) socket.send(octets, to);
            else egress.refused(to);
          },
          close: () => socket.close(),
        },
      };
    },
  };
}

export const NOT_SENT = 'nothing is sent there, for it is neither the target nor advertised by it';
