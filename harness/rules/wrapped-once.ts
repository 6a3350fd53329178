import { bareType } from '../codec/sdp/media-type.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import { isRegular } from '../conversation/reception.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §13: a message goes into its wrapper before it is cut into chunks. */
export const wrappedOnce: Rule = {
  id: 'wrapped-once',
  about: 'a message in several chunks has one wrapper',
  judge(conversation, catalogue) {
    const matter = new Matter(['RFC4975-13-08'], 'a message is wrapped once, not chunk by chunk', {
      breach: ['sent', 'everybody', 'history'],
    });
    for (const message of conversation.messages.list) {
      if (message.direction !== 'received' || bareType(message.contentType) !== 'message/cpim') continue;
      const [first, ...later] = message.chunks;
      const block = first === undefined ? undefined : headerBlock(bodyOf(first));
      if (first === undefined || block === undefined || later.length === 0 || !isRegular(message)) continue;
      const again = later.find((chunk) => bodyOf(chunk).subarray(0, block.length).equals(block));
      matter.judge(again === undefined || isQuoted(conversation.messages.list, block), () => ({
        message: 'a later chunk begins with the wrapper again',
        evidence: [first, again],
      }));
    }
    return settle(wrappedOnce.id, catalogue, [matter]);
  },
};

/** The metadata of a wrapper, up to the empty line; undefined when that is not there. */
function headerBlock(body: Buffer): Buffer | undefined {
  const end = body.indexOf('\r\n\r\n');
  return end <= 0 ? undefined : body.subarray(0, end + 4);
}

/** A participant may have written the same lines once more into its content. */
const isQuoted = (messages: readonly ChatMessage[], block: Buffer): boolean =>
  messages.some(({ direction, octets }) => direction === 'sent' && (octets?.indexOf(block, 1) ?? -1) > 0);

function bodyOf({ content }: WireEntry): Buffer {
  const body = content.protocol === 'msrp' && content.message.kind === 'request' ? content.message.body : undefined;
  return body ?? Buffer.alloc(0);
}
