import { parseCSeq } from '../codec/sip/cseq.ts';
import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../codec/sip/message.ts';
import { parseNameAddress, tagOf } from '../codec/sip/name-address.ts';
import { err, ok, type Result } from '../result.ts';
import { withTag } from './compose.ts';
import { isLooseRoute } from './target.ts';

/** What both ends of a dialog remember (RFC 3261 §12). */
export interface DialogState {
  readonly callId: string;
  readonly localTag: string;
  /** Empty for a peer of RFC 2543 (RFC 3261 §12.1.1). */
  readonly remoteTag: string;
  /** Value of From in our requests, tag included. */
  readonly local: string;
  /** Value of To in our requests, tag included. */
  readonly remote: string;
  readonly remoteTarget: string;
  readonly routes: readonly string[];
  readonly localCSeq: number;
  /** Undefined until the peer has sent a request. */
  readonly remoteCSeq: number | undefined;
  readonly phase: 'early' | 'confirmed';
  /** The caller owns the Call-ID (RFC 3261 §14.1). */
  readonly role: 'caller' | 'callee';
}

/**
 * At the sender of the first request, by a response with a To tag (RFC 3261 §12.1.2). A peer that forgets its Contact is
 * sought where the first request went, for its 2xx needs an ACK all the same.
 */
export function dialogOfCaller(request: SipRequest, response: SipResponse): DialogState {
  const contact = contactUri(response);
  const local = header(request, 'from') ?? '';
  const remote = header(response, 'to') ?? '';
  return {
    callId: header(request, 'call-id') ?? '',
    localTag: tagIn(local),
    remoteTag: tagIn(remote),
    local,
    remote,
    remoteTarget: contact.ok ? contact.value : request.uri,
    routes: headerValues(response, 'record-route').reverse(),
    localCSeq: cseqNumber(request),
    remoteCSeq: undefined,
    phase: response.status < 200 ? 'early' : 'confirmed',
    role: 'caller',
  };
}

/** At the receiver of the first request (RFC 3261 §12.1.1). Error: one line, the request deserves 400. */
export function dialogOfCallee(request: SipRequest, localTag: string, localCSeq: number): Result<DialogState, string> {
  const contact = contactUri(request);
  if (!contact.ok) return contact;
  if (!/^sips?:/i.test(contact.value)) return err('Contact Without SIP URI'); // RFC 3261 §8.1.1.8
  const remote = header(request, 'from') ?? '';
  return ok({
    callId: header(request, 'call-id') ?? '',
    localTag,
    remoteTag: tagIn(remote),
    local: withTag(header(request, 'to') ?? '', localTag),
    remote,
    remoteTarget: contact.value,
    routes: headerValues(request, 'record-route'),
    localCSeq,
    remoteCSeq: cseqNumber(request),
    phase: 'early',
    role: 'callee',
  });
}

/**
 * At a subscriber, by a NOTIFY that may come before the 2xx (RFC 6665 §4.4.1). `from` is the From of the SUBSCRIBE or REFER.
 */
export function dialogOfNotify(subscribe: SipRequest, notify: SipRequest): Result<DialogState, string> {
  const contact = contactUri(notify);
  if (!contact.ok) return contact;
  const local = header(subscribe, 'from') ?? '';
  const remote = header(notify, 'from') ?? '';
  return ok({
    callId: header(subscribe, 'call-id') ?? '',
    localTag: tagIn(local),
    remoteTag: tagIn(remote),
    local,
    remote,
    remoteTarget: contact.value,
    routes: headerValues(notify, 'record-route'),
    localCSeq: cseqNumber(subscribe),
    remoteCSeq: cseqNumber(notify),
    phase: 'confirmed',
    role: 'caller',
  });
}

/** A 2xx turns an early dialog into a confirmed one; the route set is taken from the 2xx (RFC 3261 §13.2.2.4). */
export function confirmed(state: DialogState, response: SipResponse): DialogState {
  const target = contactUri(response);
  return {
    ...state,
    phase: 'confirmed',
    routes: state.phase === 'early' ? headerValues(response, 'record-route').reverse() : state.routes,
    remoteTarget: target.ok ? target.value : state.remoteTarget,
  };
}

/** A target refresh changes the remote target, never the route set (RFC 3261 §12.2.2). */
export function withRemoteTarget(state: DialogState, message: SipMessage): DialogState {
  const contact = contactUri(message);
  return contact.ok ? { ...state, remoteTarget: contact.value } : state;
}

/** Request-URI and Route headers of a request inside the dialog (RFC 3261 §12.2.1.1). */
export function routing(state: DialogState): { readonly uri: string; readonly routes: readonly string[] } {
  const [first, ...others] = state.routes;
  if (first === undefined || isLooseRoute(first)) return { uri: state.remoteTarget, routes: state.routes };
  const strict = parseNameAddress(first);
  return { uri: strict.ok ? strict.value.uri : state.remoteTarget, routes: [...others, `<${state.remoteTarget}>`] };
}

/** Undefined: the request comes too late, its CSeq was overtaken (RFC 3261 §12.2.2). */
export function withRemoteCSeq(state: DialogState, request: SipRequest): DialogState | undefined {
  const number = cseqNumber(request);
  return state.remoteCSeq !== undefined && number < state.remoteCSeq ? undefined : { ...state, remoteCSeq: number };
}

/** The number in CSeq; 0 when there is none. */
export function cseqNumber(message: SipMessage): number {
  const cseq = parseCSeq(header(message, 'cseq') ?? '');
  return cseq.ok ? cseq.value.number : 0;
}

/** The tag of a From or To value; empty when there is none. */
export function tagIn(value: string): string {
  const address = parseNameAddress(value);
  return (address.ok ? tagOf(address.value) : undefined) ?? '';
}

function contactUri(message: SipMessage): Result<string, string> {
  const [value, second] = headerValues(message, 'contact');
  if (value === undefined) return err('Missing Contact');
  if (second !== undefined) return err('Repeated Contact');
  const address = parseNameAddress(value);
  return address.ok ? ok(address.value.uri) : err('Malformed Contact');
}
