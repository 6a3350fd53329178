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

/** Hands out the packets of a file that is not damaged, one by one. */
export function parsePackets(path: string, take: (packet: ParsedPacket) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    parser
      .parse(path)
      .on('packet', take)
      .on('error', reject)
      .on('end', () => resolve());
  });
}

/** All of them. */
export async function parsedPackets(path: string): Promise<ParsedPacket[]> {
  const packets: ParsedPacket[] = [];
  await parsePackets(path, (packet) => packets.push(packet));
  return packets;
}
