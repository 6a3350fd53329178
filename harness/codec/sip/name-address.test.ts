import { describe, expect, it } from 'vitest';
import { isFocus, readBooleanFeature } from './feature.ts';
import { type NameAddress, parseNameAddress, tagOf } from './name-address.ts';
import { hasParameter, parameterOf, withoutParameter, withParameter } from './parameters.ts';

function read(value: string): NameAddress {
  const result = parseNameAddress(value);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('parseNameAddress', () => {
  it.each<[string, NameAddress]>([
    ['<sip:a@b>', { uri: 'sip:a@b', parameters: [] }],
    ['sip:a@b', { uri: 'sip:a@b', parameters: [] }],
    ['sip:a@b;tag=1', { uri: 'sip:a@b', parameters: [{ name: 'tag', value: '1' }] }],
    ['<sip:a@b;x=1>;tag=1', { uri: 'sip:a@b;x=1', parameters: [{ name: 'tag', value: '1' }] }],
    ['Alice<sip:a@b>', { displayName: 'Alice', uri: 'sip:a@b', parameters: [] }],
    ['Alice B. <tel:+1>', { displayName: 'Alice B.', uri: 'tel:+1', parameters: [] }],
    ['"" <sip:a@b>', { displayName: '', uri: 'sip:a@b', parameters: [] }],
    ['"A \\"B\\" \\\\ <c>, d" <sip:a@b>', { displayName: 'A "B" \\ <c>, d', uri: 'sip:a@b', parameters: [] }],
    ['<sip:a@b> ; x ; y = "p;q" ', { uri: 'sip:a@b', parameters: [{ name: 'x' }, { name: 'y', value: '"p;q"' }] }],
    ['sip:a@b;x="<"', { uri: 'sip:a@b', parameters: [{ name: 'x', value: '"<"' }] }],
  ])('reads %s', (value, address) => {
    expect(read(value)).toEqual(address);
  });

  it.each([
    '',
    '*',
    'Alice',
    '"Alice',
    '"Alice" sip:a@b',
    '<sip:a@b',
    '<>',
    '<sip:a@b> x',
    'Alice sip:a@b',
    'a "b" <sip:a@b>',
  ])('refuses %s', (value) => {
    expect(parseNameAddress(value).ok).toBe(false);
  });
});

describe('parameters', () => {
  it('compares names without case and takes quotes off', () => {
    const { parameters } = read('<sip:a@b>;TAG=x;Name="a \\"b\\"";lone');
    expect(parameterOf(parameters, 'name')).toBe('a "b"');
    expect(parameterOf(parameters, 'lone')).toBe('');
    expect(parameterOf(parameters, 'absent')).toBeUndefined();
    expect(hasParameter(parameters, 'LONE')).toBe(true);
    expect(tagOf(read('<sip:a@b>;TAG=x'))).toBe('x');
    expect(tagOf(read('<sip:a@b>;tag='))).toBeUndefined();
  });

  it('sets at the place of the old one and quotes where needed', () => {
    const { parameters } = read('<sip:a@b>;x=1;y');
    expect(withParameter(parameters, 'X', '2 3')).toEqual([{ name: 'X', value: '"2 3"' }, { name: 'y' }]);
    expect(withParameter(parameters, 'z')).toEqual([...parameters, { name: 'z' }]);
    expect(withoutParameter(parameters, 'X')).toEqual([{ name: 'y' }]);
  });
});

describe('isfocus (RFC 3840 §9, RFC 3261 §20.10)', () => {
  it.each([
    ['<sip:room@h>;isfocus', 'true'],
    ['sip:room@h;isfocus', 'true'],
    ['<sip:room@h>;automata;ISFOCUS;message;event="conference"', 'true'],
    ['<sip:room@h>;isfocus="TRUE"', 'true'],
    ['<sip:room@h>;isfocus="true"', 'true'],
    ['<sip:room@h>;isfocus="FALSE"', 'false'],
    ['<sip:room@h>;isfocus="maybe"', 'malformed'],
    ['<sip:room@h;isfocus>', 'absent'],
  ])('%s: %s', (value, expected) => {
    expect(readBooleanFeature(read(value), 'isfocus')).toBe(expected);
    expect(isFocus(read(value))).toBe(expected === 'true');
  });
});
