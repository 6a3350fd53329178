import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alteration } from '../focus/alteration.ts';
import { Recording } from '../packets/recording.ts';
import type { CaptureKind } from '../packets/write-capture.ts';
import type { ScenarioResult } from '../runner/record.ts';
import type { RunPlan } from '../runner/run.ts';
import { simulatedRun } from '../runner/simulated-run.fixture.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { CaptureSource } from './check.ts';
import type { CaptureItem } from './item.ts';
import { readMessages } from './messages.ts';

/** A scenario that was played, and the octets of its captures: what `run` leaves. */
export interface RecordedScenario {
  readonly result: ScenarioResult;
  /** With names and comments as pcapng, without any as classic pcap. Undefined: nothing has passed. */
  readonly captures: Readonly<Record<CaptureKind, Buffer>> | undefined;
}

/** Plays scenarios in memory as `msrpspec run` does, and writes down what passes. One after the other, so that few are held. */
export async function* recordedScenarios(
  scenarios: readonly LoadedScenario[],
  alteration?: Alteration,
  options: Partial<RunPlan> = {},
): AsyncGenerator<RecordedScenario> {
  for (let from = 0; from < scenarios.length; from += AT_ONCE) {
    const played: RecordedScenario[] = [];
    await simulatedRun(
      scenarios.slice(from, from + AT_ONCE),
      { newRecording: (clock) => new Recording(clock), ...options },
      alteration,
      {
        scenarioEnded(result, _entries, _round, recording) {
          played.push({ result, captures: recording === undefined ? undefined : written(recording, result.id) });
          return result;
        },
      },
    );
    yield* played;
  }
}

const AT_ONCE = 50;

function written(recording: Recording, title: string): RecordedScenario['captures'] {
  if (recording.frames === 0) return undefined;
  const as = (kind: CaptureKind): Buffer => recording.write(kind, 'msrpspec 0', title);
  return { pcapng: as('pcapng'), pcap: as('pcap') };
}

/** A folder for captures: as `check`, the tests read files. */
export class CaptureFolder {
  readonly #path = mkdtempSync(join(tmpdir(), 'msrpspec-'));
  #count = 0;

  /** The file as `check` reads it. */
  source(octets: Buffer): CaptureSource {
    this.#count += 1;
    const file = join(this.#path, `${this.#count}.capture`);
    writeFileSync(file, octets);
    return async (onItem) => {
      const read = await readMessages(file, onItem);
      if (!read.ok) throw new Error(read.error);
      return read.value;
    };
  }

  /** All that it holds. */
  async items(octets: Buffer): Promise<CaptureItem[]> {
    const items: CaptureItem[] = [];
    await this.source(octets)((item) => items.push(item));
    return items;
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

/** Items that come from no file. Nobody vouches for them. */
export const sourceOf =
  (items: readonly CaptureItem[]): CaptureSource =>
  (onItem) => {
    items.forEach(onItem);
    return { isWhole: false };
  };
