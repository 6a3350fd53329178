import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import type { Driver, Viewer } from '../driver/driver.ts';
import type { ClientEvent } from '../driver/event.ts';
import type { Order } from '../driver/order.ts';
import { SimulatedClient } from '../driver/simulated-client.ts';
import { realClock } from '../net/real-clock.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { socketNetwork } from '../net/sockets.ts';
import { err, ok, type Result } from '../result.ts';
import { loadScenarios } from '../scenario/load.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import type { ClientSut } from '../sut/client-sut.ts';
import type { Asker } from '../sut/drivers/person-driver.ts';
import type { DriverChoice } from '../sut/profile/client-schema.ts';
import { openClient } from '../sut/profile/open-client.ts';
import type { Arena } from './arena.ts';
import type { RunRecord } from './record.ts';
import { RenewingArena } from './renewing-arena.ts';
import { run } from './run.ts';
import { realWorld } from './world.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const catalogue = loadCatalogue(`${folder}/requirements`);
const loaded = loadScenarios(folder, catalogue);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const scenarios = loaded.value;

const clients: SimulatedClient[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

function newClient(): SimulatedClient {
  const network = socketNetwork(realClock);
  const client = new SimulatedClient({ clock: realClock, network, random: seededRandom('client'), host: '127.0.0.1' });
  clients.push(client);
  return client;
}

/** Verdicts by scenario, of those that the selection names. */
async function verdicts(driver: DriverChoice, ids: readonly string[], asker?: () => Asker): Promise<string[]> {
  const world = realWorld('drivers');
  const { clock, random, network } = world;
  const profile = { role: 'participant' as const, name: 'a client', driver };
  const open = () =>
    openClient(
      { file: 'c.yaml', folder: '.', client: profile },
      { clock, random, network, environment: {}, ...(asker === undefined ? {} : { asker }) },
    );
  const first = await open();
  if (!first.ok) throw new Error(first.error);
  const record = await recordOf(new RenewingArena(world, first.value, open, 'once'), ids);
  return record.scenarios.map(({ id, verdict, findings }) => {
    const wrong = findings.find((one) => one.verdict === verdict && verdict !== 'pass');
    return `${id.replace('participant/', '')}: ${verdict}${wrong === undefined ? '' : ` (${wrong.message}: ${wrong.actual})`}`;
  });
}

async function recordOf(
  arena: Arena,
  ids: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<RunRecord> {
  try {
    const outcome = await run(
      {
        scenarios: scenarios.filter(({ id }) => ids.some((one) => id === `participant/${one}`)),
        arena,
        catalogue,
        patience: DEFAULT_PATIENCE,
        reading: 'tolerant',
        seed: 'drivers',
        jobs: 1,
        argv: [],
        version: '0',
        date: () => new Date(0),
        now: () => 0,
        signal,
      },
      {},
    );
    if (outcome.kind !== 'judged') throw new Error(outcome.reason);
    return outcome.record;
  } finally {
    await arena.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += String(part);
  return body;
}

/** The simulated client behind HTTP; without `events` in an order, what it shows meanwhile is in the response. */
async function clientOverHttp(): Promise<string> {
  const client = newClient();
  const server = createServer(async (request, response) => {
    const { events, ...order } = JSON.parse(await bodyOf(request)) as Order & { readonly events?: string };
    const shown: ClientEvent[] = [];
    client.watch({
      event: (event) => {
        if (events === undefined) shown.push(event);
        else void fetch(events, { method: 'POST', body: JSON.stringify(event) }).catch(() => {});
      },
      fault: () => {},
    });
    await client.order(order);
    response.end(shown.map((event) => JSON.stringify(event)).join('\n'));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Dies when told to ask for a nickname. */
class FrailClient implements Driver {
  readonly #client = newClient();
  readonly orders = this.#client.orders;
  readonly shows = this.#client.shows;
  readonly exits = new Set<(how: string) => void>();

  watch(viewer: Viewer | undefined): void {
    this.#client.watch(viewer);
  }

  async order(order: Order): Promise<Result<void, string>> {
    if (order.do !== 'nickname') return this.#client.order(order);
    await this.#client.close();
    for (const listener of this.exits) listener('the client fell over');
    return err('the client is dead');
  }
}

it('is started again when it dies, and the scenario that kills it is named', async () => {
  const world = realWorld('frail');
  let started = 0;
  const open = async (): Promise<Result<ClientSut, string>> => {
    started += 1;
    const driver = new FrailClient();
    return ok({
      role: 'participant',
      name: 'a frail client',
      kind: 'command',
      target: 'frail',
      driver,
      room: { transport: 'udp', host: '127.0.0.1', port: 0 },
      onExit: (listener) => driver.exits.add(listener),
      stop: async () => {},
    });
  };
  const first = await open();
  if (!first.ok) throw new Error(first.error);
  const record = await recordOf(new RenewingArena(world, first.value, open, 'once'), [
    'asks-for-a-nickname',
    'joins-and-leaves',
  ]);
  expect(record.deaths).toEqual([{ during: ['participant/asks-for-a-nickname'], how: 'the client fell over' }]);
  expect(record.scenarios.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'pass']);
  expect(started).toBe(2);
});

it('does not wait for a person when the run is interrupted', async () => {
  const stop = new AbortController();
  const hands = newClient();
  let leaves = 0;
  let hangUp: (line: string | undefined) => void = () => {};
  const asker: Asker = {
    async ask(question) {
      const [, room, as] = /^Join the chat room (\S+) as (\S+)/.exec(question) ?? [];
      if (room !== undefined && as !== undefined) await hands.order({ do: 'join', room, as });
      else if (++leaves === 1) await hands.order({ do: 'leave' });
      else {
        stop.abort();
        return new Promise((resolve) => {
          hangUp = resolve;
        });
      }
      return '';
    },
    close: () => hangUp(undefined),
  };
  const world = realWorld('interrupted');
  const { clock, random, network } = world;
  const client = { role: 'participant' as const, name: 'by hand', driver: { person: {} } };
  const opened = await openClient(
    { file: 'c.yaml', folder: '.', client },
    { clock, random, network, environment: {}, asker: () => asker },
  );
  if (!opened.ok) throw new Error(opened.error);
  const arena = new RenewingArena(world, opened.value, async () => opened, 'once');
  const record = await recordOf(arena, ['joins-and-leaves'], stop.signal);
  expect(record).toMatchObject({ stopped: 'interrupted', scenarios: [{ verdict: 'inconclusive' }] });
});

describe('our own client', () => {
  it('passes behind HTTP', async () => {
    const orders = await clientOverHttp();
    const ids = ['joins-and-leaves', 'says-something-in-private', 'shows-room-messages', 'asks-for-a-nickname'];
    expect(await verdicts({ http: { orders } }, ids)).toEqual(ids.toSorted().map((id) => `${id}: pass`));
  });

  it('passes behind commands, as far as these go', async () => {
    const url = await clientOverHttp();
    const script = `fetch(${JSON.stringify(url)}, { method: 'POST', body: JSON.stringify(Object.fromEntries(
      process.argv.slice(1).map((word) => word.split(/=(.*)/s).slice(0, 2)))) })
      .then((answer) => answer.text()).then((text) => console.log(text));`;
    const command = (...words: string[]): string[] => [process.execPath, '-e', script, ...words];
    const commands = {
      join: command('do=join', 'room={room}', 'as={as}'),
      send: command('do=send', 'text={text}'),
      leave: command('do=leave'),
      shows: ['joined' as const],
    };
    const ids = ['asks-for-a-nickname', 'joins-and-leaves', 'says-something-to-the-room', 'shows-room-messages'];
    expect(await verdicts({ commands }, ids)).toEqual([
      'asks-for-a-nickname: unsupported (the client cannot be told to nickname: undefined)',
      'joins-and-leaves: pass',
      'says-something-to-the-room: pass',
      'shows-room-messages: unsupported (client shows greeting: the driver tells of no "message" events)',
    ]);
  });

  it('passes in the hands of a person', async () => {
    const client = newClient();
    const shown: string[] = [];
    client.watch({ event: (event) => event.event === 'message' && shown.push(event.text), fault: () => {} });
    const asker: Asker = {
      async ask(question) {
        const [, room, as] = /^Join the chat room (\S+) as (\S+)/.exec(question) ?? [];
        const [, text] = /^Say to the room: (.*)/.exec(question) ?? [];
        const [, sought] = /^Does the client show this message of bob: "([^"]*)/.exec(question) ?? [];
        if (room !== undefined && as !== undefined) await client.order({ do: 'join', room, as });
        else if (text !== undefined) await client.order({ do: 'send', text });
        else if (question.startsWith('Leave')) await client.order({ do: 'leave' });
        else return sought !== undefined && shown.some((one) => one.startsWith(sought)) ? 'y' : 'n';
        return '';
      },
      close: () => {},
    };
    const ids = ['joins-and-leaves', 'says-something-to-the-room', 'shows-room-messages'];
    expect(await verdicts({ person: {} }, ids, () => asker)).toEqual(ids.map((id) => `${id}: pass`));
  });
});
