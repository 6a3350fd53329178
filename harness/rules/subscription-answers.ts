import { acceptsType } from '../codec/sdp/media-type.ts';
import { parseEvent } from '../codec/sip/event.ts';
import { header, headerLines, headerValues } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { tagIn } from '../conversation/stays.ts';
import { isConference } from './document-series.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

const PLAIN = 'application/conference-info+xml';
const XCON = /^application\/xcon-conference-info(-diff)?\+xml$/;
/** RFC 6665 §4.2.1.1. */
const HOUR_SECONDS = 3600;
/** No person is asked in so short a time (RFC 6665 §4.2.1.1), in milliseconds. */
const PROMPT_MS = 4000;

/** RFC 6665 §4.2.1: how SUBSCRIBE is answered. */
export const subscribeIsAnswered: Rule = {
  id: 'subscribe-answered',
  about: 'SUBSCRIBE is answered at once, and refused for good reasons only',
  judge(conversation, catalogue) {
    const brief = new Matter(['RFC6665-4.2.1.1-02'], 'only a time between nothing and an hour is called too brief');
    const prompt = new Matter(['RFC6665-4.2.1.1-03'], 'SUBSCRIBE is answered without waiting for a person');
    const contact = new Matter(['RFC6665-3.1.1-03'], 'an expires parameter of Contact does not shorten a subscription');
    const members = new Matter(['RFC4575-3.5-02'], 'whoever is in the room may subscribe', { breach: ['dialogs'] });
    for (const exchange of conversation.sip.list) {
      const { direction, message, request, final, retransmissions } = exchange;
      if (direction !== 'sent' || message.method !== 'SUBSCRIBE' || final === undefined) continue;
      judgeBrief(exchange, brief);
      if (retransmissions.length === 0) {
        const took = final.entry.time - request.time;
        prompt.judge(took <= PROMPT_MS, () => ({
          message: 'SUBSCRIBE was answered late',
          expected: `within ${PROMPT_MS} ms`,
          actual: `${Math.round(took)} ms`,
          evidence: [request, final.entry],
        }));
      }
      judgeContactExpires(exchange, contact);
      judgeMember(conversation, exchange, members);
    }
    return settle(subscribeIsAnswered.id, catalogue, [brief, prompt, contact, members]);
  },
};

function judgeBrief({ message, request, final }: SipExchange, matter: Matter): void {
  const asked = secondsIn(message);
  if (asked === undefined || final === undefined || (asked > 0 && asked < HOUR_SECONDS)) return;
  if (final.message.status !== 423 && final.message.status >= 300) return;
  matter.judge(final.message.status !== 423, () => ({
    message: `423 to a SUBSCRIBE for ${asked} seconds`,
    evidence: [request, final.entry],
  }));
}

/** Told apart only where the parameter is far below the header. */
function judgeContactExpires({ message, request, final }: SipExchange, matter: Matter): void {
  const [value] = headerValues(message, 'Contact');
  const contact = value === undefined ? undefined : parseNameAddress(value);
  const parameter = contact?.ok
    ? contact.value.parameters.find(({ name }) => name.toLowerCase() === 'expires')?.value
    : undefined;
  const [asked, granted] = [secondsIn(message), final === undefined ? undefined : secondsIn(final.message)];
  if (parameter === undefined || asked === undefined || granted === undefined || final === undefined) return;
  if (final.message.status >= 300 || Number(parameter) >= asked) return;
  matter.judge(granted > Number(parameter), () => ({
    message: 'the expires parameter of Contact was taken for the time of the subscription',
    expected: `above ${parameter}, at most ${asked}`,
    actual: String(granted),
    evidence: [request, final.entry],
  }));
}

function judgeMember(
  { sessions }: Conversation,
  { actor, message, request, final }: SipExchange,
  matter: Matter,
): void {
  if (final === undefined || !isConference(message) || tagIn(message, 'To') !== undefined) return;
  if (!acceptsType(acceptedIn(message), PLAIN)) return;
  const isMember = sessions.list.some(
    ({ stay, bound, lost }) =>
      stay.actor === actor &&
      stay.room === message.uri &&
      (bound?.index ?? Infinity) < request.index &&
      Math.min(stay.ending?.index ?? Infinity, lost?.index ?? Infinity) > final.entry.index,
  );
  const { status } = final.message;
  if (!isMember || (status >= 300 && status !== 403 && status !== 603)) return;
  matter.judge(status < 300, () => ({
    message: `${actor}, who is in the room, may not subscribe`,
    expected: '2xx',
    actual: String(status),
    evidence: [request, final.entry],
  }));
}

