import { parseSipUri } from '../../codec/sip/uri.ts';
import { placeOf } from '../../conversation/envelope.ts';
import { formatAddress } from '../../net/net-error.ts';
import { type NamedFlow, ROOM_ACTOR } from '../named-flow.ts';
import type { Participant } from '../parties.ts';
import { addressAt, type FlowSeen } from './flow-seen.ts';

/** The participants of all rooms, each once. */
export class Participants {
  readonly #byKey = new Map<string, Participant>();

  /** Whom signalling shows: `who` is its address of record, or what stands for one, at a place. */
  at(who: string, place: string, identity: string | undefined): Participant {
    return this.#known(`${placeOf(who)} at ${place}`, nameOf(who), place, identity);
  }

  /** Whom a recording names. Its conversations have actors of the same names, who are others. */
  actor({ flow, part }: FlowSeen, { actor, actorEnd }: NamedFlow, identity: string | undefined): Participant {
    return this.#known(`${actor} of part ${part}`, actor, formatAddress(addressAt(flow, actorEnd)), identity);
  }

  all(): Iterable<Participant> {
    return this.#byKey.values();
  }

  #known(key: string, name: string, place: string, identity: string | undefined): Participant {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const participant: Participant = { key, name, identity, place, gathering: '' };
    this.#byKey.set(key, participant);
    return participant;
  }
}

/** The user part, as far as it makes a name. */
function nameOf(uri: string): string {
  const parsed = parseSipUri(uri);
  const name = (parsed.ok ? (parsed.value.user ?? parsed.value.host) : uri).replace(/[^\p{L}\p{N}_.+-]/gu, '');
  return name === '' || name === ROOM_ACTOR ? 'participant' : name.slice(0, 40);
}

/** Gives those a number who have the name of one before them. */
export function nameApart(participants: readonly Participant[]): void {
  const taken = new Set<string>();
  for (const one of participants) {
    const base = one.name;
    for (let count = 2; taken.has(one.name); count += 1) one.name = `${base}(${count})`;
    taken.add(one.name);
  }
}
