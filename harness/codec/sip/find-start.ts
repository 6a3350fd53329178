import { readStartLine } from './start-line.ts';

const version = Buffer.from('SIP/2.0', 'latin1');
const lineFeed = 0x0a;
const longestLine = 8192;
const longestHead = 64 * 1024;

/**
 * Whether a message certainly starts with this line, for whoever comes into the middle of a stream: a faultless start line
 * of SIP/2.0, and a whole head behind it with Via and CSeq, which a message inside a body (RFC 3420) seldom has. `more`:
 * what is there of it does not tell.
 */
export function isCertainSipStart(octets: Buffer, at: number): boolean | 'more' {
  const end = octets.indexOf(lineFeed, at);
  if (end < 0) return octets.length - at > longestLine || !isText(octets, at) ? false : 'more';
  const lineEnd = octets[end - 1] === 0x0d ? end - 1 : end;
  if (!hasVersion(octets, at, lineEnd) || lineEnd - at > longestLine) return false;
  const line = readStartLine(octets.toString('latin1', at, lineEnd));
  if (!line.ok || line.value.defects.length > 0) return false;
  const headEnd = endOfHead(octets, end + 1);
  if (headEnd < 0) return octets.length - at > longestHead ? false : 'more';
  const head = octets.toString('latin1', end, headEnd);
  return /\n(?:via|v)[ \t]*:/i.test(head) && /\ncseq[ \t]*:/i.test(head);
}

function hasVersion(octets: Buffer, from: number, to: number): boolean {
  const { length } = version;
  if (to - from < length) return false;
  return (
    octets.compare(version, 0, length, from, from + length) === 0 ||
    octets.compare(version, 0, length, to - length, to) === 0
  );
}

function endOfHead(octets: Buffer, from: number): number {
  const usual = octets.indexOf('\r\n\r\n', from, 'latin1');
  const bare = octets.indexOf('\n\n', from, 'latin1');
  return usual < 0 || (bare >= 0 && bare < usual) ? bare : usual;
}

/** Whether it may become a start line: no controls among its first octets. */
function isText(octets: Buffer, at: number): boolean {
  const end = Math.min(octets.length, at + 64);
  for (let i = at; i < end; i += 1) if ((octets[i] ?? 0) < 0x20 && octets[i] !== 0x0d) return false;
  return true;
}
