import { element, verdictWord, visible } from './elements.js';
import { isMiss, judged, misses } from './facts.js';
import { ladder } from './ladder.js';
import { messageView } from './message.js';
import { linkToScenario } from './route.js';

/**
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./data.js').Scenario} Scenario
 */

/** One scenario: what was judged, and the sequence diagram. `open` shows a message of it, or none. */
export class ScenarioView {
  /** @type {import('./unpack.js').Entry[]} */
  #entries = [];
  #message = element('aside', { class: 'panel', 'aria-label': 'Message', hidden: true });
  #diagram = element('div', { class: 'diagram' }, element('p', { class: 'note' }, 'Reading the messages …'));

  /** @param {Data} data @param {number} at */
  constructor(data, at) {
    const scenario = data.run.scenarios[at];
    if (scenario === undefined) throw new Error(`no scenario ${at}`);
    this.data = data;
    this.at = at;
    this.scenario = scenario;
    this.log = data.logs[at] ?? { marks: {} };
    this.title = scenario.title;
    this.root = element(
      'article',
      { class: 'scenario' },
      header(data, at),
      misses(data, scenario),
      this.#body(),
      judged(data, scenario),
    );
    /** @type {number | undefined} */
    this.shown = undefined;
    this.ready = this.#read();
  }

  get length() {
    return this.#entries.length;
  }

  /** @param {number | undefined} index */
  async open(index) {
    await this.ready;
    const isFirst = this.shown === undefined;
    const before = this.shown === undefined ? null : this.#row(this.shown);
    this.shown = index;
    for (const row of this.#diagram.querySelectorAll('.row[aria-current]')) row.removeAttribute('aria-current');
    const entry = index === undefined ? undefined : this.#entries[index];
    this.#message.hidden = entry === undefined;
    this.root.classList.toggle('reading', entry !== undefined);
    if (entry === undefined || index === undefined) {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
      return;
    }
    if (this.#row(index) === null) this.#draw(index);
    const row = this.#row(index);
    row?.setAttribute('aria-current', 'true');
    const close = element(
      'a',
      { class: 'close', href: linkToScenario(this.scenario.id), 'aria-label': 'Close the message' },
      '×',
    );
    const view = messageView(entry, this.log.place?.lifelines ?? [], this.log.marks[index] ?? [], this.scenario.log);
    this.#message.replaceChildren(close, view);
    if (isFirst && row instanceof HTMLElement) {
      this.#diagram.scrollIntoView({ block: 'start' });
      this.#diagram.scrollTop = row.offsetTop - this.#diagram.clientHeight / 2;
    }
    row?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    // Who reads by keys goes on in the message; closing it leads back to its arrow.
    this.#message.querySelector('h3')?.focus({ preventScroll: true });
  }

  #body() {
    const { log, capture } = this.scenario;
    return element(
      'section',
      { class: 'block messages' },
      element('h2', {}, 'Messages'),
      element(
        'p',
        { class: 'note' },
        log === undefined ? 'The run has kept no wire log of it.' : ['Wire log: ', element('code', {}, visible(log))],
        capture === undefined ? '' : [' Capture: ', element('code', {}, visible(capture))],
      ),
      element('div', { class: 'split' }, this.#diagram, this.#message),
    );
  }

  async #read() {
    const { place, why } = this.log;
    if (place === undefined) {
      this.#diagram.replaceChildren(why === undefined ? '' : element('p', { class: 'note' }, visible(why)));
      return;
    }
    this.#entries = await this.data.packed.entries(place);
    this.#draw(0);
  }

  /** @param {number} from */
  #draw(from) {
    const evidence = new Set(this.scenario.facts.flatMap((fact) => (isMiss(fact.verdict) ? fact.evidence : [])));
    const lifelines = this.log.place?.lifelines ?? [];
    const { divergent, id } = this.scenario;
    const drawn = ladder({ scenario: id, lifelines, entries: this.#entries, evidence, divergent }, from);
    const kept = this.#entries.some(({ octets }) => octets !== undefined);
    const hint =
      this.#entries.length === 0
        ? 'Nothing passed the wire.'
        : kept
          ? ''
          : 'This report has no room for the octets of these messages; the file has them.';
    this.#diagram.replaceChildren(
      hint === '' ? '' : element('p', { class: 'note' }, hint),
      this.#entries.length === 0 ? '' : drawn,
    );
  }

  /** @param {number} index */
  #row(index) {
    return this.#diagram.querySelector(`.row[data-index="${index}"]`);
  }
}

/** @param {Data} data @param {number} at */
function header({ run }, at) {
  const scenario = run.scenarios[at];
  if (scenario === undefined) return '';
  const { id, title, verdict, ms, known, party, repeats = [] } = scenario;
  const [before, after] = [run.scenarios[at - 1], run.scenarios[at + 1]];
  return element(
    'header',
    { class: 'one' },
    element(
      'p',
      { class: 'kicker' },
      element('a', { href: '#scenarios' }, 'Scenarios'),
      ' / ',
      visible(id),
      element(
        'span',
        { class: 'turn' },
        before === undefined
          ? ''
          : element('a', { href: linkToScenario(before.id), rel: 'prev', 'aria-label': 'The scenario before' }, '‹'),
        after === undefined
          ? ''
          : element('a', { href: linkToScenario(after.id), rel: 'next', 'aria-label': 'The next scenario' }, '›'),
      ),
    ),
    element('h1', {}, visible(title)),
    element('p', { class: 'meta' }, verdictWord(verdict), ` · ${ms.toLocaleString('en')} ms`),
    party === undefined ? '' : element('p', { class: 'meta' }, 'Judges ', visible(party)),
    known === undefined ? '' : element('p', { class: 'known' }, 'Known deviation: ', visible(known)),
    repeats.length === 0
      ? ''
      : element(
          'p',
          { class: 'meta' },
          `Played ${repeats.length} times: `,
          ...repeats.flatMap((one) => [verdictWord(one.verdict), ' ']),
        ),
  );
}
