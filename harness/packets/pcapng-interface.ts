import { readOptions } from './pcapng-options.ts';

/** What an interface description says of the packets of one interface. */
export interface CaptureInterface {
  readonly linkType: number;
  /** 0: not limited. */
  readonly snapLength: number;
  /** Milliseconds = ticks × `scale` / `divisor` + `offset`: one of the first two is 1 where that is exact. */
  readonly scale: number;
  readonly divisor: number;
  readonly offset: number;
}

const RESOLUTION = 9;
const OFFSET = 14;

/** The last moment that a `Date` knows, in milliseconds. */
const LAST_MOMENT = 8.64e15;

/** Reads an interface description block; beside it the position of an option that runs past the block. */
export function readInterface(
  octets: Buffer,
  start: number,
  end: number,
  littleEndian: boolean,
): readonly [CaptureInterface, number | undefined] {
  let resolution = 6;
  let seconds = 0;
  const broken = readOptions(octets, start + 8, end, littleEndian, (code, value) => {
    if (code === RESOLUTION && value.length === 1) resolution = value.readUInt8(0);
    if (code === OFFSET && value.length === 8) {
      seconds = Number(littleEndian ? value.readBigInt64LE(0) : value.readBigInt64BE(0));
    }
  });
  const described = {
    linkType: littleEndian ? octets.readUInt16LE(start) : octets.readUInt16BE(start),
    snapLength: littleEndian ? octets.readUInt32LE(start + 4) : octets.readUInt32BE(start + 4),
    ...scaleOf(resolution),
    offset: seconds * 1000,
  };
  return [described, broken];
}

/** §4.2, if_tsresol: ticks per second as a negative power of 10 or, with the highest bit set, of 2. */
function scaleOf(resolution: number): { readonly scale: number; readonly divisor: number } {
  const power = resolution & 0x7f;
  if (resolution & 0x80) return { scale: 1000, divisor: 2 ** power };
  return power < 3 ? { scale: 10 ** (3 - power), divisor: 1 } : { scale: 1, divisor: 10 ** (power - 3) };
}

/** When a packet passed, in milliseconds since 1970; what no calendar holds becomes the last moment that one does. */
export function timeOf({ scale, divisor, offset }: CaptureInterface, high: number, low: number): number {
  const time = ((high * 2 ** 32 + low) * scale) / divisor + offset;
  return Math.min(Math.max(time, -LAST_MOMENT), LAST_MOMENT);
}
