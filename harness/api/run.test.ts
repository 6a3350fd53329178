import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  exitStatus,
  FULL_MEDIA,
  Participant,
  type RunOptions,
  run,
  runRecordSchema,
  simulatedWorld,
  startFocus,
  UnreachableError,
  UsageError,
} from './index.ts';

const select = ['rfc7701/9-examples'];

describe('run', () => {
  it('plays against the built-in focus and gives the record', async () => {
    const told: string[] = [];
    const record = await run(
      { inMemory: true, seed: '1', select, exclude: ['rfc7701/9-examples/join'], repeat: 2 },
      { scenarioStarted: (id) => void told.push(id) },
    );
    expect(runRecordSchema.parse(record)).toEqual(record);
    expect(record.summary).toMatchObject({ pass: 5, total: 5 });
    expect(record.seed).toBe('1');
    expect(exitStatus(record)).toBe(0);
    expect(told).toHaveLength(10);
  });

  it('convicts a focus that is altered', async () => {
    const alteration = { decisions: () => ({ isTaken: () => false }) };
    const record = await run({ inMemory: true, alteration, select });
    expect(record.requirements.find(({ id }) => id === 'RFC7701-7.1-26')?.verdict).toBe('fail');
    expect(exitStatus(record)).toBe(1);
  });

  it('starts the built-in focus as a process of its own, and writes what `out` asks for', async () => {
    const out = mkdtempSync(join(tmpdir(), 'msrpspec-'));
    try {
      const record = await run({ select, out, shard: '1/2', jobs: 2, strict: true });
      expect(record).toMatchObject({
        reading: 'strict',
        shard: { index: 1, of: 2, selected: 6 },
        summary: { pass: 3, total: 3 },
      });
      expect(JSON.parse(readFileSync(join(out, 'latest', 'run.json'), 'utf8'))).toEqual(record);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const record = await run(
      { inMemory: true, select, signal: stop.signal },
      {
        scenarioEnded(result) {
          stop.abort();
          return result;
        },
      },
    );
    expect(record.stopped).toBe('interrupted');
    expect(record.scenarios.length).toBeLessThan(6);
  });

  it.each<[RunOptions, string]>([
    [{ select: ['no-such'] }, 'no scenario matches "no-such"'],
    [{ sut: 'http://x' }, '--sut "http://x" is none of builtin, a SIP URI'],
    [{ sut: 'sip:a@127.0.0.1', profile: 'x.yaml' }, 'sut and profile exclude each other'],
    [{ profile: '/nowhere.yaml' }, 'there is no such profile'],
    [{ alteration: {} }, 'alteration goes with inMemory only'],
    [{ shard: '0/3' }, 'shard: "0/3" is no shard: the second of three is 2/3'],
    [{ jobs: 0.5 }, 'jobs: a whole number above 0 is due'],
    [{ repeat: 0 }, 'repeat: a whole number above 0 is due'],
  ])('%j is wrong usage', async (options, message) => {
    const error: unknown = await run(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(message);
  });

  it('says so when nobody is there', async () => {
    const error: unknown = await run({ sut: 'sip:room@127.0.0.1:1;transport=tcp', select }).catch(
      (one: unknown) => one,
    );
    expect(error).toBeInstanceOf(UnreachableError);
    expect(String(error)).toMatch(/Nothing was judged: no answer to INVITE .*refused/);
  });
});

describe('participants and the chat-room server on their own', () => {
  it('talk in a simulated world', async () => {
    const world = simulatedWorld('1');
    const server = { host: '10.0.0.1', port: 5060 };
    const started = await world.run(
      startFocus({
        ...world,
        domain: 'chat.example.org',
        host: server.host,
        sip: [{ transport: 'tcp', address: server }],
        msrp: [{ scheme: 'msrp', address: { host: server.host, port: 2855 } }],
        rooms: [{ name: 'lobby' }],
      }),
    );
    if (!started.ok) throw new Error(started.error.message);
    const participant = (name: string): Participant =>
      new Participant({
        ...world,
        name,
        uri: `sip:${name}@example.org`,
        host: '10.0.0.2',
        sip: { transport: 'tcp', target: server },
        room: started.value.roomUri('lobby'),
        media: FULL_MEDIA,
        msrpSecurity: 'plain',
        answerMs: 5_000,
      });
    const [alice, bob] = [participant('alice'), participant('bob')];
    const heard = new Promise<string>((resolve) => {
      bob.onMessage = ({ octets }) => octets.includes('Hello') && resolve(octets.toString());
    });
    const joined = [await world.run(alice.join()), await world.run(bob.join())];
    expect(joined.map(({ kind }) => kind)).toEqual(['joined', 'joined']);
    alice.send(alice.compose({ content: 'Hello' }));
    expect(await world.run(heard)).toContain('Hello');
    await world.run(Promise.all([alice.close(), bob.close()]));
    await world.run(started.value.close());
  });
});
