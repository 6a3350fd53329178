import { visibleText } from './elements.js';

/**
 * Lists that hide what is not asked for. What is asked for stands in the fragment, so a filtered list is a link.
 *
 * @typedef {object} Item
 * @property {HTMLElement} element
 * @property {string} verdict
 * @property {string} area
 * @property {string} text Searched in, small letters
 *
 * @typedef {object} Filtered
 * @property {(filter: URLSearchParams) => void} apply
 */

/**
 * @param {'scenarios' | 'requirements'} view
 * @param {HTMLFormElement} form
 * @param {() => Item[]} itemsOf
 * @param {string} groups Selector of what is hidden when nothing in it is shown
 * @param {HTMLElement | null} found
 * @returns {Filtered}
 */
export function filtered(view, form, itemsOf, groups, found) {
  /** @type {Item[] | undefined} */
  let items;
  const asked = () => {
    const filter = new URLSearchParams();
    const data = new FormData(form);
    for (const name of ['q', 'area']) if (data.get(name)) filter.set(name, String(data.get(name)));
    const verdicts = data.getAll('verdict');
    if (verdicts.length > 0) filter.set('verdict', verdicts.join(','));
    return filter;
  };
  const show = () => {
    items ??= itemsOf();
    const filter = asked();
    const words = (filter.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = filter.get('verdict')?.split(',');
    const area = filter.get('area');
    let shown = 0;
    for (const item of items) {
      const is =
        (verdicts === undefined || verdicts.includes(item.verdict)) &&
        (area === null || item.area === area) &&
        words.every((word) => item.text.includes(word));
      item.element.hidden = !is;
      if (is) shown += 1;
    }
    for (const group of document.querySelectorAll(groups))
      if (group instanceof HTMLElement) group.hidden = group.querySelector('[data-item]:not([hidden])') === null;
    if (found !== null)
      found.textContent =
        shown === items.length ? '' : shown === 0 ? 'Nothing is like that.' : `${shown} of ${items.length}`;
  };
  form.addEventListener('input', () => {
    const text = asked().toString();
    history.replaceState(null, '', `#${view}${text === '' ? '' : `?${text}`}`);
    show();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  return {
    apply(filter) {
      const verdicts = filter.get('verdict')?.split(',') ?? [];
      for (const field of form.elements) {
        if (field instanceof HTMLInputElement && field.type === 'checkbox')
          field.checked = verdicts.includes(field.value);
        else if (field instanceof HTMLInputElement) field.value = visibleText(filter.get('q') ?? '');
        else if (field instanceof HTMLSelectElement) field.value = filter.get('area') ?? '';
      }
      show();
    },
  };
}
