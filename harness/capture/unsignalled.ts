import { headerOf, type MsrpMessage } from '../codec/msrp/message.ts';
import { type End, type Flow, opposite } from '../packets/flow.ts';

/** What the messages of an MSRP flow show of its ends, whatever has been signalled. */
export class FlowSigns {
  /** Who has asked for a nickname: no switch does (RFC 7701 §7). */
  nicknameFrom: End | undefined;
  readonly #looked: Record<End, number> = { opener: 0, other: 0 };
  readonly #to: Record<End, Set<string>> = { opener: new Set(), other: new Set() };
  readonly #from: Record<End, Set<string>> = { opener: new Set(), other: new Set() };

  note(message: MsrpMessage, from: End): void {
    if (message.kind !== 'request') return;
    if (message.method === 'NICKNAME') this.nicknameFrom ??= from;
    if (message.body === undefined || this.#looked[from] >= LOOKED_AT) return;
    if (!/^message\/cpim\b/i.test(headerOf(message, 'Content-Type') ?? '')) return;
    this.#looked[from] += 1;
    const head = message.body.toString('utf8', 0, HEAD).split(/\r\n\r\n/, 1)[0] ?? '';
    for (const [, name = '', uri = ''] of head.matchAll(/^(From|To):[^<\r\n]*<([^>\r\n]+)>/gim))
      (name.toLowerCase() === 'to' ? this.#to : this.#from)[from].add(uri);
  }

  /**
   * The end that passes on what several people wrote to the very URI to which the other end writes as one person
   * (RFC 7701 §6.1): a switch, and that URI is its room.
   */
  get switchByWrappers(): End | undefined {
    return (['opener', 'other'] as const).find((end) => {
      const client = opposite(end);
      const isShared = [...this.#to[client]].some((uri) => this.#to[end].has(uri));
      return isShared && this.#from[end].size > 1 && this.#from[client].size === 1;
    });
  }

  writers(end: End): ReadonlySet<string> {
    return this.#from[end];
  }

  /** As whom an end writes, where it does so as one person. */
  writerAt(end: End): string | undefined {
    const [uri, ...others] = this.#from[end];
    return others.length === 0 ? uri : undefined;
  }
}

/** Messages of one end of which the wrapper is looked at, and so many octets of each. */
const LOOKED_AT = 64;
const HEAD = 1024;

/** An MSRP flow without signalling, and what tells who is who on it. */
export interface Unsignalled {
  readonly flow: Flow;
  readonly signs: FlowSigns;
}

/** How a place shows that the switch is there. */
export type SwitchSign = 'named by --focus' | 'NICKNAME' | 'copies to one URI' | 'passes on what others write';

/** The places (`host:port`) where a switch is, among the ends of these flows. */
export function switchPlaces(
  flows: readonly Unsignalled[],
  placeOf: (flow: Flow, end: End) => string,
  focus: string | undefined,
): ReadonlyMap<string, SwitchSign> {
  const found = new Map<string, SwitchSign>();
  const tell = (place: string, sign: SwitchSign): void => {
    if (!found.has(place)) found.set(place, sign);
  };
  if (focus !== undefined) found.set(focus, 'named by --focus');
  const atPlace = new Map<string, Writers>();
  for (const { flow, signs } of flows) {
    if (signs.nicknameFrom !== undefined) tell(placeOf(flow, opposite(signs.nicknameFrom)), 'NICKNAME');
    const end = signs.switchByWrappers;
    if (end !== undefined) tell(placeOf(flow, end), 'copies to one URI');
    for (const one of ['opener', 'other'] as const) {
      const place = placeOf(flow, one);
      const writers = atPlace.get(place) ?? { here: new Set<string>(), there: new Set<string>() };
      atPlace.set(place, writers);
      for (const uri of signs.writers(one)) writers.here.add(uri);
      for (const uri of signs.writers(opposite(one))) writers.there.add(uri);
    }
  }
  // A client with several sessions hears of itself, but writes as one person.
  for (const [place, { here, there }] of atPlace)
    if (here.size > 1 && there.size > 1 && [...here].some((uri) => there.has(uri)))
      tell(place, 'passes on what others write');
  return found;
}

/** As whom is written at a place, and to it, on all of its flows. */
interface Writers {
  readonly here: Set<string>;
  readonly there: Set<string>;
}
