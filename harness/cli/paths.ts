import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Folder of this package, whether it runs from source or built. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json of msrpspec is missing');
    folder = parent;
  }
  return folder;
})();

export const scenarioFolder: string = join(packageRoot, 'scenarios');

export const profileFolder: string = join(packageRoot, 'fixtures', 'suts');

export const catalogueFolder: string = join(scenarioFolder, 'requirements');

export const packageVersion: string = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

/** The command `msrpspec`, from source or built as this file is, whoever has started the process that asks. */
export const thisProgram: readonly [string, ...string[]] = (() => {
  const here = fileURLToPath(import.meta.url);
  const main = join(dirname(here), `main${extname(here)}`);
  if (extname(here) === '.js') return [process.execPath, main];
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return [process.execPath, '--import', loader, main];
})();
