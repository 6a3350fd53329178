import type { MsrpMediaDescription, SessionDescription } from '../codec/sdp/description.ts';
import { findMsrpMedia, readMsrpMedia } from '../codec/sdp/msrp-media.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { parseCSeq } from '../codec/sip/cseq.ts';
import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../codec/sip/message.ts';
import { parseNameAddress, tagOf } from '../codec/sip/name-address.ts';
import type { WireEntry } from '../wire/entry.ts';

/** A session description as one side of a stay sent it. */
export interface Described {
  readonly entry: WireEntry;
  readonly side: 'actor' | 'peer';
  readonly role: 'offer' | 'answer';
  readonly description: SessionDescription;
  /** Its MSRP stream; absent when there is none or it is refused by port 0. */
  readonly media?: MsrpMediaDescription;
}

/** An offer and its answer (RFC 3264 §4). */
export interface Agreement {
  readonly offer: Described;
  readonly answer: Described;
  readonly actor: Described;
  readonly peer: Described;
}

/** One INVITE dialog of an actor: its stay in a room, from the INVITE to the BYE. */
export interface Stay {
  readonly actor: string;
  readonly callId: string;
  readonly calledBy: 'actor' | 'peer';
  /** The latest INVITE without To tag; one that was challenged is followed by another. */
  invite: WireEntry;
  /** Request-URI of the INVITE, or the Contact of a focus that calls. */
  room: string;
  /** URI in the actor's From (in To when it is called). */
  identity: string;
  /** Values of Privacy (RFC 3323 §4.2), in lower case. */
  privacy: readonly string[];
  accepted?: { readonly entry: WireEntry; readonly message: SipResponse };
  readonly agreements: Agreement[];
  /** INVITE and UPDATE requests inside the dialog, by either side. */
  readonly changes: WireEntry[];
  /** The first BYE, by either side, and the 2xx to it. */
  ending?: WireEntry;
  ended?: WireEntry;
}

/** A request that offers, or waits for an offer, until its final answer. */
interface Pending {
  readonly stay: Stay;
  readonly entry: WireEntry;
  readonly initial: boolean;
  offer?: Described;
}

/** Follows the INVITE dialogs. */
export class Stays {
  readonly list: Stay[] = [];
  /** Every offer and answer, in the order in which they were agreed. */
  readonly agreed: { readonly stay: Stay; readonly agreement: Agreement }[] = [];
  readonly #byCall = new Map<string, Stay>();
  /** By actor, direction, Call-ID and CSeq. */
  readonly #pending = new Map<string, Pending>();
  /** Offers made in a 2xx, which the ACK answers (RFC 3264 §4, RFC 3261 §13.2.2.4). */
  readonly #unanswered = new Map<string, { readonly stay: Stay; readonly offer: Described }>();

  observe(entry: WireEntry): void {
    if (entry.content.protocol !== 'sip') return;
    const { message } = entry.content;
    if (message.kind === 'response') this.#response(entry, message);
    else if (message.method === 'INVITE' || message.method === 'UPDATE') this.#invite(entry, message);
    else if (message.method === 'ACK') this.#ack(entry, message);
    else if (message.method === 'BYE') this.#bye(entry, message);
  }

  #invite(entry: WireEntry, message: SipRequest): void {
    const key = keyOf(entry, message, entry.direction);
    if (key === undefined || this.#pending.has(key)) return;
    const initial = tagIn(message, 'To') === undefined;
    const stay = initial && message.method === 'INVITE' ? this.#stayOf(entry, message) : this.#known(entry, message);
    if (stay === undefined) return;
    if (!initial) stay.changes.push(entry);
    const offer = described(entry, message, 'offer');
    this.#pending.set(key, { stay, entry, initial, ...(offer === undefined ? {} : { offer }) });
  }

