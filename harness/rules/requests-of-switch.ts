import { headerOf } from '../codec/msrp/message.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { decideActive } from '../codec/sdp/setup-roles.ts';
import { isSamePath, type Session } from '../conversation/sessions.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** 64 random bits in an alphabet of 67 symbols (RFC 4975 §7.1, §9). */
const FEWEST_CHARACTERS = 11;
/** Two that hold 64 random bits each differ in more places than this, in whatever alphabet. */
const FEWEST_DIFFERENCES = 6;

const differences = (one: string, other: string): number => {
  let count = 0;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) count += 1;
  return count;
};

/** RFC 4975 §7.1: transaction identifiers are random and never serve twice. */
export const transactionIds: Rule = {
  id: 'transaction-ids',
  about: 'every request of the switch has a transaction identifier of its own',
  judge({ msrp }, catalogue) {
    const repeated = new Matter(['RFC4975-7.1-02', 'RFC4975-7.1-01'], 'no transaction identifier serves twice');
    const inbound = new Matter(
      ['RFC7701-2-03', 'RFC7701-9.3-01'],
      'copies have transaction identifiers of their own, not those of the messages they copy',
    );
    const random = new Matter(['RFC4975-7.1-02'], 'transaction identifiers are random, not counted');
    let last: (typeof msrp.list)[number] | undefined;
    const sent = new Map(
      msrp.list
        .filter(({ request }) => request.direction === 'sent')
        .map((one) => [one.head.transactionId, one.request]),
    );
    const received = new Map<string, (typeof msrp.list)[number]>();
    for (const exchange of msrp.list) {
      const { request, head } = exchange;
      if (request.direction !== 'received') continue;
      const earlier = received.get(head.transactionId);
      received.set(head.transactionId, exchange);
      repeated.judge(earlier === undefined, () => ({
        message: `the transaction identifier ${head.transactionId} came again`,
        evidence: [earlier?.request, request],
      }));
      const before = last?.head.transactionId ?? '';
      if (before.length === head.transactionId.length && before.length >= FEWEST_CHARACTERS && earlier === undefined) {
        const previous = last?.request;
        random.judge(differences(before, head.transactionId) >= FEWEST_DIFFERENCES, () => ({
          message: `the transaction identifiers ${before} and ${head.transactionId} are alike`,
          evidence: [previous, request],
        }));
      }
      last = exchange;
      const original = sent.get(head.transactionId);
      inbound.judge(original === undefined, () => ({
        message: `the transaction identifier ${head.transactionId} of an inbound request serves in one of the switch`,
        evidence: [original, request],
        verdict: 'warn',
      }));
    }
    return settle(transactionIds.id, catalogue, [repeated, random, inbound]);
  },
};

/** RFC 4975 §7.1, RFC 7701 §2: the switch speaks in the session of the receiver, as itself. */
export const paths: Rule = {
  id: 'paths-of-requests',
  about: 'requests of the switch carry the paths that were signalled for the session of their receiver',
  judge(conversation, catalogue) {
    const signalled = new Matter(
      ['RFC4975-7.1-03', 'RFC4975-8.2-05'],
      'To-Path is the path that the receiver signalled, From-Path that of the switch',
      { breach: ['dialogs'] },
    );
    const foreign = new Matter(
      ['RFC7701-2-03', 'RFC7701-9.3-01', 'RFC4975-3-04'],
      'no participant sees the MSRP URI of another',
    );
    const { sessions } = conversation;
    const known = new Set(sessions.list.map(({ stay }) => stay.actor));
    for (const { request, head } of conversation.msrp.list) {
      if (request.direction !== 'received' || !known.has(request.actor)) continue;
      const target = splitPath(headerOf(head, 'To-Path') ?? '');
      const source = splitPath(headerOf(head, 'From-Path') ?? '');
      const session = sessions.at(target.at(-1) ?? '');
      // A REPORT goes where the From-Path of the SEND says (RFC 4975 §7.1.3), whoever wrote that.
      if (head.method !== 'REPORT') {
        signalled.judge(session !== undefined && leadsTo(session, target), () => ({
          message: `To-Path is no path that ${request.actor} has signalled`,
          actual: target.join(' '),
          evidence: [request],
        }));
      }
      const stranger = sessions.at(source.at(-1) ?? '')?.stay.actor;
      foreign.judge(stranger === undefined || stranger === session?.stay.actor, () => ({
        message: `From-Path shows ${request.actor} the MSRP URI of ${stranger}`,
        actual: source.join(' '),
        evidence: [request],
      }));
      if (session === undefined || stranger !== undefined) continue;
      signalled.judge(isPeer(session, source.at(-1) ?? ''), () => ({
        message: 'From-Path does not end in the URI that the switch gave for this session',
        expected: session.agreements.at(-1)?.peer.media?.path.join(' ') ?? '',
        actual: source.join(' '),
        evidence: [request],
      }));
    }
    return settle(paths.id, catalogue, [signalled, foreign]);
  },
};

