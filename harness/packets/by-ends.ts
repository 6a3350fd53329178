/** Two addresses with their ports, in the order of one direction. */
export interface Ends {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

type ByPorts<V> = Map<number, V>;

/** A value for each pair of ends. In steps, as to make one key of all four would take longer than all the rest of a packet. */
export class ByEnds<V> {
  readonly #bySource = new Map<string, Map<string, ByPorts<V>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get({ source, destination }: Pick<Ends, 'source' | 'destination'>, sourcePort: number, port: number): V | undefined {
    return this.#bySource
      .get(source)
      ?.get(destination)
      ?.get((sourcePort << 16) | port);
  }

  set({ source, sourcePort, destination, destinationPort }: Ends, value: V): void {
    const byDestination = this.#bySource.get(source) ?? new Map<string, ByPorts<V>>();
    const byPorts = byDestination.get(destination) ?? new Map<number, V>();
    this.#bySource.set(source, byDestination);
    byDestination.set(destination, byPorts);
    const before = byPorts.size;
    byPorts.set((sourcePort << 16) | destinationPort, value);
    this.#size += byPorts.size - before;
  }

  delete({ source, sourcePort, destination, destinationPort }: Ends): void {
    const byDestination = this.#bySource.get(source);
    const byPorts = byDestination?.get(destination);
    if (byDestination === undefined || byPorts === undefined) return;
    if (byPorts.delete((sourcePort << 16) | destinationPort)) this.#size -= 1;
    if (byPorts.size === 0) byDestination.delete(destination);
    if (byDestination.size === 0) this.#bySource.delete(source);
  }

  clear(): void {
    this.#bySource.clear();
    this.#size = 0;
  }

  *values(): Generator<V> {
    for (const byDestination of this.#bySource.values()) {
      for (const byPorts of byDestination.values()) yield* byPorts.values();
    }
  }
}
