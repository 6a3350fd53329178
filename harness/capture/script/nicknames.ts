import { compareKey } from '../../codec/nickname/nickname.ts';
import type { Renewal } from './renewal.ts';

/** A request for a nickname as it was captured. */
export interface Claim {
  readonly text: string;
  readonly status: number | undefined;
}

/**
 * How a script writes the nicknames of a capture. A plain one that was granted, and was refused to nobody but as taken, is
 * fresh in each run, so that it collides with nothing but itself; others stay as they are, for it may be the text that
 * matters.
 */
export class Nicknames {
  readonly #renewal: Renewal;
  readonly #written = new Map<string, string>();
  readonly #held = new Set<string>();
  readonly lets: Record<string, string> = {};

  constructor(claims: readonly Claim[], renewal: Renewal) {
    this.#renewal = renewal;
    const groups = new Map<string, Claim[]>();
    for (const claim of claims) {
      if (claim.text === '') continue;
      if (claim.status === 200) this.#held.add(keyOf(claim.text));
      const group = groups.get(keyOf(claim.text));
      if (group === undefined) groups.set(keyOf(claim.text), [claim]);
      else group.push(claim);
    }
    for (const group of groups.values()) {
      const texts = [...new Set(group.map(({ text }) => text))];
      const [text] = texts;
      if (text === undefined || texts.length > 1 || !isRenewable(text, group)) continue;
      const name = this.#nameFor(text);
      this.lets[name] = GENERATED.test(text) ? '{nickname}' : `${text}-{nickname}`;
      this.#written.set(text, `{${name}}`);
    }
  }

  /** What stands for a nickname in the script. */
  write(text: string): string {
    return this.#written.get(text) ?? this.#renewal.write(text);
  }

  /** Whether anybody was granted it, in whatever spelling. */
  isHeld(text: string): boolean {
    return this.#held.has(keyOf(text));
  }

  #nameFor(text: string): string {
    const slug = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const base = GENERATED.test(text) ? 'name' : `name-${slug}`;
    let name = GENERATED.test(text) ? 'name-1' : base;
    for (let n = 2; name in this.lets; n += 1) name = `${base}-${n}`;
    return name;
  }
}

/** Nicknames that are equal have the same key; one that no server has to take is its own. */
function keyOf(text: string): string {
  const key = compareKey(text);
  return key.ok ? key.value : `\0${text}`;
}

/** As `{nickname}` gives them. */
const GENERATED = /^Nick-[A-Za-z0-9]{6,}$/;

/** RFC 7701 §11.3. */
export const TAKEN = 425;

/** Nothing in it that a server could object to, and no server did. */
function isRenewable(text: string, claims: readonly Claim[]): boolean {
  const plain = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(text);
  return (
    plain &&
    claims.some(({ status }) => status === 200) &&
    claims.every(({ status }) => status === undefined || status === 200 || status === TAKEN)
  );
}
