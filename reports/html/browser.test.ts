import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ScenarioResult } from '../../harness/runner/record.ts';
import { renderHtml } from './index.ts';
import { conversation, type MadeLine, type MadeRun, madeCatalogue, madeRun, refused } from './made-run.fixture.ts';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PATHS.find(existsSync);
const isSkipped = executablePath === undefined && process.env.CI === undefined;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const HOSTILE = '<img src=x onerror="hacked=1"></script><script>hacked=1</script>\u202egnp\u0000\u001b[31m"\'&amp;';

const sampleRun = (): MadeRun =>
  madeRun([
    refused(),
    {
      result: {
        id: 'area/kept',
        title: 'A taken name is refused',
        covers: ['RFC7701-7.1-26'],
        kept: { 'a-rule': ['RFC7701-7.1-26'] },
      },
      lines: conversation(2, 8),
    },
    {
      result: {
        id: 'other/odd',
        title: 'Something odd',
        verdict: 'warn',
        known: 'the vendor knows',
        findings: [
          {
            requirement: 'RFC7701-7.1-26',
            level: 'MUST',
            verdict: 'warn',
            message: 'odd',
            rule: 'a-rule',
            evidence: [1],
          },
        ],
      },
      lines: conversation(3, 1400),
    },
    { result: { id: 'other/no one@7', title: 'Nothing offered', verdict: 'unsupported' } },
  ]);

