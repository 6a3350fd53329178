import { closeSync, openSync, readSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { z } from 'zod';
import type { WireEntry } from '../harness/wire/entry.ts';
import { headline } from '../harness/wire/text.ts';

/** In octets: more is no line that a run has written. */
const MAX_LINE = 64 * 1024 * 1024;
const CHUNK = 256 * 1024;

const storedLineSchema = z
  .object({
    index: z.int().nonnegative(),
    time: z.number(),
    actor: z.string(),
    direction: z.enum(['sent', 'received']),
    connection: z.string(),
    transport: z.string(),
    local: z.string(),
    remote: z.string(),
    protocol: z.enum(['sip', 'msrp', 'unknown', 'connection']),
    headline: z.string(),
    text: z.string().optional(),
    base64: z.string().optional(),
    frames: z.array(z.int()).optional(),
  })
  .transform(({ text, base64, ...rest }) => {
    const octets: Buffer = base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
    return { ...rest, octets };
  });

/** One line of a wire log of a run folder: a message, or what became of a connection (no octets). */
export type StoredLine = Readonly<z.infer<typeof storedLineSchema>>;

/** Reads a wire log by its path in the record of a run. Iterating throws a StoredLogError. */
export type StoredLogs = (path: string) => Iterable<StoredLine>;

/** Says in one line which file, and which line of it, cannot be read, and why. */
export class StoredLogError extends Error {
  override readonly name = 'StoredLogError';
}

/** The wire logs of the run whose `run.json` is in `folder`; what lies outside it is not read. */
export const logsBelow =
  (folder: string): StoredLogs =>
  (path) => {
    const file = join(folder, path);
    if (isAbsolute(path) || relative(folder, file).startsWith('..'))
      throw new StoredLogError(`${JSON.stringify(path)} lies outside the folder of the run`);
    return storedLines(file);
  };

/** The lines of a file one by one; never more than one of them is held. @throws StoredLogError */
export function* storedLines(file: string): Generator<StoredLine> {
  let number = 0;
  for (const line of linesOf(file)) {
    number += 1;
    const parsed = parseLine(line);
    if (typeof parsed === 'string') throw new StoredLogError(`${file}:${number}: ${parsed}`);
    yield parsed;
  }
}

/** An entry of a wire log in memory as it would be read back. */
export function lineOf(entry: WireEntry): StoredLine {
  const { index, time, actor, direction, connection, transport, local, remote, octets, content, frames } = entry;
  return {
    index,
    time,
    actor,
    direction,
    connection,
    transport,
    local: `${local.host}:${local.port}`,
    remote: `${remote.host}:${remote.port}`,
    protocol: content.protocol,
    headline: headline(entry),
    ...(frames === undefined ? {} : { frames: [...frames] }),
    octets,
  };
}

/** Or what is wrong with it. */
function parseLine(line: string): StoredLine | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'this line is no JSON; has the file been cut off?';
  }
  const parsed = storedLineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `no line of a wire log: ${[issue?.path.join('.'), issue?.message].filter((one) => one).join(' ')}`;
}

function* linesOf(file: string): Generator<string> {
  const descriptor = opened(file);
  try {
    let pieces: Buffer[] = [];
    let held = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const size = readInto(descriptor, chunk, file);
      if (size === 0) break;
      let from = 0;
      for (let end = chunk.indexOf(10, from); end !== -1 && end < size; end = chunk.indexOf(10, from)) {
        pieces.push(chunk.subarray(from, end));
        yield Buffer.concat(pieces).toString('utf8');
        pieces = [];
        held = 0;
        from = end + 1;
      }
      if (from < size) pieces.push(chunk.subarray(from, size));
      held += size - from;
      if (held > MAX_LINE) throw new StoredLogError(`${file}: a line of more than ${MAX_LINE} octets`);
    }
    if (held > 0) yield Buffer.concat(pieces).toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw new StoredLogError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readInto(descriptor: number, chunk: Buffer, file: string): number {
  try {
    return readSync(descriptor, chunk);
  } catch (error) {
    throw new StoredLogError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
