/** Names that belong together, put together pair by pair. */
export class DisjointSets {
  readonly #parent = new Map<string, string>();

  /** The name that stands for all that this one belongs to. */
  find(name: string): string {
    let root = name;
    for (let next = this.#parent.get(root); next !== undefined && next !== root; next = this.#parent.get(root))
      root = next;
    let at = name;
    while (at !== root) {
      const next = this.#parent.get(at) ?? root;
      this.#parent.set(at, root);
      at = next;
    }
    return root;
  }

  join(one: string, other: string): void {
    const [a, b] = [this.find(one), this.find(other)];
    if (a !== b) this.#parent.set(b, a);
  }
}
