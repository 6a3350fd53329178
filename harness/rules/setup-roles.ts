import { parseMsrpUri } from '../codec/msrp/uri.ts';
import { decideActive } from '../codec/sdp/setup-roles.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { Agreement, Described } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 6135 §4.2: what the focus says of who connects, and whether it keeps to it. */
export const setupRoles: Rule = {
  id: 'setup-roles',
  about: 'the focus says who connects, and connects only where that has made it the active side',
  judge(conversation, catalogue) {
    const explicit = new Matter(['RFC6135-4.2.1-02'], 'every offer and answer of the focus has a=setup');
    const offersActpass = new Matter(['RFC6135-4.2.2-03'], 'the focus offers actpass', { breach: ['reach'] });
    const neverPassive = new Matter(['RFC6135-4.2.2-05'], 'the focus never offers passive');
    const answersPassive = new Matter(['RFC6135-4.2.2-08'], 'the focus answers actpass with passive', {
      breach: ['reach'],
    });
    const discard = new Matter(['RFC6135-4.2.2-02'], 'beside setup active, m= and path have one port');
    const connects = new Matter(['RFC6135-4.2.1-01'], 'only the active side connects', { breach: ['dialogs'] });
    judgePresence(conversation, explicit);
    for (const { agreements } of conversation.stays.list) {
      for (const [i, { offer, answer, peer }] of agreements.entries()) {
        const evidence = [peer.entry];
        const actual = peer.media?.setup;
        if (actual === undefined) continue;
        if (peer.role === 'offer') {
          // That passive is offered is told by the rule on offers and answers.
          if (actual !== 'passive') neverPassive.right();
          // Later offers may keep to what there is.
          if (i === 0 && actual !== 'unknown' && actual !== 'holdconn') {
            offersActpass.judge(actual === 'actpass', () => ({
              message: `the focus offers ${actual}`,
              expected: 'actpass',
              actual,
              evidence,
              // Who knows that it cannot be reached offers active (RFC 6135 §4.2.2).
              ...(actual === 'active' ? { verdict: 'warn' as const } : {}),
            }));
          }
        } else if (offer.media?.setup === 'actpass' && (actual === 'passive' || actual === 'active')) {
          answersPassive.judge(actual === 'passive', () => ({
            message: 'the focus answers actpass with active, as one that cannot be reached',
            expected: 'passive',
            actual,
            evidence: [offer.entry, answer.entry],
          }));
        }
        if (actual === 'active' && portOf(peer) === peer.media?.port) discard.right();
      }
    }
    judgeConnections(conversation, connects);
    return settle(setupRoles.id, catalogue, [explicit, offersActpass, neverPassive, answersPassive, discard, connects]);
  },
};

/** A focus that never writes the attribute goes by the base model of RFC 4975, which is right as well (RFC 6135 §3). */
function judgePresence({ stays }: Conversation, explicit: Matter): void {
  const described = stays.list.flatMap(({ agreements }) => agreements.map(({ peer }) => peer));
  const open = described.filter(({ media }) => media !== undefined);
  const spoken = open.find(({ media }) => media?.setup !== undefined);
  if (spoken === undefined) return;
  for (const { media, role, entry } of open) {
    explicit.judge(media?.setup !== undefined, () => ({
      message: `an ${role} of the focus without a=setup, which it writes elsewhere`,
      expected: 'a=setup',
      actual: 'none',
      evidence: [spoken.entry, entry],
    }));
  }
}

/** A connection that ends at the place of a session is one that the focus has opened. */
function judgeConnections(conversation: Conversation, connects: Matter): void {
  const { stays, log, sessions } = conversation;
  const byPlace = new Map<string, Agreement[]>();
  const switches = new Set<string>();
  for (const { agreements } of stays.list) {
    for (const agreement of agreements) {
      switches.add(placeOf(agreement.peer) ?? '');
      const place = placeOf(agreement.actor);
      // Nobody listens at the discard port.
      if (place === undefined || place.endsWith(` ${DISCARD_PORT}`)) continue;
      const known = byPlace.get(place);
      if (known === undefined) byPlace.set(place, [agreement]);
      else known.push(agreement);
    }
  }
  for (const entry of log.entries) {
    const { content, local, remote } = entry;
    if (content.protocol !== 'connection' || content.event !== 'opened') continue;
    const agreements = byPlace.get(`${local.host} ${local.port}`) ?? [];
    const isOwn = switches.has(`${remote.host} ${remote.port}`);
    if (isOwn || agreements.length === 0 || !agreements.every(isActorActive)) continue;
    connects.broken(unwanted(agreements, entry));
  }
  for (const { agreements, opening } of sessions.list) {
    const [agreement] = agreements;
    if (opening !== undefined && agreement !== undefined && isActorActive(agreement)) connects.right();
  }
}

const DISCARD_PORT = 9;

const unwanted = (agreements: readonly Agreement[], opened: WireEntry): Parameters<Matter['broken']>[0] => ({
  message: 'the focus connects, though offer and answer leave that to the other side',
  expected: 'no connection from the focus',
  actual: `one from ${opened.remote.host}:${opened.remote.port}`,
  evidence: [agreements[0]?.offer.entry, agreements[0]?.answer.entry, opened],
});

function isActorActive({ offer, answer }: Agreement): boolean {
  const { active } = decideActive(offer.media?.setup, answer.media?.setup);
  return active === (offer.side === 'actor' ? 'offerer' : 'answerer');
}

/** Of the own URI in the path. */
function portOf({ media }: Described): number | undefined {
  const uri = parseMsrpUri(media?.path.at(-1) ?? '');
  return uri.ok ? uri.value.port : undefined;
}

/** Host and port of the own URI. */
function placeOf({ media }: Described): string | undefined {
  const uri = parseMsrpUri(media?.path.at(-1) ?? '');
  return uri.ok ? `${uri.value.host.replace(/^\[(.*)\]$/, '$1')} ${uri.value.port ?? ''}` : undefined;
}
