import { readStartLine } from '../codec/sip/start-line.ts';
import type { Protocol } from './resumption.ts';

const CR = 0x0d;
const LF = 0x0a;

const NAME = 'MSRP';
const longestStartLine = 8192;

/** By its first octets, what a stream carries; line ends before the first message are of neither protocol (RFC 3261 §7.5). */
export function recogniseBeginning(octets: Buffer): Protocol | 'other' | 'undecided' {
  let start = 0;
  while (octets[start] === CR || octets[start] === LF) start += 1;
  const beginning = octets.toString('latin1', start, start + NAME.length + 1);
  const name = beginning.slice(0, NAME.length).toUpperCase();
  if (name === NAME && beginning.length > NAME.length) {
    if (beginning.endsWith(' ') || beginning.endsWith('\t')) return 'msrp';
  } else if (NAME.startsWith(name)) return 'undecided';
  return isSipBeginning(octets, start);
}

function isSipBeginning(octets: Buffer, start: number): 'sip' | 'other' | 'undecided' {
  const end = octets.indexOf(LF, start);
  if (end < 0) return octets.length - start > longestStartLine || hasControls(octets, start) ? 'other' : 'undecided';
  if (end - start > longestStartLine) return 'other';
  const line = octets.toString('latin1', start, octets[end - 1] === CR ? end - 1 : end);
  return readStartLine(line).ok ? 'sip' : 'other';
}

function hasControls(octets: Buffer, start: number): boolean {
  for (let at = start; at < octets.length; at += 1) {
    const octet = octets[at] ?? 0;
    if (octet < 0x20 && octet !== 0x09 && !(octet === CR && at === octets.length - 1)) return true;
  }
  return false;
}

/** RFC 8489 §5: the magic cookie. STUN keeps bindings alive on the port of SIP (RFC 5626 §3.5.2). */
export const isStun = (octets: Buffer): boolean => octets.length >= 20 && octets.readUInt32BE(4) === 0x2112a442;

/** RFC 5626 §3.5: line ends, or nothing but zeros from some that keep bindings alive. */
export const isKeepAlive = (octets: Buffer): boolean =>
  octets.length <= 4 && octets.every((octet) => octet === CR || octet === LF || octet === 0);
