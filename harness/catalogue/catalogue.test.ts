import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from './catalogue.ts';
import { gradeOf } from './grade.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));

describe('the requirement catalogue', () => {
  it('holds every entry of every file once', () => {
    expect(catalogue.requirements.length).toBeGreaterThan(1200);
    expect(catalogue.get('RFC7701-7.1-26')?.level).toBe('MUST');
    expect(catalogue.get('RFC7701-99-99')).toBeUndefined();
  });

  it('says why for each requirement that is not fully testable', () => {
    const silent = catalogue.requirements.filter((one) => one.testable !== 'yes' && one.why_not === undefined);
    expect(silent.map((one) => one.id)).toEqual([]);
  });

  it('says why the suite leaves some of it out', () => {
    expect(catalogue.get('RFC4976-3-01')?.leftOut).toMatch(/relay/);
    expect(catalogue.get('RFC7701-7.1-26')?.leftOut).toBeUndefined();
  });

  it('grades a MUST and a statement as fail, a SHOULD and a MAY as warning', () => {
    expect(gradeOf(catalogue, ['RFC7701-7.1-26'])).toBe('fail');
    expect(gradeOf(catalogue, ['RFC7701-6.1-20'])).toBe('warn');
    expect(gradeOf(catalogue, ['RFC7701-6.1-20', 'RFC7701-2-02'])).toBe('fail');
    expect(() => gradeOf(catalogue, ['RFC7701-0-00'])).toThrow('RFC7701-0-00');
  });
});
