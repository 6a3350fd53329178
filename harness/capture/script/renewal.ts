/** What the language renews by itself: captured texts, and the names in braces that stand for them. */
export class Renewal {
  readonly #known = new Map<string, string>();
  #pattern: RegExp | undefined;
  /** Whether a brace had to be written as a value. */
  #braces = false;
  readonly #fresh = new Map<string, string>();

  /** `text` is to be written as `{name}`. What is known already stays. */
  know(text: string, name: string): void {
    if (text.length < 4 || this.#known.has(text)) return;
    this.#known.set(text, name);
    this.#pattern = undefined;
  }

  /** A captured text as the script writes it. `further`: what is known here alone; it goes first. */
  write(text: string, further: ReadonlyMap<string, string> = NOTHING): string {
    const pattern = further.size === 0 ? this.#common() : patternOf([...further.keys(), ...this.#known.keys()]);
    return text.replace(pattern, (found) => {
      const name = further.get(found) ?? this.#known.get(found);
      if (name !== undefined) return `{${name}}`;
      this.#braces = true;
      return `{${BRACE}}${found.slice(1)}`;
    });
  }

  /** The name of a value that is made up once in each run, in place of this text: `kind` and a number. */
  fresh(text: string, kind: string): string {
    const name = this.#fresh.get(text) ?? `${kind}-${this.#fresh.size + 1}`;
    this.#fresh.set(text, name);
    return name;
  }

  /** Values for `let` that the texts need. */
  get lets(): Readonly<Record<string, string>> {
    const fresh = [...this.#fresh.values()].map((name): [string, string] => [name, '{canary}']);
    return { ...Object.fromEntries(fresh), ...(this.#braces ? { [BRACE]: '{' } : {}) };
  }

  #common(): RegExp {
    this.#pattern ??= patternOf([...this.#known.keys()]);
    return this.#pattern;
  }
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Stands for a brace that would otherwise begin the name of a value. */
const BRACE = 'open-brace';

/** The longest texts first, for one may begin with another. */
function patternOf(texts: readonly string[]): RegExp {
  const escaped = texts
    .toSorted((a, b) => b.length - a.length)
    .map((text) => `${quoted(text)}${/[A-Za-z0-9]$/.test(text) ? '(?![A-Za-z0-9])' : ''}`);
  return new RegExp([...escaped, '\\{[a-z][a-z0-9-]*\\}'].join('|'), 'g');
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
