import type { ConferenceDocument, ConferenceUser } from '../codec/conference/document.ts';
import { header, headerValues } from '../codec/sip/headers.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSipUri, sameSipUri } from '../codec/sip/uri.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isAnonymous, isHidden, placeOf } from '../conversation/envelope.ts';
import type { Stay } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { secretsOf } from './anonymity.ts';
import { type Notification, type Series, seriesIn } from './document-series.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4575 §4.5, §5.6: a user is one entity, written in one way. */
export const entitiesAreKept: Rule = {
  id: 'entities-kept',
  about: 'each participant has one entity in the roster, whose text stays the same',
  judge(conversation, catalogue) {
    const unique = new Matter(['RFC4575-5.6-01'], 'no participant stands in the roster under two spellings of its URI');
    const stable = new Matter(['RFC4575-4.5-02'], 'the entity of a user is written the same in all documents');
    for (const { notifications } of seriesIn(conversation)) {
      let known = new Map<string, string>();
      for (const notification of notifications) {
        judgeUnique(notification, unique);
        known = judgeStable(known, notification, stable);
      }
    }
    return settle(entitiesAreKept.id, catalogue, [unique, stable]);
  },
};

function judgeUnique({ entry, document }: Notification, matter: Matter): void {
  const seen = new Map<string, string>();
  const users = (document.users?.list ?? []).filter(({ state }) => state !== 'deleted');
  if (document.state === 'deleted' || users.length < 2) return;
  let twice: string | undefined;
  for (const { entity } of users) {
    const other = seen.get(placeOf(entity));
    if (other !== undefined && other !== entity && isSameUri(other, entity)) twice = `${other} ${entity}`;
    seen.set(placeOf(entity), entity);
  }
  matter.judge(twice === undefined, () => ({
    message: 'the roster lists one participant under two spellings of its URI',
    actual: twice ?? '',
    evidence: [entry],
  }));
}

/** What is known of the spelling of each user that is there, after this document. */
function judgeStable(
  known: ReadonlyMap<string, string>,
  { entry, document }: Notification,
  matter: Matter,
): Map<string, string> {
  const users = document.users?.list ?? [];
  const next = isWhole(document) ? new Map<string, string>() : new Map(known);
  for (const { entity, state } of users) {
    const before = known.get(placeOf(entity));
    if (before !== undefined && (before === entity || isSameUri(before, entity))) {
      matter.judge(before === entity, () => ({
        message: 'the entity of a user is written in another way than before',
        expected: before,
        actual: entity,
        evidence: [entry],
      }));
    }
    if (state === 'deleted') next.delete(placeOf(entity));
    else next.set(placeOf(entity), entity);
  }
  return next;
}

const isWhole = ({ state = 'full' }: ConferenceDocument): boolean => state !== 'partial';

function isSameUri(a: string, b: string): boolean {
  const [first, second] = [parseSipUri(a), parseSipUri(b)];
  return first.ok && second.ok && sameSipUri(first.value, second.value);
}

/** RFC 4575 §5.6, §8.2: under what URI, and with what else, the roster shows those who asked for privacy. */
export const hiddenInRoster: Rule = {
  id: 'hidden-in-roster',
  about: 'those who asked for privacy are shown under anonymous URIs, and nothing points to them',
  judge(conversation, catalogue) {
    const anonymous = new Matter(['RFC4575-5.6-02'], 'the host of an anonymous URI ends in .invalid', {
      breach: ['sent', 'everybody', 'history'],
    });
    const shape = new Matter(['RFC4575-5.6-04'], 'an anonymous URI has the form sip:anonymousX@anonymous.invalid', {
      breach: ['sent', 'everybody', 'history'],
    });
    const uris = new Matter(
      ['RFC4575-8.2-04', 'RFC4575-8.2-03'],
      'no URI in the roster leads to a participant that asked for privacy',
      { breach: ['everybody'], kept: ['received', 'everybody'] },
    );
    const dialogs = new Matter(
      ['RFC4575-5.7.9-01'],
      'the dialog of a participant that asked for privacy is not shown',
      { kept: ['received', 'everybody'] },
    );
    const names = new Matter(['RFC4575-8.2-02'], 'the name of a participant that asked for privacy is not shown', {
      breach: ['sent', 'everybody', 'history'],
      kept: ['received', 'everybody'],
    });
    const series = seriesIn(conversation);
    judgeNames(conversation, series, names);
    for (const one of series) judgeStrangers(conversation, one, anonymous, shape);
    judgeSecrets(conversation, series, uris, dialogs);
    return settle(hiddenInRoster.id, catalogue, [anonymous, shape, uris, dialogs, names]);
  },
};

