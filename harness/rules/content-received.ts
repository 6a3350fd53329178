import { createHash } from 'node:crypto';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { relationToRoom, urisIn } from '../conversation/envelope.ts';
import type { Session } from '../conversation/sessions.ts';
import type { WireEntry } from '../wire/entry.ts';
import { countBelow } from './ascending.ts';
import { type Copies, quietMs } from './copies-received.ts';

/** Delivery to a session that is not congested is a matter of milliseconds; what comes so much later was made later. */
const DELIVERY_MS = 1000;
/** Where nothing came later to show that the session was served. */
const IDLE_DELIVERY_MS = 10_000;
/** Where more than this came in between nothing is said. */
const AS_MANY_BETWEEN = 64;

interface Arrival {
  readonly message: ChatMessage;
  readonly first: WireEntry;
  /** Equal to something that was sent, said by the room itself, or neither of these. */
  readonly kind: 'copy' | 'notice' | 'odd';
}

/** What came to one session. */
interface Inbox {
  readonly arrivals: Arrival[];
  /** Where the arrivals begin, ascending. */
  readonly starts: number[];
  /** By content, where it ended last. */
  readonly latest: Map<string, number>;
  /** Where something ended last that may be anything, such as a copy of which only part was seen. */
  latestOdd: number;
}

/** What the sessions of the actors have received, by what was said: a copy may have been put into another wrapper. */
export class ContentReceived {
  readonly #copies: Copies;
  readonly #quietMs: number;
  readonly #endOfLog: number;
  /** By content: where messages with it began, and the session that sent them. */
  readonly #sent = new Map<string, { readonly own: string; readonly index: number }[]>();
  readonly #inboxes = new Map<Session, Inbox>();
  /** By content, where it ended last, whoever got it. */
  readonly #latestAnywhere = new Map<string, number>();

