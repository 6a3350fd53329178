import { element, verdictWord, visible } from './elements.js';
import { ladder } from './ladder.js';
import { messageView } from './message.js';
import { linkToRequirement, linkToScenario } from './route.js';

/**
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./data.js').Scenario} Scenario
 * @typedef {import('./data.js').Fact} Fact
 */

/** @param {string} verdict */
export const isMiss = (verdict) => verdict !== 'pass' && verdict !== 'unsupported';

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

/** @param {Data} data @param {Scenario} scenario */
function misses(data, scenario) {
  const those = scenario.facts.filter(({ verdict }) => verdict !== 'pass');
  if (those.length === 0) return '';
  return element(
    'section',
    { class: 'block' },
    element('h2', {}, those.some(({ verdict }) => isMiss(verdict)) ? 'What is wrong' : 'Why it was not judged'),
    those.map((fact) => missed(data, scenario, fact)),
  );
}

const REQUIREMENTS_SHOWN = 4;

/** @param {Data} data @param {Scenario} scenario @param {Fact} fact */
function missed(data, scenario, fact) {
  const { verdict, requirements, message, expected, actual, known, captured, evidence } = fact;
  const [first, ...others] = requirements;
  const those = first === undefined ? [] : [first, ...others.slice(0, REQUIREMENTS_SHOWN - 1)];
  const rest = others.slice(REQUIREMENTS_SHOWN - 1);
  return element(
    'div',
    { class: 'fact', 'data-v': verdict },
    element('p', { class: 'where' }, verdictWord(verdict), ' ', where(fact)),
    captured === true ? element('p', { class: 'said' }, 'Held against what the capture shows.') : '',
    those.map((one) => requirementLine(data, one)),
    rest.length === 0
      ? ''
      : element(
          'details',
          {},
          element('summary', {}, `${rest.length} more requirements`),
          rest.map((one) => requirementLine(data, one)),
        ),
    element('p', { class: 'message-of' }, visible(message)),
    expected === undefined && actual === undefined
      ? ''
      : element(
          'dl',
          { class: 'due' },
          expected === undefined ? '' : [element('dt', {}, 'expected'), element('dd', {}, visible(expected))],
          actual === undefined
            ? ''
            : [element('dt', {}, 'actual'), element('dd', { class: 'actual' }, visible(actual))],
        ),
    known === undefined ? '' : element('p', { class: 'known' }, 'Known deviation: ', visible(known)),
    evidenceLinks(scenario, evidence),
  );
}

/** @param {Fact} fact */
function where({ step, rule }) {
  return element(
    'span',
    { class: 'step' },
    ...(step === undefined ? visible(rule === undefined ? '' : `rule ${rule}`) : visible(`step ${step}`)),
  );
}

/** @param {Data} data @param {{ id: string, level: string }} requirement */
function requirementLine(data, { id, level }) {
  const summary = data.requirements.get(id)?.summary ?? '';
  return element(
    'p',
    { class: 'said' },
    visible(summary),
    ' ',
    element('span', { class: 'cite' }, element('a', { href: linkToRequirement(id) }, visible(id)), ` ${level}`),
  );
}

const EVIDENCE_SHOWN = 12;

/** @param {Scenario} scenario @param {number[]} evidence */
function evidenceLinks({ id }, evidence) {
  if (evidence.length === 0) return '';
  return element(
    'p',
    { class: 'evidence-of' },
    'Evidence: ',
    evidence
      .slice(-EVIDENCE_SHOWN)
      .flatMap((index) => [element('a', { href: linkToScenario(id, index) }, `message #${index}`), ' ']),
    evidence.length > EVIDENCE_SHOWN ? `and ${evidence.length - EVIDENCE_SHOWN} before` : '',
  );
}

/** All that was judged, in order. @param {Data} data @param {Scenario} scenario */
function judged(data, scenario) {
  const { facts, kept, covers } = scenario;
  return element(
    'section',
    { class: 'block' },
    element('h2', {}, 'What was judged'),
    facts.length === 0
      ? element('p', { class: 'note' }, 'No step was judged.')
      : element(
          'ol',
          { class: 'facts-list' },
          facts.map((fact) => judgedFact(data, scenario, fact)),
        ),
    kept.length === 0
      ? ''
      : element(
          'details',
          { class: 'kept' },
          element('summary', {}, `${kept.length} rules that hold in every conversation were kept`),
          element(
            'dl',
            {},
            kept.flatMap((at) => {
              const one = data.run.kept[at];
              const ids = (one?.requirements ?? []).flatMap((position) => data.run.requirements[position]?.id ?? []);
              return [
                element('dt', {}, visible(one?.rule ?? '')),
                element(
                  'dd',
                  {},
                  ids.flatMap((id) => [element('a', { href: linkToRequirement(id) }, visible(id)), ' ']),
                ),
              ];
            }),
          ),
        ),
    covers.length === 0
      ? ''
      : element(
          'details',
          { class: 'kept', open: true },
          element('summary', {}, `Covers ${covers.length} ${covers.length === 1 ? 'requirement' : 'requirements'}`),
          covers.map((id) => requirementLine(data, { id, level: data.requirements.get(id)?.level ?? '' })),
        ),
  );
}

/** @param {Data} data @param {Scenario} scenario @param {Fact} fact */
function judgedFact(data, scenario, fact) {
  const { verdict, requirements, message, expected, actual, evidence } = fact;
  return element(
    'li',
    {},
    element(
      'details',
      {},
      element(
        'summary',
        {},
        verdictWord(verdict),
        ' ',
        where(fact),
        ' ',
        element('span', { class: 'brief' }, visible(message)),
      ),
      expected === undefined && actual === undefined
        ? ''
        : element(
            'dl',
            { class: 'due' },
            expected === undefined ? '' : [element('dt', {}, 'expected'), element('dd', {}, visible(expected))],
            actual === undefined ? '' : [element('dt', {}, 'actual'), element('dd', {}, visible(actual))],
          ),
      requirements.map((one) => requirementLine(data, one)),
      evidenceLinks(scenario, evidence),
    ),
  );
}
