import { type ByteRange, parseByteRange } from '../codec/msrp/byte-range.ts';
import { headerOf, type MsrpRequest } from '../codec/msrp/message.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { bareType } from '../codec/sdp/media-type.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isRegular } from '../conversation/reception.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

const SMALLEST_INTERRUPTED = 2048;

/** RFC 4975 §7.1.1, RFC 7701 §6.1: however the switch cuts its copies, they can be put together. */
export const chunksAddUp: Rule = {
  id: 'chunks-add-up',
  about: 'the chunks of a copy follow each other without gap, and agree',
  judge(conversation, catalogue) {
    const matters = new ChunkMatters(new Fragments(conversation));
    for (const message of conversation.messages.list) if (message.direction === 'received') matters.judge(message);
    return settle(chunksAddUp.id, catalogue, matters.all);
  },
};

interface Chunk {
  readonly entry: WireEntry;
  readonly head: MsrpRequest;
  readonly length: bigint;
  readonly range: ByteRange | undefined;
}

class ChunkMatters {
  readonly #fragments: Fragments;
  readonly #order = new Matter(
    ['RFC7701-6.1-18', 'RFC4975-7.1.1-24', 'RFC4975-7.1.1-19'],
    'chunks come in order and without gap',
    { breach: ['received'] },
  );
  readonly #resumed = new Matter(
    ['RFC4975-7.1.1-32', 'RFC4975-5.1-03'],
    'a chunk goes on exactly where the one before it was broken off',
    { breach: ['received'] },
  );
  readonly #identity = new Matter(['RFC4975-7.1.1-03'], 'all chunks of a message have its Message-ID', {
    breach: ['received'],
  });
  readonly #session = new Matter(['RFC4975-5.4-31'], 'all chunks of a message come in one session', {
    breach: ['received'],
  });
  readonly #ending = new Matter(['RFC4975-7.1-17', 'RFC4975-5.1-02'], 'the last chunk of a message ends with $', {
    breach: ['received'],
  });
  readonly #continuing = new Matter(['RFC4975-7.1-19'], 'every chunk but the last ends with +', {
    breach: ['received'],
  });
  readonly #beginning = new Matter(
    ['RFC7701-6.1-28', 'RFC7701-6.1-30'],
    'nobody gets a message without its beginning',
    { breach: ['received', 'sent', 'everybody'] },
  );
  readonly #ranges = new Matter(['RFC4975-7.1.1-18'], 'every later chunk has a Byte-Range', { breach: ['received'] });
  readonly #total = new Matter(['RFC4975-7.1.1-22'], 'the total in Byte-Range is the size of the message', {
    breach: ['received'],
  });
  readonly #wishes = new Matter(
    ['RFC4975-7.1.1-06', 'RFC7701-6.3-11'],
    'all chunks of a message ask for the same reports',
    { breach: ['received'] },
  );
  readonly #type = new Matter(['RFC4975-11.4-01'], 'all chunks of a message have its content type', {
    breach: ['received'],
  });
  readonly #size = new Matter(['RFC4975-7.1.1-31'], 'only the last chunk is below 2048 octets', {
    breach: ['received'],
  });

  constructor(fragments: Fragments) {
    this.#fragments = fragments;
  }

  get all(): readonly Matter[] {
    return [
      this.#order,
      this.#resumed,
      this.#identity,
      this.#session,
      this.#ending,
      this.#continuing,
      this.#beginning,
      this.#ranges,
      this.#total,
      this.#wishes,
      this.#type,
      this.#size,
    ];
  }

  judge(message: ChatMessage): void {
    const chunks = chunksOf(message);
    const [first] = chunks;
    this.#judgeFlags(message, chunks);
    // A message repeated under its Message-ID is no chunk of itself.
    if (first === undefined || message.times > 1) return;
    this.#judgeBeginning(first);
    for (const [i, chunk] of chunks.entries()) {
      const previous = chunks[i - 1];
      if (previous !== undefined) {
        if (previous.head.flag !== '+') return;
        this.#judgeNext(first, previous, chunk);
      }
      if (chunk.head.flag === '+') {
        this.#size.judge(chunk.length >= SMALLEST_INTERRUPTED, () => ({
          message: `a chunk of ${chunk.length} octets that is not the last`,
          evidence: [chunk.entry],
        }));
      }
      this.#judgeTotal(chunk);
    }
  }

  #judgeBeginning(first: Chunk): void {
    if (first.range === undefined) return;
    if (first.range.start === 1n) {
      this.#beginning.right();
      return;
    }
    const breach = {
      message: `${first.entry.actor} got a message from octet ${first.range.start} on`,
      evidence: [first.entry],
    };
    this.#judgeStray(first);
    // Who joined in mid-message, and what stray chunks become, is a SHOULD (ambiguities 32 and 44).
    if (this.#fragments.mayBeLeftover(first.entry)) this.#beginning.broken({ ...breach, verdict: 'warn' });
    else this.#order.broken(breach);
  }

  /** A chunk without what goes before it: it may be there under another Message-ID, or in another session. */
  #judgeStray(stray: Chunk): void {
    const same = this.#fragments.endingBefore(stray.entry, stray.range?.start ?? 1n);
    for (const { message, last } of same) {
      const evidence = [last, stray.entry];
      if (message.session === sessionOf(stray)) {
        const what = 'a chunk goes on with a message under another Message-ID';
        this.#identity.broken({ message: what, evidence });
      } else if (message.messageId === headerOf(stray.head, 'Message-ID')) {
        this.#session.broken({ message: 'a chunk goes on with a message of another session', evidence });
      }
    }
  }

  #judgeFlags(message: ChatMessage, chunks: readonly Chunk[]): void {
    for (const [i, chunk] of chunks.entries()) {
      const previous = chunks[i - 1];
      if (previous === undefined || !isNext(previous, chunk)) continue;
      const breach = {
        message: `a chunk that ended with ${previous.head.flag} was followed by more of the message`,
        evidence: [previous.entry, chunk.entry],
      };
      this.#continuing.judge(previous.head.flag === '+', () => breach);
      if (previous.head.flag === '$') this.#ending.broken(breach);
    }
    const last = chunks.at(-1);
    if (last === undefined) return;
    if (message.state === 'complete') this.#ending.right();
    else if (
      last.head.flag === '+' &&
      this.#fragments.isAllOf(
        message,
        chunks.map(({ head }) => head),
      )
    ) {
      this.#ending.broken({
        message: 'the message is all there, but its last chunk ended with +',
        evidence: chunks.map(({ entry }) => entry),
      });
    }
  }

  #judgeNext(first: Chunk, previous: Chunk, chunk: Chunk): void {
    const evidence = [previous.entry, chunk.entry];
    this.#ranges.judge(headerOf(chunk.head, 'Byte-Range') !== undefined, () => ({
      message: 'a later chunk without Byte-Range',
      evidence,
    }));
    if (previous.range !== undefined && chunk.range !== undefined) {
      const due = previous.range.start + previous.length;
      this.#order.judge(chunk.range.start === due, () => ({
        message: 'a chunk does not begin where the one before it ended',
        expected: String(due),
        actual: String(chunk.range?.start),
        evidence,
      }));
      this.#resumed.judge(chunk.range.start === due, () => ({
        message: `a chunk ended at octet ${due - 1n}, and the next one goes on at ${chunk.range?.start}`,
        evidence,
      }));
      this.#identity.right();
      this.#session.right();
    }
    for (const [matter, of] of [[this.#wishes, wishesOf] as const, [this.#type, typeOf] as const]) {
      matter.judge(of(first.head) === of(chunk.head), () => ({
        message: 'chunks of one message differ in their headers',
        expected: of(first.head),
        actual: of(chunk.head),
        evidence: [first.entry, chunk.entry],
      }));
    }
  }

  #judgeTotal({ head, range, length, entry }: Chunk): void {
    if (head.flag !== '$' || range === undefined || range.total === '*') return;
    const size = range.start + length - 1n;
    this.#total.judge(range.total === size, () => ({
      message: 'the last chunk does not end where the total says',
      expected: String(size),
      actual: String(range.total),
      evidence: [entry],
    }));
  }
}

