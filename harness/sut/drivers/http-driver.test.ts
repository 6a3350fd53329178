import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { realClock } from '../../net/real-clock.ts';
import { Notes } from './drivers.fixture.ts';
import { openHttpDriver } from './http-driver.ts';
import type { OpenDriver } from './open-driver.ts';

const opened: OpenDriver[] = [];
const servers: Server[] = [];

interface Taken {
  readonly path: string;
  readonly body: Record<string, string>;
}

/** A client behind HTTP that answers each order with the same. */
async function clientAt(status: number, answer: string): Promise<{ readonly url: string; readonly taken: Taken[] }> {
  const taken: Taken[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    taken.push({ path: request.url ?? '', body: JSON.parse(body) as Record<string, string> });
    response.writeHead(status).end(answer);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, taken };
}

async function up(http: Parameters<typeof openHttpDriver>[0]): Promise<{ driver: OpenDriver['driver']; notes: Notes }> {
  const open = await openHttpDriver(http, { clock: realClock, folder: '.' });
  if (!open.ok) throw new Error(open.error);
  opened.push(open.value);
  const notes = new Notes();
  open.value.driver.watch(notes);
  return { driver: open.value.driver, notes };
}

const post = async (url: string, body: string): Promise<number> => (await fetch(url, { method: 'POST', body })).status;

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ running }) => running.stop()));
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

describe('a client behind HTTP', () => {
  it('gets orders by POST and tells events in its response or by POST', async () => {
    const client = await clientAt(200, '[{"event":"joined"},{"event":"nickname","nickname":"Ann"}]');
    const { driver, notes } = await up({ orders: `${client.url}/orders` });
    expect((await driver.order({ do: 'send', text: 'ä', to: 'sip:b@h' })).ok).toBe(true);
    const [order] = client.taken;
    expect(order).toMatchObject({ path: '/orders', body: { do: 'send', text: 'ä', to: 'sip:b@h' } });
    const back = order?.body.events ?? '';
    expect(await post(back, '{"event":"message","text":"Hi","private":false}')).toBe(204);
    expect(notes.told).toEqual([
      { event: 'joined' },
      { event: 'nickname', nickname: 'Ann' },
      { event: 'message', text: 'Hi', private: false },
    ]);
  });

  it('is told when what it posts is no event', async () => {
    const client = await clientAt(204, '');
    const { driver, notes } = await up({ orders: { join: client.url, leave: `${client.url}/bye` } });
    expect([...driver.orders]).toEqual(['join', 'leave']);
    await driver.order({ do: 'leave' });
    expect(client.taken.map(({ path }) => path)).toEqual(['/bye']);
    const back = client.taken[0]?.body.events ?? '';
    expect(await post(back, '{"event":"lfet"}')).toBe(400);
    expect(await post(back, 'left')).toBe(400);
    expect(await post(back, `"${'x'.repeat(2 * 1024 * 1024)}"`)).toBe(413);
    expect((await fetch(back)).status).toBe(405);
    expect(notes.told).toHaveLength(2);
  });

  it('has not been told when it does not answer as it should, or is not there', async () => {
    const client = await clientAt(503, 'busy');
    const { driver } = await up({ orders: client.url });
    expect(await driver.order({ do: 'leave' })).toEqual({ ok: false, error: `POST ${client.url} got 503` });
    for (const server of servers.splice(0)) server.close().closeAllConnections();
    const gone = await driver.order({ do: 'leave' });
    expect(gone).toMatchObject({ ok: false, error: expect.stringContaining('ECONNREFUSED') });
  });

  it('needs a free port for its events', async () => {
    const client = await clientAt(204, '');
    const port = Number(new URL(client.url).port);
    const taken = await openHttpDriver({ orders: client.url, events: { port } }, { clock: realClock, folder: '.' });
    expect(taken).toMatchObject({
      ok: false,
      error: expect.stringContaining(`events cannot be taken at 127.0.0.1:${port}`),
    });
  });
});