/** Whom the log does not know by its URI is hidden, where no more of them are listed than have asked for it. */
function judgeStrangers({ stays }: Conversation, series: Series, anonymous: Matter, shape: Matter): void {
  const room = series.subscribed[0]?.room;
  const inRoom = stays.list.filter((stay) => stay.room === room && stay.accepted !== undefined);
  const asked = inRoom.filter((stay) => isHidden(stay) && !isAnonymous(stay.identity));
  if (room === undefined || asked.length === 0) return;
  const known = new Set(stays.list.map(({ identity }) => placeOf(identity)));
  const homes = [room, ...asked.map(({ identity }) => identity), ...asked.flatMap(contactsOf)].flatMap(hostOf);
  for (const { entry, document } of series.notifications) {
    const hidden = new Set(
      asked.filter(({ accepted }) => (accepted?.entry.index ?? Infinity) < entry.index).map(({ identity }) => identity),
    );
    const strangers = (document.users?.list ?? []).filter(
      ({ state, entity }) => state !== 'deleted' && !known.has(placeOf(entity)),
    );
    if (strangers.length === 0 || strangers.length > hidden.size) continue;
    for (const { entity } of strangers) {
      const invalid = isAnonymous(entity);
      // The domain of the provider is the other convention of RFC 4575 §5.6.
      anonymous.judge(invalid || hostOf(entity).some((host) => homes.some((home) => isWithin(host, home))), () => ({
        message: 'a participant that asked for privacy is shown under a URI of somebody else’s domain',
        expected: 'a host that ends in .invalid',
        actual: entity,
        evidence: [entry],
      }));
      if (!invalid) continue;
      shape.judge(/^sips?:anonymous[^@]+@anonymous\.invalid/i.test(entity), () => ({
        message: 'an anonymous URI has another form',
        expected: 'sip:anonymousX@anonymous.invalid',
        actual: entity,
        evidence: [entry],
      }));
    }
  }
}

const contactsOf = ({ accepted }: Stay): string[] =>
  (accepted === undefined ? [] : headerValues(accepted.message, 'Contact')).flatMap((value) => {
    const address = parseNameAddress(value);
    return address.ok ? [address.value.uri] : [];
  });

function hostOf(uri: string): string[] {
  const parsed = parseSipUri(uri);
  return parsed.ok ? [parsed.value.host.toLowerCase()] : [];
}

const isWithin = (host: string, home: string): boolean =>
  host === home || host.endsWith(`.${home}`) || home.endsWith(`.${host}`);

function judgeSecrets(conversation: Conversation, series: readonly Series[], uris: Matter, dialogs: Matter): void {
  for (const secret of secretsOf(conversation)) {
    const stay = conversation.stays.list.find((one) => one.invite === secret.invite);
    const since = stay?.accepted?.entry.index;
    if (stay === undefined || since === undefined) continue;
    for (const { actor, callId, notifications } of series) {
      if (secret.own.has(actor) || callId === stay.callId) continue;
      for (const { entry, document } of notifications) {
        if (entry.index < since) continue;
        const shown = (document.users?.list ?? []).flatMap(urisOf).find((uri) => uri.includes(secret.text));
        uris.judge(shown === undefined, () => leak('a URI in the roster', shown ?? '', stay, entry));
        const call = (document.users?.list ?? [])
          .flatMap(({ endpoints }) => endpoints)
          .find((endpoint) => endpoint.call?.callId === stay.callId);
        dialogs.judge(call === undefined, () => leak('call-info', stay.callId, stay, entry));
      }
    }
  }
}

/** A shorter name may be another's by chance. */
const TELLING_CHARACTERS = 8;

/** What From calls a participant is its identity too (RFC 4575 §8.2), unless it has told others so itself. */
function judgeNames(conversation: Conversation, series: readonly Series[], names: Matter): void {
  for (const { own, invite } of secretsOf(conversation)) {
    const name = nameIn(invite);
    if (name === undefined || name.length < TELLING_CHARACTERS || /anonymous/i.test(name)) continue;
    if (conversation.log.entries.some((entry) => isTold(entry, own, name))) continue;
    for (const { actor, notifications } of series) {
      if (own.has(actor)) continue;
      for (const { entry, document } of notifications) {
        if (entry.index < invite.index) continue;
        const texts = (document.users?.list ?? []).flatMap(({ displayText, endpoints }) => [
          displayText,
          ...endpoints.map((endpoint) => endpoint.displayText),
        ]);
        names.judge(!texts.includes(name), () => ({
          message: 'the roster shows what a participant that asked for privacy is called',
          actual: name,
          evidence: [invite, entry],
        }));
      }
    }
  }
}

function nameIn({ content }: WireEntry): string | undefined {
  const from = content.protocol === 'sip' ? parseNameAddress(header(content.message, 'From') ?? '') : undefined;
  return from?.ok === true ? from.value.displayName : undefined;
}

/** It is in a message or a NICKNAME of the participant, or another is called so as well. */
const isTold = ({ actor, direction, content, octets }: WireEntry, own: ReadonlySet<string>, name: string): boolean =>
  direction === 'sent' && own.has(actor) === (content.protocol === 'msrp') && octets.includes(name);

const leak = (what: string, actual: string, stay: Stay, entry: WireEntry): Parameters<Matter['broken']>[0] => ({
  message: `${what} leads to ${stay.actor}, who asked for privacy`,
  actual,
  evidence: [stay.invite, entry],
});

/** Everything of a user that is a URI (RFC 4575 §8.2), and the key of an endpoint, which often is one. */
const urisOf = ({ entity, associatedAors = [], endpoints }: ConferenceUser): string[] => [
  entity,
  ...associatedAors,
  ...endpoints.flatMap((endpoint) => [
    endpoint.entity,
    ...[endpoint.referred, endpoint.joiningInfo, endpoint.disconnectionInfo].flatMap((one) => one?.by ?? []),
  ]),
];
