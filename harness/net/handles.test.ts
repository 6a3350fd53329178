import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** A process that opens everything there is, closes it, and must then end of itself. */
const PROGRAM = `
  import { realClock } from './real-clock.ts';
  import { socketNetwork } from './sockets.ts';
  import { selfSignedIdentity } from './certificate.ts';
  const identity = await selfSignedIdentity(['127.0.0.1']);
  const network = socketNetwork(realClock);
  const at = { host: '127.0.0.1', port: 0 };
  const peer = { kind: 'none' };
  for (const security of [{ kind: 'plain' }, { kind: 'tls', identity, peer }]) {
    for (const close of ['end', 'reset']) {
      const accepted = [];
      const listener = (await network.listen(at, security, (stream) => {
        accepted.push(stream);
        stream.attach({ data: () => {}, closed: () => {} });
      })).value;
      const stream = (await network.connect(listener.local, security, 60_000)).value;
      await new Promise((resolve) => {
        stream.attach({ data: () => {}, closed: resolve });
        stream.write(Buffer.from('x'));
        stream[close]();
      });
      listener.close();
      const refused = await network.connect(listener.local, security, 60_000);
      if (refused.ok) throw new Error('connected to nobody');
    }
  }
  const socket = (await network.datagrams(at, { datagram: () => {} })).value;
  socket.send(Buffer.from('x'), socket.local);
  socket.close();
  realClock.after(60_000, () => {}).cancel();
  console.log('all closed');
`;

test('once all is closed, nothing keeps the process alive', async () => {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM], {
    cwd: import.meta.dirname,
    timeout: 300_000,
  });
  expect(stdout).toBe('all closed\n');
});
