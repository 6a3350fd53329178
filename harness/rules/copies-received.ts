import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { Session } from '../conversation/sessions.ts';
import { countBelow } from './ascending.ts';

/** With more than this on its way a session may be congested, and then a switch may drop messages (RFC 7701 §6.4). */
const CROWD_OCTETS = 16 * 1024;

/** What the sessions of the actors have received. */
export class Copies {
  readonly #bySession = new Map<Session, Map<string, ChatMessage[]>>();
  /** Per session, the position of the latest message that nobody sent so. */
  readonly #latestOdd = new Map<Session, number>();
  /** Per session, ascending: where chunks arrived. */
  readonly #arrivals = new Map<Session, number[]>();
  /** Ascending: where messages of any actor began, and how many octets had been sent with them. */
  readonly #starts: number[] = [];
  readonly #octets: number[] = [];

  constructor({ messages, sessions }: Conversation) {
    const sent = new Set<string>();
    let octets = 0;
    for (const message of messages.list) {
      if (message.direction !== 'sent') continue;
      if (message.digest !== undefined) sent.add(message.digest);
      octets += message.octets?.length ?? 0;
      this.#starts.push(message.chunks[0]?.index ?? 0);
      this.#octets.push(octets);
    }
    for (const message of messages.list) {
      const session = sessions.ofMessage(message);
      if (message.direction !== 'received' || session === undefined) continue;
      this.#arrive(session, message);
      if (message.digest === undefined || !sent.has(message.digest)) {
        this.#latestOdd.set(session, Math.max(this.#latestOdd.get(session) ?? 0, message.chunks.at(-1)?.index ?? 0));
      }
    }
    for (const positions of this.#arrivals.values()) positions.sort((a, b) => a - b);
  }

  /** The copies of a sent message, by its octets, that have arrived whole. */
  of(receiver: Session, { digest = '' }: ChatMessage): readonly ChatMessage[] {
    return this.#bySession.get(receiver)?.get(digest) ?? [];
  }

  /** Got, after this position, something that nobody sent so: an altered or unfinished copy may be the one missed. */
  hasOddAfter(receiver: Session, index: number): boolean {
    return (this.#latestOdd.get(receiver) ?? -1) > index;
  }

  /** Whether so much was sent, since anything last arrived here, that the session may count as congested. */
  isCrowded(receiver: Session, index: number): boolean {
    const arrivals = this.#arrivals.get(receiver) ?? [];
    const latest = arrivals[countBelow(arrivals, index) - 1] ?? -1;
    const upTo = (position: number): number => this.#octets[countBelow(this.#starts, position) - 1] ?? 0;
    return upTo(index) - upTo(latest) > CROWD_OCTETS;
  }

  #arrive(session: Session, message: ChatMessage): void {
    const positions = this.#arrivals.get(session) ?? [];
    this.#arrivals.set(session, positions);
    for (const { index } of message.chunks) positions.push(index);
    if (message.digest === undefined) return;
    const known = this.#bySession.get(session) ?? new Map<string, ChatMessage[]>();
    this.#bySession.set(session, known);
    const same = known.get(message.digest);
    if (same === undefined) known.set(message.digest, [message]);
    else same.push(message);
  }
}

const QUIET_MS = 50;
const ROUND_TRIPS_OF_QUIET = 3;

/** A time in which stragglers would show, scaled to how fast this SUT answers. */
export const quietMs = ({ msrp }: Conversation): number =>
  Math.max(QUIET_MS, ROUND_TRIPS_OF_QUIET * msrp.slowestAnswerMs());
