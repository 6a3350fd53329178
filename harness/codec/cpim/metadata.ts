import type { Defect } from '../violation.ts';
import { type BlockLine, blockLines } from './lines.ts';
import type { CpimHeader, CpimSpan } from './message.ts';
import { utf8Form } from './utf8.ts';

export interface Metadata {
  readonly headers: readonly CpimHeader[];
  readonly spans: readonly CpimSpan[];
  readonly defects: readonly Defect[];
}

const NAME = /^(?:[A-Za-z0-9!#$%&'*+\-^_`|~]+\.)?[A-Za-z0-9!#$%&'*+\-^_`|~]+$/;
const PARAMETERS = /^(?:;[A-Za-z0-9!#$%&'*+\-^_`|~]+=(?:[^\s";]+|"(?:[^"\\]|\\.)*"))+$/;

/** Reads the metadata block (RFC 3862 §2.2) in octets `from` to `to`; what breaks its rules becomes a defect. */
export function readMetadata(octets: Buffer, from: number, to: number): Metadata {
  const read: { header: CpimHeader; folded: string[]; span: CpimSpan }[] = [];
  const defects: Defect[] = [];
  for (const line of blockLines(octets, from, to)) {
    const raw = octets.subarray(line.start, line.end);
    noteOctets(raw, line, defects);
    const text = raw.toString('utf8');
    const previous = read.at(-1);
    if (isBlank(text.charCodeAt(0)) && previous !== undefined) {
      // RFC 3862 §2.2 knows no folding; reading it as such keeps an injected line from posing as a header.
      defects.push({ kind: 'folded-line', offset: line.start, detail: previous.header.name });
      previous.folded.push(trimBlanks(text));
      previous.span = { start: previous.span.start, end: line.end };
      continue;
    }
    const header = readHeader(text, line.start, defects);
    if (header !== undefined) read.push({ header, folded: [], span: { start: line.start, end: line.end } });
  }
  return { headers: read.map(unfold), spans: read.map(({ span }) => span), defects };
}

function unfold({ header, folded }: { readonly header: CpimHeader; readonly folded: readonly string[] }): CpimHeader {
  return folded.length === 0 ? header : { ...header, value: trimBlanks([header.value, ...folded].join(' ')) };
}

function readHeader(text: string, offset: number, defects: Defect[]): CpimHeader | undefined {
  const note = (kind: string, detail?: string): void => {
    defects.push(detail === undefined ? { kind, offset } : { kind, offset, detail });
  };
  const line = text.replace(/^[ \t]+/, '');
  if (line.length < text.length) note('leading-space');
  const colon = line.indexOf(':');
  if (colon <= 0) {
    note(colon === 0 ? 'empty-name' : 'line-without-colon', excerpt(line));
    return undefined;
  }
  const name = line.slice(0, colon);
  if (!NAME.test(name)) note('malformed-name', excerpt(name));

  const parametersEnd = endOfParameters(line, colon + 1);
  const parameters = line.slice(colon + 1, parametersEnd);
  if (parameters !== '' && !PARAMETERS.test(parameters)) note('malformed-parameters', excerpt(parameters));

  const rest = line.slice(parametersEnd);
  const value = trimBlanks(rest);
  if (!rest.startsWith(' ')) note(rest.startsWith('\t') ? 'tab-after-colon' : 'no-space-after-colon', name);
  else if (value === '') note(rest === ' ' ? 'empty-value' : 'trailing-space', name);
  else if (isBlank(rest.charCodeAt(1))) note('extra-space-after-colon', name);
  if (value !== '' && isBlank(rest.charCodeAt(rest.length - 1))) note('trailing-space', name);
  return parameters === '' ? { name, value } : { name, parameters, value };
}

/** Where the parameters that begin at `from` end: at the first blank outside a quoted string. */
function endOfParameters(line: string, from: number): number {
  if (line[from] !== ';') return from;
  let quoted = false;
  for (let index = from; index < line.length; index += 1) {
    const character = line[index];
    if (quoted && character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === ' ' || character === '\t')) return index;
  }
  return line.length;
}

function noteOctets(raw: Buffer, line: BlockLine, defects: Defect[]): void {
  if (line.ending === 'lf') defects.push({ kind: 'bare-line-feed', offset: line.end });
  if (line.ending === 'none') defects.push({ kind: 'unterminated-line', offset: line.end });
  const control = raw.findIndex((octet) => octet < 0x20 || octet === 0x7f);
  if (control !== -1) {
    const octet = raw[control] ?? 0;
    const kind = octet === 0x0d ? 'bare-carriage-return' : 'control-octet';
    defects.push({ kind, offset: line.start + control, detail: `0x${octet.toString(16).padStart(2, '0')}` });
  }
  const form = utf8Form(raw);
  if (form !== 'modern') defects.push({ kind: form === 'old' ? 'old-utf-8' : 'invalid-utf-8', offset: line.start });
}

function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

const excerpt = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
