import { OctetWriter } from './octet-writer.ts';

/**
 * Texts in few octets, where lines come again and again with other ids in them, as in a wire log. A line is a pattern
 * (`To-Path: msrp://.../...;tcp`) and the words that fill its gaps; a text is a form, which is a list of patterns. A word
 * is mostly one that stood in the same gap before, so it is written as a small number. What is left, new words, goes into
 * one column for each alphabet. `page/unpack.js` reads it.
 */
export class LineCoder {
  /** The gap of a pattern: no octet is read as this character. */
  static readonly GAP = '\u0100';

  readonly #patterns = new Map<string, number>();
  readonly #forms = new Map<string, number>();
  #newPatterns: string[] = [];
  #newForms: string[] = [];
  #piece = new Piece();

  /** `text`: octets as characters (latin1). `lane`: texts of the same lane resemble each other. */
  add(text: string, lane: number): void {
    const lines = text.split('\n').map((source) => this.#lineOf(source));
    const key = lines.map(({ pattern }) => pattern).join(',');
    let form = this.#forms.get(key);
    if (form === undefined) {
      form = this.#forms.size;
      this.#forms.set(key, form);
      this.#newForms.push(key);
    }
    this.#piece.form.number(form);
    for (const line of lines) if (line.words.length > 0) this.#piece.fill(line, lane);
  }

  /** Ends a piece: what is new of patterns and forms, then its columns. Reading it takes what was new in those before. */
  take(): Buffer[] {
    const fresh = Buffer.from(JSON.stringify({ patterns: this.#newPatterns, forms: this.#newForms }));
    const columns = this.#piece.columns();
    this.#newPatterns = [];
    this.#newForms = [];
    this.#piece = new Piece();
    return [fresh, ...columns];
  }

  #lineOf(source: string): Line {
    const seen = this.#piece.lines.get(source);
    if (seen !== undefined) return seen;
    const words: string[] = [];
    const key = source.replace(/[A-Za-z0-9]+/g, (word) => {
      if (!isVariable(word)) return word;
      words.push(word);
      return LineCoder.GAP;
    });
    let pattern = this.#patterns.get(key);
    if (pattern === undefined) {
      pattern = this.#patterns.size;
      this.#patterns.set(key, pattern);
      this.#newPatterns.push(key);
    }
    const line = { pattern, words, numbers: [] };
    this.#piece.lines.set(source, line);
    return line;
  }
}

/** What can be read together. Words are numbered in it as they come; what came last is known for each pattern. */
class Piece {
  readonly lines = new Map<string, Line>();
  readonly form = new OctetWriter();
  readonly #fill = new OctetWriter();
  readonly #words = new Map<string, number>();
  readonly #fresh: [string[], string[], string[]] = [[], [], []];
  readonly #last = new Map<number, Line>();
  readonly #lastOnLane = new Map<number, Line>();

  columns(): Buffer[] {
    const [digits, hex, others] = this.#fresh.map((words) => Buffer.from(words.join('\n'), 'latin1'));
    return [this.form.take(), this.#fill.take(), digits, hex, others].filter((column) => column !== undefined);
  }

  /** 0: the line that this pattern had last on this lane; 1: on any lane; 2: word by word. */
  fill(line: Line, lane: number): void {
    const place = lane * 0x100000 + line.pattern;
    const here = this.#lastOnLane.get(place);
    const anywhere = this.#last.get(line.pattern);
    if (line === here) this.#fill.number(0);
    else if (line === anywhere) this.#fill.number(1);
    else {
      this.#fill.number(2);
      for (const [gap, word] of line.words.entries())
        line.numbers[gap] = this.#word(word, here?.numbers[gap], anywhere?.numbers[gap]);
    }
    this.#lastOnLane.set(place, line);
    this.#last.set(line.pattern, line);
  }

  /** 0: as last here; 1: as last anywhere; 2 to 4: new, in which column; from 5: how many words ago it was new. */
  #word(word: string, here: number | undefined, anywhere: number | undefined): number {
    const known = this.#words.get(word);
    if (known === undefined) {
      const number = this.#words.size;
      const column = alphabetOf(word);
      this.#words.set(word, number);
      this.#fresh[column].push(word);
      this.#fill.number(2 + column);
      return number;
    }
    if (known === here) this.#fill.number(0);
    else if (known === anywhere) this.#fill.number(1);
    else this.#fill.number(4 + this.#words.size - known);
    return known;
  }
}

interface Line {
  readonly pattern: number;
  readonly words: readonly string[];
  /** Of the words, once the line has been written. */
  readonly numbers: number[];
}

/** Ids have digits in them or capitals inside; the words of a protocol do not. */
const isVariable = (word: string): boolean => /[0-9]|[a-z][A-Z]/.test(word);

function alphabetOf(word: string): 0 | 1 | 2 {
  if (/^[0-9]+$/.test(word)) return 0;
  return /^[0-9a-f]+$/.test(word) ? 1 : 2;
}
