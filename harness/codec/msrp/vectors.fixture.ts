import type { MsrpEvent } from './message.ts';

/** One wire text of fixtures/vectors/msrp and the events it stands for. */
export interface MsrpVector {
  readonly title: string;
  readonly octets: Buffer;
  /** Whether the messages, serialized again, give the same octets. */
  readonly canonical: boolean;
  readonly events: string;
}

/**
 * Reads a vector file: a heading `##` for each vector, a fence `msrp` (or `msrp canonical`) and a fence `events`.
 * Each line of wire text stands for itself and CRLF; `\` at its end means no CRLF. Escapes: `\r \n \t \\ \xNN`.
 */
export function readVectors(markdown: string): MsrpVector[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const title = section.slice(0, section.indexOf('\n')).trim();
      const [, canonical, wire] = /^```msrp( canonical)?\n([\s\S]*?)^```$/m.exec(section) ?? [];
      const [, events] = /^```events\n([\s\S]*?)^```$/m.exec(section) ?? [];
      if (wire === undefined || events === undefined) throw new Error(`vector ${title} lacks a fence`);
      return { title, octets: readWire(wire), canonical: canonical !== undefined, events };
    });
}

/** Events as vector files spell them, with neighbouring body or garbage events joined. */
export function describeEvents(events: readonly MsrpEvent[]): string {
  return join(events).map(describeEvent).join('');
}

function describeEvent(event: MsrpEvent): string {
  switch (event.type) {
    case 'head': {
      const { head, hasBody, start, end, defects } = event;
      const subject =
        head.kind === 'request'
          ? `request ${escaped(head.method)}`
          : `response ${head.status}${head.comment === undefined ? '' : ` "${escaped(head.comment)}"`}`;
      const headers = head.headers.map(({ name, value }) => `  ${escaped(name)}: "${escaped(value)}"\n`).join('');
      const body = hasBody ? ' and a body' : '';
      return `${subject} in ${escaped(head.transactionId)}${body} @${start}-${end}\n${headers}${describeDefects(defects)}`;
    }
    case 'body':
      return `body "${escaped(event.octets.toString('latin1'))}"\n`;
    case 'end':
      return `end ${event.flag} after ${event.bodyLength} @${event.end}\n${describeDefects(event.defects)}`;
    case 'garbage':
      return `garbage "${escaped(event.octets.toString('latin1'))}" @${event.start}: ${event.reason}\n`;
  }
}

function describeDefects(defects: Extract<MsrpEvent, { type: 'end' }>['defects']): string {
  return defects.map(({ kind, offset }) => `  ! ${kind} @${offset}\n`).join('');
}

function join(events: readonly MsrpEvent[]): MsrpEvent[] {
  const joined: MsrpEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === 'body' && last?.type === 'body') {
      joined.splice(-1, 1, { ...last, octets: Buffer.concat([last.octets, event.octets]) });
    } else if (event.type === 'garbage' && last?.type === 'garbage' && last.reason === event.reason) {
      joined.splice(-1, 1, { ...last, octets: Buffer.concat([last.octets, event.octets]) });
    } else joined.push(event);
  }
  return joined;
}

function readWire(text: string): Buffer {
  const parts = text
    .split('\n')
    .slice(0, -1)
    .map((line) => (/(?:^|[^\\])(?:\\\\)*\\$/.test(line) ? unescaped(line.slice(0, -1)) : unescaped(`${line}\\r\\n`)));
  return Buffer.concat(parts);
}

function unescaped(text: string): Buffer {
  const parts = text.split(/(\\x[0-9a-f]{2}|\\[rnt\\])/).map((part) => {
    const octet = part.startsWith('\\x') ? Number.parseInt(part.slice(2), 16) : escapes.get(part);
    return octet === undefined ? Buffer.from(part, 'utf8') : Buffer.of(octet);
  });
  return Buffer.concat(parts);
}

const escapes = new Map([
  ['\\r', 0x0d],
  ['\\n', 0x0a],
  ['\\t', 0x09],
  ['\\\\', 0x5c],
]);

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(/[\0-\x1f\x7f-\xff]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
