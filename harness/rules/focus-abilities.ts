import { parseEvent } from '../codec/sip/event.ts';
import { header, headerLines, headerValues } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { tagIn } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { isConference } from './document-series.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4579 §4.2, §4.3: a focus that shows itself as one does so always. */
export const focusShowsItself: Rule = {
  id: 'focus-shows-itself',
  about: 'isfocus stands on every Contact of the focus that makes a session or answers OPTIONS',
  judge(conversation, catalogue) {
    const sessions = new Matter(['RFC4579-4.2-01'], 'isfocus stands on the Contact whenever a session is made');
    const options = new Matter(['RFC4579-4.3-01'], 'isfocus stands on the Contact of the 200 to OPTIONS');
    const form = new Matter(['RFC3840-10-01'], 'isfocus is a boolean parameter');
    const contacts = contactsOf(conversation);
    const shows = contacts.some(({ kind, isfocus }) => kind === 'session' && isfocus === 'true');
    for (const { kind, entry, contact, isfocus } of contacts) {
      if (isfocus !== 'absent' && isfocus !== 'inside') {
        form.judge(isfocus !== 'ill-formed', () => ({
          message: 'isfocus has a value that is neither TRUE nor FALSE',
          actual: contact,
          evidence: [entry],
        }));
      }
      // Whether it may be missing from all of them is another matter (RFC 4579 §5.1).
      const matter = kind === 'session' ? sessions : options;
      const denied = isfocus === 'inside' || isfocus === 'false';
      if (!shows && !(kind === 'session' && denied)) continue;
      matter.judge(isfocus === 'true', () => ({
        message: 'a Contact of the focus without isfocus',
        expected: '<URI>;isfocus',
        actual: contact,
        evidence: [entry],
      }));
    }
    return settle(focusShowsItself.id, catalogue, [sessions, options, form]);
  },
};

interface FocusContact {
  readonly kind: 'session' | 'options';
  readonly entry: WireEntry;
  readonly contact: string;
  readonly isfocus: 'true' | 'false' | 'ill-formed' | 'inside' | 'absent';
}

function contactsOf(conversation: Conversation): FocusContact[] {
  const rooms = new Set(conversation.stays.list.map(({ room }) => room));
  const found: FocusContact[] = [];
  for (const { direction, message, request, final } of conversation.sip.list) {
    const [kind, source, entry]: [FocusContact['kind'] | undefined, SipMessage | undefined, WireEntry | undefined] =
      direction === 'received'
        ? [message.method === 'INVITE' ? 'session' : undefined, message, request]
        : [
            message.method === 'INVITE'
              ? 'session'
              : // OPTIONS may ask the server itself, which is no focus.
                message.method === 'OPTIONS' && (rooms.has(message.uri) || tagIn(message, 'To') !== undefined)
                ? 'options'
                : undefined,
            final !== undefined && final.message.status < 300 ? final.message : undefined,
            final?.entry,
          ];
    const contact = source === undefined ? undefined : headerValues(source, 'Contact')[0];
    if (kind === undefined || entry === undefined || contact === undefined) continue;
    found.push({ kind, entry, contact, isfocus: isfocusIn(contact) });
  }
  return found;
}

function isfocusIn(contact: string): FocusContact['isfocus'] {
  const address = parseNameAddress(contact);
  if (!address.ok) return 'absent';
  const parameter = address.value.parameters.find(({ name }) => name.toLowerCase() === 'isfocus');
  if (parameter === undefined) return /;isfocus\b/i.test(address.value.uri) ? 'inside' : 'absent';
  const value = (parameter.value ?? 'TRUE').replace(/^"(.*)"$/, '$1').toUpperCase();
  return value === 'TRUE' ? 'true' : value === 'FALSE' ? 'false' : 'ill-formed';
}

