import type { WireEntry } from '../wire/entry.ts';
import type { WireLog } from '../wire/log.ts';
import { ChatMessages } from './chat-messages.ts';
import { MsrpExchanges } from './msrp-exchanges.ts';
import { Rosters } from './rosters.ts';
import { Sessions } from './sessions.ts';
import { SipExchanges } from './sip-exchanges.ts';
import { Stays } from './stays.ts';

/**
 * What the wire log means: exchanges, stays, sessions, messages, rosters. It grows with the log, so that expectations can wait for it,
 * and is the same for a live run, the simulation and a capture.
 */
export class Conversation {
  readonly log: WireLog;
  readonly msrp = new MsrpExchanges();
  readonly sip = new SipExchanges();
  readonly stays = new Stays();
  readonly sessions = new Sessions(this.stays, this.msrp);
  readonly messages = new ChatMessages();
  readonly rosters = new Rosters();

  constructor(log: WireLog) {
    this.log = log;
    for (const entry of log.entries) this.#observe(entry);
    log.follow((entry) => this.#observe(entry));
  }

  #observe(entry: WireEntry): void {
    this.msrp.observe(entry);
    this.sip.observe(entry);
    this.stays.observe(entry);
    this.sessions.observe(entry);
    this.messages.observe(entry);
    this.rosters.observe(entry);
  }
}
