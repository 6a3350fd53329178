import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { header } from '../codec/sip/headers.ts';
import type { WireRewriting } from '../focus/alteration.ts';
import { loadScenarios } from '../scenario/load.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { clientArenaInMemory } from './client-simulation.ts';
import type { RunRecord } from './record.ts';
import { run } from './run.ts';
import { roleOf } from './select.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const catalogue = loadCatalogue(`${folder}/requirements`);
const loaded = loadScenarios(folder, catalogue);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const scenarios = loaded.value;
const forClients = scenarios.filter((one) => roleOf(one) === 'participant');

async function runAgainst(wire?: () => WireRewriting, played = scenarios): Promise<RunRecord> {
  const outcome = await run(
    {
      scenarios: played,
      arena: clientArenaInMemory('the simulated client', wire === undefined ? {} : { wire }),
      catalogue,
      patience: DEFAULT_PATIENCE,
      reading: 'tolerant',
      seed: 'clients',
      jobs: 1,
      argv: [],
      version: '0',
      date: () => new Date(0),
      now: () => 0,
      signal: new AbortController().signal,
    },
    {},
  );
  if (outcome.kind !== 'judged') throw new Error(outcome.reason);
  return outcome.record;
}

describe('a client under test', () => {
  it('passes, where it is our own, what is there for clients, and nothing else is played', async () => {
    const record = await runAgainst();
    const wrong = record.scenarios.flatMap(({ id, findings }) =>
      findings.filter(({ verdict }) => verdict !== 'pass').map((one) => `${id}: ${JSON.stringify(one)}`),
    );
    expect(wrong).toEqual([]);
    expect(record.sut).toMatchObject({ role: 'participant', capabilities: ['nickname', 'private-messages'] });
    expect(record.scenarios.map(({ id }) => id)).toEqual(forClients.map(({ id }) => id));
    expect(forClients.length).toBeGreaterThan(4);
    const judged = new Map(record.requirements.map((one) => [one.id, one]));
    expect(judged.get('RFC7701-6.1-04')).toMatchObject({
      verdict: 'pass',
      by: expect.arrayContaining(['participant/says-something-to-the-room']),
    });
    expect(judged.get('RFC7701-6.1-15')).toMatchObject({
      verdict: 'untested',
      why: 'it binds the switch, and the SUT is a participant',
    });
  });

  /** What a client that differs from ours on the wire fails in by the steps and rules of a scenario. */
  const accusations = async (scenario: string, wire: WireRewriting): Promise<string[]> => {
    const played = forClients.filter(({ id }) => id.startsWith(`participant/${scenario}`));
    const { scenarios: results } = await runAgainst(() => wire, played);
    return results.flatMap(({ findings }) => findings.filter(({ verdict }) => verdict === 'fail').map(textOf));
  };
  const textOf = ({ requirement, message, actual }: RunRecord['scenarios'][number]['findings'][number]): string =>
    `${requirement}: ${message}${actual === undefined ? '' : ` (${actual})`}`;

  it('is convicted for a foreign From', async () => {
    const found = await accusations('says-something-to-the-room', {
      msrpWritten: (message) => [
        message.kind === 'request' && message.body !== undefined
          ? {
              ...message,
              body: Buffer.from(
                message.body.toString('latin1').replace(/From: <sip:client/, 'From: <sip:another'),
                'latin1',
              ),
            }
          : message,
      ],
    });
    expect(found.filter((one) => /^RFC7701-6.1-05: .*From: sip:another/.test(one))).not.toEqual([]);
  });

  it('is convicted for a response with another status', async () => {
    const found = await accusations('answers-an-unknown-session-with-481', {
      msrpWritten: (message) => [
        message.kind === 'response' && message.status === 481 ? { ...message, status: 200 } : message,
      ],
    });
    expect(found.filter((one) => one.startsWith('RFC4975-7.3-03: '))).not.toEqual([]);
  });

  it('is convicted for silence', async () => {
    const found = await accusations('shows-room-messages', {
      msrpWritten: (message) => (message.kind === 'response' ? [] : [message]),
    });
    expect(found.filter((one) => /^RFC4975-7.2-01: client answers greeting/.test(one))).not.toEqual([]);
  });

  it('is convicted by the rules of everybody', async () => {
    const found = await accusations('says-something-to-the-room', {
      msrpWritten: (message) => [
        message.kind === 'request' && message.body !== undefined
          ? { ...message, headers: [...message.headers].reverse() }
          : message,
      ],
    });
    expect(found.filter((one) => one.startsWith('RFC4975-7.1-07: '))).not.toEqual([]);
  });

  it('is convicted for a NOTIFY that it does not take', async () => {
    const found = await accusations('shows-who-is-in-the-room', {
      sipWritten: (message) => [
        message.kind === 'response' && /NOTIFY/.test(header(message, 'CSeq') ?? '')
          ? { ...message, status: 489 }
          : message,
      ],
    });
    const step = 'client watches the roster (SUBSCRIBE for conference, 489 to NOTIFY)';
    expect(found).toContain(`RFC6665-3.1.2-01: ${step}`);
  });

  it('that binds no session is not waited for as long again in every scenario, and fails all the same', async () => {
    const some = forClients.filter(({ id }) => id.startsWith('participant/answers-as-failure-report-says'));
    const mute = (): WireRewriting => ({
      msrpWritten: (message) => (message.kind === 'request' && message.method === 'SEND' ? [] : [message]),
    });
    const { scenarios: results } = await runAgainst(mute, some);
    expect(results.map(({ verdict }) => verdict)).toEqual(some.map(() => 'fail'));
    const [longest = 0] = results.map(({ durationMs }) => durationMs).toSorted((a, b) => b - a);
    // The first look has waited for 32 s.
    expect(longest).toBeGreaterThanOrEqual(DEFAULT_PATIENCE.deliveryMs);
    expect(longest).toBeLessThan(DEFAULT_PATIENCE.deliveryMs + 1_000);
  });
});