  #stayOf(entry: WireEntry, message: SipRequest): Stay | undefined {
    const callId = header(message, 'Call-ID');
    const calledBy = entry.direction === 'sent' ? 'actor' : 'peer';
    const identity = uriIn(message, calledBy === 'actor' ? 'From' : 'To');
    const room = calledBy === 'actor' ? message.uri : uriIn(message, 'Contact');
    if (callId === undefined || identity === undefined || room === undefined) return undefined;
    const privacy = headerValues(message, 'Privacy').flatMap((value) => value.toLowerCase().split(/[;\s]+/));
    const known = this.#byCall.get(`${entry.actor} ${callId}`);
    if (known !== undefined) {
      if (known.accepted === undefined) Object.assign(known, { invite: entry, room, identity, privacy });
      return known.accepted === undefined ? known : undefined;
    }
    const stay: Stay = {
      actor: entry.actor,
      callId,
      calledBy,
      invite: entry,
      room,
      identity,
      privacy,
      agreements: [],
      changes: [],
    };
    this.#byCall.set(`${entry.actor} ${callId}`, stay);
    this.list.push(stay);
    return stay;
  }

  #response(entry: WireEntry, message: SipResponse): void {
    const key = keyOf(entry, message, entry.direction === 'sent' ? 'received' : 'sent');
    if (key === undefined || message.status < 200) return;
    if (/\bBYE$/.test(key) && message.status < 300) {
      const stay = this.#known(entry, message);
      if (stay?.ending !== undefined) stay.ended ??= entry;
    }
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    this.#pending.delete(key);
    if (message.status >= 300) return;
    const { stay, initial, offer } = pending;
    if (initial) stay.accepted ??= { entry, message };
    const other = described(entry, message, offer === undefined ? 'offer' : 'answer');
    if (other === undefined) return;
    if (offer !== undefined) this.#agree(stay, agreement(offer, other));
    else this.#unanswered.set(key.replace(/ INVITE$/, ' ACK'), { stay, offer: other });
  }

  #ack(entry: WireEntry, message: SipRequest): void {
    const key = keyOf(entry, message, entry.direction);
    const waiting = key === undefined ? undefined : this.#unanswered.get(key);
    if (key === undefined || waiting === undefined) return;
    this.#unanswered.delete(key);
    const answer = described(entry, message, 'answer');
    if (answer !== undefined) this.#agree(waiting.stay, agreement(waiting.offer, answer));
  }

  #agree(stay: Stay, agreement: Agreement): void {
    stay.agreements.push(agreement);
    this.agreed.push({ stay, agreement });
  }

  #bye(entry: WireEntry, message: SipRequest): void {
    const stay = this.#known(entry, message);
    if (stay?.accepted !== undefined) stay.ending ??= entry;
  }

  #known(entry: WireEntry, message: SipMessage): Stay | undefined {
    return this.#byCall.get(`${entry.actor} ${header(message, 'Call-ID') ?? ''}`);
  }
}

/** Names the transaction of a request that went in `direction`, whatever its branch. */
function keyOf(entry: WireEntry, message: SipMessage, direction: WireEntry['direction']): string | undefined {
  const cseq = parseCSeq((header(message, 'CSeq') ?? '').trim());
  const callId = header(message, 'Call-ID');
  if (!cseq.ok || callId === undefined) return undefined;
  return `${entry.actor} ${direction} ${callId} ${cseq.value.number} ${cseq.value.method}`;
}

function described(entry: WireEntry, message: SipMessage, role: Described['role']): Described | undefined {
  if (message.body.length === 0 || !/^\s*application\/sdp\b/i.test(header(message, 'Content-Type') ?? '')) {
    return undefined;
  }
  const description = parseSdp(message.body.toString('utf8'));
  const side = entry.direction === 'sent' ? 'actor' : 'peer';
  const stream = findMsrpMedia(description);
  if (stream === undefined || stream.port === 0) return { entry, side, role, description };
  return { entry, side, role, description, media: readMsrpMedia(description, stream) };
}

function agreement(offer: Described, answer: Described): Agreement {
  return offer.side === 'actor'
    ? { offer, answer, actor: offer, peer: answer }
    : { offer, answer, actor: answer, peer: offer };
}

/** The URI of the first value of an address header, as written. */
export function uriIn(message: SipMessage, name: string): string | undefined {
  const [value] = headerValues(message, name);
  const address = value === undefined ? undefined : parseNameAddress(value);
  return address?.ok === true ? address.value.uri : undefined;
}

/** The tag in From or To; undefined when there is none. */
export function tagIn(message: SipMessage, name: 'From' | 'To'): string | undefined {
  const value = header(message, name);
  const address = value === undefined ? undefined : parseNameAddress(value);
  return address?.ok === true ? tagOf(address.value) : undefined;
}
