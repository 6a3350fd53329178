import { ipv4Text, ipv6Text } from './ip-address.ts';
import type { CaptureEvent } from './packet.ts';
import { readOptions } from './pcapng-options.ts';

const IPV4_RECORD = 1;
const IPV6_RECORD = 2;

/** Reads a name resolution block. Returns the position of a record that runs past it; nothing if all are whole. */
export function readNames(
  octets: Buffer,
  start: number,
  end: number,
  littleEndian: boolean,
  emit: (event: CaptureEvent) => void,
): number | undefined {
  return readOptions(octets, start, end, littleEndian, (code, value) => {
    if (code === IPV4_RECORD && value.length > 4) {
      emit({ type: 'name', address: ipv4Text(value, 0), names: namesIn(value.subarray(4)) });
    } else if (code === IPV6_RECORD && value.length > 16) {
      emit({ type: 'name', address: ipv6Text(value, 0), names: namesIn(value.subarray(16)) });
    }
  });
}

/** Each ends with a zero octet. */
const namesIn = (value: Buffer): string[] => value.toString().split('\0').filter(Boolean);
