import { headerOf } from '../codec/msrp/message.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import { countOf, redefinesNames } from '../conversation/envelope.ts';
import { isRegular } from '../conversation/reception.ts';

/**
 * Whether a whole message has one From and one To that every switch reads alike, and a Message-ID by which a late refusal
 * can name it (RFC 4975 §7.1.4).
 */
export function isPlainlyAddressed(message: ChatMessage): boolean {
  if (message.state !== 'complete' || message.cpim === undefined || !isRegular(message)) return false;
  if (!message.chunks.every(hasMessageId) || redefinesNames(message)) return false;
  if (countOf(message, 'To') !== 1 || countOf(message, 'From') !== 1 || countOf(message, 'cc') > 0) return false;
  // How the lines of the content's own headers end is nothing that From and To depend on.
  return message.cpim.defects.every(({ kind }) => kind === 'bare-line-feed-in-mime');
}

const hasMessageId = ({ content }: ChatMessage['chunks'][number]): boolean =>
  content.protocol === 'msrp' && headerOf(content.message, 'Message-ID') !== undefined;
