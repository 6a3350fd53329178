import type { Catalogue } from '../catalogue/catalogue.ts';
import { Conversation } from '../conversation/conversation.ts';
import { placeOf } from '../conversation/envelope.ts';
import type { Finding } from '../rules/finding.ts';
import { rules, rulesForClients, rulesOfMessages } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import type { Sight } from '../rules/sight.ts';
import type { WireLog } from '../wire/log.ts';
import type { GatheringLog } from './gathering-log.ts';
import type { Basis, Participant } from './parties.ts';
import { type Unseen, weighed } from './unseen.ts';

/** Whom the findings are about. */
export type Party = { readonly role: 'focus' } | { readonly role: 'client'; readonly participant: Participant };

export interface JudgedParty {
  readonly party: Party;
  readonly findings: readonly Finding[];
}

export type PartiesWanted = 'all' | 'focus' | 'clients';

/** What the passive rules find in a gathering: of its focus, then of each participant. */
export function judgeGathering(of: GatheringLog, catalogue: Catalogue, wanted: PartiesWanted = 'all'): JudgedParty[] {
  const { basis } = of.gathering;
  return basis.kind === 'messages' ? judgeMessages(of, basis, catalogue, wanted) : judgeRoom(of, catalogue, wanted);
}

function judgeRoom(of: GatheringLog, catalogue: Catalogue, wanted: PartiesWanted): JudgedParty[] {
  const { entries } = of.log;
  const conversation = new Conversation(of.log);
  const unseen = of.gathering.isWhole ? [] : unseenIn(of, conversation);
  const judged: JudgedParty[] = [];
  if (wanted !== 'clients') {
    const found = rules.flatMap((rule) => rule.judge(conversation, catalogue));
    judged.push({ party: { role: 'focus' }, findings: weighed(found, entries, unseen) });
  }
  if (wanted === 'focus') return judged;
  for (const participant of of.gathering.participants) {
    if (participant.behindProxy) continue;
    const before = new Conversation(of.before(participant));
    const found = rulesForClients.flatMap((rule) => rule.judge(before, catalogue));
    const findings = weighed(found, entries, unseenBefore(participant, unseen));
    judged.push({ party: { role: 'client', participant }, findings });
  }
  return judged;
}

/** One connection of which nothing is signalled: both of its ends, by what holds for everybody. */
function judgeMessages(
  of: GatheringLog,
  { peer }: Extract<Basis, { kind: 'messages' }>,
  catalogue: Catalogue,
  wanted: PartiesWanted,
): JudgedParty[] {
  const [participant] = of.gathering.participants;
  const isClear = peer === 'switch';
  if (participant === undefined || (wanted !== 'all' && !isClear)) return [];
  const unseen = [
    ...of.unseen,
    never(['dialogs', 'everybody'], 'no signalling of it is in the capture'),
    ...NEVER_SEEN,
  ];
  const judgedIn = (log: WireLog, held: readonly Rule[], missing: readonly Unseen[]): Finding[] => {
    const conversation = new Conversation(log);
    const found = held.flatMap((rule) => rule.judge(conversation, catalogue));
    return weighed(found, log.entries, missing);
  };
  const judged: JudgedParty[] = [];
  if (wanted !== 'clients') {
    const party: Party = isClear ? { role: 'focus' } : { role: 'client', participant: peer };
    judged.push({ party, findings: judgedIn(of.log, isClear ? rulesOfMessages : ofAnybody, unseen) });
  }
  if (wanted !== 'focus') {
    const findings = judgedIn(of.before(participant), ofAnybody, unseenBefore(participant, unseen));
    judged.push({ party: { role: 'client', participant }, findings });
  }
  return judged;
}

/** Of rules that cite requirements on a switch as well, only the others. */
const ofAnybody: readonly Rule[] = rulesForClients.filter(({ id }) => rulesOfMessages.some((rule) => rule.id === id));

const unseenIn = (of: GatheringLog, conversation: Conversation): Unseen[] => [
  ...of.unseen,
  ...sessionsUnseen(conversation),
  ...sessionsUnsignalled(conversation),
  ...othersUnseen(of, conversation),
  ...NEVER_SEEN,
];

/** What was open of a participant, as the focus sees it: nobody else matters to it. */
function unseenBefore({ name }: Participant, unseen: readonly Unseen[]): Unseen[] {
  const turned: Partial<Record<Sight, Sight>> = { sent: 'received', received: 'sent' };
  return unseen
    .filter(
      ({ actor, sights }) =>
        actor === name ||
        (actor === undefined && !sights.some((sight) => sight === 'everybody' || sight === 'history')),
    )
    .map((one) => ({ ...one, sights: one.sights.map((sight) => turned[sight] ?? sight) }));
}

