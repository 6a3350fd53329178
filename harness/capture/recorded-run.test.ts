import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recording } from '../packets/recording.ts';
import { lacksTshark, TsharkView } from '../packets/tshark.fixture.ts';
import { simulatedRun, suiteBelow } from '../runner/simulated-run.fixture.ts';
import type { WireEntry } from '../wire/entry.ts';
import { readMessages } from './messages.ts';

interface Recorded {
  readonly id: string;
  readonly entries: readonly WireEntry[];
  readonly capture: Buffer;
}

/** Plays scenarios in memory and keeps the wire log and the capture of each. */
async function recorded(...paths: readonly string[]): Promise<Recorded[]> {
  const kept: Recorded[] = [];
  const newRecording = (...args: ConstructorParameters<typeof Recording>): Recording => new Recording(...args);
  await simulatedRun(paths.flatMap(suiteBelow), { newRecording }, undefined, {
    scenarioEnded(result, entries, _round, recording) {
      if (recording !== undefined)
        kept.push({ id: result.id, entries, capture: recording.write('pcapng', 'msrpspec 0', result.id) });
      return result;
    },
  });
  return kept;
}

/** A message of either protocol by the frames that carried it, so that the order of lists does not matter. */
const line = (frames: readonly number[] | undefined, octets: Buffer): string =>
  `${frames?.join('+')}: ${octets.toString('latin1')}`;

const lineOf = ({ frames, octets }: WireEntry): string => line(frames, octets);

const messagesIn = (entries: readonly WireEntry[]): WireEntry[] =>
  entries.filter(({ content }) => content.protocol === 'sip' || content.protocol === 'msrp');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'msrpspec-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const runs = await recorded('rfc7701/9-examples', 'rfc7701/6.3-reports', 'rfc7701/5-joining');

describe('the captures of a run', () => {
  it('are of some dozens of scenarios', () => {
    expect(runs.length).toBeGreaterThan(36);
    expect(runs.flatMap(({ entries }) => messagesIn(entries)).length).toBeGreaterThan(1000);
  });

  it.each(runs)('hold the messages of the wire log, each in the frames that it says: $id', async (run) => {
    const file = join(folder, 'capture.pcapng');
    writeFileSync(file, run.capture);
    const found: string[] = [];
    const opened: string[] = [];
    const read = await readMessages(file, (item) => {
      if (item.type === 'message') found.push(line(item.frames, item.octets));
      else if (item.type === 'opened') opened.push(...item.flow.comments);
      else expect(item.type).toBe('closed');
    });
    expect(read.ok && read.value.damages).toEqual([]);
    expect(found.toSorted()).toEqual(messagesIn(run.entries).map(lineOf).toSorted());
    const connections = new Set(
      messagesIn(run.entries).map(({ actor, connection }) => `${actor}, connection ${connection}`),
    );
    for (const connection of connections) expect(opened.some((comment) => comment.startsWith(connection))).toBe(true);
  });
});

/** tshark takes a second MSRP message in a packet for the rest of the first (its dissector stops at one). */
const sharesNoPacket = ({ entries }: Recorded): boolean => {
  const frames = entries.flatMap((entry) => (entry.content.protocol === 'msrp' ? (entry.frames ?? []) : []));
  return new Set(frames).size === frames.length;
};

describe.skipIf(lacksTshark)('tshark on the captures of a run', () => {
  const plain = runs.filter(sharesNoPacket);

  it('can tell the messages apart in most of them', () => {
    expect(plain.length).toBeGreaterThan(30);
  });

  it.each(plain)('finds no fault, and as many messages as the wire log has: $id', ({ entries, capture }) => {
    const view = new TsharkView(capture);
    try {
      expect(view.complaints()).toEqual([]);
      const lines = view.fields('sip || msrp', 'sip.CSeq.seq', 'msrp.method', 'msrp.status.code');
      const sip = lines.flatMap(([numbers = '']) => (numbers === '' ? [] : numbers.split(',')));
      const msrp = lines.filter(([, method, status]) => method !== '' || status !== '');
      const logged = (protocol: string): number =>
        entries.filter(({ content }) => content.protocol === protocol).length;
      expect([sip.length, msrp.length]).toEqual([logged('sip'), logged('msrp')]);
    } finally {
      view.remove();
    }
  });
});
