import { createHash } from 'node:crypto';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { Scene } from './scene.ts';
import type { Said } from './speech.ts';
import type { Player } from './troupe.ts';

/** A copy of a message as it came to a participant. */
export interface Copy {
  readonly said: Said;
  readonly player: Player;
  readonly message: ChatMessage;
  readonly at: number;
}

/** What the participants of the capture could see: the content, without its wrapper. */
const contentOf = ({ cpim, octets }: ChatMessage): Buffer | undefined => cpim?.content ?? octets;

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('base64');

/**
 * Which message each copy is of: the first one with this content that the receiver was there for and has not got yet. Texts
 * that nobody sent are of the room itself, and what was sent before is its history; a server does as it likes with both.
 */
export function copiesIn(scene: Scene, said: readonly Said[], until: number): Copy[] {
  const { conversation, troupe, omissions } = scene;
  const byContent = new Map<string, Said[]>();
  for (const one of said) {
    const content = contentOf(one.message);
    if (content === undefined) continue;
    const key = digestOf(content);
    const same = byContent.get(key);
    if (same === undefined) byContent.set(key, [one]);
    else same.push(one);
  }
  // For each receiver and content: how many of the messages it has got or will not get.
  const passed = new Map<string, number>();
  const copies: Copy[] = [];
  for (const message of conversation.messages.list) {
    const content = message.direction === 'received' && message.state === 'complete' ? contentOf(message) : undefined;
    const [first] = message.chunks;
    const last = message.chunks.at(-1);
    if (content === undefined || first?.content.protocol !== 'msrp' || last === undefined) continue;
    const player = troupe.owner(first, first.content.message);
    if (player === undefined) continue;
    const digest = digestOf(content);
    const key = `${player.name} ${digest}`;
    const sent = byContent.get(digest) ?? [];
    let next = passed.get(key) ?? 0;
    while (next < sent.length && !wasThere(player, sent[next])) next += 1;
    const match = sent[next];
    if (match === undefined || match.start > first.index) {
      if (first.index >= until) continue;
      omissions.add(sent.length > 0 ? 'earlier messages that the room sent again' : 'texts of the room itself');
      continue;
    }
    passed.set(key, next + 1);
    copies.push({ said: match, player, message, at: last.index });
  }
  return copies;
}

const wasThere = ({ presences }: Player, said: Said | undefined): boolean =>
  said !== undefined && presences.some(({ from, to }) => from <= said.end && said.start < to);