/** RFC 4579 §3.1, §5.13, RFC 6665 §4.4.4: what a focus says it can do, it can. */
export const abilitiesAreTold: Rule = {
  id: 'abilities-told',
  about: 'Allow, Supported and Allow-Events are there, and tell what the focus does',
  judge({ sip }, catalogue) {
    const conference = new Matter(['RFC4579-3.1-01'], 'the conference package is served and announced');
    const packages = new Matter(['RFC6665-4.4.4-01'], 'Allow-Events lists the packages that are served, and no others');
    const headers = new Matter(['RFC4579-5.13-02'], 'the 2xx to INVITE tells methods, extensions and packages');
    const plain = new Matter(['RFC4579-3.3-02'], 'who knows no extension of SIP can join');
    const methods = new Matter(['RFC4579-5.13-03'], 'Allow lists the methods that work, and no others');
    const answered = sip.list.filter(({ direction, final }) => direction === 'sent' && final !== undefined);
    // In a dialog they have been told at its beginning.
    const announcing = answered.filter(
      ({ message, final }) =>
        ['INVITE', 'OPTIONS'].includes(message.method) &&
        tagIn(message, 'To') === undefined &&
        (final?.message.status ?? 0) < 300,
    );
    const finals = answered.flatMap(({ final }) => final?.message ?? []);
    const allowed = new Set(finals.flatMap((message) => headerValues(message, 'Allow')));
    const events = new Set(finals.flatMap((message) => headerValues(message, 'Allow-Events')));
    const serves = answered.some(({ message, final }) => isInitial(message) && (final?.message.status ?? 0) < 300);
    for (const exchange of announcing) judgeAnnouncement(exchange, serves, conference, headers);
    for (const exchange of answered) {
      const { message, request, final } = exchange;
      if (message.method === 'INVITE' && tagIn(message, 'To') === undefined) judgePlain(exchange, plain);
      if (message.method === 'SUBSCRIBE' && tagIn(message, 'To') === undefined && events.size > 0)
        judgePackage(exchange, events, sip.list, conference, packages);
      if (allowed.size === 0 || final === undefined || message.method === 'CANCEL') continue;
      const { status } = final.message;
      const listed = allowed.has(message.method);
      const wrong = listed ? status === 405 || status === 501 : status < 300;
      if (!wrong && !(listed && status < 300)) continue;
      methods.judge(!wrong, () => ({
        message: listed ? `${message.method} is in Allow and refused` : `${message.method} works and is not in Allow`,
        actual: `${status}`,
        evidence: [request, final.entry],
        verdict: 'warn',
      }));
    }
    return settle(abilitiesAreTold.id, catalogue, [conference, packages, headers, plain, methods]);
  },
};

/** RFC 3261 §21.4.15 advises against 421 without forbidding it. */
function judgePlain({ message, request, final }: SipExchange, matter: Matter): void {
  if (final === undefined || headerValues(message, 'Supported').some((one) => one.trim() !== '')) return;
  const { status } = final.message;
  if (status >= 300 && status !== 421) return;
  const required = headerValues(final.message, 'Require').join(', ');
  matter.judge(status < 300 && required === '', () => ({
    message: status === 421 ? 'an INVITE without extensions got 421' : `an answer that requires ${required}`,
    evidence: [request, final.entry],
    ...(status === 421 ? { verdict: 'warn' as const } : {}),
  }));
}

/** A first SUBSCRIBE to the conference package. */
const isInitial = (message: SipMessage): boolean =>
  message.kind === 'request' &&
  message.method === 'SUBSCRIBE' &&
  isConference(message) &&
  tagIn(message, 'To') === undefined;

function judgeAnnouncement(
  { message, final }: SipExchange,
  serves: boolean,
  conference: Matter,
  headers: Matter,
): void {
  if (final === undefined) return;
  if (serves) {
    conference.judge(headerValues(final.message, 'Allow-Events').includes('conference'), () => ({
      message: `the 2xx to ${message.method} does not tell that the conference package is served`,
      expected: 'Allow-Events with conference',
      actual: headerLines(final.message, 'Allow-Events').join(', ') || 'none',
      evidence: [final.entry],
    }));
  }
  if (message.method !== 'INVITE') return;
  const due = ['Allow', 'Supported', ...(serves ? ['Allow-Events'] : [])];
  const missing = due.filter((name) => headerLines(final.message, name).length === 0);
  const accept = headerValues(final.message, 'Accept').map((type) => type.split(';', 1)[0]?.trim().toLowerCase());
  const takesSdp = accept.length === 0 || accept.some((type) => /^(application\/(sdp|\*)|\*\/\*)$/.test(type ?? ''));
  headers.judge(missing.length === 0 && takesSdp, () => ({
    message: 'the 2xx to INVITE does not tell what the focus can do',
    expected: `${due.join(', ')}, and application/sdp in Accept if there is one`,
    actual: missing.length > 0 ? `no ${missing.join(', no ')}` : `Accept: ${accept.join(', ')}`,
    evidence: [final.entry],
    verdict: 'warn',
  }));
}

/** Templates and refer are not counted. */
function judgePackage(
  { actor, message, request, final }: SipExchange,
  events: ReadonlySet<string>,
  exchanges: readonly SipExchange[],
  conference: Matter,
  packages: Matter,
): void {
  const event = parseEvent(header(message, 'Event') ?? '');
  if (!event.ok || final === undefined) return;
  const { package: name } = event.value;
  if (name === 'refer' || name.includes('.')) return;
  const { status } = final.message;
  const evidence = [request, final.entry];
  if (events.has(name)) {
    if (status !== 489 && status >= 300) return;
    const breach = { message: `${name} is in Allow-Events and refused`, actual: '489', evidence };
    packages.judge(status < 300, () => breach);
    // Announcing it is a recommendation; to announce what does not work is wrong (RFC 4579 §3.1).
    if (name === 'conference' && status === 489) conference.broken({ ...breach, verdict: 'fail' });
    return;
  }
  const notified = exchanges.some(
    (one) =>
      one.actor === actor &&
      one.direction === 'received' &&
      one.message.method === 'NOTIFY' &&
      header(one.message, 'Call-ID') === header(message, 'Call-ID'),
  );
  if (status < 300 && !notified) return;
  packages.judge(status >= 300, () => ({
    message: `${name} is served and not in Allow-Events`,
    expected: [...events].join(', '),
    actual: String(status),
    evidence,
  }));
}
