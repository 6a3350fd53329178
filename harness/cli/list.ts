import { Command } from 'commander';
import { loadSuite, type SelectionOptions, selected, withSelection } from './suite.ts';

/** `msrpspec list`: what would run. */
export function listCommand(): Command {
  return withSelection(new Command('list').description('list the scenarios that would run'))
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec list\n  msrpspec list "rfc7701/*/nickname-*"\n  msrpspec list RFC7701-7.1-26',
    )
    .action((selectors: string[], options: SelectionOptions) => {
      const scenarios = selected(loadSuite(), selectors, options);
      const width = Math.max(...scenarios.map(({ id }) => id.length));
      for (const { id, scenario } of scenarios) process.stdout.write(`${id.padEnd(width)}  ${scenario.title}\n`);
    });
}
