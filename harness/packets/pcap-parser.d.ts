/** As far as tests use it: a package without types, which reads classic captures in microseconds. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';

  export interface ParsedPacket {
    readonly header: {
      readonly timestampSeconds: number;
      readonly timestampMicroseconds: number;
      readonly capturedLength: number;
      readonly originalLength: number;
    };
    readonly data: Buffer;
  }

  const parser: { parse(path: string): EventEmitter };
  export default parser;
}
