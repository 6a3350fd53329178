import type { Defect } from '../violation.ts';
import type { SdpLine, SdpMedia, SessionDescription } from './description.ts';
import { lineOrderDefects } from './line-order.ts';
import { readMediaLine } from './media-line.ts';

/** A line with the offset of its first octet in the text. */
export interface PlacedLine extends SdpLine {
  readonly offset: number;
}

/**
 * Reads a session description (RFC 8866 §5). Never fails: lines that are none are left out, what breaks the format becomes
 * a defect. Offsets count octets of the UTF-8 text.
 */
export function parseSdp(text: string): SessionDescription {
  const defects: Defect[] = [];
  const lines = readLines(text, defects);
  const session: SdpLine[] = [];
  const media: (Omit<SdpMedia, 'lines'> & { lines: SdpLine[] })[] = [];
  for (const line of lines) {
    const { type, value, offset } = line;
    if (type === 'm') {
      const read = readMediaLine(value);
      for (const detail of read.faults) defects.push({ kind: 'malformed-media-line', offset, detail });
      media.push({ ...read.fields, lines: [{ type, value }] });
    } else {
      (media.at(-1)?.lines ?? session).push({ type, value });
    }
  }
  const all = [...defects, ...lineOrderDefects(lines)].sort((a, b) => a.offset - b.offset);
  return { session, media, defects: all };
}

function readLines(text: string, defects: Defect[]): readonly PlacedLine[] {
  const lines: PlacedLine[] = [];
  let position = 0;
  let offset = 0;
  while (position < text.length) {
    const feed = text.indexOf('\n', position);
    const next = feed === -1 ? text.length : feed + 1;
    const crlf = feed > position && text[feed - 1] === '\r';
    const content = text.slice(position, feed === -1 ? text.length : crlf ? feed - 1 : feed);
    const octets = Buffer.byteLength(content);
    if (feed === -1) defects.push({ kind: 'unterminated-line', offset: offset + octets });
    else if (!crlf) defects.push({ kind: 'bare-line-feed', offset: offset + octets });
    const line = readLine(content, offset, defects);
    if (line !== undefined) lines.push(line);
    offset += octets + (next - position - content.length);
    position = next;
  }
  return lines;
}

function readLine(content: string, offset: number, defects: Defect[]): PlacedLine | undefined {
  if (content === '') {
    defects.push({ kind: 'empty-line', offset });
    return undefined;
  }
  if (/[\r\0]/.test(content)) defects.push({ kind: 'forbidden-octet', offset });
  const type = content[0] ?? '';
  if (content[1] !== '=' || !/[A-Za-z]/.test(type)) {
    defects.push({ kind: 'malformed-line', offset, detail: JSON.stringify(content.slice(0, 40)) });
    return undefined;
  }
  return { type, value: content.slice(2), offset };
}
