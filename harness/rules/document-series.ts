import type { ConferenceDocument } from '../codec/conference/document.ts';
import { parseConference } from '../codec/conference/parse.ts';
import { parseCSeq } from '../codec/sip/cseq.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipMessage, SipRequest } from '../codec/sip/message.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { tagIn } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';

/** One NOTIFY with a document. */
export interface Notification {
  readonly entry: WireEntry;
  readonly cseq: number;
  readonly document: ConferenceDocument;
  readonly body: Buffer;
}

/** The notifications of one subscription dialog, in the order in which they were made. */
export interface Series {
  readonly actor: string;
  readonly callId: string;
  readonly notifications: Notification[];
  /** The log has the SUBSCRIBE that began it. */
  readonly subscribed: readonly Subscribing[];
}

export interface Subscribing {
  readonly entry: WireEntry;
  readonly room: string;
  readonly initial: boolean;
  /** From where on a NOTIFY is an answer to it: a refresh may cross one that is not. */
  readonly from: number;
}

/** Every subscription dialog with its documents, by CSeq: datagrams may overtake each other. */
export function seriesIn({ sip }: Conversation): Series[] {
  const series = new Map<string, Series>();
  const subscribed = new Map<string, Subscribing[]>();
  for (const { actor, direction, message, request, final } of sip.list) {
    const callId = header(message, 'Call-ID') ?? '';
    if (direction === 'sent' && message.method === 'SUBSCRIBE' && isConference(message)) {
      if (final === undefined || final.message.status >= 300) continue;
      const initial = tagIn(message, 'To') === undefined;
      const from = initial ? request.index : final.entry.index;
      const one = { entry: request, room: message.uri, initial, from };
      const known = subscribed.get(`${actor} ${callId}`);
      if (known === undefined) subscribed.set(`${actor} ${callId}`, [one]);
      else known.push(one);
    }
    if (direction !== 'received' || message.method !== 'NOTIFY' || !isConference(message)) continue;
    const notification = notificationIn(message, request);
    if (notification === undefined) continue;
    const key = `${actor} ${callId} ${tagIn(message, 'From')}`;
    const known = series.get(key);
    if (known === undefined) series.set(key, { actor, callId, notifications: [notification], subscribed: [] });
    else known.notifications.push(notification);
  }
  return [...series.values()].map((one) => ({
    ...one,
    notifications: one.notifications.sort((a, b) => a.cseq - b.cseq),
    subscribed: subscribed.get(`${one.actor} ${one.callId}`) ?? [],
  }));
}

function notificationIn(message: SipRequest, entry: WireEntry): Notification | undefined {
  const cseq = parseCSeq((header(message, 'CSeq') ?? '').trim());
  if (message.body.length === 0 || !cseq.ok) return undefined;
  const document = parseConference(message.body);
  return document.ok ? { entry, cseq: cseq.value.number, document: document.value, body: message.body } : undefined;
}

/** Event: conference, with or without id. */
export const isConference = (message: SipMessage): boolean =>
  /^\s*conference\s*(;|$)/.test(header(message, 'Event') ?? '');
