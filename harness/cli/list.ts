import { Command } from 'commander';
import { printCoverage } from './coverage.ts';
import { loadSuite, type SelectionOptions, selected, withSelection } from './suite.ts';
import { UsageError } from './usage.ts';

interface ListOptions extends SelectionOptions {
  readonly coverage?: true;
  readonly proved?: string;
}

/** `msrpspec list`: what would run, or what it covers. */
export function listCommand(): Command {
  return withSelection(new Command('list').description('list the scenarios that would run, or what they cover'))
    .option(
      '--coverage',
      'play them in memory and count the requirements that they and the rules judge, by RFC and level',
    )
    .option('--proved <file>', 'with --coverage: count also what a matrix of msrpspec mutants --json proves')
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec list\n  msrpspec list "rfc7701/*/nickname-*"\n  msrpspec list RFC7701-7.1\n  msrpspec list --coverage',
    )
    .action(async (selectors: string[], options: ListOptions) => {
      if (options.proved !== undefined && options.coverage === undefined)
        throw new UsageError('--proved goes with --coverage only');
      const suite = loadSuite(options);
      const scenarios = selected(suite, selectors, options);
      if (options.coverage === true) return printCoverage(suite, scenarios, options.proved);
      const width = Math.max(...scenarios.map(({ id }) => id.length));
      for (const { id, scenario } of scenarios) process.stdout.write(`${id.padEnd(width)}  ${scenario.title}\n`);
    });
}
