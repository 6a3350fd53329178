import { headerOf, type MsrpRequest } from '../codec/msrp/message.ts';
import { serializeMsrp } from '../codec/msrp/serialize.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import type { Rewritten, WireRewriting } from '../focus/alteration.ts';
import { methodOf } from '../focus/rewriting.ts';
import type { Clock } from '../net/clock.ts';
import { reasonPhrase } from '../sip/reason-phrase.ts';

/** How the room answers one method from now on, in place of what it thinks itself. */
export interface RoomAnswer {
  readonly status: number;
  readonly afterMs: number;
}

/** Nobody has this room, so a focus refuses the INVITE. */
const NOWHERE = 'nowhere';

/**
 * Answers of the room that a scenario lays down: the focus does not see these MSRP requests, and sees INVITEs as ones for
 * a room that it does not have. 200 to INVITE and SEND is always what the focus says itself.
 */
export class RoomAnswers {
  readonly rewriting: WireRewriting;
  readonly #answers = new Map<string, RoomAnswer>();
  readonly #refused = new Map<string, number>();
  readonly #clock: Clock;
  readonly #write: (octets: Buffer) => void;

  /** `write`: on the connection over which the latest MSRP message has passed. */
  constructor(clock: Clock, write: (octets: Buffer) => void) {
    this.#clock = clock;
    this.#write = write;
    this.rewriting = {
      msrpReceived: (message) => this.#msrp(message.kind === 'request' ? message : undefined) ?? [message],
      sipReceived: (message) => [this.#invite(message)],
      sipWritten: (message) => [this.#refusal(message)],
    };
  }

  set(method: string, answer: RoomAnswer): void {
    if (answer.status === 200 && method !== 'NICKNAME') this.#answers.delete(method);
    else this.#answers.set(method, answer);
  }

  #msrp(request: MsrpRequest | undefined): Rewritten<never> | undefined {
    const answer = request === undefined ? undefined : this.#answers.get(request.method);
    if (request === undefined || answer === undefined) return undefined;
    // What binds the session is not refused, or nothing could be said any more.
    if (request.method === 'SEND' && request.body === undefined) return undefined;
    const octets = responseTo(request, answer.status);
    if (answer.afterMs === 0) this.#write(octets);
    else this.#clock.after(answer.afterMs, () => this.#write(octets));
    return [];
  }

  #invite(message: SipMessage): SipMessage {
    const answer = message.kind === 'request' && message.method === 'INVITE' ? this.#answers.get('INVITE') : undefined;
    if (message.kind !== 'request' || answer === undefined) return message;
    this.#refused.set(callOf(message), answer.status);
    return { ...message, uri: message.uri.replace(/^(sips?:)[^@;?]*@/i, `$1${NOWHERE}@`) };
  }

  #refusal(message: SipMessage): SipMessage {
    if (message.kind !== 'response' || message.status < 300 || methodOf(message) !== 'INVITE') return message;
    const status = this.#refused.get(callOf(message));
    return status === undefined ? message : { ...message, status, reason: reasonPhrase(status) };
  }
}

const callOf = (message: SipMessage): string =>
  ['Call-ID', 'CSeq'].map((name) => header(message, name) ?? '').join(' ');

/** RFC 4975 §7.2: to the leftmost URI for SEND, along the whole path for other methods. */
function responseTo({ transactionId, method, headers }: MsrpRequest, status: number): Buffer {
  const head = { headers };
  const from = headerOf(head, 'From-Path') ?? '';
  return serializeMsrp({
    kind: 'response',
    transactionId,
    status,
    headers: [
      { name: 'To-Path', value: method === 'SEND' ? (splitPath(from)[0] ?? '') : from },
      { name: 'From-Path', value: splitPath(headerOf(head, 'To-Path') ?? '')[0] ?? '' },
    ],
    flag: '$',
  });
}
