import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, suiteBelow } from '../runner/simulated-run.fixture.ts';
import { type CheckOptions, type CheckResult, checkCapture } from './check.ts';
import type { JudgedParty } from './judge-gathering.ts';
import { CaptureFolder, recordedScenarios } from './recorded-scenario.fixture.ts';

const folder = new CaptureFolder();
afterAll(() => folder.remove());

/** A scenario and its twin: two conversations, one after the other. */
let twins: Buffer;
let conversation: Buffer;

beforeAll(async () => {
  twins = await recordingOf('rfc7701/7-nicknames/collision');
  conversation = await recordingOf('rfc7701/9-examples/private-message');
});

async function recordingOf(id: string): Promise<Buffer> {
  for await (const { captures } of recordedScenarios(suiteBelow(id)))
    if (captures !== undefined) return captures.pcapng;
  throw new Error(`nothing was recorded of ${id}`);
}

interface Checked extends CheckResult {
  readonly judged: readonly JudgedParty[][];
  readonly interrupted: number;
}

async function check(
  file: Buffer,
  options: Partial<CheckOptions> = {},
  onJudged: () => void = () => undefined,
): Promise<Checked> {
  const judged: JudgedParty[][] = [];
  let interrupted = 0;
  const result = await checkCapture(
    folder.source(file),
    { catalogue, wanted: 'focus', ...options },
    {
      judged(_log, parties) {
        judged.push([...parties]);
        onJudged();
      },
      interrupted() {
        interrupted += 1;
      },
    },
  );
  return { ...result, judged, interrupted };
}

const isOpen = ({ findings }: JudgedParty): boolean => findings.some(({ verdict }) => verdict === 'inconclusive');

describe('what is checked', { timeout: 60_000 }, () => {
  it('is all of a file, and none of it open in recordings', async () => {
    const { judged, interrupted, parties } = await check(twins);
    expect(judged.length).toBe(parties.gatherings.length);
    expect(judged.length).toBe(2);
    expect([judged.flat().some(isOpen), interrupted]).toEqual([false, 0]);
  });

  it('is what was over before the signal; of the rest it is told that it is not judged', async () => {
    const stop = new AbortController();
    const { judged, interrupted, parties } = await check(twins, { signal: stop.signal }, () => stop.abort());
    expect(judged.length).toBeGreaterThan(0);
    expect(interrupted).toBeGreaterThan(0);
    expect(judged.length + interrupted).toBe(parties.gatherings.length);
  });

  it.each([
    ['calls', { calls: 2, flows: 100, uris: 100 }],
    ['flows', { calls: 100, flows: 3, uris: 100 }],
    ['URIs', { calls: 100, flows: 100, uris: 2 }],
  ])('has room for so many %s; what comes beyond is forgotten, and what rests on it is open', async (_what, most) => {
    const { judged, parties } = await check(conversation, { most });
    expect(parties.forgottenSince).toBeDefined();
    expect(parties.counts.flows).toBeLessThanOrEqual(most.flows);
    expect(parties.counts.calls).toBeLessThanOrEqual(most.calls);
    expect(parties.gatherings.some(({ isWhole }) => isWhole)).toBe(false);
    expect(judged.flat().some(isOpen)).toBe(true);
    expect(judged.flat().flatMap(({ findings }) => findings.filter(({ verdict }) => verdict === 'fail'))).toEqual([]);
  });
});
