import { Worker } from 'node:worker_threads';
import type { MutantTrial, VariantTrial } from './mutants.ts';
import type { WorkerStart } from './mutants-worker.ts';

/** Under the name that this very file has, from source or built. */
const FROM_SOURCE: boolean = import.meta.url.endsWith('.ts');
const WORKER: URL = new URL(`./mutants-worker${FROM_SOURCE ? '.ts' : '.js'}`, import.meta.url);

/** On Node 20 a thread does not inherit the loader that runs the source: it has to be registered there once more. */
function startWorker(workerData: WorkerStart): Worker {
  if (!FROM_SOURCE) return new Worker(WORKER, { workerData });
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const program = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(WORKER)}); })`;
  return new Worker(program, { eval: true, workerData });
}

/**
 * Tries mutants and variants by name, `threads` at a time; each thread loads the suite once. Trials are told as they end.
 * @throws what a thread throws.
 */
export async function tryAll(
  names: readonly string[],
  threads: number,
  start: WorkerStart,
  ended: (trial: MutantTrial | VariantTrial) => void,
): Promise<void> {
  const queue = [...names];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = startWorker(start);
      const next = (): void => {
        const name = queue.shift();
        if (name === undefined) void worker.terminate();
        else worker.postMessage(name);
      };
      worker.on('message', (trial: MutantTrial | VariantTrial) => {
        ended(trial);
        next();
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
      next();
    });
  await Promise.all(Array.from({ length: Math.max(1, Math.min(threads, names.length)) }, work));
}
