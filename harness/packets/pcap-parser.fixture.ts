import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** A packet as the npm package `pcap-parser` tells it, which has no types. It reads classic captures in microseconds. */
export interface ParsedPacket {
  readonly header: {
    readonly timestampSeconds: number;
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  };
  readonly data: Buffer;
}

const parser: { parse(path: string): EventEmitter } = createRequire(import.meta.url)('pcap-parser');

/** All packets of a file that is not damaged. */
export function parsedPackets(path: string): Promise<ParsedPacket[]> {
  return new Promise((resolve, reject) => {
    const packets: ParsedPacket[] = [];
    parser
      .parse(path)
      .on('packet', (packet: ParsedPacket) => packets.push(packet))
      .on('error', reject)
      .on('end', () => resolve(packets));
  });
}
