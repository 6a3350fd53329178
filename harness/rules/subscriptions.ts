import { eventId, parseEvent } from '../codec/sip/event.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { parseSubscriptionState } from '../codec/sip/subscription-state.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { tagIn } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4575 §3.3. */
const PACKAGE_DEFAULT_SECONDS = 3600;
const ROUNDING_SECONDS = 2;
/** What was under way when a subscription was refused may still arrive, in milliseconds. */
const CROSSING_MS = 1000;
/** Answers to NOTIFY that end a subscription (RFC 6665 §4.2.2). */
const ENDS = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]);

/** RFC 6665 §4: a notifier keeps to what was subscribed to, and for how long. */
export const subscriptionsAreKept: Rule = {
  id: 'subscriptions-kept',
  about: 'notifications belong to a subscription and keep to its event and its time',
  judge({ sip }, catalogue) {
    const known = new Matter(['RFC6665-4.2.1-01'], 'no NOTIFY of the conference package without SUBSCRIBE', {
      breach: ['sent', 'dialogs'],
    });
    const refused = new Matter(['RFC6665-4.1.2.1-02'], 'a refused SUBSCRIBE draws no NOTIFY', {
      breach: ['sent', 'dialogs'],
    });
    const event = new Matter(
      ['RFC6665-4.5.2-03', 'RFC6665-3.2.1-01'],
      'NOTIFY has the Event of the SUBSCRIBE, id included',
      { breach: ['sent', 'dialogs'] },
    );
    const granted = new Matter(
      ['RFC6665-3.1.1-02', 'RFC6665-4.2.1.4-01', 'RFC4575-3.3-01'],
      'no more time is granted than was asked for',
    );
    const left = new Matter(['RFC6665-4.2.2-05'], 'the time left is never more than was granted', {
      breach: ['dialogs'],
    });
    const over = new Matter(['RFC6665-4.2.2-03'], 'an answer that ends a subscription is followed by no more NOTIFY');
    const subscriptions = new Subscriptions(sip.list);
    for (const exchange of sip.list) {
      if (exchange.direction === 'sent' && exchange.message.method === 'SUBSCRIBE') {
        judgeGrant(exchange, granted);
      } else if (
        exchange.direction === 'received' &&
        exchange.message.method === 'NOTIFY' &&
        isConference(exchange.message)
      ) {
        const subscription = subscriptions.of(exchange);
        if (subscription !== undefined) {
          known.right();
          judgeRefused(exchange, subscription, refused);
          judgeEvent(exchange, subscription, event);
          judgeTimeLeft(exchange, subscription, left);
          judgeOver(exchange, subscription, over);
        } else if (subscriptions.seesBeginningOf(exchange.actor)) {
          known.broken({ message: 'a NOTIFY that belongs to no SUBSCRIBE', evidence: [exchange.request] });
        }
      }
    }
    return settle(subscriptionsAreKept.id, catalogue, [known, refused, event, granted, left, over]);
  },
};

interface Subscription {
  /** SUBSCRIBE requests so far, the latest last. */
  readonly requests: SipExchange[];
  /** Position of the NOTIFY answer that ended it, by dialog. */
  readonly ended: Map<string, WireEntry>;
}

/** Subscriptions by Call-ID and the tag of their subscriber (RFC 6665 §4.4.1). */
class Subscriptions {
  readonly #byDialog = new Map<string, Subscription>();
  readonly #begun = new Map<string, boolean>();

