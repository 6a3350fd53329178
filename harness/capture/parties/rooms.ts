import { placeOf } from '../../conversation/envelope.ts';
import type { Call, Side } from '../call.ts';
import { DisjointSets } from '../disjoint-sets.ts';
import type { FocusEvidence, Sign } from './focus-evidence.ts';

/**
 * The rooms that calls have shown, each under all of its names: what clients call, and the Contact of a focus that calls
 * (RFC 4579 §5.2). A room is told by the name that stands for all of them, once all calls have been noted.
 */
export class Rooms {
  readonly #names = new DisjointSets();
  /** By the name that a call has given. */
  readonly #signs = new Map<string, Set<Sign>>();
  readonly #known = new Set<string>();
  readonly #byContact = new Map<string, Set<string>>();

  /** Takes into account a call one side of which has shown itself as the focus. */
  note(call: Call, { side, sign }: FocusEvidence): void {
    if (!call.begun) return;
    const places = placesOf(call, side);
    const [first] = places;
    if (first === undefined) return;
    for (const place of places) this.#names.join(first, place);
    this.#known.add(this.#names.find(first));
    const known = this.#signs.get(first) ?? new Set<Sign>();
    this.#signs.set(first, known.add(sign));
    for (const contact of call.of(side).contacts) {
      const place = placeOf(contact);
      this.#byContact.set(place, (this.#byContact.get(place) ?? new Set()).add(first));
    }
  }

  /** The room that one side of a call is, by what it is called, or by the Contact that one focus alone has given. */
  at(call: Call, side: Side): string | undefined {
    const places = [...placesOf(call, side), ...[...call.of(side).uris].map(placeOf)];
    const known = places.map((place) => this.#names.find(place)).find((place) => this.#known.has(place));
    if (known !== undefined) return known;
    for (const place of places) {
      const rooms = new Set([...(this.#byContact.get(place) ?? [])].map((one) => this.#names.find(one)));
      const [only] = rooms;
      if (rooms.size === 1) return only;
    }
    return undefined;
  }

  /** How each room has shown that it is one. */
  signs(): ReadonlyMap<string, ReadonlySet<Sign>> {
    const signsOf = new Map<string, Set<Sign>>();
    for (const [place, signs] of this.#signs) {
      const room = this.#names.find(place);
      const known = signsOf.get(room) ?? new Set<Sign>();
      signsOf.set(room, known);
      for (const sign of signs) known.add(sign);
    }
    return signsOf;
  }
}

/** What the focus side of a call is called: the Request-URI, or the Contact of a focus that calls. */
function placesOf(call: Call, side: Side): string[] {
  if (side === 'called') return call.begun ? [placeOf(call.target)] : [];
  return [...call.caller.uris, ...call.caller.contacts].map(placeOf);
}
