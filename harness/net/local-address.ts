import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { err, ok, type Result } from '../result.ts';

/** The address of this machine from which packets to `host` go out. Nothing is sent but the question for its address. */
export async function localAddressTowards(host: string): Promise<Result<string, string>> {
  const address = isIP(host) === 0 ? await resolve(host) : host;
  if (address === undefined) return err(`nobody knows a host named "${host}"`);
  return new Promise((settle) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const finish = (local: Result<string, string>): void => {
      socket.close();
      settle(local);
    };
    socket.once('error', () => finish(err(`no route leads from here to ${host}`)));
    // Connecting a datagram socket only asks the routing table.
    socket.connect(9, address, () => finish(ok(socket.address().address)));
  });
}

/** Who listens on all addresses gives others this one: the first that leads out of this machine. */
export function reachableAddress(listening: string): string {
  const family = { '0.0.0.0': 'IPv4', '::': 'IPv6' }[listening];
  if (family === undefined) return listening;
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  const external = own.find(
    (one) => one.family === family && !one.internal && !/^(fe80|169\.254\.)/i.test(one.address),
  );
  return external?.address ?? listening;
}

async function resolve(name: string): Promise<string | undefined> {
  try {
    return (await lookup(name)).address;
  } catch {
    return undefined;
  }
}
