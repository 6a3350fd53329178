import { applyConference, type Outcome, type Roster } from '../codec/conference/apply.ts';
import type { ConferenceDocument } from '../codec/conference/document.ts';
import { parseConference } from '../codec/conference/parse.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import type { WireEntry } from '../wire/entry.ts';

/** The roster as one subscription of one actor shows it. */
export interface Subscription {
  readonly actor: string;
  readonly callId: string;
  /** By the text, and as many servers mean a bare `<users>` in a partial document; usually the same. */
  roster: Roster | undefined;
  amended: Roster | undefined;
  readonly cseqs: Set<string>;
  readonly documents: { readonly entry: WireEntry; readonly document: ConferenceDocument; readonly outcome: Outcome }[];
  readonly unreadable: { readonly entry: WireEntry; readonly reason: string }[];
  terminated: boolean;
}

/** Follows the NOTIFY requests of the conference package (RFC 4575). */
export class Rosters {
  readonly subscriptions: Subscription[] = [];
  readonly #byDialog = new Map<string, Subscription>();

  observe(entry: WireEntry): void {
    if (entry.content.protocol !== 'sip') return;
    const { message } = entry.content;
    if (message.kind !== 'request' || message.method !== 'NOTIFY' || entry.direction !== 'received') return;
    if (eventOf(message) !== 'conference') return;
    const subscription = this.#subscription(entry.actor, header(message, 'Call-ID') ?? '');
    if (/^\s*terminated\b/i.test(header(message, 'Subscription-State') ?? '')) subscription.terminated = true;
    // A retransmission brings the same request again; the document counts once.
    const cseq = header(message, 'CSeq') ?? '';
    if (message.body.length === 0 || subscription.cseqs.has(cseq)) return;
    subscription.cseqs.add(cseq);
    this.#document(subscription, entry, message.body);
  }

  /** The latest subscription of an actor that has shown anything. */
  of(actor: string): Subscription | undefined {
    return this.subscriptions.findLast((one) => one.actor === actor);
  }

  #document(subscription: Subscription, entry: WireEntry, body: Buffer): void {
    const parsed = parseConference(body);
    if (!parsed.ok) {
      subscription.unreadable.push({ entry, reason: parsed.error });
      return;
    }
    const [roster, outcome] = applyConference(subscription.roster, parsed.value, 'replace');
    const [amended] = applyConference(subscription.amended, parsed.value, 'amend');
    subscription.roster = roster;
    subscription.amended = amended;
    subscription.documents.push({ entry, document: parsed.value, outcome });
  }

  #subscription(actor: string, callId: string): Subscription {
    const id = `${actor} ${callId}`;
    let subscription = this.#byDialog.get(id);
    if (subscription === undefined) {
      subscription = {
        actor,
        callId,
        roster: undefined,
        amended: undefined,
        cseqs: new Set(),
        documents: [],
        unreadable: [],
        terminated: false,
      };
      this.#byDialog.set(id, subscription);
      this.subscriptions.push(subscription);
    }
    return subscription;
  }
}

const eventOf = (message: SipMessage): string =>
  (header(message, 'Event') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