/** RFC 4575 §3.1, §3.4, RFC 6665 §3.2.1: what kind of NOTIFY a subscription brings. */
export const notifyFitsSubscribe: Rule = {
  id: 'notify-fits-subscribe',
  about: 'NOTIFY is of the package that was subscribed to, and its body of a type that was accepted',
  judge({ sip }, catalogue) {
    const token = new Matter(['RFC4575-3.1-01'], 'the package is called conference', { breach: ['dialogs'] });
    const accepted = new Matter(['RFC6665-3.2.1-02'], 'a body is of a type that was accepted', { breach: ['dialogs'] });
    const plain = new Matter(['RFC4575-3.4-01', 'RFC6502-4.1-01'], 'who accepts the plain documents alone gets them', {
      breach: ['dialogs'],
    });
    const byDefault = new Matter(['RFC4575-3.4-02'], 'who does not say what it accepts gets plain documents', {
      breach: ['dialogs'],
    });
    const nothing = new Matter(['RFC4575-3.4-04'], 'who accepts none of the documents is sent none', {
      breach: ['dialogs'],
    });
    const xcon = new Matter(['RFC6502-4-01'], 'XCON documents go to those alone who accept them', {
      breach: ['dialogs'],
    });
    const type = new Matter(['RFC4575-9.2-01'], 'plain documents are labelled as such, and as UTF-8');
    const subscribes = new Map<string, SipExchange[]>();
    for (const exchange of sip.list) {
      const { actor, direction, message, request, final } = exchange;
      if (direction === 'sent' && message.method === 'SUBSCRIBE' && isConference(message)) {
        const key = `${actor} ${header(message, 'Call-ID')}`;
        const known = subscribes.get(key);
        if (known === undefined) subscribes.set(key, [exchange]);
        else known.push(exchange);
        if (final?.message.status === 406) judgeRefusal(exchange, plain, nothing);
        continue;
      }
      if (direction !== 'received' || message.method !== 'NOTIFY') continue;
      const latest = (subscribes.get(`${actor} ${header(message, 'Call-ID')}`) ?? []).findLast(
        (one) => one.request.index < request.index && tagIn(one.message, 'From') === tagIn(message, 'To'),
      );
      if (latest === undefined) continue;
      judgeToken(exchange, latest, token);
      const list = acceptedIn(latest.message);
      const kind = bare(header(message, 'Content-Type') ?? '');
      const evidence = [latest.request, request];
      if (message.body.length === 0) {
        if (!acceptsType(list, PLAIN)) nothing.right();
        continue;
      }
      accepted.judge(acceptsType(list, kind), () => ({
        message: 'NOTIFY has a body of a type that was not accepted',
        expected: list.join(', '),
        actual: kind,
        evidence,
      }));
      const wrong = (expected: string) => () => ({
        message: 'a body of another type',
        expected,
        actual: kind,
        evidence,
      });
      if (headerLines(latest.message, 'Accept').length === 0) byDefault.judge(kind === PLAIN, wrong(PLAIN));
      else if (list.every((one) => bare(one) === PLAIN)) plain.judge(kind === PLAIN, wrong(PLAIN));
      if (!acceptsType(list, PLAIN)) nothing.judge(acceptsType(list, kind), wrong('no body'));
      if (!list.some((one) => XCON.test(bare(one)) || bare(one).includes('*')))
        xcon.judge(!XCON.test(kind), wrong('no XCON document'));
      judgeType(exchange, type);
    }
    return settle(notifyFitsSubscribe.id, catalogue, [token, accepted, plain, byDefault, nothing, xcon, type]);
  },
};

function judgeRefusal({ message, request, final }: SipExchange, plain: Matter, nothing: Matter): void {
  const list = acceptedIn(message);
  if (!acceptsType(list, PLAIN)) nothing.right();
  else if (list.every((one) => bare(one) === PLAIN))
    plain.broken({ message: '406 to a subscriber of plain documents', evidence: [request, final?.entry] });
}

/** One dialog may hold subscriptions of several packages; here every SUBSCRIBE of the dialog was of this one. */
function judgeToken({ message, request }: SipExchange, subscribe: SipExchange, matter: Matter): void {
  const event = parseEvent(header(message, 'Event') ?? '');
  if (!event.ok || event.value.package === 'refer') return;
  matter.judge(event.value.package === 'conference', () => ({
    message: 'NOTIFY calls the package otherwise',
    expected: 'conference',
    actual: event.value.package,
    evidence: [subscribe.request, request],
  }));
}

function judgeType({ message, request }: SipExchange, matter: Matter): void {
  const value = header(message, 'Content-Type') ?? '';
  if (!/<(?:[\w.-]+:)?conference-info[\s>]/.test(message.body.toString('utf8', 0, 2048))) return;
  if (XCON.test(bare(value))) return;
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(value)?.[1] ?? 'utf-8';
  matter.judge(bare(value) === PLAIN && charset.toLowerCase() === 'utf-8', () => ({
    message: 'a conference document is labelled otherwise',
    expected: PLAIN,
    actual: value,
    evidence: [request],
  }));
}

/** Types of Accept; without it the default of the package. SIP spells the wildcard of all types with a slash. */
function acceptedIn(message: SipMessage): readonly string[] {
  if (headerLines(message, 'Accept').length === 0) return [PLAIN];
  return headerValues(message, 'Accept').map((type) => (bare(type) === '*/*' ? '*' : type));
}

const bare = (type: string): string => (type.split(';', 1)[0] ?? '').trim().toLowerCase();

function secondsIn(message: SipMessage): number | undefined {
  const text = (header(message, 'Expires') ?? '').trim();
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
