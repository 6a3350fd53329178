import { createHash } from 'node:crypto';
import type { ParsedCpim } from '../codec/cpim/message.ts';
import { parseCpim } from '../codec/cpim/parse.ts';
import { parseByteRange } from '../codec/msrp/byte-range.ts';
import { headerOf, type MsrpRequest } from '../codec/msrp/message.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { Reassembly } from '../msrp/reassembly.ts';
import type { WireEntry } from '../wire/entry.ts';

/** A message as it passed one session of one actor, put together from its chunks (RFC 4975 §7.3.1). */
export interface ChatMessage {
  readonly actor: string;
  readonly direction: WireEntry['direction'];
  /** The actor's own MSRP URI in this session. */
  readonly session: string;
  readonly messageId: string;
  readonly contentType: string;
  readonly chunks: WireEntry[];
  state: 'open' | 'complete' | 'aborted';
  /** How often the whole message passed; more than once is a duplicate. */
  times: number;
  /** The whole, once complete. */
  octets?: Buffer;
  /** Equal for equal octets; set once complete. */
  digest?: string;
  /** When the top level is message/cpim and it can be read. */
  cpim?: ParsedCpim;
}

/** A judge has to see everything, so its limits are those of the wire log. */
const JUDGE_LIMITS = {
  maxMessageOctets: 2 ** 30,
  maxOpenMessages: 2 ** 20,
  maxHeldOctets: 2 ** 31,
  maxFragments: 2 ** 20,
  maxRemembered: 2 ** 20,
};

/** All messages with content, in the order of their first chunks. */
export class ChatMessages {
  readonly list: ChatMessage[] = [];
  readonly #sessions = new Map<string, { reassembly: Reassembly; byId: Map<string, ChatMessage> }>();

  observe(entry: WireEntry): void {
    if (entry.content.protocol !== 'msrp') return;
    const { message } = entry.content;
    if (message.kind !== 'request' || message.method !== 'SEND') return;
    // Without a body a SEND binds a session or keeps it alive; it is no chat message.
    const contentType = headerOf(message, 'Content-Type');
    if (message.body === undefined || contentType === undefined) return;
    this.#chunk(entry, message, message.body, contentType);
  }

  #chunk(entry: WireEntry, head: MsrpRequest, body: Buffer, contentType: string): void {
    const session = ownUri(entry, head);
    const messageId = headerOf(head, 'Message-ID') ?? `transaction ${head.transactionId}`;
    const place = this.#session(`${entry.actor} ${entry.direction} ${session}`);
    let chat = place.byId.get(messageId);
    if (chat === undefined) {
      chat = {
        actor: entry.actor,
        direction: entry.direction,
        session,
        messageId,
        contentType,
        chunks: [],
        state: 'open',
        times: 0,
      };
      place.byId.set(messageId, chat);
      this.list.push(chat);
    }
    chat.chunks.push(entry);
    const range = parseByteRange(headerOf(head, 'Byte-Range') ?? '1-*/*');
    const store = place.reassembly.begin(messageId, range.ok ? range.value.start : 1n, entry.time);
    store.write(body);
    const stored = store.end(head.flag);
    switch (stored.kind) {
      case 'complete':
        chat.state = 'complete';
        chat.times += 1;
        chat.octets = stored.body;
        chat.digest = createHash('sha256').update(stored.body).digest('base64');
        if (isCpim(contentType)) {
          const cpim = parseCpim(stored.body);
          if (cpim.ok) chat.cpim = cpim.value;
        }
        return;
      case 'duplicate':
        if (head.flag === '$') chat.times += 1;
        return;
      case 'aborted':
        chat.state = 'aborted';
        return;
      case 'partial':
      case 'refused':
        return;
    }
  }

  #session(key: string): { reassembly: Reassembly; byId: Map<string, ChatMessage> } {
    let place = this.#sessions.get(key);
    if (place === undefined) {
      place = { reassembly: new Reassembly(JUDGE_LIMITS), byId: new Map() };
      this.#sessions.set(key, place);
    }
    return place;
  }
}

const isCpim = (contentType: string): boolean => /^\s*message\/cpim\s*(;|$)/i.test(contentType);

/** The actor's end of the session: last URI of To-Path when receiving, of From-Path when sending (RFC 4975 §7.1). */
function ownUri(entry: WireEntry, head: MsrpRequest): string {
  const path = headerOf(head, entry.direction === 'received' ? 'To-Path' : 'From-Path') ?? '';
  return splitPath(path).at(-1) ?? '';
}
