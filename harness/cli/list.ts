import { Command } from 'commander';
import { loadSuite, selected } from './suite.ts';

/** `msrpspec list`: what would run. */
export function listCommand(): Command {
  return new Command('list')
    .description('list the scenarios that the selectors name (all without any)')
    .argument('[selectors...]', 'id, beginning of an id, glob, tag or requirement id')
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec list\n  msrpspec list "rfc7701/*/nickname-*"\n  msrpspec list RFC7701-7.1-26',
    )
    .action((selectors: string[]) => {
      const scenarios = selected(loadSuite(), selectors);
      const width = Math.max(...scenarios.map(({ id }) => id.length));
      for (const { id, scenario } of scenarios) process.stdout.write(`${id.padEnd(width)}  ${scenario.title}\n`);
    });
}
