import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { err, ok, type Result } from '../result.ts';
import { CaptureReader } from './capture-reader.ts';
import type { CaptureEvent } from './packet.ts';

/** Octets taken from the disk at a time. */
const PIECE = 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** What a long reading tells, and how it is ended early. */
export interface ReadingWatch {
  /** So many octets have been read, unpacked. */
  read?(octets: number): void;
  /** Reading ends as if the file did. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a capture file, which may be compressed by gzip; `-` is the standard input. No faster than `emit` returns.
 * Offsets of damage count unpacked octets. Where there is no such file, or it cannot be read, or it is no capture, the
 * error is one line for people, and nothing was emitted.
 */
export async function readCapture(
  path: string,
  emit: (event: CaptureEvent) => void,
  watch: ReadingWatch = {},
): Promise<Result<void, string>> {
  const name = path === '-' ? 'standard input' : path;
  let refusal: string | undefined;
  let size = 0;
  const reader = new CaptureReader((event) => {
    if (reader.recognised) emit(event);
    else if (event.type === 'damage') refusal = event.reason;
  });
  const source = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: PIECE });
  const failure = await pour(source, (octets) => {
    reader.feed(octets);
    size += octets.length;
    watch.read?.(size);
    return reader.recognised !== false && watch.signal?.aborted !== true;
  });
  if (failure && !reader.recognised) return err(`${name}: ${inWords(failure)}`);
  if (watch.signal?.aborted === true) return ok(undefined);
  reader.end();
  if (failure) emit({ type: 'damage', offset: size, reason: `reading stops: ${inWords(failure)}` });
  return refusal === undefined ? ok(undefined) : err(`${name}: ${refusal}`);
}

/** Hands out a file, unpacked where it is packed, until it ends or fails, or `take` returns that it has seen enough. */
async function pour(source: Readable, take: (octets: Buffer) => boolean): Promise<Error | undefined> {
  try {
    const magic = await peek(source, GZIP.length);
    if (magic.length === 0) return undefined;
    // A file that was cut off still yields what came before the cut: how much that is the format of the capture tells.
    const gunzip = GZIP.equals(magic) ? createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }) : undefined;
    const unpacked = gunzip ? pipeline(source, gunzip, () => undefined) : source;
    await flow(unpacked, take);
    return undefined;
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure) return failure;
    throw failure;
  } finally {
    source.destroy();
  }
}

/** The first octets of a stream, which remain in it; fewer if it has no more. */
function peek(source: Readable, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (octets: Buffer): void => {
      source.off('readable', look).off('error', reject).off('end', ended);
      resolve(octets);
    };
    const ended = (): void => settle(Buffer.alloc(0));
    const look = (): void => {
      const octets: Buffer | null = source.read(length);
      if (octets === null) return;
      source.unshift(octets);
      settle(octets);
    };
    source.on('readable', look).on('error', reject).on('end', ended);
  });
}

/** By events: an iterator would lose what came just before a failure. */
function flow(source: Readable, take: (octets: Buffer) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    source.on('data', (octets: Buffer) => {
      try {
        if (take(octets)) return;
        resolve();
      } catch (bug) {
        reject(bug);
      }
      source.destroy();
    });
    source.on('error', reject).on('end', resolve);
  });
}

function inWords(failure: Error): string {
  const code = 'code' in failure ? failure.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read';
    case 'EISDIR':
      return 'it is a directory';
    default:
      return failure.message;
  }
}
