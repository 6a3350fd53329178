import { describe, expect, it } from 'vitest';
import { octetsOf } from './wire.ts';

describe('octets as a scenario writes them', () => {
  it.each<[string, string]>([
    ['a\nb', '610d0a62'],
    ['a\r\nb', '610d0a62'],
    ['a\\nb\\r', '610a620d'],
    ['\\x00\\xff', '00ff'],
    ['\\\\x00', '5c783030'],
    ['é', 'c3a9'],
    ['\\q', '5c71'],
  ])('%j gives %s', (text, hex) => {
    expect(octetsOf(text).toString('hex')).toBe(hex);
  });
});
