import { findMsrpMedia, readMsrpMedia } from '../codec/sdp/msrp-media.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import { tagIn, uriIn } from '../conversation/stays.ts';
import { type End, opposite } from '../packets/flow.ts';

export type Side = 'caller' | 'called';

export const otherSide = (side: Side): Side => (side === 'caller' ? 'called' : 'caller');

/** What one side of a call has shown of itself. */
export interface SideSeen {
  /** Addresses of record: From or To, and for the called the Request-URI. */
  readonly uris: Set<string>;
  /** URIs of Contact, the first first. */
  readonly contacts: Set<string>;
  instance?: string;
  isfocus: boolean;
  /** Its descriptions have a=chatroom, or its answers have. */
  chatroom: 'none' | 'offered' | 'answered';
  notifies: boolean;
  subscribes: boolean;
  /** Last URIs of the MSRP paths that it has given. */
  readonly msrp: Set<string>;
}

/** All SIP messages of one Call-ID: who began it, and what is seen of both sides. */
export class Call {
  readonly callId: string;
  /** The first request without To tag is in the capture. */
  begun = false;
  /** Its Request-URI. */
  target = '';
  method = '';
  accepted = false;
  /** For each flow that it uses, the end at which the caller is. */
  readonly callerEnd = new Map<number, End>();
  readonly caller: SideSeen = unseenSide();
  readonly called: SideSeen = unseenSide();
  /** Requests that passed several flows, as a proxy leaves them: by flow how many Via they had, and who sent them. */
  readonly relayed: { readonly side: Side; readonly vias: ReadonlyMap<number, number> }[] = [];
  readonly #passed = new Map<string, { readonly branch: string; readonly vias: Map<number, number> }>();
  #callerTag: string | undefined;

  constructor(callId: string) {
    this.callId = callId;
  }

  /** Takes a message into account; returns which side sent it. */
  observe(message: SipMessage, flow: number, from: End): Side | undefined {
    const initial = message.kind === 'request' && tagIn(message, 'To') === undefined;
    if (initial && !this.begun && message.method !== 'ACK' && message.method !== 'CANCEL') {
      this.begun = true;
      this.target = message.uri;
      this.method = message.method;
      this.#callerTag = tagIn(message, 'From');
      this.callerEnd.set(flow, from);
    }
    const side = this.#sideOf(message, flow, from);
    if (side === undefined) return undefined;
    if (!this.callerEnd.has(flow)) this.callerEnd.set(flow, side === 'caller' ? from : opposite(from));
    this.#note(message, side);
    if (message.kind === 'request') this.#noteHop(message, side, flow);
    return side;
  }

  of(side: Side): SideSeen {
    return side === 'caller' ? this.caller : this.called;
  }

  /** The same request with another Via on top has been passed on (RFC 3261 §16.6). */
  #noteHop(message: SipMessage, side: Side, flow: number): void {
    const vias = headerValues(message, 'Via');
    const key = `${side} ${header(message, 'CSeq')?.trim()}`;
    const known = this.#passed.get(key);
    if (known === undefined) {
      if (this.#passed.size < AS_MANY_REQUESTS)
        this.#passed.set(key, { branch: vias[0] ?? '', vias: new Map([[flow, vias.length]]) });
      return;
    }
    if (known.vias.has(flow) || known.branch === (vias[0] ?? '')) return;
    known.vias.set(flow, vias.length);
    if (known.vias.size === 2) this.relayed.push({ side, vias: known.vias });
  }

  /** Flows on which this call passes, and passes once more nearer to that side. */
  farFrom(side: Side): ReadonlySet<number> {
    const far = new Set<number>();
    for (const { side: sender, vias } of this.relayed) {
      const nearest = (sender === side ? Math.min : Math.max)(...vias.values());
      for (const [flow, count] of vias) if (count !== nearest) far.add(flow);
    }
    return far;
  }

  #sideOf(message: SipMessage, flow: number, from: End): Side | undefined {
    const end = this.callerEnd.get(flow);
    if (end !== undefined) return end === from ? 'caller' : 'called';
    // Where its beginning is not seen, whoever sends first counts as caller.
    this.#callerTag ??= tagIn(message, message.kind === 'request' ? 'From' : 'To');
    const requester = tagIn(message, 'From');
    if (requester === undefined) return undefined;
    const byCaller = requester === this.#callerTag;
    return byCaller === (message.kind === 'request') ? 'caller' : 'called';
  }

  #note(message: SipMessage, side: Side): void {
    const [own, other] = side === 'caller' ? [this.caller, this.called] : [this.called, this.caller];
    const ownName = message.kind === 'request' ? 'From' : 'To';
    addUri(own.uris, uriIn(message, ownName));
    addUri(other.uris, uriIn(message, ownName === 'From' ? 'To' : 'From'));
    for (const value of headerValues(message, 'Contact')) noteContact(own, value);
    if (message.kind === 'request') {
      const event = (header(message, 'Event') ?? '').split(';', 1)[0]?.trim();
      if (message.method === 'NOTIFY' && event === 'conference') own.notifies = true;
      if (message.method === 'SUBSCRIBE' && event === 'conference') own.subscribes = true;
      if (tagIn(message, 'To') === undefined) addUri(other.uris, message.uri);
    } else if (message.status >= 200 && message.status < 300) this.accepted = true;
    noteDescription(own, message);
  }
}

function unseenSide(): SideSeen {
  return {
    uris: new Set(),
    contacts: new Set(),
    isfocus: false,
    chatroom: 'none',
    notifies: false,
    subscribes: false,
    msrp: new Set(),
  };
}

/** A peer that makes up new values for each message fills no memory. */
const AS_MANY = 32;
const AS_MANY_REQUESTS = 256;

function addUri(set: Set<string>, uri: string | undefined): void {
  if (uri !== undefined && set.size < AS_MANY) set.add(uri);
}

function noteContact(side: SideSeen, value: string): void {
  const address = parseNameAddress(value);
  if (!address.ok) return;
  addUri(side.contacts, address.value.uri);
  for (const { name, value: written } of address.value.parameters) {
    if (name.toLowerCase() === 'isfocus' && !/false/i.test(written ?? '')) side.isfocus = true;
    if (name.toLowerCase() === '+sip.instance' && written !== undefined) side.instance ??= written;
  }
}

function noteDescription(side: SideSeen, message: SipMessage): void {
  if (message.body.length === 0 || !/^\s*application\/sdp\b/i.test(header(message, 'Content-Type') ?? '')) return;
  const description = parseSdp(message.body.toString('utf8'));
  const stream = findMsrpMedia(description);
  if (stream === undefined) return;
  const { path, chatroom } = readMsrpMedia(description, stream);
  addUri(side.msrp, path.at(-1));
  if (chatroom === undefined) return;
  if (message.kind === 'response') side.chatroom = 'answered';
  else if (side.chatroom === 'none') side.chatroom = 'offered';
}

/** Host and port of the first Contact that can be read. */
export function contactPlace({ contacts }: SideSeen): string | undefined {
  for (const uri of contacts) {
    const parsed = parseSipUri(uri);
    if (parsed.ok) return `${parsed.value.host.toLowerCase()}:${parsed.value.port ?? ''}`;
  }
  return undefined;
}
