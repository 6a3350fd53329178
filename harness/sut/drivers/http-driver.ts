import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Driver, Viewer } from '../../driver/driver.ts';
import { type EventName, eventNames, readEvent } from '../../driver/event.ts';
import { type Order, type OrderName, orderNames } from '../../driver/order.ts';
import { err, ok, type Result } from '../../result.ts';
import type { DriverChoice } from '../profile/client-schema.ts';
import type { DriverOptions, OpenDriver } from './open-driver.ts';

type Http = NonNullable<DriverChoice['http']>;

/** For the answer to an order, which may come when it has been carried out. */
const ANSWER_MS = 60_000;
const MOST_OCTETS = 1024 * 1024;

/** A client that takes orders by POST, and tells events in the response or by POST to an address of ours. Error: one line. */
export async function openHttpDriver(http: Http, { clock }: DriverOptions): Promise<Result<OpenDriver, string>> {
  const driver = new HttpDriver(http, clock);
  const listening = await driver.start();
  if (!listening.ok) return listening;
  return ok({ driver, running: { kind: 'address', onExit: () => {}, stop: () => driver.stop() } });
}

class HttpDriver implements Driver {
  readonly orders: ReadonlySet<OrderName>;
  readonly shows: ReadonlySet<EventName>;
  readonly #http: Http;
  readonly #clock: DriverOptions['clock'];
  readonly #server: Server;
  readonly #underWay = new Set<ReturnType<typeof request>>();
  #events = '';
  #viewer: Viewer | undefined;

  constructor(http: Http, clock: DriverOptions['clock']) {
    this.#http = http;
    this.#clock = clock;
    this.orders = new Set(
      orderNames.filter((name) => typeof http.orders === 'string' || http.orders[name] !== undefined),
    );
    this.shows = new Set(http.shows ?? eventNames);
    this.#server = createServer((incoming, response) => void this.#posted(incoming, response));
  }

  watch(viewer: Viewer | undefined): void {
    this.#viewer = viewer;
  }

  start(): Promise<Result<void, string>> {
    const { host = '127.0.0.1', port = 0 } = this.#http.events ?? {};
    return new Promise((resolve) => {
      this.#server.once('error', (error) =>
        resolve(err(`events cannot be taken at ${host}:${port}: ${error.message}`)),
      );
      this.#server.listen(port, host, () => {
        const { port: taken } = this.#server.address() as AddressInfo;
        this.#events = `http://${host.includes(':') ? `[${host}]` : host}:${taken}/`;
        resolve(ok(undefined));
      });
    });
  }

  stop(): Promise<void> {
    for (const one of this.#underWay) one.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async order(order: Order): Promise<Result<void, string>> {
    const { orders } = this.#http;
    const url = typeof orders === 'string' ? orders : orders[order.do];
    if (url === undefined) return err(`the profile has no URL for ${order.do}`);
    const answer = await this.#post(url, JSON.stringify({ ...order, events: this.#events }));
    if (!answer.ok) return err(`POST ${url}: ${answer.error}`);
    const { status, body } = answer.value;
    if (status < 200 || status >= 300) return err(`POST ${url} got ${status}`);
    this.#take(body);
    return ok(undefined);
  }

  /** Nothing, one event, or a list of them. False: something is none. */
  #take(body: string): boolean {
    if (body.trim() === '') return true;
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      this.#viewer?.fault('a body that is no JSON');
      return false;
    }
    let right = true;
    for (const one of Array.isArray(value) ? value : [value]) {
      const event = readEvent(one);
      if (event.ok) this.#viewer?.event(event.value);
      else {
        right = false;
        this.#viewer?.fault(event.error);
      }
    }
    return right;
  }

  async #posted(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = incoming.method === 'POST' ? await bodyOf(incoming) : undefined;
    if (incoming.method !== 'POST') response.writeHead(405, { allow: 'POST' });
    else if (body === undefined) response.writeHead(413);
    else response.writeHead(this.#take(body) ? 204 : 400);
    response.end();
  }

  #post(url: string, body: string): Promise<Result<{ readonly status: number; readonly body: string }, string>> {
    return new Promise((resolve) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const open = url.startsWith('https:') ? requestOverTls : request;
      const outgoing = open(url, { method: 'POST', headers, agent: false });
      this.#underWay.add(outgoing);
      const finish = (outcome: Result<{ readonly status: number; readonly body: string }, string>): void => {
        timer.cancel();
        this.#underWay.delete(outgoing);
        resolve(outcome);
      };
      const timer = this.#clock.after(ANSWER_MS, () => {
        finish(err(`no answer in ${ANSWER_MS / 1000} s`));
        outgoing.destroy();
      });
      outgoing.on('error', (error) => finish(err(error.message)));
      outgoing.on('close', () => finish(err('the connection was closed')));
      outgoing.on('response', async (response) => {
        const text = await bodyOf(response);
        finish(
          text === undefined
            ? err('an answer that is too long, or broken off')
            : ok({ status: response.statusCode ?? 0, body: text }),
        );
      });
      outgoing.end(body);
    });
  }
}

/** Undefined: it is too long, or was broken off. */
function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let octets = 0;
    incoming.on('data', (part: Buffer) => {
      octets += part.length;
      if (octets > MOST_OCTETS) {
        resolve(undefined);
        incoming.resume();
      } else parts.push(part);
    });
    incoming.on('end', () => resolve(octets > MOST_OCTETS ? undefined : Buffer.concat(parts).toString('utf8')));
    incoming.on('error', () => resolve(undefined));
    incoming.on('close', () => resolve(undefined));
  });
}
