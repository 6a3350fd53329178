import { resolve } from 'node:path';
import type { Driver, Viewer } from '../../driver/driver.ts';
import { type ClientEvent, type EventName, eventNames, parseEvent } from '../../driver/event.ts';
import { type Order, type OrderName, orderNames } from '../../driver/order.ts';
import { err, ok, type Result } from '../../result.ts';
import { ChildProgram } from '../child-program.ts';
import type { DriverChoice } from '../profile/client-schema.ts';
import type { DriverOptions, OpenDriver } from './open-driver.ts';

const READY_MS = 20_000;
/** What a line is that may be an event; all others are taken for chatter. */
const LOOKS_LIKE_EVENT = /^\s*\{/;

/** Starts a client that speaks JSON lines, and waits for the line `{"event":"ready"}`. Error: one line. */
export async function openProgramDriver(
  { run, directory, environment, 'ready-within': readyWithin, orders, shows }: NonNullable<DriverChoice['program']>,
  { clock, folder, keep }: DriverOptions,
): Promise<Result<OpenDriver, string>> {
  const [program, ...args] = run;
  if (program === undefined) return err('the command of the client is empty');
  const child = new ChildProgram([program, ...args], {
    clock,
    called: `the client ${program}`,
    directory: resolve(folder, directory ?? '.'),
    input: 'lines',
    ...(environment === undefined ? {} : { environment }),
    ...(keep === undefined ? {} : { keep }),
  });
  const ready = await child.line((line) => (isReady(line) ? line : undefined), readyWithin ?? READY_MS);
  if (!ready.ok) {
    await child.stop();
    return ready;
  }
  return ok({
    driver: new ProgramDriver(child, orders ?? orderNames, shows ?? eventNames),
    running: {
      kind: 'command',
      ...(child.processId === undefined ? {} : { processId: child.processId }),
      onExit: (listener) => child.onExit(listener),
      stop: () => child.stop(),
    },
  });
}

function isReady(line: string): boolean {
  try {
    return LOOKS_LIKE_EVENT.test(line) && (JSON.parse(line) as { readonly event?: unknown }).event === 'ready';
  } catch {
    return false;
  }
}

/** Orders go out as lines, events come in as lines. */
class ProgramDriver implements Driver {
  readonly orders: ReadonlySet<OrderName>;
  readonly shows: ReadonlySet<EventName>;
  readonly #child: ChildProgram;
  #viewer: Viewer | undefined;

  constructor(child: ChildProgram, orders: readonly OrderName[], shows: readonly EventName[]) {
    this.#child = child;
    this.orders = new Set(orders);
    this.shows = new Set(shows);
    child.onOutput((line) => {
      if (!LOOKS_LIKE_EVENT.test(line) || isReady(line)) return;
      const event: Result<ClientEvent, string> = parseEvent(line);
      if (event.ok) this.#viewer?.event(event.value);
      else this.#viewer?.fault(event.error);
    });
  }

  watch(viewer: Viewer | undefined): void {
    this.#viewer = viewer;
  }

  async order(order: Order): Promise<Result<void, string>> {
    return this.#child.writeLine(JSON.stringify(order)) ? ok(undefined) : err('the client does not read its input');
  }
}