const never = (sights: readonly Sight[], why: string): Unseen => ({
  sights,
  from: Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
  why,
});

/** What no capture shows but one that was recorded by who has arranged everything. */
const NEVER_SEEN: readonly Unseen[] = [
  never(['security'], 'what the capture shows in the clear may have been decrypted'),
  never(['history'], 'the room may repeat what was said before the capture began'),
  never(['reach'], 'the capture does not tell who can be connected to'),
];

/** Connections on which the focus takes messages of sessions that no signalling shows, and of no others. */
function sessionsUnsignalled({ msrp, sessions }: Conversation): Unseen[] {
  const known = new Map<string, { readonly actor: string; readonly isKnown: boolean }>();
  for (const { request, head, response } of msrp.list) {
    if (request.direction !== 'sent' || head.method !== 'SEND' || response?.head.status !== 200) continue;
    const isKnown = known.get(request.connection)?.isKnown === true || sessions.of(request, head) !== undefined;
    known.set(request.connection, { actor: request.actor, isKnown });
  }
  return [...known.values()]
    .filter(({ isKnown }) => !isKnown)
    .map(({ actor }) => ({
      ...never(['sent', 'received', 'dialogs'], `the signalling of a session of ${actor} is not in the capture`),
      actor,
    }));
}

/** Sessions that were agreed, and of which no message is in the capture. */
function sessionsUnseen({ sessions, messages, msrp }: Conversation): Unseen[] {
  const seen = new Set<unknown>();
  for (const { request, head } of msrp.list) seen.add(sessions.of(request, head));
  for (const message of messages.list) seen.add(sessions.ofMessage(message));
  return sessions.list
    .filter((session) => !seen.has(session))
    .map(({ stay, agreements }) => ({
      sights: ['sent', 'received'],
      actor: stay.actor,
      from: agreements[0]?.answer.entry.time ?? Number.NEGATIVE_INFINITY,
      to: stay.ended?.time ?? Number.POSITIVE_INFINITY,
      why: `no MSRP of ${stay.actor} is in the capture`,
    }));
}

/**
 * When others may have been in the room than are seen: always, but while a roster lists those who are, no more of them than
 * are seen, and nobody had been there before.
 */
function othersUnseen({ gathering, log }: GatheringLog, { rosters, stays }: Conversation): Unseen[] {
  const open = (from: number, to: number, why: string): Unseen => ({ sights: ['everybody'], from, to, why });
  const always = (why: string): Unseen[] => [open(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, why)];
  const [earlier] = gathering.earlier;
  if (earlier !== undefined) return always(`${earlier} had been in the room before`);
  const seen = new Map<string, number>();
  for (const { identity, accepted } of stays.list)
    if (accepted !== undefined) seen.set(placeOf(identity), (seen.get(placeOf(identity)) ?? 0) + 1);
  const covered: { from: number; to: number }[] = [];
  for (const { documents, actor } of rosters.subscriptions) {
    const full = documents.find(({ document }) => (document.state ?? 'full') === 'full');
    for (const { document } of documents) {
      for (const { entity, state, endpoints } of document.users?.list ?? []) {
        const count = seen.get(placeOf(entity)) ?? 0;
        if (state !== 'deleted' && count === 0)
          return always(`the roster lists ${entity}, whose calls are not in the capture`);
        const there = endpoints.filter(
          ({ state: how, status }) => how !== 'deleted' && status !== 'disconnected',
        ).length;
        if (there > count) return always(`the roster lists more endpoints of ${entity} than the capture has`);
      }
    }
    const last = log.entries.findLast((entry) => entry.actor === actor && entry.content.protocol === 'sip');
    if (full !== undefined && last !== undefined) covered.push({ from: full.entry.time, to: last.time });
  }
  if (covered.length === 0) return always('no roster in the capture tells whether others were in the room');
  covered.sort((a, b) => a.from - b.from);
  const gaps: Unseen[] = [];
  let upTo = Number.NEGATIVE_INFINITY;
  const why = 'no roster in the capture tells whether others were in the room at that time';
  for (const { from, to } of covered) {
    if (from > upTo) gaps.push(open(upTo, from - 1, why));
    upTo = Math.max(upTo, to);
  }
  return [...gaps, open(upTo + 1, Number.POSITIVE_INFINITY, why)];
}
