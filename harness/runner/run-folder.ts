import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { CaptureKind } from '../packets/write-capture.ts';
import type { WireEntry } from '../wire/entry.ts';
import { headline } from '../wire/text.ts';
import type { RunRecord } from './record.ts';

/** In characters. */
const MAX_OUTPUT = 16 * 1024 * 1024;

/** The folder of one run: `run.json`, and a wire log and a capture for each scenario. `latest` beside it points to the newest. */
export class RunFolder {
  readonly path: string;
  readonly #parent: string;
  readonly #name: string;
  #outputKept = 0;

  /** `parent` is made if it is not there. @throws when the folder cannot be made. */
  constructor(parent: string, date: Date) {
    this.#parent = parent;
    this.#name = date.toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-').replace('Z', '');
    this.path = join(parent, this.#name);
    makeFolder(this.path);
  }

  /** Returns the path of the file, relative to `run.json`. */
  writeWireLog(scenarioId: string, entries: readonly WireEntry[], round = 1): string {
    const lines = entries.map((entry) => `${JSON.stringify(wireLine(entry))}\n`).join('');
    return this.#write(`${folderOf('wire', round)}/${scenarioId}.jsonl`, lines);
  }

  /** Returns the path of the file, relative to `run.json`. */
  writeCapture(scenarioId: string, octets: Buffer, kind: CaptureKind, round = 1): string {
    return this.#write(`${folderOf('captures', round)}/${scenarioId}.${kind}`, octets);
  }

  #write(path: string, content: string | Buffer): string {
    const file = join(this.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return path;
  }

  /** Takes over what another run has kept. Undefined: there is no such file inside its folder. */
  copyFrom(folder: string, path: string, under: string): string | undefined {
    const source = join(folder, path);
    const inside = relative(folder, source);
    if (isAbsolute(path) || inside.startsWith('..') || !existsSync(source)) return undefined;
    const target = join(this.path, under, inside);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
    return `${under}/${inside.split(sep).join('/')}`;
  }

  writeRecord(record: RunRecord): string {
    const file = join(this.path, 'run.json');
    writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
    this.#pointLatest();
    return file;
  }

  /** What a SUT that was started here writes, up to a size that does no harm. */
  keepOutput(text: string): void {
    const room = MAX_OUTPUT - this.#outputKept;
    if (room <= 0) return;
    this.#outputKept += text.length;
    const end = text.length > room ? '\n… (more is not kept)\n' : '';
    appendFileSync(join(this.path, 'sut-output.txt'), text.slice(0, room) + end);
  }

  /** Removes the folder of a run that came to nothing; what has been written stays. */
  discard(): void {
    if (readdirSync(this.path).length === 0) rmdirSync(this.path);
  }

  #pointLatest(): void {
    const latest = join(this.#parent, 'latest');
    rmSync(latest, { recursive: true, force: true });
    // A junction needs no special right on Windows; elsewhere the type is ignored.
    symlinkSync(process.platform === 'win32' ? this.path : this.#name, latest, 'junction');
  }
}

const folderOf = (what: string, round: number): string => (round === 1 ? what : `${what}-${round}`);

/** One level at a time: Node's own recursion never ends below a folder that takes no entries, such as /proc. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path);
}

/** An entry as it is stored: the octets as text where they are plain text, otherwise in base64. */
function wireLine(entry: WireEntry): Record<string, unknown> {
  const { index, time, actor, direction, connection, transport, local, remote, octets, content, frames } = entry;
  const text = octets.toString('utf8');
  return {
    index,
    time: Math.round(time * 1000) / 1000,
    actor,
    direction,
    connection,
    transport,
    local: `${local.host}:${local.port}`,
    remote: `${remote.host}:${remote.port}`,
    ...(frames === undefined ? {} : { frames }),
    protocol: content.protocol,
    headline: headline(entry),
    ...(octets.length === 0 ? {} : Buffer.from(text).equals(octets) ? { text } : { base64: octets.toString('base64') }),
  };
}
