import { element, verdictWord, visible } from './elements.js';
import { linkToRequirement, linkToScenario } from './route.js';

/**
 * What was judged in a scenario.
 *
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./data.js').Scenario} Scenario
 * @typedef {import('./data.js').Fact} Fact
 */

/** @param {string} verdict */
export const isMiss = (verdict) => verdict !== 'pass' && verdict !== 'unsupported';

/** @param {Data} data @param {Scenario} scenario */
export function misses(data, scenario) {
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
export function judged(data, scenario) {
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
