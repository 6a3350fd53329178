import { validateMsrp } from '../../harness/codec/msrp/validate.ts';
import { validateSip } from '../../harness/codec/sip/validate.ts';
import type { Defect, Violation } from '../../harness/codec/violation.ts';
import { type Dissected, StreamDissector } from '../../harness/wire/dissector.ts';
import type { StoredLine } from '../stored-log.ts';

/** Octets of one message that break something, counted from its first. */
export interface Mark {
  readonly start: number;
  readonly end: number;
}

/** What a finding says of a message. */
export interface Said {
  readonly requirements: readonly string[];
  readonly message: string;
  readonly actual?: string | undefined;
}

/** In characters: what is longer or shorter does not name a place in a message. */
const SHORTEST_ACTUAL = 3;
const LONGEST_ACTUAL = 300;
const MAX_MARKS = 20;
/** In octets: larger messages are not read again. */
const MAX_MESSAGE = 256 * 1024;

/**
 * The octets that findings are about: those that break the syntax behind a requirement that they name, otherwise those
 * that are what came (`actual`). None: the message as a whole is the evidence.
 */
export function marksIn({ octets, protocol }: Pick<StoredLine, 'octets' | 'protocol'>, said: readonly Said[]): Mark[] {
  if (octets.length === 0 || octets.length > MAX_MESSAGE) return [];
  const breaches = said.length === 0 ? [] : breachesOf(octets);
  const marks = said.flatMap((one) => {
    const broken = breaches.filter(({ requirement }) => one.requirements.includes(requirement));
    return broken.length > 0 ? broken : placesOf(octets, protocol, one.actual);
  });
  return merged(marks.filter(({ start, end }) => end > start && end <= octets.length)).slice(0, MAX_MARKS);
}

/** Where a requirement is broken. */
interface Breach extends Mark {
  readonly requirement: string;
}

function breachesOf(octets: Buffer): Breach[] {
  const found: Dissected[] = [];
  const limits = { connectionOctets: octets.length, messageOctets: octets.length };
  const dissector = new StreamDissector((item) => found.push(item), limits);
  dissector.feed(octets);
  dissector.end();
  const [item] = found;
  switch (item?.protocol) {
    case 'sip':
      return located(octets, item.defects, (defects) => validateSip(item.message, defects));
    case 'msrp':
      return located(octets, item.defects, (defects) => validateMsrp(item.message, defects));
    case 'unknown':
    case undefined:
      return [];
  }
}

/** What a defect of the parser breaks shows when it is judged alone; the rest names the header that it is about. */
function located(
  octets: Buffer,
  defects: readonly Defect[],
  validate: (defects: readonly Defect[]) => readonly Violation[],
): Breach[] {
  const beside = validate([]);
  const ofDefects = defects.flatMap((defect) =>
    validate([defect])
      .slice(beside.length)
      .map(({ requirement }) => ({ requirement, ...lineAt(octets, defect.offset) })),
  );
  const ofHeaders = beside.flatMap(({ requirement, message, at }) => {
    const mark = at ?? headerIn(octets, message);
    return mark === undefined ? [] : [{ requirement, ...mark }];
  });
  return [...ofDefects, ...ofHeaders];
}

/** From an octet to the end of its line. */
function lineAt(octets: Buffer, start: number): Mark {
  const end = octets.indexOf('\r\n', start);
  return { start, end: end === -1 ? octets.length : Math.max(end, start + 1) };
}

/** The first line of a header whose name stands in a sentence. */
function headerIn(octets: Buffer, sentence: string): Mark | undefined {
  for (const name of sentence.match(/[A-Za-z][A-Za-z-]+/g) ?? []) {
    const start = octets.indexOf(`\r\n${name}:`);
    if (start !== -1) return lineAt(octets, start + 2);
  }
  return undefined;
}

function placesOf(octets: Buffer, protocol: StoredLine['protocol'], actual: string | undefined): Mark[] {
  if (actual === undefined) return [];
  const status = /^[1-6]\d\d\b/.exec(actual)?.[0];
  if (status !== undefined) return placeOfStatus(octets, protocol, status);
  if (actual.length < SHORTEST_ACTUAL || actual.length > LONGEST_ACTUAL) return [];
  const start = octets.indexOf(actual);
  return start === -1 ? [] : [{ start, end: start + Buffer.byteLength(actual) }];
}

/** Of a response the code in its first line. */
function placeOfStatus(octets: Buffer, protocol: StoredLine['protocol'], status: string): Mark[] {
  const line = octets.toString('latin1', 0, 200).split('\r\n')[0] ?? '';
  const before = protocol === 'sip' ? /^SIP\/2\.0 / : /^MSRP \S+ /;
  const start = before.exec(line)?.[0].length;
  return start !== undefined && line.startsWith(status, start) ? [{ start, end: start + status.length }] : [];
}

function merged(marks: readonly Mark[]): Mark[] {
  const result: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && mark.start <= last.end)
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, mark.end) };
    else result.push(mark);
  }
  return result;
}
