import type { CaptureEvent } from '../packets/packet.ts';
import { readStatement, type Statement } from '../packets/statement.ts';
import { introducedActor } from './named-flow.ts';

/** Counts what a capture holds, and tells whether it is all that each of its sections says that it has. */
export class Census {
  #agrees = true;
  #stated: Statement | undefined;
  #packets = 0;
  #connections = 0;
  readonly #actors = new Set<string>();

  take(event: CaptureEvent): void {
    switch (event.type) {
      case 'section':
        this.#endSection();
        this.#stated = readStatement(event.comments);
        return;
      case 'packet':
        this.#packets += 1;
        if (event.packet.octets.length < event.packet.length) this.#agrees = false;
        for (const comment of event.packet.comments) this.#introduced(comment);
        return;
      case 'damage':
        this.#agrees = false;
        return;
      case 'name':
        return;
    }
  }

  /** Once the file is over: it has all that was recorded. A file that does not state what it holds may lack anything. */
  isWhole(): boolean {
    this.#endSection();
    return this.#agrees && this.#stated !== undefined;
  }

  #introduced(comment: string): void {
    const actor = introducedActor(comment);
    if (actor === undefined) return;
    this.#connections += 1;
    if (this.#actors.size < AS_MANY_ACTORS) this.#actors.add(actor);
  }

  #endSection(): void {
    const { packets, connections, actors } = this.#stated ?? NOTHING_STATED;
    this.#agrees &&= packets === this.#packets && connections === this.#connections && actors === this.#actors.size;
    [this.#packets, this.#connections] = [0, 0];
    this.#actors.clear();
  }
}

/** Of what stands before a section, or in one that says nothing. */
const NOTHING_STATED: Statement = { packets: 0, connections: 0, actors: 0 };

/** No recording has more. */
const AS_MANY_ACTORS = 100_000;
