import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFolder } from '../harness/runner/run-folder.ts';
import { simulatedRun, suiteBelow } from '../harness/runner/simulated-run.fixture.ts';
import type { WireEntry } from '../harness/wire/entry.ts';
import { lineOf, logsBelow, StoredLogError, storedLines } from './stored-log.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'msrpspec-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const stored = (...lines: string[]): string => {
  const file = join(folder, 'log.jsonl');
  writeFileSync(file, lines.join('\n'));
  return file;
};

const good = (index: number, rest: object = {}): string =>
  JSON.stringify({
    index,
    time: 1,
    actor: 'alice',
    direction: 'sent',
    connection: 'alice-1',
    transport: 'tcp',
    local: 'a:1',
    remote: 'b:2',
    protocol: 'msrp',
    headline: 'MSRP SEND x',
    ...rest,
  });

describe('a stored wire log', () => {
  it('reads back what a run has written, octet by octet', async () => {
    const written: WireEntry[] = [];
    const runFolder = new RunFolder(folder, new Date(0));
    await simulatedRun(suiteBelow('rfc7701/9-examples/nickname'), {}, undefined, {
      scenarioEnded: (result, entries) => {
        written.push(...entries);
        return { ...result, wireLog: runFolder.writeWireLog('it', entries) };
      },
    });
    const read = [...logsBelow(runFolder.path)('wire/it.jsonl')];
    expect(read.length).toBeGreaterThan(20);
    const rounded = written.map(lineOf).map((line) => ({ ...line, time: Math.round(line.time * 1000) / 1000 }));
    expect(read).toEqual(rounded);
  });

  it('holds octets that are no text', () => {
    const octets = Buffer.from([0xff, 0, 0x1b]);
    const [line] = storedLines(stored(good(0, { base64: octets.toString('base64') })));
    expect(line?.octets).toEqual(octets);
  });

  it('reads lines longer than a piece of the file, and a last one without its end', () => {
    const text = 'ü'.repeat(700_000);
    const lines = [...storedLines(stored(good(0, { text }), good(1), good(2, { text })))];
    expect(lines.map(({ octets }) => octets.length)).toEqual([1_400_000, 0, 1_400_000]);
  });

  it.each([
    ['{"index":1,', /log\.jsonl:2: this line is no JSON; has the file been cut off\?$/],
    ['{"index":1}', /log\.jsonl:2: no line of a wire log: time .*$/],
    ['[]', /log\.jsonl:2: no line of a wire log: .*object.*$/],
    [good(1, { direction: 'up' }), /log\.jsonl:2: no line of a wire log: direction .*$/],
  ])('tells in one line where %s stands and what is wrong', (line, message) => {
    expect(() => [...storedLines(stored(good(0), line))]).toThrow(message);
    expect(() => [...storedLines(stored(good(0), line))]).toThrow(StoredLogError);
  });

  it('tells which file is not there, and leaves what is outside the folder alone', () => {
    expect(() => [...logsBelow(folder)('none.jsonl')]).toThrow(/none\.jsonl: ENOENT/);
    expect(() => [...logsBelow(folder)('../../etc/passwd')]).toThrow(/lies outside the folder of the run$/);
    expect(() => [...logsBelow(folder)('/etc/passwd')]).toThrow(/lies outside the folder of the run$/);
  });
});
