import type { ChatMessage } from '../conversation/chat-messages.ts';
import { type Actor, connectionMates, type Stage, type TrackedMessage } from './stage.ts';

/** Every message an actor has received, or begun to receive, that carries the canary of a tracked one. */
export function copiesAt(stage: Stage, actor: Actor, message: TrackedMessage): ChatMessage[] {
  return arrivedAt(stage, actor).filter((one) => carries(one, message));
}

/** Every message that has arrived at an actor, or begun to. On a shared connection the session tells whose it is. */
export function arrivedAt(stage: Stage, actor: Actor): ChatMessage[] {
  const shared = connectionMates(stage, actor).length > 1;
  const { fromPath } = actor.participant.paths();
  return stage.conversation.messages.list.filter(
    (one) => one.actor === actor.wireName && one.direction === 'received' && (!shared || one.session === fromPath),
  );
}

/** A copy under way is known as soon as one of its chunks shows the canary. */
function carries(copy: ChatMessage, { canary }: TrackedMessage): boolean {
  if (copy.octets !== undefined) return copy.octets.includes(canary);
  return copy.chunks.some(
    ({ content }) => content.protocol === 'msrp' && (content.message.body?.includes(canary) ?? false),
  );
}
