import type { FlowEvent } from '../packets/flow.ts';
import { flowEvents, kept, type ScriptedSegment } from '../packets/scripted-tcp.fixture.ts';
import type { CaptureItem } from './item.ts';
import { MessageReader } from './messages.ts';

/** The items of flows that carry these events, and how many flows had neither SIP nor MSRP. */
export function itemsOf(events: readonly FlowEvent[]): { readonly items: CaptureItem[]; readonly others: number } {
  const items: CaptureItem[] = [];
  const reader = new MessageReader((item) => items.push(item));
  for (const event of events) {
    const passing = kept(event);
    reader.take(passing);
    // What is read next overwrites it.
    if (passing.type === 'octets' || passing.type === 'datagram') passing.octets.fill(0xee);
  }
  return { items, others: reader.counts.others };
}

export const itemsOfSegments = (segments: readonly ScriptedSegment[]): CaptureItem[] =>
  itemsOf(flowEvents(segments)).items;

/** What was found, one line an item. */
export const found = (items: readonly CaptureItem[]): string[] => items.map(inWords);

function inWords(item: CaptureItem): string {
  switch (item.type) {
    case 'message':
      return `${item.from}: ${nameOf(item.content)}`;
    case 'unreadable':
      return `${item.from}: ${item.octets.length} octets, ${item.reason}`;
    case 'gap':
      return `${item.from}: gap ${item.missing}`;
    case 'closed':
      return `${item.how} by ${item.by}`;
    case 'opened':
    case 'joined':
      return item.type;
  }
}

type Content = Extract<CaptureItem, { readonly type: 'message' }>['content'];

function nameOf(content: Content): string {
  if (content.protocol === 'msrp') {
    const { message } = content;
    return `${message.transactionId} ${message.kind === 'request' ? message.method : message.status}`;
  }
  const { message } = content;
  return message.kind === 'request' ? message.method : String(message.status);
}

export interface ScriptedChunk {
  readonly id: string;
  readonly body: string;
  /** What Byte-Range says of the end; the truth if nothing is said. */
  readonly end?: string;
}

/** A SEND as it stands on the wire. */
export function send({ id, body, end }: ScriptedChunk): string {
  const length = Buffer.byteLength(body, 'latin1');
  return [
    `MSRP ${id} SEND`,
    'To-Path: msrp://b.example.com:2855/beta;tcp',
    'From-Path: msrp://a.example.com:9/alpha;tcp',
    `Message-ID: m-${id}`,
    `Byte-Range: 1-${end ?? length}/${length}`,
    'Content-Type: text/plain',
    '',
    body,
    `-------${id}$`,
    '',
  ].join('\r\n');
}

export const answer = (id: string): string =>
  [
    `MSRP ${id} 200 OK`,
    'To-Path: msrp://a.example.com:9/alpha;tcp',
    'From-Path: msrp://b.example.com:2855/beta;tcp',
    `-------${id}$`,
    '',
  ].join('\r\n');

/** A SIP request as it stands on the wire; `length` is its Content-Length. */
export const sip = (method: string, body = '', length = String(body.length)): string =>
  [
    `${method} sip:bob@example.com SIP/2.0`,
    'Via: SIP/2.0/TCP a.example.com;branch=z9hG4bK1',
    'From: <sip:alice@example.com>;tag=1',
    'To: <sip:bob@example.com>',
    'Call-ID: c1',
    `CSeq: 1 ${method}`,
    `Content-Length: ${length}`,
    '',
    body,
  ].join('\r\n');
