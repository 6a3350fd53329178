import { describe, expect, it } from 'vitest';
import { marksIn } from './marks.ts';

const marked = (text: string, protocol: 'sip' | 'msrp', said: Parameters<typeof marksIn>[1]): string[] => {
  const octets = Buffer.from(text);
  return marksIn({ octets, protocol }, said).map(({ start, end }) => octets.toString('utf8', start, end));
};

const RESPONSE =
  'MSRP a786hjs2 404 Nobody 404\r\nTo-Path: msrp://a/1;tcp\r\nFrom-Path: msrp://b/2;tcp\r\n-------a786hjs2$\r\n';

describe('octets that a finding is about', () => {
  it('are the status of a response, and no other digits', () => {
    expect(marked(RESPONSE, 'msrp', [{ requirements: [], message: '', actual: '404' }])).toEqual(['404']);
    expect(marked('SIP/2.0 486 Busy\r\n\r\n', 'sip', [{ requirements: [], message: '', actual: '486 Busy' }])).toEqual([
      '486',
    ]);
    expect(marked(RESPONSE.replace('SEND', 'X'), 'msrp', [{ requirements: [], message: '', actual: '428' }])).toEqual(
      [],
    );
  });

  it('are what came instead, where the message holds it', () => {
    expect(marked(RESPONSE, 'msrp', [{ requirements: [], message: '', actual: 'msrp://b/2;tcp' }])).toEqual([
      'msrp://b/2;tcp',
    ]);
    expect(marked(RESPONSE, 'msrp', [{ requirements: [], message: '', actual: '0' }])).toEqual([]);
  });

  it('are those that break the syntax behind the requirement', () => {
    const swapped =
      'MSRP a786hjs2 200 OK\r\nFrom-Path: msrp://b.example.org:1/2;tcp\r\nTo-Path: msrp://a.example.org:1/1;tcp\r\n-------a786hjs2$\r\n';
    expect(marked(swapped, 'msrp', [{ requirements: ['RFC4975-9-10'], message: '' }])).toEqual([
      'From-Path: msrp://b.example.org:1/2;tcp',
      'To-Path: msrp://a.example.org:1/1;tcp',
    ]);
    expect(marked(swapped, 'msrp', [{ requirements: ['RFC4975-9-12'], message: '' }])).toEqual([]);
  });

  it('are none of a message that is fine', () => {
    expect(marked(RESPONSE, 'msrp', [{ requirements: ['RFC4975-9-12'], message: '' }])).toEqual([]);
  });
});
