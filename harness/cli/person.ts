import { createInterface, type Interface } from 'node:readline';
import type { Asker } from '../sut/drivers/person-driver.ts';

/** Asks at the terminal. Standard input is not touched before the first question. */
export function askerAtTerminal(
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Asker {
  let lines: Interface | undefined;
  let ended = false;
  const early: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  const open = (): void => {
    if (lines !== undefined) return;
    lines = createInterface({ input });
    lines.on('line', (line) => {
      if (waiting === undefined) early.push(line);
      else waiting(line);
    });
    lines.on('close', () => {
      ended = true;
      waiting?.(undefined);
    });
  };
  return {
    ask(question) {
      open();
      output.write(`\n${question}`);
      const line = early.shift();
      if (line !== undefined || ended) return Promise.resolve(line);
      return new Promise((resolve) => {
        waiting = (answer) => {
          waiting = undefined;
          resolve(answer);
        };
      });
    },
    close() {
      lines?.close();
    },
  };
}
