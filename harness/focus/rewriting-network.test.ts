import { describe, expect, it } from 'vitest';
import { MemoryNetwork } from '../net/memory.ts';
import type { ByteStream, Network } from '../net/network.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import type { WireRewriting } from './alteration.ts';
import { addHeader, editHeader, onCopies, onSipResponses, withSipHeader } from './rewriting.ts';
import { rewritingNetwork } from './rewriting-network.ts';

const AT = { host: '192.0.2.1', port: 2855 };
const PLAIN = { kind: 'plain' } as const;

const copy = (id: string, body: string): string =>
  `MSRP ${id} SEND\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:2/y;tcp\r\nMessage-ID: m123\r\n` +
  `Content-Type: text/plain\r\n\r\n${body}\r\n-------${id}$\r\n`;

/** Writes at a server with this rewriting and gives what its client gets, and the other way round. */
async function pass(
  rewriting: WireRewriting,
  act: (server: ByteStream, client: ByteStream) => void,
): Promise<{ atClient: string; atServer: string; endedAt: number }> {
  const clock = new SimulatedClock();
  const memory = new MemoryNetwork(clock, { latencyMs: 1, segment: () => 7 });
  const network: Network = rewritingNetwork(memory.host(AT.host), clock, rewriting);
  const seen = { atClient: '', atServer: '', endedAt: 0 };
  let server: ByteStream | undefined;
  const listening = await network.listen(AT, PLAIN, (stream) => {
    server = stream;
    stream.attach({
      data: (octets) => {
        seen.atServer += octets.toString('latin1');
      },
      closed: () => undefined,
    });
  });
  if (!listening.ok) throw new Error(listening.error.message);
  const connected = await clock.run(memory.host('192.0.2.2').connect(AT, PLAIN, 1000));
  if (!connected.ok) throw new Error(connected.error.message);
  const client = connected.value;
  client.attach({
    data: (octets) => {
      seen.atClient += octets.toString('latin1');
      seen.endedAt = clock.now();
    },
    closed: () => undefined,
  });
  await clock.run(new Promise<void>((resolve) => void clock.after(5, resolve)));
  if (server === undefined) throw new Error('nobody has come');
  act(server, client);
  await clock.run(new Promise<void>((resolve) => void clock.after(5000, resolve)));
  return seen;
}

describe('a rewriting network', () => {
  it('rewrites each message that is written, however it is cut', async () => {
    const text = copy('abcd1', 'one') + copy('abcd2', 'two');
    const { atClient } = await pass(
      onCopies((message) => editHeader(message, 'Message-ID', () => 'other')),
      (server) => {
        for (const octet of Buffer.from(text)) server.write(Buffer.from([octet]));
      },
    );
    expect(atClient).toBe(text.replaceAll('m123', 'other'));
  });

  it('drops what is rewritten to nothing, and puts octets in as they are', async () => {
    const { atClient } = await pass(
      {
        msrpWritten: (message) => (message.transactionId === 'abcd1' ? [] : [Buffer.from('hello'), message]),
      },
      (server) => server.writeAll([Buffer.from(copy('abcd1', 'one')), Buffer.from(copy('abcd2', 'two'))]),
    );
    expect(atClient).toBe(`hello${copy('abcd2', 'two')}`);
  });

  it('rewrites what is received, and can answer in the name of the server', async () => {
    const { atServer, atClient } = await pass(
      {
        msrpReceived: (message) => [addHeader(message, 'X-Seen', 'yes')],
        msrpAnswers: (message) => [Buffer.from(`got ${message.transactionId}`)],
      },
      (_server, client) => client.write(Buffer.from(copy('abcd1', 'one'))),
    );
    expect(atServer).toBe(copy('abcd1', 'one').replace('Content-Type', 'X-Seen: yes\r\nContent-Type'));
    expect(atClient).toBe('got abcd1');
  });

  it('knows SIP from MSRP by its first octets', async () => {
    const response = 'SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n';
    const rewriting = {
      ...onCopies(() => undefined),
      ...onSipResponses('BYE', (message) => withSipHeader(message, 'Server', 'x')),
    };
    const { atClient } = await pass(rewriting, (server) => server.write(Buffer.from(response)));
    expect(atClient).toBe(response.replace('\r\n\r\n', '\r\nServer: x\r\n\r\n'));
  });

  it('passes octets of a protocol that it does not rewrite at once', async () => {
    const { atClient } = await pass(
      onSipResponses('BYE', () => undefined),
      (server) => server.write(Buffer.from('MSRP abcd1 SEND\r\nTo-Pa')),
    );
    expect(atClient).toBe('MSRP abcd1 SEND\r\nTo-Pa');
  });

  it('lets time pass before what is written arrives', async () => {
    const { atClient, endedAt } = await pass({ delayMs: 1500 }, (server) => server.write(Buffer.from('late')));
    expect(atClient).toBe('late');
    expect(endedAt).toBeGreaterThan(1500);
  });
});
