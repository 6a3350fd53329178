import { header } from '../codec/sip/headers.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { tagIn } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { isClean } from './broken-lines.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** Copies of a response that were under way when the ACK was sent. */
const CROSSING_MS = 300;
/** T1 and as much again for the way: the first repetition of a refusal is due by then (RFC 3261 §17.2.1). */
const FIRST_REPETITION_MS = 900;
/** 200 ms and the way (RFC 3261 §17.2.1); a slow network, or a host under load, is no fault of a server. */
const PROMPT_MS = 4000;

/** RFC 3261 §17.2: copies of requests, and copies of responses. */
export const sipRepetition: Rule = {
  id: 'sip-repetition',
  about: 'copies of a request draw copies of its response, and a refused INVITE its refusal until the ACK',
  judge({ sip }, catalogue) {
    const same = new Matter(['RFC3261-17.2-01'], 'a copy of a request gets the same response');
    const refusals = new Matter(['RFC3261-17.2.1-02'], 'a refusal of INVITE is repeated over UDP, until the ACK', {
      breach: ['sent', 'received', 'dialogs'],
    });
    const prompt = new Matter(['RFC3261-17.2.1-01'], 'an INVITE gets a response at once', { breach: ['received'] });
    const acks = sip.list.filter(({ direction, message }) => direction === 'sent' && message.method === 'ACK');
    for (const exchange of sip.list) {
      const { direction, message, request, final, repeated, retransmissions, provisional } = exchange;
      if (direction !== 'sent' || message.method === 'ACK' || final === undefined) continue;
      const first = provisional[0] ?? final.entry;
      if (message.method === 'INVITE') {
        const ms = first.time - request.time;
        prompt.judge(ms <= PROMPT_MS, () => ({
          message: `the first response to INVITE came after ${(ms / 1000).toFixed(1)} s`,
          evidence: [request, first],
          verdict: 'warn',
        }));
      }
      if (retransmissions.length > 0) judgeCopies(exchange, same);
      if (message.method !== 'INVITE' || final.message.status < 300 || !isClean(request)) continue;
      const ack = acks.find((one) => header(one.message, 'Call-ID') === header(message, 'Call-ID'))?.request;
      judgeRefusal(
        exchange,
        repeated.map(({ entry }) => entry),
        ack,
        refusals,
      );
    }
    return settle(sipRepetition.id, catalogue, [same, refusals, prompt]);
  },
};

function judgeCopies({ message, request, final, repeated, retransmissions }: SipExchange, same: Matter): void {
  if (final === undefined) return;
  const other = repeated.find(
    (one) => one.message.status !== final.message.status || tagIn(one.message, 'To') !== tagIn(final.message, 'To'),
  );
  // For an INVITE already answered by 2xx this RFC keeps no transaction (RFC 3261 §17.2, RFC 6026).
  const late = message.method === 'INVITE' && final.message.status < 300;
  same.judge(other === undefined, () => ({
    message: `a copy of ${message.method} gets another response than the first`,
    expected: `${final.message.status} with To tag ${tagIn(final.message, 'To')}`,
    actual: `${other?.message.status} with To tag ${other === undefined ? '' : tagIn(other.message, 'To')}`,
    evidence: [request, retransmissions[0], final.entry, other?.entry],
    ...(late ? { verdict: 'warn' as const } : {}),
  }));
}

function judgeRefusal(
  { request, final, retransmissions }: SipExchange,
  copies: readonly WireEntry[],
  ack: WireEntry | undefined,
  refusals: Matter,
): void {
  if (final === undefined || retransmissions.length > 0) return;
  const [copy] = copies;
  if (request.transport !== 'udp') {
    refusals.judge(copy === undefined, () => ({
      message: 'a refusal of INVITE is repeated on a stream',
      evidence: [request, final.entry, copy],
    }));
    return;
  }
  const late = ack === undefined ? undefined : copies.find((one) => one.time > ack.time + CROSSING_MS);
  if (late !== undefined)
    refusals.broken({ message: 'a refusal is repeated though the ACK has come', evidence: [final.entry, ack, late] });
  const waited = (ack?.time ?? final.entry.time) - final.entry.time;
  if (waited < FIRST_REPETITION_MS) return;
  // It may be sent without keeping state, and then once for each copy of the INVITE.
  refusals.judge(copy !== undefined, () => ({
    message: 'a refusal is not repeated over UDP while the ACK is missing',
    evidence: [request, final.entry, ack],
    verdict: 'warn',
  }));
}