function chunksOf({ chunks }: ChatMessage): Chunk[] {
  return chunks.flatMap((entry): Chunk[] => {
    if (entry.content.protocol !== 'msrp' || entry.content.message.kind !== 'request') return [];
    const head = entry.content.message;
    const range = parseByteRange(headerOf(head, 'Byte-Range') ?? '1-*/*');
    return [{ entry, head, length: BigInt(head.body?.length ?? 0), range: range.ok ? range.value : undefined }];
  });
}

const endOf = ({ range, length }: Chunk): bigint | undefined =>
  range === undefined ? undefined : range.start + length - 1n;

/** Begins where the other has ended, with octets of its own. */
function isNext(previous: Chunk, chunk: Chunk): boolean {
  const end = endOf(previous);
  return end !== undefined && previous.length > 0n && chunk.length > 0n && chunk.range?.start === end + 1n;
}

/** The URI of the receiver. */
const sessionOf = ({ head }: Chunk): string => splitPath(headerOf(head, 'To-Path') ?? '').at(-1) ?? '';

const wishesOf = (head: MsrpRequest): string =>
  `Success-Report ${wish(head, 'Success-Report', 'no')}, Failure-Report ${wish(head, 'Failure-Report', 'yes')}`;

const wish = (head: MsrpRequest, name: string, otherwise: string): string =>
  (headerOf(head, name) ?? otherwise).trim().toLowerCase();

