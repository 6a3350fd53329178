import { shown, shownLines } from './markup.ts';

/** Text as Markdown shows it: whatever Markdown or HTML could take for its own is written as a number. */
export const plain = (text: string, max = 1000): string =>
  shown(text, max).replace(
    /[^\p{L}\p{M}\p{N} .,:;?'"/=+%()“”‘’„–—…→←§-]|^[-+]|(?<=^\d+)[.)](?= )|:(?=\/\/)|(?<=\bwww)\./giu,
    numeric,
  );

/**
 * What a SUT or a profile has written: in `<code>`, in which GitHub and GitLab look for no mention, reference or address.
 */
export const code = (text: string, max = 1000): string => `<code>${plain(text, max) || ' '}</code>`;

/** Lines that are shown as they are. */
export function fenced(text: string, max = 8000, language = ''): string {
  const lines = shownLines(text, max);
  const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${lines}\n${fence}`;
}

const numeric = (character: string): string => `&#${character.codePointAt(0)};`;

/** As many of the blocks as fit into `room` characters, then how many do not. */
export function fitting(blocks: readonly string[], room: number, more: (count: number) => string): string[] {
  const taken: string[] = [];
  let left = room - 100;
  for (const block of blocks) {
    left -= block.length + 2;
    if (left < 0) return [...taken, more(blocks.length - taken.length)];
    taken.push(block);
  }
  return taken;
}
