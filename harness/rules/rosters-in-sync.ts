import { applyConference, type Roster } from '../codec/conference/apply.ts';
import { header } from '../codec/sip/headers.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { roomKey } from '../conversation/envelope.ts';
import type { WireEntry } from '../wire/entry.ts';
import { countBelow } from './ascending.ts';
import { isConference, seriesIn } from './document-series.ts';

/** So long after its last document a subscription is taken to be alive, though nothing came of it later. */
const FRESH_MS = 60_000;

/** What a document showed, together with those before it. */
export interface RosterShown {
  readonly entry: WireEntry;
  readonly entities: ReadonlySet<string>;
}

interface Followed {
  readonly room: string;
  /** Positions of the documents, ascending. */
  readonly positions: readonly number[];
  readonly shown: readonly RosterShown[];
  /** From where on it is not followed any more. */
  readonly until: number;
}

/** The rosters as subscribers saw them that were told everything from the beginning. */
export class RostersInSync {
  readonly #followed: Followed[] = [];

  constructor(conversation: Conversation) {
    const rooms = new Map<string, string>();
    for (const { actor, callId, subscribed } of seriesIn(conversation)) {
      const [first] = subscribed;
      if (first?.initial === true) rooms.set(`${actor} ${callId}`, roomKey(first.room));
    }
    const ends = endsOfSubscriptions(conversation);
    for (const { actor, callId, documents } of conversation.rosters.subscriptions) {
      const room = rooms.get(`${actor} ${callId}`);
      if (room !== undefined) this.#follow(room, documents, ends.get(`${actor} ${callId}`) ?? Infinity);
    }
  }

  /** What a roster of this room showed at a position; undefined where none was complete and up to date. */
  at(room: string, index: number, time: number): RosterShown | undefined {
    for (const one of this.#followed) {
      const last = countBelow(one.positions, index) - 1;
      if (one.room !== roomKey(room) || last < 0 || one.until < index) continue;
      const shown = one.shown[last];
      const isFresh = time - (shown?.entry.time ?? 0) <= FRESH_MS || last < one.positions.length - 1;
      if (isFresh) return shown;
    }
    return undefined;
  }

  #follow(room: string, documents: Conversation['rosters']['subscriptions'][number]['documents'], end: number): void {
    const positions: number[] = [];
    const shown: RosterShown[] = [];
    let [roster, amended]: (Roster | undefined)[] = [];
    let until = end;
    for (const { entry, document, outcome } of documents) {
      if (outcome === 'ignored') continue;
      [roster] = applyConference(roster, document, 'replace');
      [amended] = applyConference(amended, document, 'amend');
      const entities = new Set([...(roster?.users.keys() ?? []), ...(amended?.users.keys() ?? [])]);
      // Somebody who is counted and not shown may have any name (RFC 4575 §5.5.1).
      const isComplete = (roster?.userCount ?? 0) <= entities.size;
      if (outcome !== 'applied' || !isComplete) {
        until = Math.min(until, entry.index);
        break;
      }
      positions.push(entry.index);
      shown.push({ entry, entities });
    }
    if (positions.length > 0) this.#followed.push({ room, positions, shown, until });
  }
}

/** Where subscriptions ended: by a NOTIFY, or because no more was asked for. */
function endsOfSubscriptions({ sip }: Conversation): Map<string, number> {
  const ends = new Map<string, number>();
  for (const { actor, direction, message, request } of sip.list) {
    if (!isConference(message)) continue;
    const isOver =
      direction === 'received'
        ? message.method === 'NOTIFY' && /^\s*terminated\b/i.test(header(message, 'Subscription-State') ?? '')
        : message.method === 'SUBSCRIBE' && header(message, 'Expires')?.trim() === '0';
    const key = `${actor} ${header(message, 'Call-ID') ?? ''}`;
    if (isOver && !ends.has(key)) ends.set(key, request.index);
  }
  return ends;
}
