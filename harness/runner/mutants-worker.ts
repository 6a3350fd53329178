import { parentPort, workerData } from 'node:worker_threads';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { clientMutants } from '../driver/mutants/index.ts';
import { clientVariants } from '../driver/mutants/variants.ts';
import { mutants } from '../focus/mutants/index.ts';
import { variants } from '../focus/variants/index.ts';
import { loadScenarios } from '../scenario/load.ts';
import {
  type MutantTrial,
  sampleOf,
  type Trials,
  tryClientMutant,
  tryClientVariant,
  tryMutant,
  tryVariant,
  type VariantTrial,
} from './mutants.ts';

/** What a worker is started with. */
export interface WorkerStart extends Pick<Trials, 'seed' | 'extent'> {
  readonly scenarioFolder: string;
  readonly catalogueFolder: string;
}

const { scenarioFolder, catalogueFolder, seed, extent } = workerData as WorkerStart;
const catalogue = loadCatalogue(catalogueFolder);
const loaded = loadScenarios(scenarioFolder, catalogue);
if (!loaded.ok) throw new Error(`${scenarioFolder} holds invalid scenarios`);
const trials: Trials = { scenarios: loaded.value, catalogue, seed, extent };

async function attempt(name: string): Promise<MutantTrial | VariantTrial> {
  const mutant = mutants.find((one) => one.name === name);
  if (mutant !== undefined) return tryMutant(mutant, trials);
  const client = clientMutants.find((one) => one.name === name);
  if (client !== undefined) return tryClientMutant(client, trials);
  const otherClient = clientVariants.find((one) => one.name === name);
  if (otherClient !== undefined) return tryClientVariant(otherClient, trials);
  const turn = variants.findIndex((one) => one.name === name);
  const variant = variants[turn];
  if (variant === undefined) throw new Error(`there is no ${name}`);
  return tryVariant(variant, extent === 'all' ? trials : { ...trials, scenarios: sampleOf(trials.scenarios, turn) });
}

parentPort?.on('message', async (name: string) => parentPort?.postMessage(await attempt(name)));
