import type { RunRecord } from '../harness/runner/record.ts';
import { conclusionOf } from './ending.ts';
import { markup } from './markup.ts';

const COLOURS: Readonly<Record<ReturnType<typeof conclusionOf>, string>> = {
  conforms: '#1a7f37',
  deviates: '#b42318',
  incomplete: '#8a5a00',
  'nothing judged': '#5f6b7a',
  error: '#b42318',
};

/** In pixels, of the face below at 11. */
const CHARACTER = 6.6;
const PADDING = 8;

/** `conformance 932/956`: scenarios that came out well, of all that could be judged; its colour says how the run came out. */
export function badge(record: RunRecord, label = 'conformance'): string {
  const { pass, warn, unsupported, total } = record.summary;
  const conclusion = conclusionOf(record);
  const value = conclusion === 'nothing judged' ? conclusion : `${pass + warn}/${total - unsupported}`;
  const [left, right] = [label, value].map((text) => Math.round(text.length * CHARACTER) + 2 * PADDING) as [
    number,
    number,
  ];
  const text = (at: number, words: string): string =>
    `<text x="${at}" y="14" text-anchor="middle">${markup(words, 60)}</text>`;
  const title = markup(`${label}: ${value}, ${conclusion} (${record.sut.name})`, 300);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<rect width="${left}" height="20" fill="#3b4351"/>`,
    `<rect x="${left}" width="${right}" height="20" fill="${COLOURS[conclusion]}"/>`,
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">',
    text(left / 2, label),
    text(left + right / 2, value),
    '</g>',
    '</svg>\n',
  ].join('\n');
}
