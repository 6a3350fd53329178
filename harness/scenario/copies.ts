import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Actor, Stage, TrackedMessage } from './stage.ts';

/** Every message an actor has received, or begun to receive, that carries the canary of a tracked one. */
export function copiesAt(stage: Stage, actor: Actor, message: TrackedMessage): ChatMessage[] {
  return stage.conversation.messages.list.filter(
    (one) => one.actor === actor.name && one.direction === 'received' && carries(one, message),
  );
}

/** A copy under way is known as soon as one of its chunks shows the canary. */
function carries(copy: ChatMessage, { canary }: TrackedMessage): boolean {
  if (copy.octets !== undefined) return copy.octets.includes(canary);
  return copy.chunks.some(
    ({ content }) => content.protocol === 'msrp' && (content.message.body?.includes(canary) ?? false),
  );
}
