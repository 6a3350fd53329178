import type { Result } from '../result.ts';
import type { ClientSut } from '../sut/client-sut.ts';
import type { Sut } from '../sut/sut.ts';
import { type Arena, type Entered, SutLostError } from './arena.ts';
import type { World } from './world.ts';

/** How long one instance of a SUT lives: the whole run, the scenarios of one folder, one scenario. */
export type Lifetime = 'once' | 'per-folder' | 'per-scenario';

interface Instance {
  /** Whom it serves; undefined: whoever comes first. */
  key: string | undefined;
  readonly sut: Sut | ClientSut;
  users: number;
  /** Dead, or not to be trusted any more. */
  spent: boolean;
  /** Called when the last user has left. */
  whenIdle: (() => void) | undefined;
}

/**
 * A SUT that this program starts, and starts again where it has died or a fresh one is due. One instance is up at a
 * time, since two might want the same ports.
 */
export class RenewingArena implements Arena {
  readonly kind = 'live';
  readonly time = 'real';
  readonly renews = true;
  readonly concurrency: number;
  readonly sut: Arena['sut'];
  readonly #world: World;
  readonly #open: () => Promise<Result<Sut | ClientSut, string>>;
  readonly #lifetime: Lifetime;
  #current: Instance | undefined;
  /** Whoever enters waits for those who came earlier. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    world: World,
    first: Sut | ClientSut,
    open: () => Promise<Result<Sut | ClientSut, string>>,
    lifetime: Lifetime,
  ) {
    this.#world = world;
    this.#open = open;
    this.#lifetime = lifetime;
    this.sut = first;
    // A client is in one room at a time.
    this.concurrency = lifetime === 'per-scenario' || first.role === 'participant' ? 1 : first.rooms.concurrency;
    this.#current = this.#instance(first);
  }

  enter(_seed: string, scenario: string): Promise<Entered> {
    const entered = this.#turn.then(() => this.#enter(this.#keyOf(scenario)));
    this.#turn = entered.catch(() => {});
    return entered;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#current?.sut.stop();
  }

  async #enter(key: string): Promise<Entered> {
    const current = this.#current;
    const fits = current !== undefined && !current.spent && (current.key ?? key) === key;
    const instance = fits ? current : await this.#renew();
    instance.key = key;
    instance.users += 1;
    return {
      world: this.#world,
      sut: instance.sut,
      condemn: () => {
        instance.spent = true;
      },
      leave: async () => {
        instance.users -= 1;
        if (instance.users === 0) instance.whenIdle?.();
      },
    };
  }

  /** @throws SutLostError when it does not come up again. */
  async #renew(): Promise<Instance> {
    const old = this.#current;
    if (old !== undefined && old.users > 0)
      await new Promise<void>((resolve) => {
        old.whenIdle = resolve;
      });
    await old?.sut.stop();
    this.#current = undefined;
    const opened = await this.#open();
    if (!opened.ok) throw new SutLostError(opened.error);
    this.#current = this.#instance(opened.value);
    return this.#current;
  }

  #instance(sut: Sut | ClientSut): Instance {
    const instance: Instance = { key: undefined, sut, users: 0, spent: false, whenIdle: undefined };
    sut.onExit(() => {
      instance.spent = true;
    });
    return instance;
  }

  #keyOf(scenario: string): string {
    switch (this.#lifetime) {
      case 'once':
        return 'run';
      case 'per-folder':
        return `in ${scenario.split('/').slice(0, -1).join('/')}`;
      case 'per-scenario':
        return `of ${scenario}`;
    }
  }
}
