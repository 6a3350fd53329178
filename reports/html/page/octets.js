import { element, escapeOf, isUnseen } from './elements.js';

/**
 * Octets as lines of text and as hexadecimal digits, with some of them marked.
 *
 * @typedef {{ start: number, end: number }} Mark Counted in octets
 */

/** @param {readonly Mark[]} marks @param {number} at */
const isMarked = (marks, at) => marks.some(({ start, end }) => at >= start && at < end);

/**
 * The characters of a text in UTF-8, octet by octet where it is none.
 * @param {Uint8Array} octets
 * @returns {Generator<{ at: number, text: string, isEscape: boolean }>}
 */
function* charactersOf(octets) {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let at = 0; at < octets.length; ) {
    const octet = octets[at] ?? 0;
    const size = octet < 0x80 ? 1 : octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : 2;
    let text = '';
    try {
      text = size === 1 ? String.fromCharCode(octet) : strict.decode(octets.subarray(at, at + size));
    } catch {
      // An octet that no character begins with, or one whose character does not go on.
    }
    if (text === '') {
      yield { at, text: `\\x${octet.toString(16).padStart(2, '0')}`, isEscape: true };
      at += 1;
      continue;
    }
    const isEscape = text !== '\n' && isUnseen(text);
    yield { at, text: isEscape ? escapeOf(text) : text, isEscape };
    at += size;
  }
}

/** @param {Uint8Array} octets @param {readonly Mark[]} marks @returns {HTMLElement} */
export function textView(octets, marks) {
  const view = element('pre', { class: 'octets', tabindex: '0', 'aria-label': 'Message as text' });
  let line = element('span', { class: 'line' });
  let run = '';
  /** @type {string} */
  let kind = '';
  const flush = () => {
    if (run !== '')
      line.append(
        kind === ''
          ? run
          : element(
              kind.includes('mark') ? 'mark' : 'span',
              { class: kind.replace('mark', '').trim() || undefined },
              run,
            ),
      );
    run = '';
  };
  const endLine = () => {
    flush();
    line.append('\n');
    view.append(line);
    line = element('span', { class: 'line' });
  };
  for (const { at, text, isEscape } of charactersOf(octets)) {
    const isEnd = text === '\n';
    // The CR of a CR LF is as it should be; any other, and an LF alone, is seen.
    if (octets[at] === 13 && octets[at + 1] === 10 && !isMarked(marks, at)) continue;
    const isBare = isEnd && octets[at - 1] !== 13;
    const next = [isMarked(marks, at) ? 'mark' : '', isEscape || isBare ? 'escape' : ''].join(' ').trim();
    if (next !== kind) flush();
    kind = next;
    run += isEnd ? (isBare ? '␊' : isMarked(marks, at) ? '␍␊' : '') : text;
    if (isEnd) endLine();
  }
  flush();
  if (line.childNodes.length > 0) view.append(line);
  return view;
}

const IN_A_ROW = 16;

/** @param {Uint8Array} octets @param {readonly Mark[]} marks @returns {HTMLElement} */
export function hexView(octets, marks) {
  const view = element('pre', { class: 'octets hex', tabindex: '0', 'aria-label': 'Message in hexadecimal digits' });
  for (let row = 0; row < octets.length; row += IN_A_ROW) {
    const digits = element('span');
    const characters = element('span', { class: 'characters' });
    for (let at = row; at < row + IN_A_ROW; at += 1) {
      const octet = octets[at];
      const [pair, character] =
        octet === undefined
          ? ['  ', ' ']
          : [octet.toString(16).padStart(2, '0'), octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·'];
      const gap = at % 8 === 7 ? '  ' : ' ';
      if (isMarked(marks, at)) {
        digits.append(element('mark', {}, pair), gap);
        characters.append(element('mark', {}, character));
      } else {
        digits.append(pair + gap);
        characters.append(character);
      }
    }
    view.append(
      element('span', { class: 'offset' }, row.toString(16).padStart(5, '0')),
      '  ',
      digits,
      ' ',
      characters,
      '\n',
    );
  }
  return view;
}

/** Whether it reads better in hexadecimal digits. @param {Uint8Array} octets */
export function isBinary(octets) {
  const shown = octets.subarray(0, 4096);
  let odd = 0;
  for (const { isEscape } of charactersOf(shown)) if (isEscape) odd += 1;
  return odd * 8 > shown.length;
}
