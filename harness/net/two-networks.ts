import type { Address, DatagramSocket, Listener, Network } from './network.ts';

/**
 * Two networks as one: who listens does so on both, at the same address, and whoever connects reaches `isInner`
 * addresses on the inner one and all others on the outer one. The outer one says which port is free.
 */
export function twoNetworks(outer: Network, inner: Network, isInner: (to: Address) => boolean): Network {
  return {
    connect: (to, security, timeoutMs) => (isInner(to) ? inner : outer).connect(to, security, timeoutMs),
    async listen(at, security, accept) {
      const without = await outer.listen(at, security, accept);
      if (!without.ok) return without;
      const within = await inner.listen(without.value.local, security, accept);
      if (within.ok) return { ok: true, value: both(without.value, within.value) };
      without.value.close();
      return within;
    },
    async datagrams(at, handlers) {
      const without = await outer.datagrams(at, handlers);
      if (!without.ok) return without;
      const within = await inner.datagrams(without.value.local, handlers);
      if (within.ok) return { ok: true, value: bothSockets(without.value, within.value, isInner) };
      without.value.close();
      return within;
    },
  };
}

const both = (outer: Listener, inner: Listener): Listener => ({
  local: outer.local,
  close() {
    outer.close();
    inner.close();
  },
});

const bothSockets = (
  outer: DatagramSocket,
  inner: DatagramSocket,
  isInner: (to: Address) => boolean,
): DatagramSocket => ({
  local: outer.local,
  send: (octets, to) => (isInner(to) ? inner : outer).send(octets, to),
  close() {
    outer.close();
    inner.close();
  },
});
