import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { Conversation } from '../conversation/conversation.ts';
import type { Transport } from '../net/network.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { WireLog } from '../wire/log.ts';
import { sipRepetition } from './sip-repetition.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));
const address = { host: '10.0.0.2', port: 5060 };

/** What passes, each with the milliseconds before it. */
type Passing = readonly [ms: number, direction: 'sent' | 'received', start: string, tag?: string];

async function verdicts(transport: Transport, ...passing: readonly Passing[]): Promise<Record<string, string>> {
  const clock = new SimulatedClock();
  const log = new WireLog(clock);
  const conversation = new Conversation(log);
  const connection = { id: 'bob-1', actor: 'bob', transport, local: address, remote: address };
  for (const [ms, direction, start, tag = ''] of passing) {
    await clock.run(new Promise<void>((resolve) => clock.after(ms, resolve)));
    const method = start.startsWith('SIP') ? METHOD : (start.split(' ')[0] ?? '');
    const to = direction === 'received' ? `;tag=${tag === '' ? 'focus' : tag}` : '';
    const lines = [
      start,
      `Via: SIP/2.0/${transport.toUpperCase()} 10.0.0.2:5060;branch=z9hG4bKa`,
      ...(start.startsWith('SIP') ? [] : ['Max-Forwards: 70', 'Contact: <sip:bob@10.0.0.2>']),
      'From: <sip:bob@chat.example>;tag=bob',
      `To: <sip:room@chat.example>${to}`,
      'Call-ID: one',
      `CSeq: 1 ${method}`,
      'Content-Length: 0',
    ];
    log.octets(connection, direction, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
  }
  const findings = sipRepetition.judge(conversation, catalogue);
  return Object.fromEntries(findings.map(({ requirements, verdict }) => [requirements[0], verdict]));
}

const METHOD = 'INVITE';
const INVITE = 'INVITE sip:room@chat.example SIP/2.0';
const ACK = 'ACK sip:room@chat.example SIP/2.0';
const REFUSAL = 'SIP/2.0 404 Not Found';
const invited: Passing = [0, 'sent', INVITE];

describe('a refusal of INVITE by UDP', () => {
  it('is repeated until the ACK', async () => {
    const found = await verdicts(
      'udp',
      invited,
      [5, 'received', REFUSAL],
      [500, 'received', REFUSAL],
      [500, 'sent', ACK],
    );
    expect(found['RFC3261-17.2.1-02']).toBe('pass');
  });

  it('may have been under way when the ACK went', async () => {
    const found = await verdicts('udp', invited, [5, 'received', REFUSAL], [5, 'sent', ACK], [5, 'received', REFUSAL]);
    expect(found).not.toHaveProperty('RFC3261-17.2.1-02');
  });

  it('is convicted where it goes on behind the ACK', async () => {
    const found = await verdicts(
      'udp',
      invited,
      [5, 'received', REFUSAL],
      [5, 'sent', ACK],
      [900, 'received', REFUSAL],
    );
    expect(found['RFC3261-17.2.1-02']).toBe('fail');
  });

  it('is warned of where it comes but once', async () => {
    const found = await verdicts('udp', invited, [5, 'received', REFUSAL], [1000, 'sent', ACK]);
    expect(found['RFC3261-17.2.1-02']).toBe('warn');
  });
});

describe('a refusal of INVITE by TCP', () => {
  it('comes once', async () => {
    expect((await verdicts('tcp', invited, [5, 'received', REFUSAL]))['RFC3261-17.2.1-02']).toBe('pass');
    const twice = await verdicts('tcp', invited, [5, 'received', REFUSAL], [500, 'received', REFUSAL]);
    expect(twice['RFC3261-17.2.1-02']).toBe('fail');
  });
});

describe('a copy of a request', () => {
  const OK = 'SIP/2.0 200 OK';

  it('gets the same response', async () => {
    const found = await verdicts('udp', invited, invited, [5, 'received', REFUSAL], [0, 'received', REFUSAL]);
    expect(found['RFC3261-17.2-01']).toBe('pass');
  });

  it('is convicted where it gets another', async () => {
    const found = await verdicts('udp', invited, invited, [5, 'received', REFUSAL], [0, 'received', REFUSAL, 'other']);
    expect(found['RFC3261-17.2-01']).toBe('fail');
  });

  it('is warned of where a second call comes of an INVITE that was accepted', async () => {
    const found = await verdicts('udp', invited, invited, [5, 'received', OK], [0, 'received', OK, 'other']);
    expect(found['RFC3261-17.2-01']).toBe('warn');
  });
});

describe('the first response to INVITE', () => {
  it('comes soon', async () => {
    expect((await verdicts('tcp', invited, [100, 'received', REFUSAL]))['RFC3261-17.2.1-01']).toBe('pass');
    expect((await verdicts('tcp', invited, [9000, 'received', REFUSAL]))['RFC3261-17.2.1-01']).toBe('warn');
  });
});
