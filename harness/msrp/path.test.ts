import { describe, expect, it } from 'vitest';
import { readToPath, responsePath } from './path.ts';

describe('paths (RFC 4975 §7.2, §7.3)', () => {
  const request = (toPath: string) =>
    ({
      kind: 'request',
      transactionId: 'abcd',
      method: 'SEND',
      headers: [{ name: 'to-path', value: toPath }],
    }) as const;

  it('answers SEND one hop back and other methods the whole way', () => {
    expect(responsePath('SEND', 'msrp://a:1/x;tcp msrp://b:1/y;tcp')).toBe('msrp://a:1/x;tcp');
    expect(responsePath('NICKNAME', 'msrp://a:1/x;tcp msrp://b:1/y;tcp')).toBe('msrp://a:1/x;tcp msrp://b:1/y;tcp');
  });

  it('reads exactly one URI', () => {
    expect(readToPath(request('msrp://a:1/x;tcp')).kind).toBe('one');
    expect(readToPath(request('msrp://a:1/x;tcp msrp://b:1/y;tcp')).kind).toBe('several');
    for (const bad of ['', '  ', 'sip:a@b', 'msrp://a:1/x']) expect(readToPath(request(bad)).kind).toBe('unreadable');
  });
});
