import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { urisIn } from '../conversation/envelope.ts';
import { isRegular } from '../conversation/reception.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §4: the switch bridges sessions, it does not mix what it forwards. */
export const notMixed: Rule = {
  id: 'not-mixed',
  about: 'every message that arrives is one that was sent: no two in one, and no one in several',
  judge(conversation, catalogue) {
    const bridged = new Matter(['RFC7701-4-05'], notMixed.about, { breach: ['sent', 'everybody', 'history'] });
    const correlated = new Matter(['RFC7701-6.1-26'], 'chunks of messages of one sender are not mixed', {
      breach: ['sent', 'everybody', 'history'],
    });
    const sent = conversation.messages.list.filter(({ direction, octets }) => direction === 'sent' && octets);
    const known = new Set(sent.map(({ digest }) => digest));
    const sources = sent.filter(isRegular);
    let odd = 0;
    for (const copy of conversation.messages.list) {
      if (copy.direction !== 'received' || copy.digest === undefined) continue;
      if (known.has(copy.digest)) {
        bridged.right();
        continue;
      }
      // The earliest do; each has to be held against everything that was sent.
      odd += 1;
      if (odd <= LOOKED_INTO) judgeOdd(conversation, copy, sources, bridged, correlated);
    }
    return settle(notMixed.id, catalogue, [bridged, correlated]);
  },
};

const LOOKED_INTO = 8;
/** Fewer octets may be alike by chance, or be a quotation. */
const BLOCK_OCTETS = 64;

function judgeOdd(
  conversation: Conversation,
  copy: ChatMessage,
  sources: readonly ChatMessage[],
  bridged: Matter,
  correlated: Matter,
): void {
  const { octets = Buffer.alloc(0) } = copy;
  const end = copy.chunks.at(-1)?.index ?? 0;
  const earlier = sources.filter(({ chunks }) => (chunks[0]?.index ?? 0) < end);
  const whole = octets.length < BLOCK_OCTETS ? undefined : earlier.find((one) => one.octets?.includes(octets) === true);
  if (whole !== undefined) {
    bridged.broken({
      message: `a part of ${titleOf(whole)} came to ${copy.actor} as a message of its own`,
      evidence: [whole.chunks[0], ...ends(copy)],
    });
    return;
  }
  const authors = new Set(conversation.stays.list.map(({ identity }) => identity));
  if (!urisIn(copy, 'From').some((uri) => authors.has(uri))) return;
  const pair = mixedIn(octets, earlier);
  if (pair === undefined) return;
  const [one, other] = pair;
  const breach = {
    message: `${titleOf(one.message)} and ${titleOf(other.message)} came to ${copy.actor} in one message`,
    evidence: [one.chunk, other.chunk, ...ends(copy)],
  };
  bridged.broken(breach);
  if (one.message.session === other.message.session) correlated.broken(breach);
}

interface Found {
  readonly message: ChatMessage;
  /** The chunk with the octets that show it. */
  readonly chunk: WireEntry | undefined;
}

/** Two messages, each with octets that occur here and not in the other. */
function mixedIn(octets: Buffer, sources: readonly ChatMessage[]): readonly [Found, Found] | undefined {
  const candidates = sources.flatMap((message) => {
    const blocks = blocksOf(message).filter((block) => octets.includes(block));
    return blocks.length === 0 ? [] : [{ message, blocks }];
  });
  for (const [i, one] of candidates.entries()) {
    for (const other of candidates.slice(i + 1)) {
      const own = one.blocks.find((block) => other.message.octets?.includes(block) !== true);
      const others = other.blocks.find((block) => one.message.octets?.includes(block) !== true);
      if (own === undefined || others === undefined) continue;
      return [
        { message: one.message, chunk: chunkWith(one.message, own) },
        { message: other.message, chunk: chunkWith(other.message, others) },
      ];
    }
  }
  return undefined;
}

function blocksOf({ octets = Buffer.alloc(0) }: ChatMessage): Buffer[] {
  const count = Math.floor(octets.length / BLOCK_OCTETS);
  return Array.from({ length: count }, (_, i) => octets.subarray(i * BLOCK_OCTETS, (i + 1) * BLOCK_OCTETS));
}

/** A block may lie across two chunks; then the first one of the message has to do. */
const chunkWith = ({ chunks }: ChatMessage, block: Buffer): WireEntry | undefined =>
  chunks.find(({ content }) => content.protocol === 'msrp' && content.message.body?.includes(block) === true) ??
  chunks[0];

const titleOf = ({ actor, messageId }: ChatMessage): string => `a message of ${actor} (Message-ID ${messageId})`;

const ends = ({ chunks }: ChatMessage): (WireEntry | undefined)[] => [chunks[0], chunks.at(-1)];
