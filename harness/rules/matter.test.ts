import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { type ScriptedOctets, scriptedLog, scriptedSend } from '../wire/scripted-log.fixture.ts';
import { Matter } from './matter.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));
const script = Array.from({ length: 10 }, (_, i): ScriptedOctets => {
  return scriptedSend('alice', 'sent', { id: `sent${i}2345678`, from: 'sip:a@x', to: 'sip:r@x', content: 'x' });
});
const { entries } = scriptedLog(script);

describe('a matter', () => {
  it('without occasion says nothing', () => {
    expect(new Matter(['RFC7701-6.1-16'], 'no echo').findings('echo', catalogue)).toEqual([]);
  });

  it('passes with occasions and no breach', () => {
    const matter = new Matter(['RFC7701-6.1-16'], 'no echo');
    matter.right();
    expect(matter.findings('echo', catalogue)).toMatchObject([{ verdict: 'pass', message: 'no echo', evidence: [] }]);
  });

  it('is graded by its sternest requirement, unless the breach says otherwise', () => {
    const broken = (requirements: readonly string[], verdict?: 'warn'): string | undefined => {
      const matter = new Matter(requirements, 'it holds');
      matter.broken({ message: 'it does not', evidence: [], ...(verdict === undefined ? {} : { verdict }) });
      return matter.findings('rule', catalogue)[0]?.verdict;
    };
    expect(broken(['RFC7701-6.1-20'])).toBe('warn');
    expect(broken(['RFC7701-6.1-20', 'RFC7701-6.1-16'])).toBe('fail');
    expect(broken(['RFC7701-6.1-16'], 'warn')).toBe('warn');
  });

  it('makes one finding of many breaches, with the evidence of the first of the worst', () => {
    const matter = new Matter(['RFC7701-6.1-16'], 'no echo');
    matter.right();
    matter.broken({ message: 'odd', evidence: [entries[9]], verdict: 'warn' });
    for (const entry of entries) matter.broken({ message: 'wrong', evidence: [entry, undefined, entry] });
    const [finding, ...others] = matter.findings('echo', catalogue);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      verdict: 'fail',
      message: 'wrong (and 10 more like it)',
      evidence: [0],
    });
  });
});
