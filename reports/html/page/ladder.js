import { element, visible, visibleText } from './elements.js';
import { linkToScenario } from './route.js';

/**
 * The sequence diagram of a scenario: a lifeline for each participant and one for the SUT, a row for each message.
 *
 * @typedef {import('./unpack.js').Entry} Entry
 * @typedef {{ scenario: string, lifelines: readonly string[], entries: Entry[], evidence: Set<number>, divergent: number | undefined }} Diagram
 */

/** Rows that are made at once; a button makes more. */
const ROWS = 600;

/** Of more lifelines not all are in sight: labels keep to the left. */
const CROWDED = 8;

/** What is made up anew in each message says nothing to a reader. @param {string} headline */
export const shortened = (headline) =>
  headline.replace(/[A-Za-z0-9]{16,}/g, (word) => (/\d/.test(word) ? `${word.slice(0, 6)}…` : word));

/** @param {number} time In ms */
export const timeText = (time) => (time < 10_000 ? `${Math.round(time)}` : `${(time / 1000).toFixed(1)}s`);

/** @param {Diagram} diagram @param {number} from First row that has to be there */
export function ladder(diagram, from) {
  const { lifelines, entries } = diagram;
  const figure = element('div', {
    class: lifelines.length > CROWDED ? 'ladder crowded' : 'ladder',
    role: 'group',
    'aria-label': 'Sequence diagram',
  });
  figure.style.setProperty('--lanes', String(lifelines.length));
  const head = element(
    'div',
    { class: 'heads' },
    element('span', { class: 'time' }, 'ms'),
    ...lifelines.map((name, at) =>
      element(
        'span',
        { class: at === lifelines.length - 1 ? 'head sut' : 'head', title: visibleText(name) },
        visible(name),
      ),
    ),
  );
  const rows = element('div', { class: 'rows' });
  figure.append(head, rows);
  let made = 0;
  const make = (/** @type {number} */ until) => {
    const block = element('div', { class: 'rows-block' });
    for (; made < Math.min(until, entries.length); made += 1) {
      const entry = entries[made];
      if (entry !== undefined) block.append(row(entry, diagram));
    }
    rows.append(block);
  };
  make(Math.max(ROWS, from + 50));
  if (made < entries.length) {
    const more = element('button', {
      type: 'button',
      class: 'more',
      click: () => {
        make(made + ROWS * 4);
        if (made >= entries.length) more.remove();
        else more.textContent = moreText();
      },
    });
    const moreText = () => `Show more: ${entries.length - made} of ${entries.length} messages are not drawn yet`;
    more.textContent = moreText();
    figure.append(more);
  }
  return figure;
}

/** @param {Entry} entry @param {Diagram} diagram */
function row(entry, { scenario, lifelines, evidence, divergent }) {
  const { index, time, lane, headline } = entry;
  const isConnection = lane.protocol === 'connection';
  const mark = index === divergent ? 'divergent' : evidence.has(index) ? 'evidence' : '';
  const who = isConnection ? lane.connection : `${lifelines[lane.from]} to ${lifelines[lane.to]}`;
  const said = mark === 'divergent' ? ', the first message that is not what was due' : mark === '' ? '' : ', evidence';
  const link = element(
    'a',
    {
      class: `row ${lane.protocol} ${mark}`.trim(),
      href: linkToScenario(scenario, index),
      'data-index': index,
    },
    element('span', { class: 'time' }, timeText(time)),
    element('span', { class: 'spoken' }, ` ms, #${index}, `, visible(who), `${said}: `),
  );
  const [left, right] = [Math.min(lane.from, lane.to), Math.max(lane.from, lane.to)];
  const label = element(
    'span',
    { class: 'label' },
    visible(isConnection ? headline.replace(/^connection /, '') : shortened(headline)),
  );
  const arrow = element(
    'span',
    { class: isConnection ? 'event' : lane.to > lane.from ? 'arrow right' : 'arrow left' },
    label,
  );
  arrow.style.setProperty('--from', String(left));
  arrow.style.setProperty('--span', String(right - left));
  arrow.style.setProperty('--room', String(lifelines.length - left - 0.6));
  link.append(arrow);
  if (mark !== '') link.append(element('span', { class: 'flag' }, mark === 'divergent' ? '✕' : '•'));
  return link;
}
