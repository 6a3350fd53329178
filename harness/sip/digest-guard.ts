import { formatChallenge, parseCredentials, verifyAuthorization } from '../codec/sip/digest.ts';
import { headerLines } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import type { Clock } from '../net/clock.ts';
import { type Random, token } from '../net/random.ts';
import type { HeaderList } from './compose.ts';

export interface DigestGuardOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly realm: string;
  readonly passwordOf: (username: string) => string | undefined;
  /** One challenge each, the first is the one liked best (RFC 8760 §2.4). */
  readonly algorithms?: readonly ('SHA-256' | 'MD5')[];
  /** How long a nonce is good. */
  readonly nonceMs?: number;
}

export type DigestVerdict =
  | { readonly kind: 'accepted'; readonly username: string }
  /** To be sent with 401. */
  | { readonly kind: 'challenged'; readonly headers: HeaderList };

interface Nonce {
  readonly made: number;
  lastCount: number;
}

const NONCE_MS = 300_000;
const MAX_NONCES = 10_000;

/** The UAS side of Digest (RFC 3261 §22.1, §22.4): challenges with 401 and checks answers. */
export class DigestGuard {
  readonly #options: DigestGuardOptions;
  readonly #nonces = new Map<string, Nonce>();

  constructor(options: DigestGuardOptions) {
    this.#options = options;
  }

  check(request: SipRequest): DigestVerdict {
    let stale = false;
    for (const line of headerLines(request, 'authorization')) {
      const credentials = parseCredentials(line);
      if (!credentials.ok || credentials.value.realm !== this.#options.realm) continue;
      const verified = verifyAuthorization(line, request.method, (user) => this.#options.passwordOf(user));
      if (!verified.ok) continue;
      if (this.#use(verified.value.nonce, verified.value.nc)) {
        return { kind: 'accepted', username: verified.value.username };
      }
      stale = true;
    }
    return { kind: 'challenged', headers: this.#challenges(stale) };
  }

  #use(nonce: string, nc: string | undefined): boolean {
    const known = this.#nonces.get(nonce);
    if (known === undefined || this.#options.clock.now() - known.made > this.#nonceMs) return false;
    const count = nc === undefined ? 1 : Number.parseInt(nc, 16);
    // A count that does not grow is a replay (RFC 7616 §3.4); without qop there is no count.
    if (nc !== undefined && count <= known.lastCount) return false;
    known.lastCount = count;
    return true;
  }

  #challenges(stale: boolean): HeaderList {
    const { clock, random, realm, algorithms = ['SHA-256', 'MD5'] } = this.#options;
    const nonce = token(random, 32);
    this.#nonces.set(nonce, { made: clock.now(), lastCount: 0 });
    this.#forgetOld();
    return algorithms.map((algorithm) => [
      'WWW-Authenticate',
      formatChallenge({ realm, nonce, algorithm, qop: ['auth'], stale }),
    ]);
  }

  /** Nonces are kept in order of age. */
  #forgetOld(): void {
    const oldest = this.#options.clock.now() - this.#nonceMs;
    for (const [nonce, { made }] of this.#nonces) {
      if (made >= oldest && this.#nonces.size <= MAX_NONCES) break;
      this.#nonces.delete(nonce);
    }
  }

  get #nonceMs(): number {
    return this.#options.nonceMs ?? NONCE_MS;
  }
}
