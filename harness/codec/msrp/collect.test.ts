import { describe, expect, test } from 'vitest';
import { MsrpCollector, type MsrpCollectorLimits } from './collect.ts';
import type { MsrpMessage } from './message.ts';

function collect(segments: readonly (string | Buffer)[], limits: MsrpCollectorLimits = {}) {
  const messages: { message: MsrpMessage; octets: Buffer; defects: string[] }[] = [];
  const garbage: { text: string; start: number; reason: string }[] = [];
  const collector = new MsrpCollector(
    (message, octets, defects) => messages.push({ message, octets, defects: defects.map(({ kind }) => kind) }),
    ({ octets, start, reason }) => garbage.push({ text: octets.toString('latin1'), start, reason }),
    limits,
  );
  for (const segment of segments) collector.feed(Buffer.from(segment));
  collector.end();
  return { messages, garbage };
}

const send = 'MSRP abcd1234 SEND\r\nContent-Type: a/b\r\n\r\nhello\r\n-------abcd1234$\r\n';
const response = 'MSRP efgh5678 200\r\n-------efgh5678$\r\n';

describe('MsrpCollector', () => {
  test('gives message and octets, over any cut', () => {
    const stream = send + response + send;
    for (let at = 0; at <= stream.length; at += 1) {
      const { messages, garbage } = collect([stream.slice(0, at), stream.slice(at)]);
      expect(garbage).toEqual([]);
      expect(messages.map(({ octets }) => octets.toString())).toEqual([send, response, send]);
      expect(messages[2]?.message.body?.toString()).toBe('hello');
    }
  });

  test('the body is a view into the octets', () => {
    const [first] = collect([send]).messages;
    expect(first?.message.body?.buffer).toBe(first?.octets.buffer);
  });

  test('joins the defects of head and end', () => {
    const [first] = collect(['MSRP abcd1234  SEND\r\n\r\n-------abcd1234$\r\n']).messages;
    expect(first?.defects).toEqual(['start-line-blanks', 'short-empty-body']);
  });

  test('an octet too much makes garbage, and the next message is found', () => {
    for (let at = 0; at <= send.length; at += 1) {
      const segments = [send.slice(0, at), send.slice(at) + response];
      expect(collect(segments, { maxMessageOctets: send.length }).garbage).toEqual([]);
      const { messages, garbage } = collect(segments, { maxMessageOctets: send.length - 1 });
      expect(messages.map(({ octets }) => octets.toString())).toEqual([response]);
      expect(garbage).toEqual([{ text: send.slice(0, -1), start: 0, reason: 'the message is longer than the limit' }]);
    }
  });

  test('an endless body is reported once', () => {
    const segments = ['MSRP abcd1234 SEND\r\n\r\n', ...Array.from({ length: 100 }, () => 'x'.repeat(100))];
    const { messages, garbage } = collect(segments, { maxMessageOctets: 1000 });
    expect(messages).toEqual([]);
    expect(garbage.map(({ text }) => text.length)).toEqual([1000]);
  });

  test('an unfinished message is garbage from its start', () => {
    const { garbage } = collect([response, send.slice(0, 50), send.slice(50, -3)]);
    expect(garbage).toEqual([
      { text: send.slice(0, -3), start: response.length, reason: 'the stream ends inside a body' },
    ]);
  });

  test('a head broken off by another start line leaves nothing behind in the next message', () => {
    const stream = `MSRP first123 SEND\r\nTo-Path: x\r\n${send}`;
    for (let at = 0; at <= stream.length; at += 1) {
      const { messages, garbage } = collect([stream.slice(0, at), stream.slice(at, at + 7), stream.slice(at + 7)]);
      expect(messages.map(({ octets }) => octets.toString())).toEqual([send]);
      expect(garbage.map(({ text }) => text)).toEqual(['MSRP first123 SEND\r\nTo-Path: x\r\n']);
    }
  });

  test.each([
    ['rubbish', 'x'.repeat(100)],
    ['rubbish that ends like a start line', 'xxMS'],
    ['heads that break off', 'MSRP abcd SEND\r\nTo-Path: x\r\n'],
    ['whole messages', send],
    ['messages cut in the middle', send.slice(9) + send.slice(0, 9)],
  ])('keeps no more than the message under way: %s', (_name, piece) => {
    const collector = new MsrpCollector(
      () => {},
      () => {},
    );
    for (let count = 0; count < 1000; count += 1) {
      collector.feed(Buffer.from(piece));
      expect(collector.held).toBeLessThanOrEqual(2 * piece.length);
    }
  });

  test('nothing of a message over the limit is kept', () => {
    const collector = new MsrpCollector(
      () => {},
      () => {},
      { maxMessageOctets: 1000 },
    );
    collector.feed(Buffer.from('MSRP abcd1234 SEND\r\n\r\n'));
    for (let count = 0; count < 100; count += 1) collector.feed(Buffer.alloc(100, 'x'));
    expect(collector.held).toBe(0);
  });
});
