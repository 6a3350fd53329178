import { element, verdictWord, visible } from './elements.js';
import { linkToRequirement, linkToScenario } from './route.js';

const SHOWN = 40;

/** @param {string} verdict */
const word = (verdict) => ({ pass: 'proved', fail: 'violated', warn: 'warned' })[verdict] ?? verdict;

/** One requirement: what it says, how it is tried, and what judged it. @param {import('./data.js').Data} data @param {string} id */
export function requirementView(data, id) {
  const requirement = data.requirements.get(id);
  if (requirement === undefined)
    return element('p', { class: 'note' }, 'This run knows no requirement ', visible(id), '.');
  const { source, level, role, summary, stimulus, judgement, verdict, why, testable } = requirement;
  const at = data.run.requirements.indexOf(requirement);
  const [before, after] = [data.run.requirements[at - 1], data.run.requirements[at + 1]];
  return element(
    'article',
    { class: 'requirement' },
    element(
      'p',
      { class: 'kicker' },
      element('a', { href: '#requirements' }, 'Requirements'),
      ' / ',
      visible(id),
      element(
        'span',
        { class: 'turn' },
        before === undefined
          ? ''
          : element(
              'a',
              { href: linkToRequirement(before.id), rel: 'prev', 'aria-label': 'The requirement before' },
              '‹',
            ),
        after === undefined
          ? ''
          : element('a', { href: linkToRequirement(after.id), rel: 'next', 'aria-label': 'The next requirement' }, '›'),
      ),
    ),
    element('h1', {}, visible(summary === '' ? id : summary)),
    element(
      'p',
      { class: 'meta' },
      verdictWord(verdict, word(verdict)),
      ` · ${level} · ${source} · binds: `,
      visible(role),
      testable === 'yes' ? '' : ` · testable: ${testable}`,
    ),
    why === '' ? '' : element('p', { class: 'known' }, visible(why)),
    element(
      'dl',
      { class: 'facts' },
      stimulus === '' ? '' : [element('dt', {}, 'Stimulus'), element('dd', {}, visible(stimulus))],
      judgement === '' ? '' : [element('dt', {}, 'Verdict'), element('dd', {}, visible(judgement))],
    ),
    judgedBy(data, id, requirement.by),
  );
}

/** @param {import('./data.js').Data} data @param {string} id @param {string[]} by */
function judgedBy(data, id, by) {
  const ranks = ['error', 'fail', 'differs', 'inconclusive', 'warn', 'unsupported', 'pass'];
  const all = data
    .judged(id)
    .toSorted((a, b) => ranks.indexOf(a.verdict) - ranks.indexOf(b.verdict) || a.rules.length - b.rules.length);
  const rules = by.filter((one) => !data.positions.has(one));
  const list = element('ul', { class: 'list' });
  let shown = 0;
  const show = (/** @type {number} */ count) => {
    for (const { scenario, verdict, rules: ruled } of all.slice(shown, count))
      list.append(
        element(
          'li',
          { 'data-v': verdict },
          element('a', { href: linkToScenario(scenario.id) }, visible(scenario.title)),
          element('span', {}, verdict),
          element('small', {}, ruled.length === 0 ? '' : visible(`rule ${ruled.join(', ')}`)),
        ),
      );
    shown = Math.min(count, all.length);
  };
  show(SHOWN);
  const more = element(
    'button',
    {
      type: 'button',
      class: 'more',
      click: () => {
        show(all.length);
        more.remove();
      },
    },
    `Show all ${all.length}`,
  );
  return element(
    'section',
    { class: 'block' },
    element('h2', {}, 'Judged by'),
    rules.length === 0
      ? ''
      : element(
          'p',
          { class: 'note' },
          `In every conversation by the ${rules.length === 1 ? 'rule' : 'rules'} `,
          visible(rules.join(', ')),
          '.',
        ),
    all.length === 0 ? element('p', { class: 'note' }, 'Nothing in this run.') : list,
    all.length > SHOWN ? more : '',
  );
}
