import { readFileSync } from 'node:fs';

/** In the order in which they stand on the page: each uses those before it. */
const MODULES = [
  'unpack.js',
  'data.js',
  'elements.js',
  'octets.js',
  'route.js',
  'filter.js',
  'ladder.js',
  'message.js',
  'facts.js',
  'scenario.js',
  'requirement.js',
  'main.js',
];

const read = (name: string): string => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');

/** The look of all reports. */
export const pageStyle = (): string => read('style.css');

/** All modules of the page as one: what they import from each other stands above them. */
export const pageScript = (): string =>
  MODULES.map((name) =>
    read(name)
      .replace(/^import [^;]*;\n/gm, '')
      .replace(/^export /gm, '')
      .replace(/^ *\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/gm, '')
      .replaceAll('</', '<\\/'),
  ).join('\n');
