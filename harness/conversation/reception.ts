import { parseByteRange } from '../codec/msrp/byte-range.ts';
import { headerOf } from '../codec/msrp/message.ts';
import { parseStatus } from '../codec/msrp/status.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { ChatMessage } from './chat-messages.ts';
import type { Conversation } from './conversation.ts';

/** How the receiving end took a message that an actor sent. */
export type Reception =
  /** 200 to every chunk, and no failure report. */
  | { readonly kind: 'accepted'; readonly last: WireEntry }
  /** The first refusal, in a response or in a later report. */
  | { readonly kind: 'refused'; readonly status: number; readonly evidence: WireEntry }
  /** No chunk was refused, and those without response asked for none (RFC 4975 §7.2). */
  | { readonly kind: 'unanswered' }
  /** A response is due, and has not come. */
  | { readonly kind: 'open' };

/** A refusal in a response, and not in a report that came after a 200. */
export const isResponse = ({ content }: WireEntry): boolean =>
  content.protocol === 'msrp' && content.message.kind === 'response';

/** Reads the responses and failure reports to sent messages. */
export class Receptions {
  readonly #conversation: Conversation;
  readonly #failed = new Map<string, { readonly status: number; readonly entry: WireEntry }>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    for (const { request, head } of conversation.msrp.list) {
      if (head.method !== 'REPORT' || request.direction !== 'received') continue;
      const status = parseStatus(headerOf(head, 'Status') ?? '');
      const session = conversation.sessions.of(request, head);
      if (!status.ok || status.value.code < 400 || session === undefined) continue;
      const key = `${session.own} ${headerOf(head, 'Message-ID')}`;
      if (!this.#failed.has(key)) this.#failed.set(key, { status: status.value.code, entry: request });
    }
  }

  of(message: ChatMessage): Reception {
    const session = this.#conversation.sessions.ofMessage(message)?.own;
    const failed = this.#failed.get(`${session} ${message.messageId}`);
    if (failed !== undefined) return { kind: 'refused', status: failed.status, evidence: failed.entry };
    let last: WireEntry | undefined;
    let silent = false;
    for (const chunk of message.chunks) {
      const exchange = this.#conversation.msrp.of(chunk);
      const response = exchange?.response;
      if (response === undefined) {
        const asked = exchange === undefined ? undefined : headerOf(exchange.head, 'Failure-Report')?.toLowerCase();
        if (asked !== 'no' && asked !== 'partial') return { kind: 'open' };
        silent = true;
      } else if (response.head.status !== 200) {
        return { kind: 'refused', status: response.head.status, evidence: response.entry };
      } else last = response.entry;
    }
    return silent || last === undefined ? { kind: 'unanswered' } : { kind: 'accepted', last };
  }
}

/**
 * Whether its sender wrote a message so that every receiver puts the same octets together: chunks in order, without gap
 * or overlap, with true ranges, once (RFC 4975 §7.3.1). What becomes of others is open.
 */
export function isRegular(message: ChatMessage): boolean {
  let next = 1n;
  for (const [i, { content }] of message.chunks.entries()) {
    if (content.protocol !== 'msrp' || content.message.kind !== 'request' || content.defects.length > 0) return false;
    const { flag, body = Buffer.alloc(0) } = content.message;
    const written = headerOf(content.message, 'Byte-Range');
    if (written === undefined && message.chunks.length > 1) return false;
    const range = parseByteRange(written ?? '1-*/*');
    if (!range.ok || range.value.start !== next) return false;
    next += BigInt(body.length);
    if (range.value.end !== '*' && range.value.end !== next - 1n) return false;
    const final = i === message.chunks.length - 1;
    if (final ? flag === '+' && message.state === 'complete' : flag !== '+') return false;
    if (final && flag === '$' && range.value.total !== '*' && range.value.total !== next - 1n) return false;
  }
  return message.times <= 1;
}
