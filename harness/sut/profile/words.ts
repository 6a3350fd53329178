import { err, ok, type Result } from '../../result.ts';

/** Blanks, or a piece of a word: quoted in one way or the other, behind a backslash, or plain. */
const PIECE = /(\s+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;

/** The words of a command line as a shell reads them: quotes and backslashes, and nothing else that a shell does. */
export function splitWords(text: string): Result<readonly string[], string> {
  const words: string[] = [];
  let word: string | undefined;
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < text.length) {
    const at = PIECE.lastIndex;
    const piece = PIECE.exec(text);
    if (piece === null) return err(`${text[at] === '\\' ? 'nothing follows' : 'nothing closes'} the ${text[at]} in it`);
    const [, blank, single, double, escaped, plain] = piece;
    if (blank === undefined) {
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '');
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return ok(word === undefined ? words : [...words, word]);
}
