import { describe, expect, it } from 'vitest';
import { templateOf } from './raw-sip-text.ts';

describe('SIP as a scenario writes it', () => {
  it('is what stands there, cut behind the headers', () => {
    const sip = 'OPTIONS {target} SIP/2.0\nVia: {via}\n\na\n\nb\n';
    expect(templateOf({ sip })).toEqual({ head: 'OPTIONS {target} SIP/2.0\nVia: {via}', body: 'a\n\nb\n' });
  });

  it('has an empty line behind the headers in any case', () => {
    expect(templateOf({ sip: 'OPTIONS {target} SIP/2.0\n' })).toEqual({ head: 'OPTIONS {target} SIP/2.0', body: '' });
  });
});

describe('a usual request', () => {
  const headOf = (wishes: Parameters<typeof templateOf>[0]): string[] => templateOf(wishes).head.split('\n');

  it('of INVITE has Contact and an offer', () => {
    const { head, body } = templateOf({ method: 'INVITE' });
    expect(head.split('\n')[0]).toBe('INVITE {target} SIP/2.0');
    expect(head).toContain('Contact: {contact}');
    expect(head).toContain('Content-Type: application/sdp');
    expect(body).toBe('{offer}');
  });

  it('of BYE has neither', () => {
    expect(headOf({ method: 'BYE' })).toEqual([
      'BYE {target} SIP/2.0',
      'Via: {via}',
      'Max-Forwards: 70',
      'From: {from}',
      'To: {to}',
      'Call-ID: {call-id}',
      'CSeq: {cseq} BYE',
      'Content-Length: {content-length}',
    ]);
  });

  it('lacks what it is to lack', () => {
    expect(headOf({ method: 'BYE', without: ['to', 'Call-ID'] })).toHaveLength(6);
  });

  it('has lines instead of the usual ones of that name, all of them, and others behind', () => {
    const head = headOf({ method: 'BYE', lines: ['to: <sip:a@b>', 'To: <sip:c@d>', 'Subject: x'] });
    expect(head.slice(4, 6)).toEqual(['to: <sip:a@b>', 'To: <sip:c@d>']);
    expect(head.at(-1)).toBe('Subject: x');
    expect(head).not.toContain('To: {to}');
  });
});
