import { markup } from '../markup.ts';
import type { Ladder, Lifeline, Row } from './ladder.ts';

/** In pixels. */
const LANE = 190;
const GUTTER = 110;
const MARGIN = 12;
const HEAD = 44;
const TITLE = 26;
const STEP = 34;
const CHARACTER = 6.7;

const STYLE = `
.ladder{--ink:#1d2430;--soft:#66707f;--line:#c3cad4;--paper:#fff;--sip:#5b4bb8;--msrp:#0b6e99;--proof:#9a6200;--wrong:#c62333;--wrong-paper:#fdecee}
@media (prefers-color-scheme:dark){.ladder{--ink:#e6eaf0;--soft:#98a2b1;--line:#454e5b;--paper:#161b22;--sip:#b3a6ff;--msrp:#6cc5ee;--proof:#e8b04a;--wrong:#ff7b86;--wrong-paper:#3d1d22}}
.ladder text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--ink)}
.ladder .title{font:600 14px system-ui,sans-serif}
.ladder .name{font:600 13px system-ui,sans-serif;text-anchor:middle}
.ladder .paper{fill:var(--paper)}
.ladder .box{fill:var(--paper);stroke:var(--line)}
.ladder .lifeline{stroke:var(--line);stroke-dasharray:3 4}
.ladder .place{fill:var(--soft)}
.ladder .label{text-anchor:middle;stroke:var(--paper);stroke-width:4px;paint-order:stroke}
.ladder .sip{--arrow:var(--sip)}
.ladder .msrp{--arrow:var(--msrp)}
.ladder .unknown,.ladder .connection{--arrow:var(--soft)}
.ladder .evidence{--arrow:var(--proof)}
.ladder .divergent{--arrow:var(--wrong)}
.ladder .divergent .band{fill:var(--wrong-paper)}
.ladder .divergent .label{fill:var(--wrong);stroke:var(--wrong-paper);font-weight:700}
.ladder .band{fill:transparent}
.ladder .arrow{stroke:var(--arrow);stroke-width:1.5;fill:none}
.ladder .evidence .arrow,.ladder .divergent .arrow{stroke-width:2.5}
.ladder .tip{fill:var(--arrow);stroke:none}
.ladder .skipped text,.ladder .connection .label{fill:var(--soft);font-style:italic}
`;

/** The diagram as a file of its own that follows the reader's choice of light or dark. */
export function ladderSvg(ladder: Ladder, title: string): string {
  const width = GUTTER + ladder.lifelines.length * LANE + MARGIN;
  const height = TITLE + HEAD + ladder.rows.length * STEP + 2 * MARGIN;
  const foot = height - MARGIN;
  const heading = markup(title, Math.floor((width - 2 * MARGIN) / 7.6));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="ladder" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${markup(title, 300)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="${MARGIN + 10}">${heading}</text>`,
    ...ladder.lifelines.map((lifeline, at) => head(lifeline, at, foot)),
    ...ladder.rows.map((row, at) => drawn(row, TITLE + HEAD + (at + 1) * STEP, ladder)),
    '</svg>\n',
  ].join('\n');
}

const xOf = (at: number): number => GUTTER + at * LANE + LANE / 2;

function head({ name, kind }: Lifeline, at: number, foot: number): string {
  const x = xOf(at);
  const left = x - LANE / 2 + 8;
  return [
    `<g class="head ${kind}"><title>${markup(name, 200)}</title>`,
    `<line class="lifeline" x1="${x}" y1="${TITLE + HEAD}" x2="${x}" y2="${foot}"/>`,
    `<rect class="box" x="${left}" y="${TITLE + 12}" width="${LANE - 16}" height="28" rx="6"/>`,
    `<text class="name" x="${x}" y="${TITLE + 31}">${markup(name, 22)}</text></g>`,
  ].join('');
}

function drawn(row: Row, y: number, { lifelines }: Ladder): string {
  const right = GUTTER + lifelines.length * LANE;
  switch (row.kind) {
    case 'message': {
      const [from, to] = [xOf(row.from), xOf(row.to)];
      const tip = to > from ? -8 : 8;
      const label = markup(row.headline, Math.max(8, Math.floor((Math.abs(to - from) - 24) / CHARACTER)));
      const title = markup(`#${row.index} ${row.headline} (${row.size} octets)`, 260);
      return [
        `<g class="message ${row.protocol} ${row.mark}" data-index="${row.index}"><title>${title}</title>`,
        band(y, right),
        place(row, y),
        `<path class="arrow" d="M${from} ${y}H${to + tip}"/>`,
        `<path class="tip" d="M${to} ${y}l${tip} -5v10z"/>`,
        `<text class="label" x="${(from + to) / 2}" y="${y - 6}">${label}</text></g>`,
      ].join('');
    }
    case 'connection': {
      const x = xOf(row.at);
      const title = markup(`#${row.index} ${row.connection}: ${row.headline}`, 260);
      return [
        `<g class="connection ${row.mark}" data-index="${row.index}"><title>${title}</title>`,
        band(y, right),
        place(row, y),
        `<circle class="tip" cx="${x}" cy="${y}" r="4"/>`,
        `<text class="label" x="${x}" y="${y - 8}">${markup(`${row.connection}: ${row.headline}`, 27)}</text></g>`,
      ].join('');
    }
    case 'skipped':
      return `<g class="skipped"><text x="${GUTTER}" y="${y}">… ${row.count} more (#${row.first} to #${row.last})</text></g>`;
  }
}

const band = (y: number, right: number): string =>
  `<rect class="band" x="0" y="${y - STEP / 2 - 6}" width="${right + MARGIN}" height="${STEP}"/>`;

const place = ({ index, time }: Exclude<Row, { kind: 'skipped' }>, y: number): string =>
  `<text class="place" x="${MARGIN}" y="${y + 3}">#${index} ${Math.round(time)} ms</text>`;
