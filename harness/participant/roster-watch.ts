import { applyConference, type Roster } from '../codec/conference/apply.ts';
import { parseConference } from '../codec/conference/parse.ts';
import type { Subscription } from '../sip/subscription.ts';
import type { SubscribeOptions, UserAgent } from '../sip/user-agent.ts';

const CONFERENCE_INFO = 'application/conference-info+xml';

/** Refreshes for want of a document that fits, one after the other: a notifier that never sends one is not asked for ever. */
const MAX_REFRESHES = 3;

export interface RosterHooks {
  readonly changed: (roster: Roster | undefined) => void;
  /** 200 takes the document, anything else leaves it alone. */
  readonly notifyAnswer: () => number | 'silence';
}

/** One subscription to the conference package and the state its documents give (RFC 4575 §4.6). */
export class RosterWatch {
  readonly subscription: Subscription;
  readonly #hooks: RosterHooks;
  #roster: Roster | undefined;
  #refreshes = 0;

  constructor(agent: UserAgent, options: Omit<SubscribeOptions, 'event' | 'accept' | 'onNotify'>, hooks: RosterHooks) {
    this.#hooks = hooks;
    this.subscription = agent.subscribe({
      ...options,
      event: 'conference',
      accept: [CONFERENCE_INFO],
      onNotify: ({ request }) => {
        const answer = hooks.notifyAnswer();
        if (answer === 'silence') return answer;
        if (answer !== 200) return { status: answer };
        if (request.body.length > 0) this.#take(request.body);
        return undefined;
      },
    });
  }

  /** Undefined before the first full document, and after the end of the conference. */
  get roster(): Roster | undefined {
    return this.#roster;
  }

  /** By the text of RFC 4575 §4.4, where a bare `<users>` replaces the list. */
  #take(body: Buffer): void {
    const document = parseConference(body);
    if (!document.ok) return;
    const [roster, outcome] = applyConference(this.#roster, document.value, 'replace');
    this.#roster = roster;
    switch (outcome) {
      case 'ignored':
        return;
      case 'refresh-needed':
        if (this.#refreshes >= MAX_REFRESHES) return;
        this.#refreshes += 1;
        void this.subscription.refresh();
        return;
      case 'applied':
      case 'ended':
        this.#refreshes = 0;
        this.#hooks.changed(roster);
    }
  }
}
