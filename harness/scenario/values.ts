import type { Random } from '../net/random.ts';
import { token } from '../net/random.ts';
import { fillIn } from './text.ts';

/** The values behind `{name}` in one performance of a scenario. */
export class Values {
  readonly #random: Random;
  readonly #fixed = new Map<string, string>();

  constructor(random: Random, fixed: Iterable<readonly [string, string]>, lets: Readonly<Record<string, string>>) {
    this.#random = random;
    for (const [name, value] of fixed) this.#fixed.set(name, value);
    for (const [name, text] of Object.entries(lets)) this.#fixed.set(name, this.fill(text));
  }

  /** `{nickname}` and `{canary}` are new at every use; what `let` names stays the same. */
  fill(text: string, further: Readonly<Record<string, string>> = {}): string {
    const filled = fillIn(text, (name) => {
      if (name in further) return further[name];
      if (name === 'nickname') return `Nick-${token(this.#random, 10)}`;
      if (name === 'canary') return this.canary();
      return this.#fixed.get(name);
    });
    // The loader has refused scenarios with unknown names.
    if (!filled.ok) throw new Error(filled.error);
    return filled.value;
  }

  /** A token that occurs in one message of one run and nowhere else. */
  canary(): string {
    return `canary-${token(this.#random, 16)}`;
  }
}
