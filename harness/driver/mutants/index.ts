import { answers } from './answers.ts';
import type { ClientMutant } from './mutant.ts';
import { persistence } from './persistence.ts';
import { reading } from './reading.ts';
import { signalling } from './signalling.ts';
import { speech } from './speech.ts';

/** All that can be wrong with a client, in the order in which it is told. */
export const clientMutants: readonly ClientMutant[] = [
  ...signalling,
  ...speech,
  ...answers,
  ...reading,
  ...persistence,
];
