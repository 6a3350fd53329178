import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipResponse } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parameterOf } from '../codec/sip/parameters.ts';
import { parseSipUri, sameSipUri } from '../codec/sip/uri.ts';
import type { Timer } from '../net/clock.ts';
import { cseqNumber } from './dialog-state.ts';
import { newCallId, newCSeq, newTag } from './identifiers.ts';
import { type RequestOutcome, succeeded } from './outcome.ts';
import type { UserAgent } from './user-agent.ts';

export interface RegistrationOptions {
  /** Request-URI: the domain of the location service, without a user part (RFC 3261 §10.2). */
  readonly registrar: string;
  /** Whose binding it is: an address of record. */
  readonly uri: string;
  /** Asked for; the registrar may shorten it. */
  readonly seconds?: number;
}

/** RFC 3261 §10.2.1.1 leaves it to the registrar otherwise. */
const SECONDS = 3600;
/** What a registrar grants is asked for anew in good time, yet not all the time. */
const LEAST_PAUSE_MS = 5_000;

/** One binding of an address of record to where a user agent listens (RFC 3261 §10.2), kept alive until it is removed. */
export class Registration {
  readonly #agent: UserAgent;
  readonly #options: RegistrationOptions;
  readonly #contact: string;
  readonly #callId: string;
  readonly #fromTag: string;
  #cseq: number;
  #seconds: number;
  #timer: Timer | undefined;
  #over = false;
  /** Requests of one registration follow each other (RFC 3261 §10.2). */
  #turn: Promise<unknown> = Promise.resolve();

  /** The user agent has to be started. */
  constructor(agent: UserAgent, options: RegistrationOptions) {
    const { core } = agent;
    this.#agent = agent;
    this.#options = options;
    this.#contact = core.ownContact(options.uri, options.registrar);
    this.#callId = newCallId(core.random);
    this.#fromTag = newTag(core.random);
    this.#cseq = newCSeq(core.random);
    this.#seconds = options.seconds ?? SECONDS;
  }

  /** Binds. Never rejects. */
  async begin(): Promise<RequestOutcome> {
    const outcome = await this.#send(this.#seconds);
    const shortest = outcome.kind === 'answered' ? tooBrief(outcome.response) : undefined;
    if (shortest === undefined || shortest <= this.#seconds) return this.#bound(outcome);
    this.#seconds = shortest;
    return this.#bound(await this.#send(shortest));
  }

  /** Removes the binding (RFC 3261 §10.2.2). Never rejects. */
  end(): Promise<RequestOutcome> {
    this.drop();
    return this.#send(0);
  }

  /** Forgets it without a word; it runs out at the registrar. */
  drop(): void {
    this.#over = true;
    this.#timer?.cancel();
  }

  #bound(outcome: RequestOutcome): RequestOutcome {
    if (outcome.kind === 'answered' && succeeded(outcome) && !this.#over) {
      const granted = grantedIn(outcome.response, this.#contact) ?? this.#seconds;
      const pauseMs = Math.max(LEAST_PAUSE_MS, granted * 500);
      this.#timer = this.#agent.core.clock.after(pauseMs, () => void this.begin());
    }
    return outcome;
  }

  #send(seconds: number): Promise<RequestOutcome> {
    const { registrar, uri } = this.#options;
    const sent = this.#turn.then(async () => {
      const outcome = await this.#agent.request('REGISTER', {
        to: `<${uri}>`,
        from: `<${uri}>`,
        uri: registrar,
        callId: this.#callId,
        fromTag: this.#fromTag,
        cseq: this.#cseq + 1,
        headers: [
          ['Contact', this.#contact],
          ['Expires', String(seconds)],
        ],
      });
      // A challenge that was answered has used up a number of its own.
      const request = outcome.kind === 'not-sent' ? undefined : outcome.request;
      this.#cseq = Math.max(this.#cseq + 1, request === undefined ? 0 : cseqNumber(request));
      return outcome;
    });
    this.#turn = sent;
    return sent;
  }
}

/** 423: the shortest time that the registrar takes, in seconds (RFC 3261 §10.2.8). */
function tooBrief(response: SipResponse): number | undefined {
  const least = Number.parseInt(header(response, 'Min-Expires') ?? '', 10);
  return response.status === 423 && Number.isFinite(least) ? least : undefined;
}

/** Seconds; of our own binding, for the response lists all of the address of record (RFC 3261 §10.2.4). */
function grantedIn(response: SipResponse, contact: string): number | undefined {
  const own = parseNameAddress(contact);
  for (const value of headerValues(response, 'Contact')) {
    const address = parseNameAddress(value);
    if (!address.ok || !own.ok || !isSame(address.value.uri, own.value.uri)) continue;
    const seconds = Number.parseInt(parameterOf(address.value.parameters, 'expires') ?? '', 10);
    if (Number.isFinite(seconds)) return seconds;
  }
  const seconds = Number.parseInt(header(response, 'Expires') ?? '', 10);
  return Number.isFinite(seconds) ? seconds : undefined;
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [parseSipUri(a), parseSipUri(b)];
  return one.ok && other.ok && sameSipUri(one.value, other.value);
}
