import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { headerOf } from '../codec/msrp/message.ts';
import { header } from '../codec/sip/headers.ts';
import { lacksTshark, TsharkView } from '../packets/tshark.fixture.ts';
import type { CaptureItem } from './item.ts';
import { readMessages } from './messages.ts';

const captures = ['main.pcap', 'main.pcapng', 'sipsimple-client.pcap', 'sipsimple-client.pcapng'];

type Message = Extract<CaptureItem, { readonly type: 'message' }>;

async function messagesOf(path: string): Promise<{ readonly messages: Message[]; readonly rest: CaptureItem[] }> {
  const [messages, rest]: [Message[], CaptureItem[]] = [[], []];
  const read = await readMessages(path, (item) => {
    if (item.type === 'message') messages.push(item);
    else rest.push(item);
  });
  if (!read.ok) throw new Error(read.error);
  expect(read.value.messages).toBe(messages.length);
  return { messages, rest };
}

/** As tshark gives it: the packet that ended the message, and what it names. */
function sipLine({ frames, content }: Message): string[][] {
  if (content.protocol !== 'sip') return [];
  const { message } = content;
  const [method, status] = message.kind === 'request' ? [message.method, ''] : ['', String(message.status)];
  const [callId = '', cseq = ''] = ['Call-ID', 'CSeq'].map((name) => header(message, name));
  return [[String(frames.at(-1)), method, status, callId, cseq]];
}

function msrpLine({ frames, content }: Message): string[][] {
  if (content.protocol !== 'msrp') return [];
  const { message } = content;
  const [method, status] = message.kind === 'request' ? [message.method, ''] : ['', String(message.status)];
  const values = ['To-Path', 'From-Path', 'Message-ID', 'Byte-Range'].map((name) => headerOf(message, name) ?? '');
  return [[String(frames.at(-1)), message.transactionId, method, status, ...values, message.flag]];
}

/** One row a message of a packet, as tshark gives the values of a field that occurs several times with commas between. */
function rows(table: readonly string[][]): string[][] {
  return table.flatMap(([frame = '', ...fields]) => {
    const values = fields.map((field) => field.split(','));
    const count = Math.max(...values.map(({ length }) => length));
    return Array.from({ length: count }, (_, index) => [frame, ...values.map((list) => list[index] ?? '')]);
  });
}

describe.skipIf(lacksTshark)('messages of a capture are those that tshark finds', () => {
  test.each(captures)('%s', async (name) => {
    const path = fileURLToPath(new URL(`../../fixtures/captures/${name}`, import.meta.url));
    const { messages, rest } = await messagesOf(path);
    expect(rest.map(({ type }) => type).filter((type) => type !== 'opened' && type !== 'closed')).toEqual([]);
    const tshark = new TsharkView(readFileSync(path));
    try {
      const sip = ['frame.number', 'sip.Method', 'sip.Status-Code', 'sip.Call-ID', 'sip.CSeq'];
      expect(messages.flatMap(sipLine)).toEqual(rows(tshark.fields('sip', ...sip)));

      const heads = ['msrp.to.path', 'msrp.from.path', 'msrp.messageid', 'msrp.byte.range', 'msrp.cnt.flg'];
      const named = ['frame.number', 'msrp.transaction.id', 'msrp.method', 'msrp.status.code', ...heads];
      // Of the identifier tshark gives two values, those of the start line and of the end-line.
      const found = tshark.fields('msrp', ...named).map(([frame = '', id = '', ...others]) => {
        const [start, end] = id.split(',');
        expect(start).toBe(end);
        return [frame, start ?? '', ...others];
      });
      const ours = messages.flatMap(msrpLine);
      const missed = ours.filter((line) => !found.some((other) => other.join() === line.join()));
      expect(ours.filter((line) => !missed.includes(line))).toEqual(found);

      // tshark takes a second message in a packet for the rest of the first (its MSRP dissector stops at one). That it is
      // there is shown by the octets that tshark itself gives: both messages, one behind the other, and nothing else.
      expect(missed).toHaveLength(2);
      const payloads = new Map(tshark.fields('tcp.payload', 'frame.number', 'tcp.payload').map(([a, b]) => [a, b]));
      for (const [frame] of missed) {
        const both = messages.filter(({ frames }) => frames.length === 1 && String(frames[0]) === frame);
        expect(both).toHaveLength(2);
        expect(Buffer.concat(both.map(({ octets }) => octets)).toString('hex')).toBe(payloads.get(frame));
      }
    } finally {
      tshark.remove();
    }
  });
});
