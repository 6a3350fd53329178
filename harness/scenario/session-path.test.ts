import { describe, expect, it } from 'vitest';
import { parseMsrpUri, sameMsrpUri } from '../codec/msrp/uri.ts';
import { sessionPathVariants, variantsOf } from './session-path.ts';

const PATH = 'msrp://focus.example.org:2855/a1B2c3;tcp';

function isSame(one: string, other: string): boolean {
  const [first, second] = [parseMsrpUri(one), parseMsrpUri(other)];
  return first.ok && second.ok && sameMsrpUri(first.value, second.value);
}

describe('variants of a session path', () => {
  it('are all other sessions but the one that is equal (RFC 4975 §6.1)', () => {
    const variants = variantsOf(PATH, 'nobody-has-this');
    const same = sessionPathVariants.filter((name) => isSame(PATH, variants[name]));
    expect(same).toEqual(['equal-path']);
    expect(variants['equal-path']).not.toBe(PATH);
    expect(sessionPathVariants.filter((name) => !parseMsrpUri(variants[name]).ok)).toEqual(['path-without-transport']);
  });

  it('differ although the port is the last and the session-id has no letters', () => {
    const path = 'msrps://focus.example.org:65535/1234;tcp';
    const variants = variantsOf(path, 'x');
    for (const name of sessionPathVariants) expect(isSame(path, variants[name])).toBe(name === 'equal-path');
  });

  it('of a path that cannot be read are that path', () => {
    expect(new Set(Object.values(variantsOf('sip:nobody', 'x')))).toEqual(new Set(['sip:nobody']));
  });
});
