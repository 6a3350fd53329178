import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

/**
 * Global set-up of the tests: builds the program once, so that no process of a test has to compile it from source again.
 * Types are checked elsewhere. Below the project it finds its packages and its `package.json`.
 */

declare module 'vitest' {
  interface ProvidedContext {
    /** `main.js` of the build. */
    readonly builtProgram: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const builds = join(root, '.vitest', 'built');

export default function setup(project: TestProject): () => void {
  mkdirSync(builds, { recursive: true });
  removeLeftBehind();
  const folder = join(builds, String(process.pid));
  build(folder);
  project.provide('builtProgram', join(folder, 'harness', 'cli', 'main.js'));
  project.onTestsRerun(() => build(folder));
  return () => rmSync(folder, { recursive: true, force: true });
}

function build(folder: string): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noCheck', '--declaration', 'false', '--outDir', folder];
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...options], { stdio: 'inherit' });
  const page = join('reports', 'html', 'page');
  cpSync(join(root, page), join(folder, page), { recursive: true, filter: (file) => !file.endsWith('.json') });
}

/** Builds of runs that were killed. */
function removeLeftBehind(): void {
  for (const name of readdirSync(builds)) if (!isAlive(Number(name))) rmSync(join(builds, name), { recursive: true });
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
