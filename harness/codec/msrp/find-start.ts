import { isPlausible, readStartLine } from './start-line.ts';

const start = Buffer.from('MSRP ', 'latin1');
const toPath = Buffer.from('to-path:', 'latin1');
const lineFeed = 0x0a;
const longestStartLine = 8300;

/**
 * Whether a message certainly starts with this line, for whoever comes into the middle of a stream: a faultless start
 * line, and To-Path behind it, as RFC 4975 §7.1 wants it. `more`: what is there of it does not tell.
 */
export function isCertainMsrpStart(octets: Buffer, at: number): boolean | 'more' {
  const there = Math.min(start.length, octets.length - at);
  if (start.compare(octets, at, at + there, 0, there) !== 0) return false;
  const end = octets.indexOf(lineFeed, at);
  if (end < 0) return octets.length - at > longestStartLine ? false : 'more';
  const line = octets.toString('latin1', at, octets[end - 1] === 0x0d ? end - 1 : end);
  if (!isPlausible(readStartLine(line))) return false;
  for (let i = 0; i < toPath.length; i += 1) {
    const octet = octets[end + 1 + i];
    if (octet === undefined) return 'more';
    if (octet !== toPath[i] && (octet | 0x20) !== toPath[i]) return false;
  }
  return true;
}
