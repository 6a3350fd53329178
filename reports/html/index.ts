import { createHash } from 'node:crypto';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import type { RunRecord } from '../../harness/runner/record.ts';
import { shown } from '../markup.ts';
import { htmlPage } from '../page.ts';
import { base85 } from './base85.ts';
import { digestOf } from './digest.ts';
import { Body } from './document.tsx';
import { packedLogs } from './packed-logs.ts';
import { pageScript, pageStyle } from './page-files.ts';
import { compressed } from './wire-pack.ts';

/** What the report of the full suite takes at most, in octets. The record itself is never cut for it. */
const MOST_OCTETS = 2_990_000;

/** Tags, title and policy, in octets. */
const FRAME = 5_000;

/**
 * A run as one self-contained HTML document.
 * @param folder where `run.json` lies; wire logs are read below it
 */
export function renderHtml(record: RunRecord, folder: string, catalogue: Catalogue): string {
  const digest = digestOf(record, catalogue);
  const body = renderToString(h(Body, { record, catalogue }));
  const run = base85(compressed(Buffer.from(JSON.stringify(digest))));
  const [style, script] = [pageStyle(), pageScript()];
  const rest = Buffer.byteLength(body) + run.length + style.length + script.length + FRAME;
  const data = [['run', run], ...logsWithin(MOST_OCTETS - rest, record, folder)].map(
    ([id, text]) => `<script type="text/plain" id="${id}">${text}</script>\n`,
  );
  const hash = createHash('sha256').update(script).digest('base64');
  // No fetch, no frame, no form: what peers have sent cannot do anything here even if it became markup.
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  return htmlPage({
    title: `${shown(digest.sut, 80)} – msrpspec`,
    policy,
    body: `${body}\n${data.join('')}<script type="module">${script}</script>`,
  });
}

/** Wire logs by the ids of their elements. What they take is estimated while they are packed, and then known. */
function logsWithin(most: number, record: RunRecord, folder: string): (readonly [id: string, text: string])[] {
  for (let budget = most * 0.95; ; ) {
    const { logs, pieces } = packedLogs(record, folder, budget);
    const places = base85(compressed(Buffer.from(JSON.stringify(logs))));
    const elements = [['logs', places] as const, ...pieces.map((piece, at) => [`piece-${at}`, piece] as const)];
    const size = elements.reduce((sum, [, text]) => sum + text.length, 0);
    if (size <= most || budget <= 0) return elements;
    budget -= (size - most) * 1.5;
  }
}
