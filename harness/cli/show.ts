import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { LoadedScenario } from '../scenario/load.ts';
import { loadSuite, type SelectionOptions, selected, withScenarios } from './suite.ts';

/** `msrpspec show`: what a scenario does and what it covers. */
export function showCommand(): Command {
  return withScenarios(new Command('show'))
    .description('show what a scenario does and which requirements it covers')
    .argument('<id>', 'scenario id, as listed by msrpspec list')
    .addHelpText('after', '\nExamples:\n  msrpspec show rfc7701/9-examples/nickname')
    .action((id: string, options: Pick<SelectionOptions, 'scenarios'>) => {
      const suite = loadSuite(options);
      // The rows of a table stand in one file, which is shown once.
      const found = selected(suite, [id]);
      for (const file of new Set(found.map((one) => one.file))) {
        const scenarios = found.filter((one) => one.file === file);
        for (const { id: name, scenario } of scenarios) process.stdout.write(`${name}: ${scenario.title}\n`);
        process.stdout.write(`\n${readFileSync(file, 'utf8').trimEnd()}\n\n`);
        for (const requirement of coveredBy(scenarios)) {
          const { level, summary, verdict } = suite.catalogue.get(requirement) ?? {};
          process.stdout.write(`${requirement} ${level}\n  ${summary?.trim()}\n  Judged: ${verdict?.trim()}\n`);
        }
      }
    });
}

const coveredBy = (scenarios: readonly LoadedScenario[]): ReadonlySet<string> =>
  new Set(scenarios.flatMap(({ scenario }) => scenario.covers));
