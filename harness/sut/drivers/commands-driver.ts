import { resolve } from 'node:path';
import type { Driver, Viewer } from '../../driver/driver.ts';
import { type EventName, eventNames, parseEvent } from '../../driver/event.ts';
import { type Order, type OrderName, orderNames } from '../../driver/order.ts';
import { err, ok, type Result } from '../../result.ts';
import { ChildProgram } from '../child-program.ts';
import type { DriverChoice } from '../profile/client-schema.ts';
import { filled } from '../profile/placeholders.ts';
import type { DriverOptions, OpenDriver } from './open-driver.ts';

type Commands = NonNullable<DriverChoice['commands']>;

/** A client that is driven by commands: one for each order, which is started and may go on for as long as it likes. */
export function openCommandsDriver(commands: Commands, options: DriverOptions): OpenDriver {
  const driver = new CommandsDriver(commands, options);
  return { driver, running: { kind: 'command', onExit: () => {}, stop: () => driver.stop() } };
}

class CommandsDriver implements Driver {
  readonly orders: ReadonlySet<OrderName>;
  readonly shows: ReadonlySet<EventName>;
  readonly #commands: Commands;
  readonly #options: DriverOptions;
  readonly #running = new Set<ChildProgram>();
  #viewer: Viewer | undefined;

  constructor(commands: Commands, options: DriverOptions) {
    this.#commands = commands;
    this.#options = options;
    this.orders = new Set(orderNames.filter((name) => commands[name] !== undefined));
    this.shows = new Set(commands.shows ?? eventNames);
  }

  watch(viewer: Viewer | undefined): void {
    this.#viewer = viewer;
  }

  async order(order: Order): Promise<Result<void, string>> {
    const template = this.#templateFor(order);
    if (template === undefined) return err(`the profile has no command to ${wordsFor(order)}`);
    const { do: _, ...values } = order;
    const command = filled(template, { value: (name) => (values as Readonly<Record<string, string>>)[name] });
    if (!command.ok) return err(`the command to ${wordsFor(order)}: ${command.error}`);
    const [program, ...args] = command.value;
    return program === undefined
      ? err(`the command to ${wordsFor(order)} is empty`)
      : this.#start(order, [program, ...args]);
  }

  /** Ends all commands that are still there. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((child) => child.stop()));
    this.#running.clear();
  }

  #templateFor(order: Order): readonly string[] | undefined {
    if (order.do === 'send' && order.to !== undefined) return this.#commands['send-privately'];
    return this.#commands[order.do];
  }

  /** Told is who has been started; a status other than 0 says that the order came to nothing. */
  async #start(order: Order, command: readonly [string, ...string[]]): Promise<Result<void, string>> {
    const { clock, folder, keep } = this.#options;
    const child = new ChildProgram(command, {
      clock,
      called: `the command ${command[0]}`,
      directory: resolve(folder, this.#commands.directory ?? '.'),
      ...(this.#commands.environment === undefined ? {} : { environment: this.#commands.environment }),
      ...(keep === undefined ? {} : { keep }),
    });
    child.onOutput((line) => this.#heard(line));
    const ended = new Promise<string>((settle) => child.onExit(settle));
    if (child.processId === undefined) return err(await ended);
    this.#running.add(child);
    void ended.then((how) => {
      this.#running.delete(child);
      if (child.status !== 0) this.#viewer?.event({ event: 'refused', order: order.do, reason: how });
    });
    return ok(undefined);
  }

  #heard(line: string): void {
    if (!line.trimStart().startsWith('{')) return;
    const event = parseEvent(line);
    if (event.ok) this.#viewer?.event(event.value);
    else this.#viewer?.fault(event.error);
  }
}

const wordsFor = (order: Order): string =>
  order.do === 'send' && order.to !== undefined ? 'send-privately' : order.do;
