import type { WireEntry } from './entry.ts';

/** One line that says what an entry is, e.g. `MSRP a786 SEND` or `SIP/2.0 200 OK`. */
export function headline({ content, octets }: WireEntry): string {
  switch (content.protocol) {
    case 'sip': {
      const { message } = content;
      return message.kind === 'request'
        ? `${message.method} ${message.uri}`
        : `${message.status} ${message.reason}`.trimEnd();
    }
    case 'msrp': {
      const { message } = content;
      return message.kind === 'request'
        ? `MSRP ${message.method} ${message.transactionId}`
        : `MSRP ${message.status} ${message.transactionId}`;
    }
    case 'unknown':
      return `${octets.length} octets: ${content.reason}`;
    case 'connection':
      return `connection ${content.event}${content.by === 'peer' ? ' by the peer' : ''}${content.reason === undefined ? '' : `: ${content.reason}`}`;
  }
}

/**
 * The octets as lines to show to a person. Everything that a terminal might obey, or that is no UTF-8, is written as
 * `\xNN` or `\u{NNNN}`.
 */
export function printableLines(octets: Buffer, maxLines: number, maxColumns = 160): string[] {
  // Only as much as can be shown is decoded, however large the message.
  const text = octets.toString('utf8', 0, Math.min(octets.length, maxLines * maxColumns * 4));
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const shown = lines.slice(0, maxLines).map((line) => clip(printable(line.replace(/\r$/, '')), maxColumns));
  const more = lines.length > maxLines || octets.length > text.length * 4;
  return more ? [...shown, `… (${octets.length} octets)`] : shown;
}

const clip = (line: string, columns: number): string =>
  line.length > columns ? `${line.slice(0, columns - 1)}…` : line;

/** Controls, the marks that reorder what is shown, and what no file of text can hold. */
const UNSAFE =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\p{Cs}]/gu;

/** A text from the wire, safe to print. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
