import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import { byHand } from './by-hand.ts';
import type { Deed } from './deed.ts';
import { hasSaneRange, isChunkInOrder, isInOrder, whyUnsaid, whyUntold } from './message-form.ts';
import { messageWords } from './message-words.ts';
import { claimsIn, nicknameDeed } from './nickname-deeds.ts';
import { Nicknames } from './nicknames.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';
import { Turns } from './turns.ts';

/** A message that a participant sent, and what it is called in the script. */
export interface Said {
  readonly label: string;
  readonly sender: Player;
  readonly message: ChatMessage;
  /** First chunk, and the last answer. */
  readonly start: number;
  readonly end: number;
  readonly accepted: boolean;
}

export interface Speech {
  readonly deeds: Deed[];
  readonly said: Said[];
  readonly nicknames: Nicknames;
}

/** What the participants did by MSRP. `others`: what they did besides, where something may have happened between chunks. */
export function speechIn(scene: Scene, others: readonly Deed[]): Speech {
  const { conversation } = scene;
  const nicknames = new Nicknames(claimsIn(scene), scene.troupe.renewal);
  const deeds: Deed[] = [];
  const said: Said[] = [];
  const messages = new Map<number, ChatMessage>();
  for (const message of conversation.messages.list)
    if (message.direction === 'sent') for (const chunk of message.chunks) messages.set(chunk.index, message);
  const turns = new Turns(scene, others);
  const told = new Set<ChatMessage>();
  for (const exchange of conversation.msrp.list) {
    const { request, head } = exchange;
    if (request.direction !== 'sent') continue;
    const player = scene.troupe.owner(request, head);
    if (player === undefined || player.stays.length === 0) {
      scene.omissions.add(`what ${player?.name ?? request.actor} says: the capture has not got its INVITE`);
      continue;
    }
    if (scene.gaps.has(player.name, request.index)) continue;
    const message = messages.get(request.index);
    if (message !== undefined && told.has(message)) continue;
    const inOrder = isInOrder(scene, exchange, player);
    const why =
      whyUntold(scene, exchange, player) ?? (message === undefined ? undefined : whyUnsaid(scene, player, message));
    if (why !== undefined) {
      scene.omissions.add(why);
      if (message !== undefined) told.add(message);
      continue;
    }
    if (inOrder && message !== undefined) {
      const words = messageWords(scene, player, message);
      const canBeTold = message.chunks.every((chunk) => isChunkInOrder(scene, chunk, player) && hasSaneRange(chunk));
      if (words !== undefined && canBeTold) {
        told.add(message);
        const label = `m${said.length + 1}`;
        const { spoken, accepted } = turns.spokenAs(scene, player, message, words, label);
        deeds.push(...spoken);
        const end = Math.max(...spoken.map((one) => one.end));
        said.push({ label, sender: player, message, start: request.index, end, accepted });
        continue;
      }
    }
    if (inOrder && head.method === 'NICKNAME') {
      const asked = nicknameDeed(scene, exchange, player, nicknames);
      if (asked !== undefined) deeds.push(asked);
      continue;
    }
    if (inOrder && head.method === 'SEND' && message === undefined && isOfNoWeight(scene, exchange)) continue;
    // REPORTs are told together with the copies that they speak of.
    if (inOrder && head.method === 'REPORT') continue;
    const made = byHand(scene, player, request, exchange);
    if (made === undefined) continue;
    deeds.push(made);
    // The copies of what is put together by hand from several requests cannot be followed.
    if (made.as === undefined || message === undefined || message.chunks.length > 1) continue;
    told.add(message);
    const { start, end } = made;
    const accepted = exchange.response?.head.status === 200;
    said.push({ label: made.as, sender: player, message, start, end, accepted });
  }
  deeds.push(...scraps(scene));
  return { deeds, said, nicknames };
}

/** Octets that are no message, on connections that carry MSRP otherwise. */
function scraps(scene: Scene): Deed[] {
  const { conversation, troupe, omissions } = scene;
  const carrying = new Set(conversation.msrp.list.map(({ request }) => request.connection));
  return conversation.log.entries.flatMap((entry) => {
    if (entry.direction !== 'sent' || entry.content.protocol !== 'unknown') return [];
    const player = troupe.of(entry.actor);
    if (player === undefined) return [];
    if (!carrying.has(entry.connection) && !/^MSRP /.test(entry.octets.toString('latin1', 0, 5))) {
      omissions.add(`octets of ${player.name} that are neither SIP nor MSRP`);
      return [];
    }
    return byHand(scene, player, entry, undefined) ?? [];
  });
}

/** A SEND without content that opens a session, or keeps it alive as it is answered. */
function isOfNoWeight({ conversation }: Scene, { request, head, response }: MsrpExchange): boolean {
  const session = conversation.sessions.of(request, head);
  if (session?.opening === request) return true;
  return response?.head.status === 200 && head.flag === '$';
}
