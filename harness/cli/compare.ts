import { Command, Option } from 'commander';
import pc from 'picocolors';
import { compareRuns, regressionsOf } from '../../reports/compare/comparison.ts';
import { compareText } from '../../reports/compare/console.ts';
import { compareHtml } from '../../reports/compare/html.ts';
import { compareMarkdown } from '../../reports/compare/markdown.ts';
import { sumOf } from '../../reports/compare/sections.ts';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { catalogueFolder } from './paths.ts';
import { readRun } from './read-run.ts';
import { terminal } from './terminal.ts';
import { writeText } from './write-report.ts';

interface CompareOptions {
  readonly format: 'console' | 'markdown' | 'html';
  readonly out?: string;
}

/** `msrpspec compare`: what has become of a SUT between two runs. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('what the later of two runs shows that the earlier did not; exit status 1 if there are regressions')
    .argument('<before>', 'a folder of a run, its run.json, or a folder of runs, of which the newest is taken')
    .argument('<after>', 'the same of the later run')
    .addOption(new Option('--format <format>').choices(['console', 'markdown', 'html']).default('console'))
    .option('--out <file>', 'where it goes (default: standard output)')
    .addHelpText(
      'after',
      `
A regression: a scenario fails that did not, a requirement is violated that was not, or the SUT dies. Scenarios that are
flaky in either run are listed and count neither way.

Examples:
  msrpspec compare reports/out/20261101-101500-000 reports/out/latest
  msrpspec compare main-run my-run --format markdown --out comparison.md`,
    )
    .action((before: string, after: string, { format, out }: CompareOptions) => {
      const comparison = compareRuns(readRun(before), readRun(after));
      const catalogue = loadCatalogue(catalogueFolder);
      const text = ((): string => {
        switch (format) {
          case 'console': {
            const { colours, columns, isTty } = terminal();
            const width = isTty && out === undefined ? { columns } : {};
            return compareText(comparison, {
              catalogue,
              colours: pc.createColors(colours && out === undefined),
              ...width,
            });
          }
          case 'markdown':
            return compareMarkdown(comparison, catalogue);
          case 'html':
            return compareHtml(comparison, catalogue);
        }
      })();
      if (out === undefined) process.stdout.write(text);
      else {
        writeText(out, text);
        process.stdout.write(`${sumOf(comparison)}\n${out}\n`);
      }
      process.exitCode = regressionsOf(comparison) === 0 ? 0 : 1;
    });
}
