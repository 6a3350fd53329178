import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { askerAtTerminal } from './person.ts';

it('asks, takes lines in turn, also early ones, and notices when nobody is there any more', async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  const asker = askerAtTerminal(input, output);
  const first = asker.ask('One? ');
  input.write('yes\nearly\n');
  expect(await first).toBe('yes');
  expect(await asker.ask('Two? ')).toBe('early');
  const third = asker.ask('Three? ');
  input.end();
  expect(await third).toBeUndefined();
  expect(await asker.ask('Four? ')).toBeUndefined();
  expect(String(output.read())).toBe('\nOne? \nTwo? \nThree? \nFour? ');
  asker.close();
});