/**
 * By any offer or answer, since an old path may serve to the end of a message. Relays in front of the receiver take
 * their own URI away (RFC 4976 §6), so an end of the path is right too.
 */
const leadsTo = ({ agreements }: Session, target: readonly string[]): boolean =>
  agreements.some(({ actor }) => isSamePath((actor.media?.path ?? []).slice(-target.length), target));

/** Whether the switch has signalled this URI in any offer or answer of the stay. */
const isPeer = ({ stay, peers }: Session, uri: string): boolean =>
  peers.has(uri) || stay.agreements.some(({ peer }) => isSamePath(peer.media?.path.slice(-1) ?? [], [uri]));

/** RFC 4975 §5.4: the passive side is silent until a request has told it who is there. */
export const silentUntilBound: Rule = {
  id: 'silent-until-bound',
  about: 'the switch sends nothing in a session before the active participant has',
  judge(conversation, catalogue) {
    const matter = new Matter(
      ['RFC4975-5.4-16', 'RFC6135-4.2.2-10'],
      'nothing is sent on a connection before its first request has come',
      { breach: ['sent'] },
    );
    const spoken = new Set<string>();
    const judged = new Set<Session>();
    for (const { request, head } of conversation.msrp.list) {
      if (request.direction === 'sent') {
        spoken.add(request.connection);
        continue;
      }
      const session = conversation.sessions.of(request, head);
      if (session === undefined || judged.has(session) || !isActorActive(session)) continue;
      judged.add(session);
      matter.judge(spoken.has(request.connection), () => ({
        message: `${head.method} came on a connection on which ${request.actor} had sent nothing`,
        evidence: [request],
      }));
    }
    return settle(silentUntilBound.id, catalogue, [matter]);
  },
};

/** Whether the actor opens the connection (RFC 4975 §5.4, RFC 6135 §4.2), by every exchange of the session. */
const isActorActive = ({ agreements }: Session): boolean =>
  agreements.every(({ offer, answer }) => {
    const side = decideActive(offer.media?.setup, answer.media?.setup);
    return side.active === (offer.side === 'actor' ? 'offerer' : 'answerer');
  });

/** RFC 7701 §3, §4: BYE ends the session. */
export const silentAfterLeave: Rule = {
  id: 'silent-after-leave',
  about: 'whoever has left gets no further message',
  judge(conversation, catalogue) {
    const matter = new Matter(
      ['RFC7701-4-12', 'RFC7701-3-01', 'RFC4353-5.3-01'],
      'what is sent after a BYE was answered does not reach who has left',
      { breach: ['sent'], kept: ['received'] },
    );
    const left = conversation.sessions.list.filter(({ stay }) => stay.ended !== undefined);
    if (left.length === 0) return [];
    const starts = new Map<string, number>();
    const latestInRoom = new Map<string, number>();
    for (const message of conversation.messages.list) {
      const { direction, digest, chunks } = message;
      const start = chunks[0]?.index ?? 0;
      const room = conversation.sessions.ofMessage(message)?.stay.room;
      if (direction !== 'sent' || digest === undefined || room === undefined) continue;
      // Of equal messages the first counts: what was on its way may still arrive.
      if (!starts.has(digest)) starts.set(digest, start);
      latestInRoom.set(room, start);
    }
    const broken = new Set<Session>();
    for (const copy of conversation.messages.list) {
      const session = conversation.sessions.ofMessage(copy);
      const ended = session?.stay.ended;
      if (copy.direction !== 'received' || session === undefined || ended === undefined) continue;
      if ((starts.get(copy.digest ?? '') ?? -1) < ended.index) continue;
      broken.add(session);
      matter.broken({
        message: `${copy.actor} got a message that was sent after its BYE had been answered`,
        evidence: [ended, ...copy.chunks],
      });
    }
    for (const session of left) {
      const sentSince = (latestInRoom.get(session.stay.room) ?? -1) > (session.stay.ended?.index ?? Infinity);
      if (!broken.has(session) && sentSince) matter.right();
    }
    return settle(silentAfterLeave.id, catalogue, [matter]);
  },
};