describe.skipIf(isSkipped)(
  `the HTML report in ${executablePath ?? 'Chromium, which is not installed here'}`,
  () => {
    let browser: Browser;
    const made: MadeRun[] = [];
    /** What a page has complained of or asked for. */
    const complaints: string[] = [];

    beforeAll(async () => {
      if (executablePath === undefined) throw new Error(`no Chromium: none of ${PATHS.join(', ')}`);
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      await browser?.close();
      for (const { folder } of made) rmSync(folder, { recursive: true, force: true });
    });
    afterEach(() => {
      expect(complaints.splice(0)).toEqual([]);
    });

    async function opened(run: MadeRun, fragment = '', options: BrowserContextOptions = {}): Promise<Page> {
      made.push(run);
      const file = join(run.folder, 'report.html');
      writeFileSync(file, renderHtml(run.record, run.folder, madeCatalogue));
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      const url = pathToFileURL(file).href;
      page.on('console', (message) => complaints.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
      page.on('request', (request) => {
        if (request.url().split('#')[0] !== url) complaints.push(`request: ${request.url()}`);
      });
      await page.goto(url + fragment);
      await settled(page);
      return page;
    }

    const settled = (page: Page): Promise<unknown> =>
      page.waitForFunction(() => document.documentElement.dataset.ready === location.hash);

    const follow = async (page: Page, link: string): Promise<void> => {
      await page.locator(link).first().click();
      await settled(page);
    };

    it('leads from the summary to the message that proves it, and back by the requirement', async () => {
      const page = await opened(sampleRun());
      expect(await page.locator('h1').first().textContent()).toContain('A room does not conform');
      await follow(page, '#view-summary .causes a[href="#s/area/refused"]');
      expect(await page.locator('.scenario h1').textContent()).toBe('Who has no private messages gets none');
      expect(await page.locator('.ladder .head').allTextContents()).toEqual(['alice', 'bob', 'a room']);
      expect(await page.locator('.row').count()).toBe(6);
      expect(await page.locator('.row.divergent').getAttribute('data-index')).toBe('3');
      expect(await page.locator('.row.evidence').getAttribute('data-index')).toBe('2');

      await follow(page, '.row.divergent');
      expect(await page.locator('.panel .octets').textContent()).toMatch(/^MSRP \w+ 404 Nobody\n/);
      expect(await page.locator('.panel mark').allTextContents()).toEqual(['404']);
      expect(await page.locator('.panel .meta').textContent()).toContain('frame 17, 18');
      await page.getByRole('button', { name: 'Hex' }).click();
      expect(await page.locator('.panel mark').allTextContents()).toEqual(['34', '30', '34', '4', '0', '4']);

      await page.keyboard.press('j');
      await settled(page);
      expect(page.url()).toContain('#s/area/refused@4');
      await page.reload();
      await settled(page);
      expect(await page.locator('.panel h3').textContent()).toMatch(/^#4 MSRP SEND/);
      await page.keyboard.press('Escape');
      await settled(page);
      expect(await page.locator('.panel').isVisible()).toBe(false);
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-index'))).toBe('4');

      await follow(page, '.fact .cite a');
      expect(await page.locator('.requirement h1').textContent()).toContain('is refused with 428');
      await follow(page, '.requirement .list a');
      expect(page.url()).toContain('#s/area/refused');
    });

    it('filters scenarios by verdict, area and words, and keeps that in its address', async () => {
      const page = await opened(sampleRun(), '#scenarios');
      const shown = (): Promise<string[]> => page.locator('#view-scenarios .list a:visible').allTextContents();
      expect(await shown()).toHaveLength(4);
      await page.locator('#filter label', { hasText: 'fail' }).click();
      expect(await shown()).toEqual(['Who has no private messages gets none']);
      await page.locator('#filter label', { hasText: 'fail' }).click();
      await page.locator('#filter select').selectOption('other');
      expect(await shown()).toHaveLength(2);
      await page.locator('#filter select').selectOption('');
      await page.locator('h1:visible').click();
      await page.keyboard.press('/');
      await page.keyboard.type('rfc7701-7.1-26');
      expect(await shown()).toEqual(['A taken name is refused', 'Something odd']);
      await page.keyboard.type(' odd');
      expect(await page.locator('#found').textContent()).toBe('1 of 4');
      await page.reload();
      await settled(page);
      expect(await shown()).toEqual(['Something odd']);
    });

    it('filters requirements, and tells why one is not judged', async () => {
      const page = await opened(sampleRun(), '#requirements?verdict=untestable');
      expect(await page.locator('.sections a:visible').count()).toBe(1);
      await follow(page, '.sections a:visible');
      expect(await page.locator('.requirement .known').textContent()).toBe('nobody can see it');
      expect(await page.locator('.requirement').textContent()).toContain('Nothing in this run.');
    });

    it('finds a scenario by its link, whatever its id', async () => {
      const page = await opened(sampleRun(), '#scenarios?q=offered');
      await follow(page, '#view-scenarios .list a:visible');
      expect(await page.locator('.scenario h1').textContent()).toBe('Nothing offered');
    });

    it('draws long conversations part by part', async () => {
      const page = await opened(sampleRun(), '#s/other/odd');
      const before = await page.locator('.row').count();
      expect(before).toBeLessThan(1400);
      await page.locator('.ladder .more').click();
      expect(await page.locator('.row').count()).toBe(1400);
    });

    it('turns dark and light at a key', async () => {
      const page = await opened(sampleRun());
      const paper = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await paper();
      await page.locator('#theme').focus();
      await page.keyboard.press('Enter');
      const dark = await paper();
      expect(dark).not.toBe(light);
      await page.keyboard.press('Enter');
      expect(await paper()).toBe(light);
    });

    const VIEWS = [
      '',
      '#scenarios',
      '#requirements',
      '#timing',
      '#s/area/refused@3',
      '#s/other/odd',
      '#r/RFC7701-7.1-26',
    ];

    it.each(['light', 'dark'] as const)('has no serious violation of accessibility when %s', async (colorScheme) => {
      const page = await opened(sampleRun(), '', { colorScheme });
      for (const view of VIEWS) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, view);
        await settled(page);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() =>
          (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
        );
        const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(grave.map(({ id, nodes }) => [view, id, nodes.map(({ html }) => html)])).toEqual([]);
      }
    });

    it('needs no sideways scrolling on a narrow screen', async () => {
      const page = await opened(sampleRun(), '', { viewport: { width: 420, height: 800 } });
      for (const view of VIEWS) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, view);
        await settled(page);
        expect([view, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([view, 420]);
      }
    });

    it('shows what is hostile, and does nothing of it', async () => {
      const { result, lines } = refused();
      const { findings = [] } = result;
      const octets: readonly Buffer[] = [
        Buffer.from(HOSTILE),
        Buffer.from([0xff, 0xfe, 0x00, 0x3c, 0x62, 0x3e, 0xc3, 0x28, 0xf0, 0x9f]),
        Buffer.from(`MSRP x SEND\r\n\r\n${'<b>'.repeat(350_000)}`),
      ];
      const spoiled: MadeLine[] = [...lines].map((line, at) => ({
        ...line,
        actor: HOSTILE,
        headline: HOSTILE,
        octets: octets[at % octets.length] ?? Buffer.alloc(0),
      }));
      const told: ScenarioResult['findings'] = findings.map((one) => ({
        ...one,
        message: HOSTILE,
        expected: HOSTILE,
        actual: HOSTILE,
        step: HOSTILE,
        known: HOSTILE,
        evidence: [0, 1, 2],
      }));
      const run = madeRun([{ result: { ...result, title: HOSTILE, findings: told }, lines: spoiled }], {
        sut: {
          name: HOSTILE,
          kind: 'address',
          role: 'focus',
          target: HOSTILE,
          capabilities: [HOSTILE],
          notServed: [HOSTILE],
        },
        stopped: HOSTILE,
      });
      const page = await opened(run);
      const scripts = await page.locator('script').count();
      for (const view of [
        '',
        '#scenarios',
        '#requirements',
        '#timing',
        '#s/area/refused',
        '#s/area/refused@0',
        '#s/area/refused@1',
        '#s/area/refused@2',
      ]) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, view);
        await settled(page);
        expect(await page.locator('img, iframe, main b:not(.v)').count()).toBe(0);
        expect(await page.locator('script').count()).toBe(scripts);
        expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
        const unseen = await page.evaluate(() =>
          /[\u0000-\u0008\u001b\u202e]/.test(document.querySelector('main')?.textContent + document.title),
        );
        expect(unseen).toBe(false);
      }
      expect(await page.locator('.panel .note').textContent()).toMatch(
        /^The first 65,536 of 1,050,015 octets\. All of it: wire/,
      );
      await page.evaluate(() => {
        location.hash = '#s/area/refused@0';
      });
      await settled(page);
      expect(await page.locator('.panel .octets').textContent()).toContain(
        '</script><script>hacked=1</script>\\u{202e}gnp\\x00\\x1b[31m',
      );
      await page.evaluate(() => {
        location.hash = '#s/area/refused@1';
      });
      await settled(page);
      await page.getByRole('button', { name: 'Text' }).click();
      expect(await page.locator('.panel .octets').textContent()).toBe('\\xff\\xfe\\x00<b>\\xc3(\\xf0\\x9f');
    });

    it('prints what is looked at, without what is for clicking', async () => {
      const page = await opened(sampleRun(), '#s/area/refused');
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.top nav').isVisible()).toBe(false);
      expect(await page.locator('.fact').isVisible()).toBe(true);
      expect(await page.locator('.row').last().isVisible()).toBe(true);
    });
  },
  180_000,
);