const typeOf = (head: MsrpRequest): string => bareType(headerOf(head, 'Content-Type') ?? '');

/** Tells leftovers of messages that were begun before somebody joined from chunks that lost their beginning. */
class Fragments {
  readonly #conversation: Conversation;
  /** Where the earliest of the messages in several chunks began; before it there is nothing to be left over. */
  readonly #chunked: number;
  readonly #strays: boolean;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    const sent = conversation.messages.list.filter(({ direction }) => direction === 'sent');
    const chunked = sent.filter(({ chunks, state }) => chunks.length > 1 || state === 'open');
    this.#chunked = chunked[0]?.chunks[0]?.index ?? Infinity;
    this.#strays = sent.some((message) => !isRegular(message));
  }

  /** Copies that were under way when this entry came, and of which the next octet was due. */
  *endingBefore(entry: WireEntry, due: bigint): Generator<{ readonly message: ChatMessage; readonly last: WireEntry }> {
    for (const message of this.#conversation.messages.list) {
      if (message.direction !== 'received' || message.state !== 'open' || due === 1n) continue;
      const last = chunksOf(message).findLast((chunk) => chunk.entry.index < entry.index);
      const end = last === undefined ? undefined : endOf(last);
      if (last !== undefined && end !== undefined && end + 1n === due) yield { message, last: last.entry };
    }
  }

  /** Whether these are all octets of a message that was sent, and enough has come since for a further chunk. */
  isAllOf(copy: ChatMessage, heads: readonly MsrpRequest[]): boolean {
    const octets = Buffer.concat(heads.map(({ body }) => body ?? Buffer.alloc(0)));
    const last = copy.chunks.at(-1)?.index ?? Infinity;
    const { list } = this.#conversation.messages;
    const isSent = list.some((one) => one.direction === 'sent' && one.octets?.equals(octets) === true);
    // A chunk of no octets may still end it (MSRP notes A16); what was begun later has come before it.
    const session = this.#conversation.sessions.ofMessage(copy);
    const later = list.some(
      (one) =>
        one.direction === 'received' &&
        one.state === 'complete' &&
        (one.chunks[0]?.index ?? 0) > last &&
        this.#conversation.sessions.ofMessage(one) === session,
    );
    return isSent && later;
  }

  mayBeLeftover(fragment: WireEntry): boolean {
    if (this.#strays || fragment.content.protocol !== 'msrp' || fragment.content.message.kind !== 'request')
      return true;
    const session = this.#conversation.sessions.of(fragment, fragment.content.message);
    return session?.bound === undefined || session.bound.index > this.#chunked;
  }
}
