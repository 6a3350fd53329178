import type { Defect } from '../violation.ts';
import { blockLines } from './lines.ts';
import type { CpimMessage, MimeHeader } from './message.ts';

/** Reads the MIME block (RFC 3862 §2.4) in octets `from` to `to`; folded lines are joined by one space. */
export function readMimeHeaders(octets: Buffer, from: number, to: number, defects: Defect[]): readonly MimeHeader[] {
  const headers: { name: string; parts: string[] }[] = [];
  for (const line of blockLines(octets, from, to)) {
    if (line.ending === 'lf') defects.push({ kind: 'bare-line-feed-in-mime', offset: line.end });
    const text = octets.toString('utf8', line.start, line.end);
    const previous = headers.at(-1);
    if (/^[ \t]/.test(text) && previous !== undefined) {
      previous.parts.push(text.trim());
      continue;
    }
    const colon = text.indexOf(':');
    if (colon <= 0) defects.push({ kind: 'malformed-mime-line', offset: line.start });
    else headers.push({ name: text.slice(0, colon).trimEnd(), parts: [text.slice(colon + 1).trim()] });
  }
  return headers.map(({ name, parts }) => ({ name, value: parts.join(' ') }));
}

/** First value of a MIME header; names match in any letter case (RFC 3862 §2.4). */
export function mimeHeader(message: Pick<CpimMessage, 'mimeHeaders'>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return message.mimeHeaders.find((header) => header.name.toLowerCase() === wanted)?.value;
}

/**
 * The type of the wrapped content as written, parameters included. Where the MIME block is missing, a Content-Type among
 * the metadata (the compact form) stands in for it.
 */
export function wrappedType(message: Pick<CpimMessage, 'headers' | 'mimeHeaders'>): string | undefined {
  const inner = mimeHeader(message, 'Content-Type');
  if (inner !== undefined || message.mimeHeaders.length > 0) return inner;
  return message.headers.find((header) => header.name.toLowerCase() === 'content-type')?.value;
}
