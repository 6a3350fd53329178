import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Defect } from '../violation.ts';
import { parseSipDatagram } from './datagram.ts';
import type { SipEvent, SipMessage } from './message.ts';
import { SipStreamParser } from './parser.ts';
import { validateSip } from './validate.ts';

type VectorKind = 'opener' | 'acceptor' | 'datagram' | 'judged';

/** One case of `fixtures/vectors/sip/*.md`: a heading, the octets, and what they are read as. */
interface SipVector {
  readonly title: string;
  /** `datagram`: read as one packet; `judged`: validated too; others: a stream from the side that opened or accepted it. */
  readonly as: VectorKind;
  readonly octets: Buffer;
  readonly expected: string;
}

const CASE =
  /^## (.+)\n(?:(?!## |```)[^\n]*\n)*```(opener|acceptor|datagram|judged)\n([\s\S]*?)```\n+```expected\n([\s\S]*?)```$/gm;

function readVectors(text: string): SipVector[] {
  return [...text.matchAll(CASE)].map(([, title = '', as = '', input = '', expected = '']) => ({
    title,
    as: as as VectorKind,
    octets: readOctets(input),
    expected,
  }));
}

/**
 * Every line end of the block is CRLF, and none where a backslash stands before it. Escapes: `\r`, `\n`, `\t`, `\\`, `\xHH`
 * an octet, `\{1000 ab}` text repeated.
 */
function readOctets(input: string): Buffer {
  const text = Buffer.from(input).toString('latin1').replace(/\\\n/g, '').replace(/\n/g, '\r\n');
  const plain = text.replace(
    /\\(?:([rnt\\])|x([0-9a-f]{2})|\{([0-9]+) ([^}]*)\})/g,
    (_, letter, hex, count, repeated) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (count !== undefined) return String(repeated).repeat(Number(count));
      return { r: '\r', n: '\n', t: '\t' }[String(letter)] ?? '\\';
    },
  );
  return Buffer.from(plain, 'latin1');
}

function describeEvents(events: readonly SipEvent[]): string {
  return events.map(describeEvent).join('');
}

function describeEvent(event: SipEvent): string {
  switch (event.type) {
    case 'message':
      return `message ${event.start}-${event.end}\n${describeMessage(event.message, event.defects)}`;
    case 'keep-alive':
      return `${event.kind} ${event.start}\n`;
    case 'garbage':
      return `garbage ${event.start}-${event.start + event.octets.length}: ${event.reason.trimEnd()}\n`;
  }
}

function describeDatagram(octets: Buffer): string {
  const read = parseSipDatagram(octets);
  return read.ok ? `message\n${describeMessage(read.value.message, read.value.defects)}` : `error: ${read.error}\n`;
}

/** As `describeDatagram`, followed by the rules broken. */
function describeJudged(octets: Buffer): string {
  const read = parseSipDatagram(octets);
  const violations = read.ok ? validateSip(read.value.message, read.value.defects) : [];
  return (
    describeDatagram(octets) +
    violations.map(({ requirement, message }) => `breaks ${requirement}: ${message}\n`).join('')
  );
}

function describeMessage(message: SipMessage, defects: readonly Defect[]): string {
  const start =
    message.kind === 'request'
      ? [message.method, message.uri, message.version]
      : [message.version, String(message.status), message.reason];
  const lines = [
    `${message.kind} [${start.map((part) => `"${abridge(part)}"`).join(', ')}]`,
    ...message.headers.map(({ name, value }) => `  ${abridge(name)} = ${abridge(value)}`),
    `body "${abridge(message.body.toString('latin1'))}"`,
    ...defects.map(({ kind, offset, detail }) => `defect ${kind} ${offset}${detail === undefined ? '' : ` ${detail}`}`),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function abridge(text: string): string {
  const shown = JSON.stringify(text).slice(1, -1).replaceAll('\x7f', '\\u007f');
  return shown.length > 120 ? `${shown.slice(0, 60)}... ${text.length} characters` : shown;
}

const folder = new URL('../../../fixtures/vectors/sip/', import.meta.url);

function readStream(segments: readonly Buffer[], from: 'opener' | 'acceptor'): string {
  const events: SipEvent[] = [];
  const parser = new SipStreamParser((event) => events.push(event), { from });
  for (const segment of segments) parser.feed(segment);
  parser.end();
  return describeEvents(events);
}

/** Every split in two; for long cases those at both ends and a spread of the others. */
function splitPositions(length: number): number[] {
  const step = Math.max(1, Math.floor(length / 500));
  const near = Array.from({ length: Math.min(length, 400) }, (_, index) => index);
  const spread = Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step);
  return [...new Set([...near, ...spread, ...near.map((index) => length - index)])];
}

function check(vector: SipVector): void {
  const { as, octets, expected } = vector;
  if (as === 'datagram' || as === 'judged') {
    expect(as === 'datagram' ? describeDatagram(octets) : describeJudged(octets)).toBe(expected);
    return;
  }
  expect(readStream([octets], as)).toBe(expected);
  for (const position of splitPositions(octets.length)) {
    const read = readStream([octets.subarray(0, position), octets.subarray(position)], as);
    if (read !== expected) expect(read, `split at ${position}`).toBe(expected);
  }
  const single = [...octets].map((octet) => Buffer.from([octet]));
  expect(readStream(single, as)).toBe(expected);
}

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith('.md')) continue;
  const text = readFileSync(new URL(file, folder), 'utf8');
  const vectors = readVectors(text);
  describe(file, () => {
    it('is read whole', () => {
      expect(vectors.map(({ title }) => title)).toEqual([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title));
      expect(vectors.length).toBeGreaterThan(0);
    });
    it.each(vectors.map((vector) => ({ ...vector })))('$title', check);
  });
}
