import { describe, expect, it } from 'vitest';
import { formatCSeq, parseCSeq } from './cseq.ts';
import { eventId, formatEvent, parseEvent, sameEvent } from './event.ts';
import { parseRetryAfter, parseSeconds } from './seconds.ts';
import { formatSubscriptionState, parseSubscriptionState } from './subscription-state.ts';

function value<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string },
): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('CSeq', () => {
  it.each([
    ['1 INVITE', 1],
    ['0 X', 0],
    ['4294967295  BYE', 4294967295],
    ['00000000000009\tACK', 9],
  ])('reads %s', (text, number) => {
    expect(value(parseCSeq(text)).number).toBe(number);
  });

  it.each(['', '1', 'INVITE', '1INVITE', '-1 INVITE', '4294967296 INVITE', '99999999999 INVITE', '1 INVITE x'])(
    'refuses %s',
    (text) => {
      expect(parseCSeq(text).ok).toBe(false);
    },
  );

  it('writes', () => expect(formatCSeq({ number: 7, method: 'NOTIFY' })).toBe('7 NOTIFY'));
});

describe('seconds', () => {
  it('reads 32 bits', () => {
    expect(value(parseSeconds('0'))).toBe(0);
    expect(value(parseSeconds('4294967295'))).toBe(4294967295);
    for (const text of ['', '-1', '1.5', 'abc', '4294967296', '99999999999', '1;x'])
      expect(parseSeconds(text).ok).toBe(false);
  });

  it.each([
    ['5', { seconds: 5, parameters: [] }],
    ['120 (I am (still) in a meeting\\))', { seconds: 120, comment: 'I am (still) in a meeting\\)', parameters: [] }],
    ['18000;duration=3600', { seconds: 18000, duration: 3600, parameters: [{ name: 'duration', value: '3600' }] }],
    ['1 (a);duration=2', { seconds: 1, comment: 'a', duration: 2, parameters: [{ name: 'duration', value: '2' }] }],
    ['1 (open', { seconds: 1, comment: 'open', parameters: [] }],
  ])('reads Retry-After: %s', (text, expected) => {
    expect(value(parseRetryAfter(text))).toEqual(expected);
  });

  it.each(['', 'soon', '5 (a) x', '5;duration=x'])('refuses Retry-After: %s', (text) => {
    expect(parseRetryAfter(text).ok).toBe(false);
  });
});

describe('Event', () => {
  it('reads package, template and id', () => {
    const event = value(parseEvent('presence.winfo ;id=7;x=y'));
    expect(event.package).toBe('presence.winfo');
    expect(eventId(event)).toBe('7');
    expect(formatEvent(event)).toBe('presence.winfo;id=7;x=y');
    expect(parseEvent('').ok).toBe(false);
    expect(parseEvent('a b').ok).toBe(false);
  });

  it('compares package and id only', () => {
    const same = (a: string, b: string): boolean => sameEvent(value(parseEvent(a)), value(parseEvent(b)));
    expect(same('conference', 'conference;x=1')).toBe(true);
    expect(same('conference', 'conference;id=1')).toBe(false);
    expect(same('conference', 'Conference')).toBe(false);
  });
});

describe('Subscription-State', () => {
  it.each([
    ['active;expires=3600', { state: 'active', expires: 3600 }],
    ['Terminated;reason=NoResource;retry-after=5', { state: 'terminated', reason: 'noresource', retryAfter: 5 }],
    ['pending', { state: 'pending' }],
  ])('reads %s', (text, expected) => {
    const { parameters, ...rest } = value(parseSubscriptionState(text));
    expect(rest).toEqual(expected);
    expect(formatSubscriptionState({ state: text.split(';', 1)[0] ?? '', parameters })).toBe(text);
  });

  it.each(['', 'active;expires=', 'active;expires=-1', 'terminated;retry-after=x', 'a b'])('refuses %s', (text) => {
    expect(parseSubscriptionState(text).ok).toBe(false);
  });
});
