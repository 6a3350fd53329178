import { describe, expect, it } from 'vitest';
import { readSendHead } from './send-head.ts';

describe('heads of SEND (RFC 4975 §7.1)', () => {
  const head = (...lines: string[]) => ({
    kind: 'request' as const,
    transactionId: 'abcd',
    method: 'SEND',
    headers: lines.map((line) => ({ name: line.split(': ')[0] ?? '', value: line.split(': ')[1] ?? '' })),
  });

  it('reads values in any letter case and falls back to the defaults', () => {
    const read = readSendHead(head('MESSAGE-ID: m1m1', 'FAILURE-REPORT: NO', 'Success-Report: 1'), false);
    expect(read).toMatchObject({ ok: true, value: { messageId: 'm1m1', failureReport: 'no', successReport: 'no' } });
  });

  it.each([
    [['Content-Type: text/plain'], 'Message-ID missing'],
    [['Message-ID: m1m1'], 'Content-Type missing'],
    [['Message-ID: m1m1', 'Content-Type: text'], 'Content-Type not understood'],
    [['Message-ID: m1m1', 'Byte-Range: 1-10', 'Content-Type: text/plain'], 'Byte-Range not understood'],
    [['Message-ID: m1m1', 'Byte-Range: 0-9/10', 'Content-Type: text/plain'], 'Byte-Range begins before 1'],
  ])('%j: %s', (lines, error) => {
    expect(readSendHead(head(...lines), true)).toEqual({ ok: false, error });
  });
});
