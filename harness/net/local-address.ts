import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** The address of this machine from which packets to `host` go out. Nothing is sent. Undefined: there is no way there. */
export async function localAddressTowards(host: string): Promise<string | undefined> {
  const address = isIP(host) === 0 ? await resolve(host) : host;
  if (address === undefined) return undefined;
  return new Promise((settle) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const finish = (local: string | undefined): void => {
      socket.close();
      settle(local);
    };
    socket.once('error', () => finish(undefined));
    // Connecting a datagram socket only asks the routing table.
    socket.connect(9, address, () => finish(socket.address().address));
  });
}

async function resolve(name: string): Promise<string | undefined> {
  try {
    return (await lookup(name)).address;
  } catch {
    return undefined;
  }
}
