import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryNetwork } from '../net/memory.ts';
import type { DatagramSocket } from '../net/network.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { succeeded } from './outcome.ts';
import { Registration } from './registration.ts';
import { UserAgent } from './user-agent.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const lineOf = (text: string, name: string): string => new RegExp(`^${name}: (.*)\r$`, 'mi').exec(text)?.[1] ?? '';
const parameter = (text: string, name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(text)?.[1] ?? '';

/** A registrar that reads SIP with nothing but regular expressions, and checks digests by itself. */
class ScriptedRegistrar {
  readonly seen: string[] = [];
  /** Contact of the one binding. */
  binding: string | undefined;
  grants = 3600;
  least = 0;
  password: string | undefined;
  #socket: DatagramSocket | undefined;

  async open(network: MemoryNetwork): Promise<void> {
    const opened = await network.host('192.0.2.9').datagrams(
      { host: '192.0.2.9', port: 5060 },
      {
        datagram: (octets, from) => this.#socket?.send(Buffer.from(this.#answer(octets.toString())), from),
      },
    );
    if (!opened.ok) throw new Error(opened.error.message);
    this.#socket = opened.value;
  }

  close(): void {
    this.#socket?.close();
  }

  #answer(text: string): string {
    this.seen.push(text);
    const respond = (status: string, ...headers: string[]): string =>
      [
        `SIP/2.0 ${status}`,
        ...['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${lineOf(text, name)}`),
        `To: ${lineOf(text, 'To')};tag=registrar`,
        ...headers,
        'Content-Length: 0',
        '\r\n',
      ].join('\r\n');
    if (this.password !== undefined && !this.#vouched(text, this.password))
      return respond('401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n0", qop="auth", algorithm=MD5');
    const seconds = Number(lineOf(text, 'Expires'));
    if (seconds > 0 && seconds < this.least) return respond('423 Interval Too Brief', `Min-Expires: ${this.least}`);
    const contact = lineOf(text, 'Contact');
    this.binding = seconds === 0 ? undefined : contact;
    return respond('200 OK', ...(seconds === 0 ? [] : [`Contact: ${contact};expires=${this.grants}`]));
  }

  /** RFC 7616 §3.4.1 */
  #vouched(text: string, password: string): boolean {
    const value = lineOf(text, 'Authorization');
    const [username, uri, nc, cnonce] = ['username', 'uri', 'nc', 'cnonce'].map((name) => parameter(value, name));
    const expected = md5(
      [md5(`${username}:r:${password}`), 'n0', nc, cnonce, 'auth', md5(`REGISTER:${uri}`)].join(':'),
    );
    return parameter(value, 'response') === expected;
  }
}

async function world(settings: Partial<Pick<ScriptedRegistrar, 'grants' | 'least' | 'password'>> = {}) {
  const clock = new SimulatedClock();
  const network = new MemoryNetwork(clock, { latencyMs: 10 });
  const registrar = Object.assign(new ScriptedRegistrar(), settings);
  await registrar.open(network);
  const host = '192.0.2.1';
  const agent = new UserAgent({
    network: network.host(host),
    clock,
    random: seededRandom('alice'),
    uri: 'sip:anonymous@anonymous.invalid',
    host,
    listen: [{ transport: 'udp', address: { host, port: 5062 } }],
    target: { transport: 'udp', address: { host: '192.0.2.9', port: 5060 } },
    credentials: { username: 'alice', password: 'secret' },
  });
  await agent.start();
  const close = async (): Promise<void> => {
    registrar.close();
    await clock.run(agent.close());
  };
  return { clock, registrar, agent, close };
}

const alice = { registrar: 'sip:example.org', uri: 'sip:alice@example.org' };
const pass = (clock: SimulatedClock, ms: number): Promise<void> =>
  clock.run(new Promise((resolve) => void clock.after(ms, resolve)));

describe('a registration', () => {
  it('binds where the user agent listens, and takes that back', async () => {
    const { clock, registrar, agent, close } = await world();
    const registration = new Registration(agent, alice);
    expect(succeeded(await clock.run(registration.begin()))).toBe(true);
    expect(registrar.binding).toBe('<sip:alice@192.0.2.1:5062;transport=udp>');
    const [first = ''] = registrar.seen;
    expect(first).toMatch(/^REGISTER sip:example\.org SIP\/2\.0\r\n/);
    expect(lineOf(first, 'To')).toBe('<sip:alice@example.org>');
    expect(lineOf(first, 'From')).toMatch(/^<sip:alice@example\.org>;tag=\w+$/);
    expect(succeeded(await clock.run(registration.end()))).toBe(true);
    expect(registrar.binding).toBeUndefined();
    const [, second = ''] = registrar.seen;
    expect(lineOf(second, 'Call-ID')).toBe(lineOf(first, 'Call-ID'));
    expect(Number.parseInt(lineOf(second, 'CSeq'), 10)).toBe(Number.parseInt(lineOf(first, 'CSeq'), 10) + 1);
    await close();
  });

  it('answers a challenge, and counts on from there', async () => {
    const { clock, registrar, agent, close } = await world({ password: 'secret' });
    const registration = new Registration(agent, alice);
    expect(succeeded(await clock.run(registration.begin()))).toBe(true);
    await clock.run(registration.end());
    expect(registrar.binding).toBeUndefined();
    const numbers = registrar.seen.map((text) => Number.parseInt(lineOf(text, 'CSeq'), 10));
    expect(numbers).toEqual([0, 1, 2, 3].map((n) => (numbers[0] ?? 0) + n));
    await close();
  });

  it('with a wrong password is refused', async () => {
    const { clock, agent, close } = await world({ password: 'another' });
    const outcome = await clock.run(new Registration(agent, alice).begin());
    expect(outcome.kind === 'answered' && outcome.response.status).toBe(401);
    await close();
  });

  it('is made anew in half of the time that was granted, until it ends', async () => {
    const { clock, registrar, agent, close } = await world({ grants: 60 });
    const registration = new Registration(agent, alice);
    await clock.run(registration.begin());
    await pass(clock, 29_000);
    expect(registrar.seen.length).toBe(1);
    await pass(clock, 2_000);
    expect(registrar.seen.length).toBe(2);
    await clock.run(registration.end());
    await pass(clock, 600_000);
    expect(registrar.seen.length).toBe(3);
    await close();
  });

  it('asks for longer where the registrar wants it', async () => {
    const { clock, registrar, agent, close } = await world({ least: 7200 });
    expect(succeeded(await clock.run(new Registration(agent, alice).begin()))).toBe(true);
    expect(registrar.seen.map((text) => lineOf(text, 'Expires'))).toEqual(['3600', '7200']);
    await close();
  });
});
