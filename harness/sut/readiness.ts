import { serializeSip } from '../codec/sip/serialize.ts';
import type { Clock } from '../net/clock.ts';
import type { Address, Network } from '../net/network.ts';
import { type Random, token } from '../net/random.ts';

/** Between two tries. */
const AGAIN_MS = 50;
const CONNECT_MS = 1_000;

export interface Trying {
  readonly network: Network;
  readonly clock: Clock;
  /** When it has settled, nobody waits any more. */
  readonly givenUp: Promise<unknown>;
}

/** Tries until the TCP port takes a connection. */
export async function portTakesConnections(address: Address, trying: Trying): Promise<void> {
  await untilTrue(trying, async () => {
    const stream = await trying.network.connect(address, { kind: 'plain' }, CONNECT_MS);
    if (!stream.ok) return false;
    stream.value.attach({ data: () => {}, closed: () => {} });
    stream.value.reset();
    return true;
  });
}

/** Tries until whatever listens at the UDP port answers an OPTIONS. */
export async function answersDatagrams(
  address: Address,
  localHost: string,
  random: Random,
  trying: Trying,
): Promise<void> {
  let answered = false;
  const socket = await trying.network.datagrams(
    { host: localHost, port: 0 },
    {
      datagram: () => {
        answered = true;
      },
    },
  );
  if (!socket.ok) return;
  await untilTrue(trying, async () => {
    if (!answered) socket.value.send(options(address, socket.value.local, random), address);
    return answered;
  });
  socket.value.close();
}

function options(to: Address, from: Address, random: Random): Buffer {
  const uri = `sip:${hostOf(to)}:${to.port}`;
  const here = `${hostOf(from)}:${from.port}`;
  return serializeSip({
    kind: 'request',
    method: 'OPTIONS',
    uri,
    version: 'SIP/2.0',
    headers: [
      { name: 'Via', value: `SIP/2.0/UDP ${here};branch=z9hG4bK${token(random, 16)}` },
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `<sip:ready@${here}>;tag=${token(random, 8)}` },
      { name: 'To', value: `<${uri}>` },
      { name: 'Call-ID', value: token(random, 20) },
      { name: 'CSeq', value: '1 OPTIONS' },
      { name: 'Contact', value: `<sip:ready@${here}>` },
      { name: 'Content-Length', value: '0' },
    ],
    body: Buffer.alloc(0),
  });
}

const hostOf = ({ host }: Address): string => (host.includes(':') ? `[${host}]` : host);

async function untilTrue({ clock, givenUp }: Trying, look: () => Promise<boolean>): Promise<void> {
  let over = false;
  const gone = givenUp.then(() => {
    over = true;
  });
  while (!over && !(await look())) {
    let cancel: () => void = () => {};
    const pause = new Promise<void>((resolve) => {
      const timer = clock.after(AGAIN_MS, resolve);
      cancel = () => timer.cancel();
    });
    await Promise.race([pause, gone]);
    cancel();
  }
}
