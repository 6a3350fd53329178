import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packageSchema = z.object({ files: z.array(z.string()), dependencies: z.record(z.string(), z.string()) });

/** A project of somebody else that has installed msrpspec as it would be published, and vitest. */
export class Project {
  readonly folder: string;

  /** Builds and packs msrpspec as it stands and installs the tarball. `example`: what the project begins as. */
  constructor(example?: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'msrpspec-project-'));
    if (example !== undefined) cpSync(join(root, example), this.folder, { recursive: true });
    else this.write('package.json', '{ "type": "module" }');
    const { dependencies } = packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    const modules = join(this.folder, 'node_modules');
    for (const name of [...Object.keys(dependencies), 'vitest']) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
    }
    try {
      this.#install(join(modules, 'msrpspec'));
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #install(to: string): void {
    const stage = mkdtempSync(join(tmpdir(), 'msrpspec-pack-'));
    try {
      const { files } = packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
      for (const name of ['package.json', 'README.md', 'LICENSE', ...files.filter((one) => one !== 'dist')])
        cpSync(join(root, name), join(stage, name), { recursive: true });
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const build = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(stage, 'dist')];
      execFileSync(process.execPath, [tsc, ...build], { stdio: 'pipe' });
      execFileSync('npm', ['pack', '--ignore-scripts', '--silent'], { cwd: stage, stdio: 'pipe' });
      const tarball = readdirSync(stage).find((name) => name.endsWith('.tgz')) ?? 'none';
      execFileSync('tar', ['-xzf', join(stage, tarball), '-C', stage], { stdio: 'pipe' });
      cpSync(join(stage, 'package'), to, { recursive: true });
    } finally {
      rmSync(stage, { recursive: true, force: true });
    }
  }
}
