import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { renderHtml } from './index.ts';
import { conversation, type MadeRun, madeCatalogue, madeRun, refused } from './made-run.fixture.ts';

const made: MadeRun[] = [];
afterEach(() => {
  for (const { folder } of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const rendered = (run: MadeRun): string => {
  made.push(run);
  return renderHtml(run.record, run.folder, madeCatalogue);
};

const HOSTILE = '<img src=x onerror=alert(1)></script><script>alert(1)</script>\u202e\u0000\u001b[31m"\'';

describe('the HTML report', () => {
  it('says in its first heading what the run shows', () => {
    expect(rendered(madeRun([refused()]))).toMatch(/<h1 data-v="fail"[^>]*>A room does not conform<\/h1>/);
    expect(rendered(madeRun([{ result: { id: 'area/kept' } }]))).toMatch(
      /<h1 data-v="pass"[^>]*>A room conforms<\/h1>/,
    );
    const known = madeRun([{ result: { ...refused().result, known: 'ticket 7' } }]);
    expect(rendered(known)).toMatch(/<h1 data-v="pass"[^>]*>A room conforms apart from known deviations<\/h1>/);
    expect(rendered(madeRun([]))).toContain('Nothing was judged');
  });

  it('loads nothing and allows nothing but its own script', () => {
    const html = rendered(madeRun([refused()]));
    expect(html).toMatch(/Content-Security-Policy" content="default-src 'none'; script-src 'sha256-[^']+'; /);
    expect(html).not.toMatch(/(?:src|href)="(?!#)/);
    expect(html.match(/<script/g)).toHaveLength(4);
  });

  it('has nothing of what peers send as markup', () => {
    const { result, lines } = refused();
    const html = rendered(
      madeRun(
        [
          {
            result: {
              ...result,
              id: `area/${HOSTILE.slice(0, 4)}`,
              title: HOSTILE,
              known: HOSTILE,
              findings: (result.findings ?? []).map((one) => ({
                ...one,
                message: HOSTILE,
                actual: HOSTILE,
                step: HOSTILE,
              })),
            },
            lines: [...lines].map((line) => ({
              ...line,
              headline: HOSTILE,
              actor: HOSTILE,
              octets: Buffer.from(HOSTILE),
            })),
          },
        ],
        {
          stopped: HOSTILE,
          deaths: [{ during: [HOSTILE], how: HOSTILE }],
          sut: {
            name: HOSTILE,
            kind: 'address',
            role: 'focus',
            target: HOSTILE,
            capabilities: [HOSTILE],
            notServed: [HOSTILE],
          },
        },
      ),
    );
    expect(html).not.toContain('<img');
    expect(html).not.toMatch(/[\u0000\u001b\u202e]/);
    expect(html.match(/<script/g)).toHaveLength(4);
  });

  it('stays in its bounds: what has passed gives way to what has not', () => {
    const noise = (at: number): Buffer =>
      Buffer.concat(Array.from({ length: 50 }, (_, n) => createHash('sha256').update(`${at}.${n}`).digest()));
    const vast = Array.from({ length: 40 }, (_, scenario) => ({
      result: { id: `vast/${scenario}` },
      lines: Array.from({ length: 100 }, (_, at) => ({
        actor: 'alice',
        direction: 'sent' as const,
        headline: `MSRP SEND ${at}`,
        octets: noise(scenario * 100 + at),
      })),
    }));
    const html = rendered(madeRun([...vast, refused()]));
    expect(html.length).toBeLessThan(3_000_000);
  });

  it('tells of a wire log that cannot be read instead of failing', () => {
    const run = madeRun([refused()]);
    rmSync(`${run.folder}/wire`, { recursive: true });
    expect(rendered(run)).toContain('does not conform');
  });

  it('lists all requirements with their state as a word', () => {
    const html = rendered(madeRun([{ result: { id: 'area/kept' }, lines: conversation(1, 4) }]));
    expect(html).toContain('aria-label="RFC7701-6.2-16 violated"');
    expect(html).toContain('aria-label="RFC7701-7.1-26 proved"');
    expect(html).toContain('aria-label="RFC4975-9-12 untestable"');
  });
});
