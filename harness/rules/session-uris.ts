import { headerOf } from '../codec/msrp/message.ts';
import { parseMsrpUri } from '../codec/msrp/uri.ts';
import { header } from '../codec/sip/headers.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { Session } from '../conversation/sessions.ts';
import type { Described } from '../conversation/stays.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** 80 random bits in an alphabet of 69 symbols (RFC 4975 §14.1, §9). */
const SHORTEST_SESSION_ID = 14;
/** Two random session-ids of that length differ nearly everywhere. */
const FEWEST_DIFFERENCES = 8;

/** RFC 4975 §8.2: the URIs that a focus gives for its sessions. */
export const sessionUris: Rule = {
  id: 'session-uris',
  about: 'the URI that the focus gives for a session serves, and cannot be guessed',
  judge(conversation, catalogue) {
    const guess = new Matter(['RFC4975-8.2-09'], 'session URIs are long and without pattern');
    const serves = new Matter(
      ['RFC4975-8.2-06', 'RFC4975-8.2-04'],
      'the first SEND to the URI that the focus has signalled is served',
      { breach: ['sent', 'dialogs'] },
    );
    const known = new Map<string, Described>();
    for (const session of conversation.sessions.list) {
      judgeOpening(conversation, session, serves);
      for (const { peer } of session.agreements) {
        const uri = parseMsrpUri(peer.media?.path.at(-1) ?? '');
        const id = uri.ok ? uri.value.sessionId : undefined;
        if (id === undefined || known.has(id)) continue;
        guess.judge(id.length >= SHORTEST_SESSION_ID, () => ({
          message: `a session-id of ${id.length} characters`,
          expected: `at least ${SHORTEST_SESSION_ID}`,
          actual: id,
          evidence: [peer.entry],
        }));
        for (const [other, described] of known) {
          guess.judge(!isAlike(id, other), () => ({
            message: 'session-ids are alike, so that one shows the other',
            expected: other,
            actual: id,
            evidence: [described.entry, peer.entry],
          }));
        }
        known.set(id, peer);
      }
    }
    return settle(sessionUris.id, catalogue, [guess, serves]);
  },
};

/** Equal but for a few places. */
function isAlike(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let differences = 0;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) differences += 1;
  return differences < FEWEST_DIFFERENCES;
}

/** The first request of a session, in the path of its answer, after the ACK and before any BYE. */
function judgeOpening(conversation: Conversation, { stay, opening, agreements }: Session, serves: Matter): void {
  const exchange = opening === undefined ? undefined : conversation.msrp.of(opening);
  const response = exchange?.response;
  if (opening === undefined || exchange?.head.method !== 'SEND' || response === undefined) return;
  const agreed = agreements.findLast(({ answer }) => answer.entry.index < opening.index);
  const target = headerOf(exchange.head, 'To-Path') ?? '';
  if (agreed?.peer.media?.path.join(' ') !== target) return;
  // An active focus has bound the session by a SEND of its own, and its connection may be gone by now (RFC 6135 §4.2.2).
  if (agreed.peer.media.setup === 'active') return;
  const over = stay.ending !== undefined && stay.ending.index < response.entry.index;
  if (over || !isAcknowledged(conversation, stay.callId, opening.index)) return;
  serves.judge(response.head.status !== 481, () => ({
    message: `the first SEND of ${stay.actor} to the URI in the SDP of the focus got 481`,
    actual: target,
    evidence: [agreed?.peer.entry, opening, response.entry],
  }));
}

const isAcknowledged = ({ log }: Conversation, callId: string, before: number): boolean =>
  log.entries.some(
    ({ content, direction, index }) =>
      index < before &&
      direction === 'sent' &&
      content.protocol === 'sip' &&
      content.message.kind === 'request' &&
      content.message.method === 'ACK' &&
      header(content.message, 'Call-ID') === callId,
  );
