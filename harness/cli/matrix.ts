import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Command, Option } from 'commander';
import { FORMATS } from '../../reports/formats.ts';
import { matrixHtml } from '../../reports/matrix/html.ts';
import { matrixMarkdown } from '../../reports/matrix/markdown.ts';
import { type Contender, matrixOf } from '../../reports/matrix/matrix.ts';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { catalogueFolder } from './paths.ts';
import { UsageError } from './usage.ts';
import { printText, readReported, writeReports } from './write-report.ts';

interface MatrixOptions {
  readonly format: 'html' | 'markdown';
  readonly out?: string;
}

const DEFAULT_FILE = 'reports/out/matrix.html';

/** `msrpspec matrix`: several implementations side by side. */
export function matrixCommand(): Command {
  return new Command('matrix')
    .description('several runs side by side: areas and requirements as rows, SUTs as columns')
    .argument('<runs...>', 'a folder of a run, its run.json, or a folder of runs, of which the newest is taken')
    .addOption(new Option('--format <format>').choices(['html', 'markdown']).default('html'))
    .option('--out <file>', `where it goes (default: ${DEFAULT_FILE}; Markdown to standard output)`)
    .addHelpText(
      'after',
      `
Each cell of the page leads into the report.html in the folder of its run, which is made where there is none.

Examples:
  msrpspec matrix runs/server-a runs/server-b --out matrix.html
  msrpspec matrix runs/* --format markdown`,
    )
    .action(action);
}

async function action(runs: string[], { format, out }: MatrixOptions): Promise<void> {
  const reported = runs.map(readReported);
  const catalogue = loadCatalogue(catalogueFolder);
  if (format === 'markdown') {
    printText(out, matrixMarkdown(matrixOf(reported, catalogue)));
    return;
  }
  const file = out ?? DEFAULT_FILE;
  const contenders: Contender[] = [];
  for (const one of reported) {
    const report = join(one.folder, FORMATS.html.file);
    if (!existsSync(report)) await attempt(() => writeReports([{ format: 'html', file: report }], one));
    contenders.push({
      record: one.record,
      ...(existsSync(report) ? { report: encodeURI(linkFrom(file, report)).replaceAll('#', '%23') } : {}),
    });
  }
  printText(file, matrixHtml(matrixOf(contenders, catalogue)));
}

/** A folder that takes no report costs the links, not the matrix. */
async function attempt(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`No links into this run: ${error.message}\n`);
  }
}

const linkFrom = (page: string, target: string): string =>
  relative(resolve(dirname(page)), resolve(target))
    .split(sep)
    .join('/');
