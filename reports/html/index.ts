import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import type { RunRecord, ScenarioResult } from '../../harness/runner/record.ts';
import { isMiss } from '../causes.ts';
import { escapeMarkup } from '../markup.ts';
import { logsBelow, type StoredLine, StoredLogError } from '../stored-log.ts';
import { base85 } from './base85.ts';
import { type Digest, digestOf } from './digest.ts';
import { Body } from './document.tsx';
import { type Mark, marksIn, type Said } from './marks.ts';
import { pageScript, pageStyle } from './page-files.ts';
import { safe } from './safe.ts';
import { compressed, type Keeping, type Place, WirePack } from './wire-pack.ts';

/** What the report of the full suite takes at most, in octets. The record itself is never cut for it. */
const MOST_OCTETS = 2_970_000;

/** What the headlines of a wire log take, in octets, for each octet of it. */
const HEADLINES = 0.004;

/** Misses are kept whole as far as anybody reads; what has passed gives way, the vast logs first. */
const OF_MISSES: Keeping = { most: 16_384, mostOfEvidence: 65_536 };
const OF_PASSES: Keeping = { most: 2048, mostOfEvidence: 2048 };
const OF_VAST_PASSES: Keeping = { most: 1000, mostOfEvidence: 1000 };
const BEYOND: Keeping = { most: 0, mostOfEvidence: 4096 };
/** In octets of the file. */
const VAST = 100_000;

/** What the page knows of the wire log of a scenario, where it has any. */
interface LogDigest {
  readonly place?: Place;
  /** By position in the wire log: the octets that findings are about. */
  readonly marks: Readonly<Record<number, readonly Mark[]>>;
  /** Why there is none. */
  readonly why?: string;
}

/**
 * A run as one self-contained HTML document.
 * @param folder where `run.json` lies; wire logs are read below it
 */
export function renderHtml(record: RunRecord, folder: string, catalogue: Catalogue): string {
  const digest = digestOf(record, catalogue);
  const body = renderToString(h(Body, { record, catalogue }));
  const run = base85(compressed(Buffer.from(JSON.stringify(digest))));
  const [style, script] = [pageStyle(), pageScript()];
  const rest = Buffer.byteLength(body) + run.length + style.length + script.length + 30_000;
  const { logs, pieces } = packed(record, digest, folder, MOST_OCTETS - rest);
  const places = base85(compressed(Buffer.from(JSON.stringify(logs))));
  const data = [['run', run], ['logs', places], ...pieces.map((piece, at) => [`piece-${at}`, piece])].map(
    ([id, text]) => `<script type="text/plain" id="${id}">${text}</script>\n`,
  );
  const hash = createHash('sha256').update(script).digest('base64');
  // No fetch, no frame, no form: what peers have sent cannot do anything here even if it became markup.
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="msrpspec">
<title>${escapeMarkup(`${safe(digest.sut, 80)} – msrpspec`)}</title>
<style>${style}</style>
</head>
<body>
${body}
${data.join('')}<script type="module">${script}</script>
</body>
</html>
`;
}

/** Wire logs as far as `budget` (in octets) goes: misses first, then the others, the small before the vast. */
function packed(
  record: RunRecord,
  digest: Digest,
  folder: string,
  budget: number,
): { readonly logs: readonly LogDigest[]; readonly pieces: readonly string[] } {
  const logs: LogDigest[] = record.scenarios.map(() => ({ marks: {} }));
  const pack = new WirePack();
  const read = logsBelow(folder);
  const queue = record.scenarios
    .flatMap((result, at) => {
      const { wireLog, verdict } = result;
      return wireLog === undefined
        ? []
        : [{ result, at, path: wireLog, isMiss: isMiss(verdict), size: sizeOf(join(folder, wireLog)) }];
    })
    .toSorted((a, b) => Number(b.isMiss) - Number(a.isMiss) || a.size - b.size);
  let waiting = queue.reduce((sum, { size }) => sum + size, 0);
  for (const one of queue) {
    waiting -= one.size;
    const within = { size: budget - waiting * HEADLINES, keeping: keepingOf(one), beyond: BEYOND };
    const evidence = new Set(
      digest.scenarios[one.at]?.facts.flatMap((fact) => (isMiss(fact.verdict) ? fact.evidence : [])),
    );
    const marks: Record<number, readonly Mark[]> = {};
    try {
      const lines = marking(read(one.path), one.result, marks);
      logs[one.at] = { place: pack.add(lines, digest.sut, evidence, within), marks };
    } catch (error) {
      if (!(error instanceof StoredLogError)) throw error;
      logs[one.at] = { marks: {}, why: error.message };
    }
  }
  pack.close();
  return { logs, pieces: pack.pieces };
}

function keepingOf({ isMiss: missed, size }: { isMiss: boolean; size: number }): Keeping {
  if (missed) return OF_MISSES;
  return size < VAST ? OF_PASSES : OF_VAST_PASSES;
}

/** Passes the lines on, and notes which octets of them the findings are about. */
function* marking(
  lines: Iterable<StoredLine>,
  { findings }: ScenarioResult,
  marks: Record<number, readonly Mark[]>,
): Generator<StoredLine> {
  const said = new Map<number, Said[]>();
  for (const { verdict, requirement, message, actual, evidence } of findings) {
    if (!isMiss(verdict)) continue;
    for (const index of evidence)
      said.set(index, [...(said.get(index) ?? []), { requirements: [requirement], message, actual }]);
  }
  for (const line of lines) {
    const about = said.get(line.index);
    const found = about === undefined ? [] : marksIn(line, about);
    if (found.length > 0) marks[line.index] = found;
    yield line;
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
