import { describe, expect, it } from 'vitest';
import { judgeMessage } from './messages.ts';

const announced = { maxSize: 40n };
const sent = (octets: number, answer: { readonly maxSize?: bigint } | undefined) => ({
  composed: { octets: Buffer.alloc(octets) },
  sender: { participant: { answer } },
});
const refusal = { kind: 'status', status: 413 } as const;

describe('413 to a message', () => {
  it('shows nothing where it is larger than the room has announced to take', () => {
    expect(judgeMessage(200, refusal, sent(41, announced), 'fail')).toMatchObject({
      verdict: 'inconclusive',
      actual: '413, for 41 octets where a=max-size is 40',
    });
  });

  it('is a miss where it is not, or where nothing was announced', () => {
    expect(judgeMessage(200, refusal, sent(40, announced), 'fail').verdict).toBe('fail');
    expect(judgeMessage(200, refusal, sent(41, {}), 'fail').verdict).toBe('fail');
    expect(judgeMessage(200, refusal, sent(41, undefined), 'fail').verdict).toBe('fail');
  });

  it('is what it is where the step expects it, and other refusals are', () => {
    expect(judgeMessage(413, refusal, sent(41, announced), 'fail').verdict).toBe('pass');
    expect(judgeMessage(200, { kind: 'status', status: 403 }, sent(41, announced), 'fail').verdict).toBe('fail');
  });
});
