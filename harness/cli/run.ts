import { Command, InvalidArgumentError, Option } from 'commander';
import { ConsoleReporter, type Verbosity } from '../../reports/console.ts';
import { captureKinds } from '../packets/write-capture.ts';
import { parseShard, type Shard } from '../runner/shard.ts';
import { exitStatus } from '../runner/summary.ts';
import { onInterrupt } from './interrupt.ts';
import { type LaunchOptions, launch } from './launch.ts';
import { collect, loadSuite, withSelection } from './suite.ts';
import { terminal } from './terminal.ts';
import { withTls } from './tls.ts';
import { checkWritable, parseWanted, reportAfterwards, type WantedReport } from './write-report.ts';

interface RunOptions extends LaunchOptions {
  readonly out: string;
  readonly report?: readonly WantedReport[];
  readonly quiet?: true;
  readonly verbose?: true;
}

/** `msrpspec run`: play scenarios against a SUT and judge what is seen. */
export function runCommand(): Command {
  return withTls(withSelection(new Command('run').description('run scenarios against a SUT and judge it')))
    .addOption(
      new Option(
        '--sut <target>',
        'the SIP URI of a room, sip:room@host:5060;transport=tcp; or command:PROGRAM …, image:NAME … (default: builtin)',
      ).conflicts('profile'),
    )
    .option('--profile <file>', 'a profile that describes the SUT: how to reach or start it, rooms, accounts, claims')
    .option(
      '--room <uri>',
      'with --sut: a room to use; may be given again (default: the one in the SIP URI, or rooms that the SUT makes)',
      collect,
    )
    .option(
      '--in-memory',
      'built-in focus and participants in one process, simulated time: the same seed, the same octets',
    )
    .option('--strict', 'the stern reading: what the notes let pass with a warning is a failure')
    .option('--seed <text>', 'what all chance comes from (default: a new one)')
    .option(
      '--jobs <n>',
      'scenarios at the same time, no more than the SUT has rooms for; in memory one (default: what the profile says, or 8)',
      positive,
    )
    .option('--repeat <n>', 'play everything so many times; a scenario is flaky if its verdicts differ', positive)
    .option('--shard <i/n>', 'only the i-th of n parts of the selection; msrpspec merge puts the parts together', shard)
    .option('--out <folder>', 'where the record goes', 'reports/out')
    .addOption(
      new Option('--capture <kind>', 'what each scenario leaves for Wireshark beside its wire log')
        .choices([...captureKinds, 'none'])
        .default('pcapng'),
    )
    .option(
      '--report <format[=file]>',
      'a report once it is over, in the folder of the run if no file is named: html, junit, ctrf, markdown, badge; may be given again',
      parseWanted,
    )
    .addOption(new Option('-q, --quiet', 'only what did not pass, and the sum').conflicts('verbose'))
    .option('-v, --verbose', 'a line for each scenario')
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec run\n  msrpspec run --profile my-server.yaml\n  msrpspec run rfc7701/7-nicknames\n  msrpspec run --sut "sip:room@10.0.0.5:5060;transport=tcp"\n  msrpspec run --sut "command:./server --sip-port {sip.port} --msrp-port {msrp.port}"\n  msrpspec run --sut image:chat-server:2.1 --room "sip:lobby@{host}"\n  msrpspec run --in-memory --seed 1\n  msrpspec run --profile my-server.yaml --shard 2/3\n  msrpspec run rfc7701/7-nicknames --repeat 20\n  msrpspec run rfc7701/9-examples --capture pcap\n  msrpspec run my-scenario.yaml --profile my-server.yaml',
    )
    .action(action);
}

async function action(selectors: string[], options: RunOptions): Promise<void> {
  const { report: wanted = [] } = options;
  checkWritable(wanted);
  const suite = loadSuite(options);
  const stop = new AbortController();
  const interrupted = onInterrupt(() => stop.abort());
  try {
    const verbosity: Verbosity = options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'normal';
    const reporter = new ConsoleReporter(terminal(), suite.catalogue, verbosity);
    const argv = process.argv.slice(2);
    const { record, file } = await launch({ suite, selectors, options, argv, signal: stop.signal }, reporter);
    reporter.finished(record, file);
    process.exitCode = exitStatus(record);
    if (file !== undefined) await reportAfterwards(wanted, file);
  } finally {
    interrupted();
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0 is due.');
  return value;
}

function shard(text: string): Shard {
  const parsed = parseShard(text);
  if (!parsed.ok) throw new InvalidArgumentError(parsed.error);
  return parsed.value;
}
