import { isUtf8 } from 'node:buffer';
import { err, ok, type Result } from '../../result.ts';
import type { Defect } from '../violation.ts';
import type { SipHeader, SipMessage } from './message.ts';
import { readStartLine, type StartLine } from './start-line.ts';

export interface SipHead {
  readonly start: StartLine;
  readonly headers: readonly SipHeader[];
  readonly defects: readonly Defect[];
}

const TOKEN = /^[!%'*+\-.0-9A-Z_`a-z~]+$/;

/**
 * Reads start line and headers (RFC 3261 §7.1 to §7.3). `octets` begins with the start line and ends where the body begins,
 * or earlier. Error: the first line is no SIP.
 */
export function readHead(octets: Buffer): Result<SipHead, string> {
  // Latin-1 maps octets to characters one to one, so indexes into the text are offsets; UTF-8 is decoded value by value.
  const text = octets.toString('latin1');
  const defects: Defect[] = [];
  const lines = new HeadLines(text, defects);
  const first = lines.next();
  const read = readStartLine(first?.text ?? '');
  if (!read.ok) return read;
  for (const kind of read.value.defects) defects.push({ kind, offset: 0 });
  const start = decodeStartLine(read.value.start, defects);
  const headers = readHeaders(lines, defects);
  return ok({ start, headers, defects });
}

/** Joins what was read to a message. */
export function messageOf({ start, headers }: SipHead, body: Buffer): SipMessage {
  return { ...start, headers, body };
}

function readHeaders(lines: HeadLines, defects: Defect[]): SipHeader[] {
  const headers: SipHeader[] = [];
  let name: string | undefined;
  let value = '';
  let offset = 0;
  const finish = (): void => {
    if (name !== undefined) headers.push({ name, value: decode(value, offset, defects) });
    name = undefined;
  };
  for (let line = lines.next(); line !== undefined && line.text !== ''; line = lines.next()) {
    if (line.text.startsWith(' ') || line.text.startsWith('\t')) {
      if (name === undefined) defects.push({ kind: 'orphan-continuation', offset: line.offset });
      else value = joinFolded(value, trimBlanks(line.text));
      continue;
    }
    finish();
    const read = readName(line.text);
    if (!read.ok) {
      defects.push({ kind: 'header-without-colon', offset: line.offset, detail: read.error });
      continue;
    }
    name = read.value.name;
    offset = line.offset;
    value = trimBlanks(line.text.slice(read.value.colon + 1));
    if (name.length !== read.value.colon) defects.push({ kind: 'space-before-colon', offset, detail: name });
    if (!TOKEN.test(name)) defects.push({ kind: 'malformed-header-name', offset, detail: name });
  }
  finish();
  return headers;
}

function readName(line: string): Result<{ readonly name: string; readonly colon: number }, string> {
  const colon = line.indexOf(':');
  const name = trimBlanks(line.slice(0, Math.max(colon, 0)));
  return name === '' ? err(line.slice(0, 40)) : ok({ name, colon });
}

function joinFolded(value: string, more: string): string {
  return value === '' || more === '' ? value + more : `${value} ${more}`;
}

/** Without SP and HTAB at both ends; other white space is part of a value. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

function decodeStartLine(start: StartLine, defects: Defect[]): StartLine {
  switch (start.kind) {
    case 'request':
      return { ...start, uri: decode(start.uri, 0, defects) };
    case 'response':
      return { ...start, reason: decode(start.reason, 0, defects) };
  }
}

const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const BEYOND_ASCII = /[\x80-\xff]/;

/** RFC 3261 §25.1: text is UTF-8. What is not becomes U+FFFD; the octets themselves stay with the message. */
function decode(latin1: string, offset: number, defects: Defect[]): string {
  if (CONTROL.test(latin1)) defects.push({ kind: 'control-octet', offset });
  if (!BEYOND_ASCII.test(latin1)) return latin1;
  const octets = Buffer.from(latin1, 'latin1');
  if (!isUtf8(octets)) defects.push({ kind: 'invalid-utf-8', offset });
  return octets.toString('utf8');
}

interface HeadLine {
  readonly text: string;
  readonly offset: number;
}

/** Lines of a head one after the other, without their ends; a bare LF ends a line too, and is noted. */
class HeadLines {
  readonly #text: string;
  readonly #defects: Defect[];
  #position = 0;

  constructor(text: string, defects: Defect[]) {
    this.#text = text;
    this.#defects = defects;
  }

  next(): HeadLine | undefined {
    const offset = this.#position;
    if (offset >= this.#text.length) return undefined;
    const feed = this.#text.indexOf('\n', offset);
    if (feed === -1) {
      this.#position = this.#text.length;
      this.#defects.push({ kind: 'unterminated-line', offset: this.#text.length });
      return { text: this.#text.slice(offset), offset };
    }
    this.#position = feed + 1;
    const crlf = feed > offset && this.#text[feed - 1] === '\r';
    if (!crlf) this.#defects.push({ kind: 'bare-line-feed', offset: feed });
    return { text: this.#text.slice(offset, crlf ? feed - 1 : feed), offset };
  }
}
