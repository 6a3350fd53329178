import { element, visible } from './elements.js';
import { timeText } from './ladder.js';
import { hexView, isBinary, textView } from './octets.js';

/**
 * One raw message.
 *
 * @param {import('./unpack.js').Entry} entry
 * @param {readonly string[]} lifelines
 * @param {readonly import('./octets.js').Mark[]} marks
 * @param {string | undefined} file Where all of it is
 * @returns {HTMLElement}
 */
export function messageView(entry, lifelines, marks, file) {
  const { index, time, lane, octets, size, frames, headline } = entry;
  const isEvent = lane.protocol === 'connection';
  const view = element(
    'div',
    { class: 'message' },
    element('h3', { id: 'message-title', tabindex: '-1' }, `#${index} `, visible(headline)),
    element(
      'p',
      { class: 'meta' },
      isEvent
        ? visible(lane.actor)
        : [...visible(lifelines[lane.from] ?? ''), ' → ', ...visible(lifelines[lane.to] ?? '')],
      ` · ${timeText(time)} ms · `,
      visible(`${lane.connection}, ${lane.transport}`),
      isEvent ? '' : ` · ${size.toLocaleString('en')} octets`,
      element('br'),
      visible(lane.direction === 'sent' ? `${lane.local} → ${lane.remote}` : `${lane.remote} → ${lane.local}`),
      frames.length === 0
        ? ''
        : ` · frame ${frames.slice(0, 20).join(', ')}${frames.length > 20 ? ' …' : ''} of the capture`,
    ),
  );
  if (isEvent && size === 0) return view;
  const where = file === undefined ? [] : [' All of it: ', element('code', {}, visible(file)), `, line ${index + 1}.`];
  if (octets === undefined) {
    view.append(element('p', { class: 'note' }, 'This report has no room for the octets of this message.', where));
    return view;
  }
  const body = element('div');
  /** @param {boolean} inHex */
  const show = (inHex) => {
    body.replaceChildren(inHex ? hexView(octets, marks) : textView(octets, marks));
    text.setAttribute('aria-pressed', String(!inHex));
    hex.setAttribute('aria-pressed', String(inHex));
  };
  const text = element('button', { type: 'button', click: () => show(false) }, 'Text');
  const hex = element('button', { type: 'button', click: () => show(true) }, 'Hex');
  view.append(element('div', { class: 'switch', role: 'group', 'aria-label': 'How it is shown' }, text, hex), body);
  if (octets.length < size)
    view.append(
      element(
        'p',
        { class: 'note' },
        `The first ${octets.length.toLocaleString('en')} of ${size.toLocaleString('en')} octets.`,
        where,
      ),
    );
  show(isBinary(octets));
  return view;
}
