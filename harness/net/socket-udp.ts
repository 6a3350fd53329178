import { createSocket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import { err, ok, type Result } from '../result.ts';
import { fromNodeError } from './net-error.ts';
import type { Address, DatagramHandlers, DatagramSocket, NetError } from './network.ts';
import { plainHost } from './socket-stream.ts';

/** A UDP socket; what the operating system cannot send counts as lost on the way. */
export function openDatagramSocket(at: Address, handlers: DatagramHandlers): Promise<Result<DatagramSocket, NetError>> {
  return new Promise((resolve) => {
    const version6 = isIPv6(at.host);
    const socket = createSocket({ type: version6 ? 'udp6' : 'udp4' });
    const refuse = (error: Error): void => {
      socket.close();
      resolve(err(fromNodeError(error, at)));
    };
    let state: 'open' | 'closed' = 'open';
    let failure: NetError | undefined;
    const close = (): void => {
      if (state === 'closed') return;
      state = 'closed';
      socket.close();
    };
    socket.once('error', refuse);
    socket.bind({ address: at.host, port: at.port, exclusive: true }, () => {
      socket.off('error', refuse);
      socket.on('error', (error) => {
        failure ??= fromNodeError(error, at);
        close();
      });
      socket.on('close', () => handlers.closed?.(failure));
      socket.on('message', (octets, from) => {
        if (state === 'open') handlers.datagram(octets, { host: plainHost(from.address), port: from.port });
      });
      resolve(
        ok({
          local: { host: at.host, port: socket.address().port },
          send: (octets, to) => {
            if (state === 'closed') return;
            const host = version6 && isIPv4(to.host) ? `::ffff:${to.host}` : to.host;
            socket.send(octets, to.port, host, () => {}); // with a callback, errors go there
          },
          close,
        }),
      );
    });
  });
}
