import { headerOf, type MsrpMessage } from '../codec/msrp/message.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { uriKey } from '../conversation/sessions.ts';
import { type End, opposite } from '../packets/flow.ts';
import { otherSide } from './call.ts';
import type { CaptureItem, MessageContent } from './item.ts';
import type { FlowParties, Participant, Parties } from './parties.ts';

/** Whose something is, and which way it went, seen from there. */
export interface Attributed {
  readonly participant: Participant;
  readonly direction: 'sent' | 'received';
}

/** Says of each message whose it is: by what it says of itself first, by its flow where that is of one participant. */
export class Attribution {
  readonly #parties: Parties;
  /** MSRP requests that have no response yet, by flow, end and transaction identifier. */
  readonly #asked = new Map<number, Map<string, Participant>>();

  /** Flows that carry what another flow has carried: the capture was made at two points of the network. */
  readonly #echoes = new Set<number>();
  readonly #requests = new Map<string, { readonly flow: number; readonly beginning: string }>();

  constructor(parties: Parties) {
    this.#parties = parties;
  }

  /** It is entered where it passes nearer to the focus, or has been entered from another point of the network. */
  isSeenElsewhere(item: Extract<CaptureItem, { type: 'message' }>, whose: Attributed | undefined): boolean {
    const { flow, content } = item;
    if (this.#echoes.has(flow.id)) return true;
    if (content.protocol === 'sip')
      return this.#parties.calls.get(header(content.message, 'Call-ID') ?? '')?.far.has(flow.id) === true;
    const named = this.#parties.flows.get(flow.id)?.named;
    if (whose === undefined || named !== undefined || content.message.kind === 'response') return false;
    const key = `${whose.participant.key} ${whose.direction} ${content.message.transactionId}`;
    const first = this.#requests.get(key);
    if (first === undefined) {
      if (this.#requests.size >= AS_MANY_OPEN) this.#requests.clear();
      this.#requests.set(key, { flow: flow.id, beginning: beginningOf(item.octets) });
    } else if (first.flow !== flow.id && first.beginning === beginningOf(item.octets)) this.#echoes.add(flow.id);
    return this.#echoes.has(flow.id);
  }

  /** Undefined: nothing tells. */
  ofMessage({ flow, from, content }: Extract<CaptureItem, { type: 'message' }>): Attributed | undefined {
    const parties = this.#parties.flows.get(flow.id);
    if (parties === undefined) return undefined;
    const direct = this.#byContent(parties, from, content);
    // A response to what is not known may be to anything.
    if (direct !== undefined || content.protocol === 'sip' || content.message.kind === 'request') return direct;
    return onlyOne(parties, from);
  }

  /** Of octets that are no message: everybody's who uses the flow. */
  ofFlow(id: number, from: End): readonly Attributed[] {
    const parties = this.#parties.flows.get(id);
    if (parties?.focusEnd === undefined) return [];
    const direction = from === parties.focusEnd ? 'received' : 'sent';
    return parties.participants.map((participant) => ({ participant, direction }));
  }

  /** A flow is over. */
  forget(id: number): void {
    this.#asked.delete(id);
  }

  #byContent(parties: FlowParties, from: End, content: MessageContent): Attributed | undefined {
    if (parties.isOfOne) return onlyOne(parties, from);
    return content.protocol === 'sip'
      ? this.#bySignalling(parties, from, content.message)
      : this.#bySession(parties, from, content.message);
  }

  #bySignalling({ flow }: FlowParties, from: End, message: SipMessage): Attributed | undefined {
    const known = this.#parties.calls.get(header(message, 'Call-ID') ?? '');
    const callerEnd = known?.call.callerEnd.get(flow.id);
    if (known === undefined || callerEnd === undefined) return undefined;
    const side = from === callerEnd ? 'caller' : 'called';
    return { participant: known.participant, direction: side === otherSide(known.focusSide) ? 'sent' : 'received' };
  }

  #bySession(parties: FlowParties, from: End, message: MsrpMessage): Attributed | undefined {
    const { focusEnd, flow } = parties;
    if (focusEnd === undefined) return undefined;
    const direction = from === focusEnd ? 'received' : 'sent';
    const participant = this.#whose(parties, from, message, direction);
    if (participant === undefined) return undefined;
    if (message.kind === 'request') {
      const asked = this.#asked.get(flow.id) ?? new Map<string, Participant>();
      this.#asked.set(flow.id, asked);
      if (asked.size < AS_MANY_OPEN) asked.set(`${from} ${message.transactionId}`, participant);
    }
    return { participant, direction };
  }

  #whose(
    { flow, participants }: FlowParties,
    from: End,
    message: MsrpMessage,
    direction: 'sent' | 'received',
  ): Participant | undefined {
    if (message.kind === 'response') {
      const asked = this.#asked.get(flow.id);
      const request = `${opposite(from)} ${message.transactionId}`;
      const asker = asked?.get(request);
      asked?.delete(request);
      if (asker !== undefined) return asker;
    }
    const [to = '', source = ''] = ['To-Path', 'From-Path'].map((name) =>
      splitPath(headerOf(message, name) ?? '').at(-1),
    );
    const [own, others] = direction === 'sent' ? [source, to] : [to, source];
    const found = this.#parties.ownUris.get(uriKey(own)) ?? this.#parties.focusUris.get(uriKey(others));
    return found !== undefined && participants.includes(found) ? found : undefined;
  }
}

/** Enough to tell requests apart, and no more than has to be kept of a long one. */
const beginningOf = (octets: Buffer): string => `${octets.length} ${octets.toString('latin1', 0, 400)}`;

/** Requests that nobody answers fill no memory. */
const AS_MANY_OPEN = 10_000;

function onlyOne({ participants, focusEnd }: FlowParties, from: End): Attributed | undefined {
  const [participant, ...others] = participants;
  if (participant === undefined || others.length > 0 || focusEnd === undefined) return undefined;
  return { participant, direction: from === focusEnd ? 'received' : 'sent' };
}
