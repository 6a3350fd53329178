import { parseCSeq } from '../../codec/sip/cseq.ts';
import { header } from '../../codec/sip/headers.ts';
import type { SipRequest } from '../../codec/sip/message.ts';
import { parseSipUri } from '../../codec/sip/uri.ts';
import { validateSip } from '../../codec/sip/validate.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';

/**
 * Out of form, and refused: what comes of it in another form shows nothing. What servers take although it is out of form is
 * replayed as participants say it. `sequence` remembers the CSeq number of each dialog.
 */
export function isRefusedForItsForm(
  { actor, request, message, final }: SipExchange,
  sequence: Map<string, number>,
): boolean {
  const cseq = parseCSeq((header(message, 'CSeq') ?? '').trim());
  const call = `${actor} ${header(message, 'Call-ID')}`;
  const before = sequence.get(call) ?? -1;
  if (cseq.ok) sequence.set(call, Math.max(before, cseq.value.number));
  if (final === undefined || final.message.status < 400 || request.content.protocol !== 'sip') return false;
  if (message.method !== 'ACK' && message.method !== 'CANCEL' && cseq.ok && cseq.value.number <= before) return true;
  return (
    message.version !== 'SIP/2.0' ||
    !parseSipUri(message.uri).ok ||
    (message.method === 'INVITE' && !isPlainOffer(message)) ||
    validateSip(message, request.content.defects).some(({ tolerated }) => tolerated !== true)
  );
}

/** The body is a session description, or none at all. */
const isPlainOffer = (message: SipRequest): boolean =>
  message.body.length === 0 || /^application\/sdp\s*(?:;|$)/i.test(header(message, 'Content-Type') ?? '');
