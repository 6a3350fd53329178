/**
 * Where the page is, as its fragment says: `#s/ID` a scenario, `#s/ID@12` a message of it, `#r/ID` a requirement,
 * otherwise one of the views, with `?` and what is filtered by.
 *
 * @typedef {{ view: 'summary' | 'scenarios' | 'requirements' | 'timing', filter: URLSearchParams }
 *   | { view: 'scenario', id: string, message: number | undefined }
 *   | { view: 'requirement', id: string }} Route
 */

/** @param {string} fragment @returns {Route} */
export function routeOf(fragment) {
  const text = fragment.replace(/^#/, '');
  if (text.startsWith('s/')) {
    const [, id = '', message] = /^s\/(.*?)(?:@(\d+))?$/.exec(text) ?? [];
    return { view: 'scenario', id: decoded(id), message: message === undefined ? undefined : Number(message) };
  }
  if (text.startsWith('r/')) return { view: 'requirement', id: decoded(text.slice(2)) };
  const [name, query = ''] = text.split('?');
  const filter = new URLSearchParams(query);
  if (name === 'scenarios' || name === 'requirements' || name === 'timing') return { view: name, filter };
  return { view: 'summary', filter };
}

/** @param {string} text */
export function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string} id */
const encoded = (id) => encodeURIComponent(id.replace(/\p{Cs}/gu, '\ufffd')).replaceAll('%2F', '/');

/** @param {string} id @param {number} [message] */
export const linkToScenario = (id, message) => `#s/${encoded(id)}${message === undefined ? '' : `@${message}`}`;

/** @param {string} id */
export const linkToRequirement = (id) => `#r/${encoded(id)}`;
