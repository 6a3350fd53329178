import type { Driver } from '../../driver/driver.ts';
import type { EventName } from '../../driver/event.ts';
import { type Order, orderNames } from '../../driver/order.ts';
import { err, ok, type Result } from '../../result.ts';
import type { OpenDriver } from './open-driver.ts';

/** Whom questions are put to. */
export interface Asker {
  /** The line that is given in answer; undefined: nobody answers any more. */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

/** A client in the hands of a person, who is told what to do and asked what is to be seen. */
export function openPersonDriver(asker: Asker): OpenDriver {
  return {
    driver: new PersonDriver(asker),
    running: { kind: 'address', onExit: () => {}, stop: async () => asker.close() },
  };
}

class PersonDriver implements Driver {
  readonly orders = new Set(orderNames);
  readonly shows: ReadonlySet<EventName> = new Set();
  readonly #asker: Asker;
  /** One question after the other. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  watch(): void {
    // Nothing is told of itself; `ask` is how to learn what the client shows.
  }

  async order(order: Order): Promise<Result<void, string>> {
    const line = await this.#ask(`${wording(order)}\n  [Enter] when that is done, or a word on why it cannot be: `);
    if (line === undefined) return err('nobody answers at the terminal');
    return line.trim() === '' ? ok(undefined) : err(line.trim());
  }

  async ask(question: string): Promise<boolean | undefined> {
    for (;;) {
      const line = await this.#ask(`${question}\n  [y]es, [n]o, or ? for who cannot say: `);
      if (line === undefined) return undefined;
      switch (line.trim().toLowerCase()) {
        case 'y':
        case 'yes':
          return true;
        case 'n':
        case 'no':
          return false;
        case '?':
          return undefined;
      }
    }
  }

  #ask(question: string): Promise<string | undefined> {
    const answer = this.#before.then(() => this.#asker.ask(question));
    this.#before = answer;
    return answer;
  }
}

function wording(order: Order): string {
  switch (order.do) {
    case 'join':
      return `Join the chat room ${order.room} as ${order.as}`;
    case 'send':
      return `Say to ${order.to === undefined ? 'the room' : `${order.to} alone`}: ${order.text}`;
    case 'nickname':
      return order.nickname === '' ? 'Give up the nickname' : `Ask for the nickname ${order.nickname}`;
    case 'roster':
      return 'Have the list of users shown, and leave it open';
    case 'leave':
      return 'Leave the room';
  }
}