  constructor(conversation: Conversation, copies: Copies) {
    const { messages, sessions, log } = conversation;
    this.#copies = copies;
    this.#quietMs = quietMs(conversation);
    this.#endOfLog = log.entries.at(-1)?.time ?? 0;
    for (const message of messages.list) {
      const [first] = message.chunks;
      if (message.direction !== 'sent' || message.digest === undefined || first === undefined) continue;
      append(this.#sent, contentKey(message), { own: message.session, index: first.index });
    }
    for (const message of messages.list) {
      if (message.direction !== 'received') continue;
      const end = message.chunks.at(-1)?.index ?? 0;
      if (message.digest !== undefined) this.#latestAnywhere.set(contentKey(message), end);
      const session = sessions.ofMessage(message);
      if (session !== undefined) this.#arrive(session, message, end);
    }
  }

  /** Whether the same was also said in another message, so that neither its coming nor its absence tells anything. */
  isSaidTwice(message: ChatMessage): boolean {
    return (this.#sent.get(contentKey(message))?.length ?? 0) > 1;
  }

  /** Whether anybody received what was said, in any wrapper, after it was sent. */
  hasReachedAnybody(message: ChatMessage): boolean {
    return (this.#latestAnywhere.get(contentKey(message)) ?? -1) > (message.chunks[0]?.index ?? Infinity);
  }

  /**
   * What shows that an accepted message has not come to a session, and that it would have if it had been sent there; undefined:
   * nothing can be said. `accepted` is the last 200.
   */
  lacks(message: ChatMessage, accepted: WireEntry, receiver: Session): WireEntry | undefined {
    const [sent] = message.chunks;
    const { stay, bound, lost } = receiver;
    if (sent === undefined || bound === undefined || bound.index > sent.index) return undefined;
    // A change of the session may cost a message (RFC 4975 §8.4).
    if (stay.changes.length > 0 || this.isSaidTwice(message) || contentOf(message).length === 0) return undefined;
    const inbox = this.#inboxOf(receiver);
    if (inbox.latestOdd > sent.index || (inbox.latest.get(contentKey(message)) ?? -1) > sent.index) return undefined;
    if (this.#copies.isCrowded(receiver, sent.index)) return undefined;
    const end = lost !== undefined && lost.index < (stay.ending?.index ?? Infinity) ? lost : stay.ending;
    if ((end?.index ?? Infinity) < accepted.index) return undefined;
    const { arrivals, starts } = inbox;
    let shown: WireEntry | undefined;
    const since = countBelow(starts, sent.index);
    for (const [i, arrival] of arrivals.slice(since, since + AS_MANY_BETWEEN + 1).entries()) {
      if (arrival.first.index > (end?.index ?? Infinity)) break;
      if (i === AS_MANY_BETWEEN || quotes(arrival, message)) return undefined;
      if (!this.#isMadeLater(arrival, message, accepted)) continue;
      shown = arrival.first;
      break;
    }
    const endTime = end?.time ?? this.#endOfLog;
    if (shown !== undefined) return endTime - shown.time >= this.#quietMs ? shown : undefined;
    return end !== undefined && end === stay.ending && endTime - accepted.time >= IDLE_DELIVERY_MS ? end : undefined;
  }

  /** Whether the sender has gone so soon that a failure report had no time to come (RFC 4975 §7.1.4). */
  canStillBeRefused({ stay, lost }: Session, accepted: WireEntry): boolean {
    const end = Math.min(stay.ending?.time ?? this.#endOfLog, lost?.time ?? this.#endOfLog);
    return end - accepted.time < DELIVERY_MS;
  }

  #isMadeLater({ message, first, kind }: Arrival, missed: ChatMessage, accepted: WireEntry): boolean {
    if (first.time - accepted.time >= DELIVERY_MS) return true;
    const origins = kind === 'copy' ? (this.#sent.get(contentKey(message)) ?? []) : [];
    return origins.length > 0 && origins.every(({ own, index }) => own === missed.session && index > accepted.index);
  }

  #arrive(session: Session, message: ChatMessage, end: number): void {
    const [first] = message.chunks;
    if (first === undefined) return;
    const inbox = this.#inboxOf(session);
    const kind = this.#kindOf(message, session);
    inbox.arrivals.push({ message, first, kind });
    inbox.starts.push(first.index);
    if (message.digest !== undefined) inbox.latest.set(contentKey(message), end);
    if (kind === 'odd') inbox.latestOdd = Math.max(inbox.latestOdd, end);
  }

  #inboxOf(session: Session): Inbox {
    const known = this.#inboxes.get(session);
    if (known !== undefined) return known;
    const inbox: Inbox = { arrivals: [], starts: [], latest: new Map(), latestOdd: -1 };
    this.#inboxes.set(session, inbox);
    return inbox;
  }

  #kindOf(message: ChatMessage, { stay }: Session): Arrival['kind'] {
    if (message.digest === undefined || message.cpim === undefined) return 'odd';
    if (this.#sent.has(contentKey(message))) return 'copy';
    const [from] = urisIn(message, 'From');
    return from !== undefined && relationToRoom(stay, from) !== 'other' ? 'notice' : 'odd';
  }
}

/** A notice of the room may repeat what somebody said. */
const quotes = ({ kind, message }: Arrival, missed: ChatMessage): boolean =>
  kind === 'notice' && contentOf(message).includes(contentOf(missed));

/** What is said, line ends and blanks around it aside. */
const contentOf = ({ cpim, octets }: ChatMessage): string =>
  (cpim?.content ?? octets ?? Buffer.alloc(0)).toString('latin1').replaceAll('\r\n', '\n').trim();

const keys = new WeakMap<ChatMessage, string>();

function contentKey(message: ChatMessage): string {
  const known = keys.get(message);
  if (known !== undefined) return known;
  const key = createHash('sha256').update(contentOf(message), 'latin1').digest('base64');
  keys.set(message, key);
  return key;
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
