import { Data } from './data.js';
import { element, visible, visibleText } from './elements.js';
import { filtered } from './filter.js';
import { requirementView } from './requirement.js';
import { decoded, linkToScenario, routeOf } from './route.js';
import { ScenarioView } from './scenario.js';

const page = document.documentElement;
const one = /** @type {HTMLElement} */ (document.getElementById('view-one'));
const name = document.title;
/** @type {Data | undefined} */
let data;
/** @type {ScenarioView | undefined} */
let scenario;
/** How far down each place was looked at. @type {Map<string, number>} */
const scrolled = new Map();
let here = location.hash;

page.classList.add('js');
const loading = Data.load().then((loaded) => {
  data = loaded;
  return loaded;
});

const scenarioFilter = filtered(
  'scenarios',
  /** @type {HTMLFormElement} */ (document.getElementById('filter')),
  () =>
    [...document.querySelectorAll('#view-scenarios .list li')].map((item) => {
      const link = item.querySelector('a');
      const id = decoded((link?.getAttribute('href') ?? '').slice(3));
      const known = data?.run.scenarios[data.positions.get(id) ?? -1];
      const requirements = known?.facts.flatMap((fact) => fact.requirements.map((each) => each.id)) ?? [];
      item.setAttribute('data-item', '');
      return {
        element: /** @type {HTMLElement} */ (item),
        verdict: item.getAttribute('data-v') ?? '',
        area: item.closest('.area')?.getAttribute('data-area') ?? '',
        text: [link?.textContent, id, ...(known?.covers ?? []), ...requirements].join(' ').toLowerCase(),
      };
    }),
  '#view-scenarios .area',
  document.getElementById('found'),
);

const requirementFilter = filtered(
  'requirements',
  /** @type {HTMLFormElement} */ (document.getElementById('map-filter')),
  () =>
    [...document.querySelectorAll('.sections a')].map((cell) => {
      const id = decoded((cell.getAttribute('href') ?? '').slice(3));
      const known = data?.requirements.get(id);
      cell.setAttribute('data-item', '');
      cell.setAttribute('title', visibleText(`${id} ${known?.level ?? ''}\n${known?.summary ?? ''}`));
      return {
        element: /** @type {HTMLElement} */ (cell),
        verdict: cell.getAttribute('data-v') ?? '',
        area: '',
        text: [id, known?.source, known?.level, known?.summary].join(' ').toLowerCase(),
      };
    }),
  '.sections > div, .rfc',
  document.getElementById('map-found'),
);

/** @param {string} view */
function show(view) {
  for (const each of document.querySelectorAll('main > .view'))
    each.classList.toggle('current', each.id === `view-${view}`);
  const tab = view === 'one' ? (routeOf(location.hash).view === 'scenario' ? 'scenarios' : 'requirements') : view;
  for (const link of document.querySelectorAll('.top nav a'))
    if (link.getAttribute('href') === `#${tab}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
}

async function go() {
  const route = routeOf(location.hash);
  const isSame = route.view === 'scenario' && scenario?.scenario.id === route.id;
  if (!isSame) {
    scrolled.set(here, scrollY);
    scenario = undefined;
  }
  here = location.hash;
  switch (route.view) {
    case 'scenario': {
      const { positions } = await loading;
      if (here !== location.hash) return;
      await openScenario(positions.get(route.id), route.id, route.message);
      break;
    }
    case 'requirement':
      one.replaceChildren(requirementView(await loading, route.id));
      document.title = `${visibleText(route.id)} – ${name}`;
      show('one');
      break;
    case 'scenarios':
      show(route.view);
      await loading;
      scenarioFilter.apply(route.filter);
      break;
    case 'requirements':
      show(route.view);
      await loading;
      requirementFilter.apply(route.filter);
      break;
    case 'summary':
    case 'timing':
      show(route.view);
      break;
  }
  if (route.view !== 'scenario' && route.view !== 'requirement') document.title = name;
  if (!isSame && !(route.view === 'scenario' && route.message !== undefined)) scrollTo(0, scrolled.get(here) ?? 0);
  page.dataset.ready = here;
}

/** @param {number | undefined} at @param {string} id @param {number | undefined} message */
async function openScenario(at, id, message) {
  if (at === undefined || data === undefined) {
    one.replaceChildren(element('p', { class: 'note' }, 'This run has no scenario ', visible(id), '.'));
    show('one');
    return;
  }
  if (scenario === undefined) {
    scenario = new ScenarioView(data, at);
    one.replaceChildren(scenario.root);
    document.title = `${visibleText(scenario.title)} – ${name}`;
    show('one');
  }
  await scenario.open(message);
}

/** @param {1 | -1} step */
function turn(step) {
  const shown = scenario?.shown;
  if (scenario !== undefined && shown !== undefined) {
    const next = shown + step;
    if (next >= 0 && next < scenario.length) location.replace(linkToScenario(scenario.scenario.id, next));
    return;
  }
  const link = one.querySelector(step === 1 ? 'a[rel=next]' : 'a[rel=prev]');
  if (link instanceof HTMLAnchorElement && one.classList.contains('current')) location.hash = link.hash;
}

document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'search';
  if (event.key === 'Escape') {
    if (isTyping) /** @type {HTMLElement} */ (event.target).blur();
    else if (scenario?.shown !== undefined) location.hash = linkToScenario(scenario.scenario.id);
    return;
  }
  if (isTyping || event.target instanceof HTMLSelectElement) return;
  if (event.key === '/') {
    event.preventDefault();
    if (document.querySelector('.view.current input[type=search]') === null) location.hash = '#scenarios';
    // The view is there once the fragment has been followed.
    setTimeout(() =>
      /** @type {HTMLElement | null} */ (document.querySelector('.view.current input[type=search]'))?.focus(),
    );
  } else if (event.key === 'j') turn(1);
  else if (event.key === 'k') turn(-1);
});

document.getElementById('theme')?.addEventListener('click', () => {
  const isDark =
    getComputedStyle(page).colorScheme === 'dark' ||
    (page.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
  page.dataset.theme = isDark ? 'light' : 'dark';
  try {
    localStorage.setItem('msrpspec-theme', page.dataset.theme);
  } catch {
    // A page from disk may have no storage.
  }
});

try {
  const theme = localStorage.getItem('msrpspec-theme');
  if (theme === 'light' || theme === 'dark') page.dataset.theme = theme;
} catch {
  // As above.
}

document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('main')?.focus();
});
addEventListener('hashchange', go);
history.scrollRestoration = 'manual';
go();
