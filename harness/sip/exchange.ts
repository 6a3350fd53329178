import { header } from '../codec/sip/headers.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import { serializeSip } from '../codec/sip/serialize.ts';
import { netError } from '../net/net-error.ts';
import type { ClientTransaction, ClientUser } from './client-transaction.ts';
import type { HeaderList, MessageOptions } from './compose.ts';
import type { Core } from './core.ts';
import type { Credentials } from './digest-client.ts';
import type { RequestOutcome } from './outcome.ts';
import type { SipTarget } from './target.ts';
import type { TransactionFailure } from './transaction.ts';

/** A request before it has a Via and a CSeq number, which each attempt gets anew. */
export interface Draft {
  readonly method: string;
  readonly uri: string;
  readonly routes: readonly string[];
  /** Values with their tags. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  /** Gives the number of each attempt. */
  readonly cseq: () => number;
  /** User part and parameters of our Contact; absent: none. */
  readonly contact?: { readonly user: string; readonly parameters: readonly string[] };
  readonly headers: HeaderList;
  readonly options: MessageOptions;
  /** Overrides where the request goes. */
  readonly target?: SipTarget;
  readonly credentials?: Credentials | 'none';
}

export interface ExchangeUser {
  /** Each attempt as it is sent. */
  sent?(request: SipRequest): void;
  /** Responses, challenges that were answered excepted. */
  response(response: SipResponse, request: SipRequest): void;
  failed(failure: TransactionFailure, request: SipRequest | undefined): void;
}

const MAX_ATTEMPTS = 4;

/** A request and its repetitions: with credentials after a challenge, over UDP when TCP would not take it. */
export class Exchange {
  readonly #core: Core;
  readonly #draft: Draft;
  readonly #user: ExchangeUser;
  #attempts = 0;
  #transaction: ClientTransaction | undefined;

  constructor(core: Core, draft: Draft, user: ExchangeUser) {
    this.#core = core;
    this.#draft = draft;
    this.#user = user;
  }

  /** The latest attempt; undefined: nothing could be sent. */
  get request(): SipRequest | undefined {
    return this.#transaction?.request;
  }

  /** Where the latest attempt went. */
  get target(): SipTarget | undefined {
    return this.#transaction?.target;
  }

  begin(): void {
    const target = this.#core.targetOf(this.#draft);
    if (!target.ok) {
      const error = netError('name', { host: this.#draft.uri.slice(0, 80), port: 0 }, target.error);
      this.#user.failed({ kind: 'transport-error', error }, undefined);
      return;
    }
    this.#attempt(target.value, []);
  }

  /** Waits no longer. */
  abandon(): void {
    this.#transaction?.abandon();
  }

  #attempt(target: SipTarget, answers: HeaderList): void {
    this.#attempts += 1;
    const cseq = this.#draft.cseq();
    const request = this.#core.compose(this.#draft, target, cseq, answers);
    const wide = this.#core.widerTarget(target, () => serializeSip(request).length);
    if (wide === undefined) this.#send(request, target, answers, undefined);
    else {
      const narrow = (): void =>
        this.#send(this.#core.compose(this.#draft, target, cseq, answers), target, answers, undefined);
      this.#send(this.#core.compose(this.#draft, wide, cseq, answers), wide, answers, narrow);
    }
  }

  /** `otherwise` is tried when the connection cannot be had. */
  #send(request: SipRequest, target: SipTarget, answers: HeaderList, otherwise: (() => void) | undefined): void {
    let heard = false;
    const user: ClientUser = {
      response: (response) => {
        heard = true;
        if (!this.#answerChallenge(request, response, target, answers)) this.#user.response(response, request);
      },
      failed: (failure) => {
        if (failure.kind === 'transport-error' && !heard && otherwise !== undefined) otherwise();
        else this.#user.failed(failure, request);
      },
    };
    this.#core.layer.send(request, target, user, (transaction) => {
      this.#transaction = transaction;
      this.#user.sent?.(request);
    });
  }

  #answerChallenge(request: SipRequest, response: SipResponse, target: SipTarget, answers: HeaderList): boolean {
    const credentials = this.#draft.credentials ?? this.#core.options.credentials;
    if (credentials === undefined || credentials === 'none' || this.#attempts >= MAX_ATTEMPTS) return false;
    const answer = this.#core.digest.answer(request, response, credentials);
    if (answer === undefined) return false;
    const [name] = answer;
    this.#attempt(target, [...answers.filter(([earlier]) => earlier !== name), answer]);
    return true;
  }
}

/** Sends a request and waits for the final outcome. Never rejects. */
export function outcomeOf(
  core: Core,
  draft: Draft,
  onProvisional?: (response: SipResponse) => void,
): Promise<RequestOutcome> {
  return new Promise((resolve) => {
    core.exchange(draft, {
      response: (response, request) => {
        if (response.status < 200) onProvisional?.(response);
        else resolve({ kind: 'answered', response, request });
      },
      failed: (failure, request) =>
        resolve(request === undefined ? { kind: 'unanswered', failure } : { kind: 'unanswered', failure, request }),
    });
  });
}

/** Credentials that an INVITE bore go into its ACK too (RFC 3261 §22.1). */
export function credentialsIn(request: SipRequest): HeaderList {
  return ['Authorization', 'Proxy-Authorization'].flatMap((name) => {
    const value = header(request, name);
    return value === undefined ? [] : [[name, value] as const];
  });
}
