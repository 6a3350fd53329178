import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadSuite, selected } from './suite.ts';

/** `msrpspec show`: what a scenario does and what it covers. */
export function showCommand(): Command {
  return new Command('show')
    .description('show what a scenario does and which requirements it covers')
    .argument('<id>', 'scenario id, as listed by msrpspec list')
    .action((id: string) => {
      const suite = loadSuite();
      for (const { id: name, file, scenario } of selected(suite, [id])) {
        process.stdout.write(`${name}: ${scenario.title}\n\n${readFileSync(resolve(file), 'utf8').trimEnd()}\n\n`);
        for (const requirement of scenario.covers) {
          const { level, summary, verdict } = suite.catalogue.get(requirement) ?? {};
          process.stdout.write(`${requirement} ${level}\n  ${summary?.trim()}\n  Judged: ${verdict?.trim()}\n`);
        }
      }
    });
}
