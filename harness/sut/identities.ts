import type { Credentials } from '../sip/digest-client.ts';

/** Whom a participant appears as. */
export interface Identity {
  /** Address of record. */
  readonly uri: string;
  readonly credentials?: Credentials;
  /** Where the address of record is to be registered before anything else is done. */
  readonly registrar?: string;
}

/** Identities for scenarios, each used by one scenario at a time. */
export interface Identities {
  /** How many scenarios can be sure to find somebody at the same time. */
  readonly concurrency: number;
  /** How many different users there are. */
  readonly users: number;
  /** For so many users. Undefined: there are not so many. Waits while too many are in use; whoever came first is served first. */
  take(users: number): Promise<TakenIdentities | undefined>;
  /** For a short question beside everything else, such as whether the SUT is alive: nobody waits for it. */
  forQuestion(): TakenIdentities;
  /** Who keeps rooms open on behalf of scenarios, and takes no part in them. */
  keeper(tag: string): Identity;
}

export interface TakenIdentities {
  /** The same for the same owner; `tag` makes made-up ones unique. */
  of(owner: string, tag: string): Identity;
  release(): void;
}

type Extras = Omit<Identity, 'uri'>;

/** As many as anybody wants: `sip:alice-TAG@domain`. */
export function madeUpIdentities(domain: string, extras: Extras = {}): Identities {
  const of = (owner: string, tag: string): Identity => ({ uri: `sip:${owner}-${tag}@${domain}`, ...extras });
  const all: TakenIdentities = { of, release: () => {} };
  return {
    concurrency: Number.POSITIVE_INFINITY,
    users: Number.POSITIVE_INFINITY,
    take: async () => all,
    forQuestion: () => all,
    keeper: (tag) => of('keeper', tag),
  };
}

/** Of a cast, so many are the usual. */
const USUAL_CAST = 3;

/** The accounts of a SUT, which are all the users there are. All that one scenario needs are lent together, so nobody waits for ever. */
export class Accounts implements Identities {
  readonly concurrency: number;
  readonly users: number;
  readonly #keeper: Identity;
  readonly #all: readonly Identity[];
  readonly #free: Identity[];
  readonly #waiting: { readonly users: number; readonly grant: (taken: TakenIdentities) => void }[] = [];

  /** `keepsRooms`: the first one is not lent, for it keeps rooms open. */
  constructor(accounts: readonly [Identity, ...Identity[]], keepsRooms: boolean) {
    const [first, ...others] = accounts;
    this.#keeper = first;
    this.#all = keepsRooms ? others : accounts;
    this.#free = [...this.#all];
    this.users = this.#all.length;
    this.concurrency = Math.max(1, Math.floor(this.users / USUAL_CAST));
  }

  take(users: number): Promise<TakenIdentities | undefined> {
    if (users > this.users) return Promise.resolve(undefined);
    return new Promise((grant) => {
      this.#waiting.push({ users, grant });
      this.#serve();
    });
  }

  forQuestion(): TakenIdentities {
    return lent(this.#all.length === 0 ? [this.#keeper] : this.#all, () => {});
  }

  keeper(): Identity {
    return this.#keeper;
  }

  /** In the order in which they came, so that a large cast is not passed over by small ones. */
  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined && next.users <= this.#free.length; next = this.#waiting[0]) {
      this.#waiting.shift();
      const identities = this.#free.splice(0, next.users);
      next.grant(
        lent(identities, () => {
          this.#free.push(...identities);
          this.#serve();
        }),
      );
    }
  }
}

function lent(identities: readonly Identity[], giveBack: () => void): TakenIdentities {
  const owners = new Map<string, Identity>();
  let released = false;
  return {
    of(owner) {
      const identity = owners.get(owner) ?? identities[owners.size];
      if (identity === undefined) throw new Error(`no identity is left for ${owner}`);
      owners.set(owner, identity);
      return identity;
    },
    release() {
      if (released) return;
      released = true;
      giveBack();
    },
  };
}
