import { answerChallenge, chooseChallenge } from '../codec/sip/digest.ts';
import { headerLines } from '../codec/sip/headers.ts';
import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import { type Random, token } from '../net/random.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const MAX_NONCES = 64;

/** Answers challenges (RFC 3261 §22.2, §22.3) and counts how often each nonce was used. */
export class DigestClient {
  readonly #random: Random;
  readonly #uses = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The header to send along; undefined when the response is no challenge that can be answered, or was answered in vain. */
  answer(
    request: SipRequest,
    response: SipResponse,
    { username, password }: Credentials,
  ): readonly [name: string, value: string] | undefined {
    const names = HEADERS[response.status];
    if (names === undefined) return undefined;
    const challenge = chooseChallenge(headerLines(response, names.challenge));
    // The same credentials would fail again, unless only the nonce was too old.
    const tried = headerLines(request, names.answer).length > 0;
    if (challenge === undefined || (tried && !challenge.stale)) return undefined;
    const answer = answerChallenge(challenge, {
      username,
      password,
      method: request.method,
      uri: request.uri,
      cnonce: token(this.#random, 16),
      nonceCount: this.#count(challenge.nonce),
    });
    return answer.ok ? [names.answer, answer.value] : undefined;
  }

  #count(nonce: string): number {
    const count = (this.#uses.get(nonce) ?? 0) + 1;
    this.#uses.delete(nonce);
    this.#uses.set(nonce, count);
    for (const oldest of this.#uses.keys()) {
      if (this.#uses.size <= MAX_NONCES) break;
      this.#uses.delete(oldest);
    }
    return count;
  }
}

const HEADERS: Readonly<Record<number, { readonly challenge: string; readonly answer: string }>> = {
  401: { challenge: 'WWW-Authenticate', answer: 'Authorization' },
  407: { challenge: 'Proxy-Authenticate', answer: 'Proxy-Authorization' },
};