  constructor(exchanges: readonly SipExchange[]) {
    for (const exchange of exchanges) {
      const { actor, direction, message } = exchange;
      // The first thing an actor says tells whether the log has its beginning.
      if (!this.#begun.has(actor)) this.#begun.set(actor, direction === 'sent' && tagIn(message, 'To') === undefined);
      if (direction !== 'sent' || message.method !== 'SUBSCRIBE') continue;
      const key = `${actor} ${header(message, 'Call-ID')} ${tagIn(message, 'From')}`;
      const known = this.#byDialog.get(key);
      if (known === undefined) this.#byDialog.set(key, { requests: [exchange], ended: new Map() });
      else known.requests.push(exchange);
    }
  }

  of({ actor, message }: SipExchange): Subscription | undefined {
    return this.#byDialog.get(`${actor} ${header(message, 'Call-ID')} ${tagIn(message, 'To')}`);
  }

  seesBeginningOf(actor: string): boolean {
    return this.#begun.get(actor) === true;
  }
}

function judgeGrant({ message, request, final }: SipExchange, matter: Matter): void {
  if (final === undefined || final.message.status >= 300 || !isConference(message)) return;
  const written = (header(message, 'Expires') ?? '').trim();
  const asked = written === '' ? PACKAGE_DEFAULT_SECONDS : secondsIn(message);
  const granted = secondsIn(final.message);
  if (asked === undefined || granted === undefined) return;
  matter.judge(granted <= asked, () => ({
    message: 'a subscription was granted for longer than asked',
    expected: `at most ${asked}`,
    actual: String(granted),
    evidence: [request, final.entry],
  }));
}

/** Only where every SUBSCRIBE of the dialog has been refused before. */
function judgeRefused({ request }: SipExchange, { requests }: Subscription, matter: Matter): void {
  const refusals = requests.map(({ final }) => final);
  const open = refusals.some((final) => final === undefined || final.message.status < 300);
  if (open) matter.right();
  else matter.broken({ message: 'a NOTIFY for a SUBSCRIBE that was refused', evidence: [refusals[0]?.entry, request] });
}

function judgeEvent({ message, request }: SipExchange, { requests }: Subscription, matter: Matter): void {
  const read = (from: SipMessage): string | undefined => {
    const event = parseEvent(header(from, 'Event') ?? '');
    return event.ok ? `${event.value.package} id ${eventId(event.value) ?? 'none'}` : undefined;
  };
  // One dialog may hold several subscriptions, told apart by id (RFC 6665 §4.5.2).
  const asked = requests.filter((one) => one.request.index < request.index);
  const wanted = new Set(asked.map(({ message: subscribe }) => read(subscribe)));
  const actual = read(message);
  matter.judge(actual !== undefined && wanted.has(actual), () => ({
    message: 'a NOTIFY with another Event than the SUBSCRIBE',
    expected: [...wanted].join(' or '),
    actual: header(message, 'Event') ?? 'none',
    evidence: [requests[0]?.request, request],
  }));
}

/** Measured from when the latest grant was read; a refresh under way leaves it open. */
function judgeTimeLeft({ message, request }: SipExchange, { requests }: Subscription, matter: Matter): void {
  const state = parseSubscriptionState(header(message, 'Subscription-State') ?? '');
  const latest = requests.findLast((one) => one.request.index < request.index);
  const grant = latest?.final;
  if (!state.ok || state.value.state === 'terminated' || grant === undefined || grant.entry.index > request.index)
    return;
  const granted = secondsIn(grant.message);
  const { expires } = state.value;
  if (granted === undefined || expires === undefined || grant.message.status >= 300) return;
  const most = granted - Math.floor((request.time - grant.entry.time) / 1000) + ROUNDING_SECONDS;
  // By another connection a NOTIFY that was written before the grant may come behind it.
  if (expires > most && request.time - grant.entry.time <= CROSSING_MS) return;
  matter.judge(expires <= most, () => ({
    message: 'a NOTIFY tells more time than is left',
    expected: `at most ${most}`,
    actual: String(expires),
    evidence: [grant.entry, request],
  }));
}

function judgeOver({ message, request, final }: SipExchange, { ended }: Subscription, matter: Matter): void {
  const dialog = tagIn(message, 'From') ?? '';
  const end = ended.get(dialog);
  if (end !== undefined && request.time - end.time > CROSSING_MS) {
    matter.broken({ message: 'NOTIFY goes on after an answer that ended the subscription', evidence: [end, request] });
  }
  if (final !== undefined && ENDS.has(final.message.status) && end === undefined) ended.set(dialog, final.entry);
  else if (end !== undefined && request.time - end.time <= CROSSING_MS) matter.right();
}

const isConference = (message: SipMessage): boolean => /^\s*conference\s*(;|$)/.test(header(message, 'Event') ?? '');

function secondsIn(message: SipMessage): number | undefined {
  const text = (header(message, 'Expires') ?? '').trim();
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
