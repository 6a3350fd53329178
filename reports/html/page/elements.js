/**
 * Makes elements. Whatever anybody has sent goes through text nodes and is made visible first; nothing is ever parsed as
 * HTML here.
 *
 * @typedef {Node | string | undefined | false | null} Child
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | undefined | ((event: Event) => void)>} [attributes] functions listen
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) if (child !== undefined && child !== false && child !== null) made.append(child);
  return made;
}

/** What is not seen, or reorders what is seen. */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\ufff0-\uffff]/u;

/** How a character is written where it cannot be shown. @param {string} character */
export function escapeOf(character) {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** @param {string} character */
export const isUnseen = (character) => UNSEEN.test(character);

/** A text from anywhere as nodes: what is not seen is written as an escape. @param {string} text @returns {Node[]} */
export function visible(text) {
  if (!UNSEEN.test(text)) return [document.createTextNode(text)];
  /** @type {Node[]} */
  const nodes = [];
  let plain = '';
  for (const character of text) {
    if (!isUnseen(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') nodes.push(document.createTextNode(plain));
    plain = '';
    nodes.push(element('span', { class: 'escape' }, escapeOf(character)));
  }
  if (plain !== '') nodes.push(document.createTextNode(plain));
  return nodes;
}

/** The same for attributes. @param {string} text */
export const visibleText = (text) => [...text].map((one) => (isUnseen(one) ? escapeOf(one) : one)).join('');

/** @param {string} verdict @param {string} [word] */
export const verdictWord = (verdict, word = verdict) => element('b', { class: 'v', 'data-v': verdict }, word);
