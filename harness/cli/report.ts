import { join } from 'node:path';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { endingLines } from '../../reports/ending.ts';
import { FORMAT_NAMES, FORMATS, isFormatName } from '../../reports/formats.ts';
import type { Reported } from '../../reports/reported.ts';
import { diagramsOf, isDiagramName } from './diagrams.ts';
import { terminal } from './terminal.ts';
import { UsageError } from './usage.ts';
import { printText, readReported, writeText } from './write-report.ts';

interface ReportOptions {
  readonly format: string;
  readonly scenario?: string;
  readonly out?: string;
  readonly verbose?: true;
}

/** `msrpspec report`: a run that is over, once more, in any format. */
export function reportCommand(): Command {
  return new Command('report')
    .description('render a run again: as a page, for a CI system, as sequence diagrams')
    .argument(
      '[run]',
      'a folder of a run, its run.json, or a folder of runs, of which the newest is taken',
      'reports/out',
    )
    .addOption(
      new Option(
        '--format <format>',
        'html goes to report.html in the folder of the run, all others to standard output',
      )
        .choices([...FORMAT_NAMES, 'svg', 'mermaid', 'text', 'console'])
        .default('html'),
    )
    .option(
      '--scenario <id>',
      'with svg, mermaid, text: whose diagram; an id, the beginning of ids or a glob (default: what did not pass)',
    )
    .option('--out <file>', 'where it goes; for several diagrams a folder')
    .option('-v, --verbose', 'with console: all of it')
    .addHelpText(
      'after',
      `
Examples:
  msrpspec report                                           the newest run below reports/out as a page
  msrpspec report --format junit --out junit.xml            for GitLab and Jenkins
  msrpspec report --format markdown >> "$GITHUB_STEP_SUMMARY"
  msrpspec report my-run --format console                   once more what was shown at its end
  msrpspec report --format svg --scenario rfc7701/9-examples/nickname --out nickname.svg
  msrpspec report --format mermaid --out diagrams           one for each scenario that did not pass`,
    )
    .action(action);
}

async function action(run: string, options: ReportOptions): Promise<void> {
  const { format, scenario, out, verbose } = options;
  const reported = readReported(run);
  if (isDiagramName(format)) return writeDiagrams(format, reported, options);
  if (scenario !== undefined) throw new UsageError('--scenario goes with --format svg, mermaid or text');
  if (format === 'console') return printText(out, consoleText(reported, out, verbose === true));
  if (!isFormatName(format)) throw new UsageError(`there is no format ${format}`);
  const text = await FORMATS[format].render(reported);
  const file = out ?? (format === 'html' ? join(reported.folder, FORMATS.html.file) : undefined);
  printText(file, text);
}

function consoleText({ record, catalogue, logs }: Reported, out: string | undefined, isVerbose: boolean): string {
  const { colours, columns, isTty } = terminal();
  const lines = endingLines(record, {
    catalogue,
    logs,
    colours: pc.createColors(colours && out === undefined),
    ...(isTty && out === undefined ? { columns } : {}),
    verbosity: isVerbose ? 'verbose' : 'normal',
    planned: record.scenarios.length,
  });
  return `${lines.join('\n').replace(/^\n/, '')}\n`;
}

function writeDiagrams(format: 'svg' | 'mermaid' | 'text', reported: Reported, { scenario, out }: ReportOptions): void {
  const { columns, isTty } = terminal();
  const width = isTty && out === undefined ? columns : 120;
  const diagrams = diagramsOf(format, reported, scenario, width);
  const [only, ...others] = diagrams;
  if (only === undefined) throw new UsageError('there is no scenario to draw');
  if (others.length === 0) {
    printText(out, only.render());
    return;
  }
  if (out === undefined) throw new UsageError(`${diagrams.length} diagrams: --out says into which folder they go`);
  for (const { file, render } of diagrams) writeText(join(out, file), render());
  process.stdout.write(`${diagrams.length} diagrams in ${out}\n`);
}
