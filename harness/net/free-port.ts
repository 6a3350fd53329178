import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** A port of this machine that nobody uses now, for TCP and UDP alike. Somebody else may take it before it is used. */
export async function freePort(host: string): Promise<number> {
  for (;;) {
    const port = await freeTcpPort(host);
    if (await isFreeForUdp(host, port)) return port;
  }
}

function freeTcpPort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function isFreeForUdp(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, host, () => socket.close(() => resolve(true)));
  });
}
