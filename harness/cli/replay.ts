import { writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ConsoleReporter, type Terminal, type Verbosity } from '../../reports/console.ts';
import { readMessages } from '../capture/messages.ts';
import { type RoomScript, type RoomScripts, roomScriptsOf } from '../capture/room-scripts.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Address } from '../net/network.ts';
import { captureKinds } from '../packets/write-capture.ts';
import type { RunRecord } from '../runner/record.ts';
import { exitStatus } from '../runner/summary.ts';
import { type LoadedScenario, parseScenarios } from '../scenario/load.ts';
import { formatProblem } from '../scenario/problem.ts';
import { printable } from '../wire/text.ts';
import { address } from './check.ts';
import { onInterrupt } from './interrupt.ts';
import { type LaunchOptions, launch } from './launch.ts';
import { loadSuite } from './suite.ts';
import { terminal } from './terminal.ts';
import { withTls } from './tls.ts';
import { inLine, UnreachableError, UsageError } from './usage.ts';

interface ReplayOptions extends Omit<LaunchOptions, 'room'> {
  readonly room?: string;
  readonly focus?: Address;
  readonly messages: number;
  readonly save?: string;
  readonly dryRun?: true;
  readonly out: string;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** So many messages a person may still want to read. */
const MESSAGES = 500;

/** `msrpspec replay`: the participants of a capture act again, against a SUT. */
export function replayCommand(): Command {
  return withTls(
    new Command('replay')
      .description('let the participants of a capture act again against a SUT, and compare what it answers')
      .argument('<capture>', 'a pcap or pcapng file'),
  )
    .addOption(
      new Option(
        '--sut <target>',
        'the SIP URI of a room, sip:room@host:5060;transport=tcp; or command:PROGRAM …, image:NAME … (default: builtin)',
      ).conflicts('profile'),
    )
    .option('--profile <file>', 'a profile that describes the SUT')
    .option('--in-memory', 'built-in focus and participants in one process, simulated time')
    .option('--room <name>', 'only this room of the capture, e.g. room@example.com, or the beginning of its name')
    .option('--focus <host:port>', 'who is there is a focus, even if nothing in the capture shows it', address)
    .option('--messages <n>', 'of each room, go on for so many messages', positive, MESSAGES)
    .option('--save <file>', 'write the conversation as a scenario; of several rooms -2, -3 … are put behind the name')
    .option('--dry-run', 'play nothing: say what would be played, and save it')
    .option('--seed <text>', 'what all chance comes from (default: a new one)')
    .option('--out <folder>', 'where the record goes', 'reports/out')
    .addOption(
      new Option('--capture <kind>', 'what the replay leaves for Wireshark')
        .choices([...captureKinds, 'none'])
        .default('pcapng'),
    )
    .addOption(new Option('-q, --quiet', 'only what came out otherwise, and the sum').conflicts('verbose'))
    .option('-v, --verbose', 'a line for each step, as captured or not')
    .addHelpText(
      'after',
      `
Nobody but the SUT gets anything. Session ids, URIs, tags, transaction ids, ports and times are new; codes, who received
what, nicknames and the roster are compared with the capture. What comes out otherwise "differs", which breaks no
requirement by itself; what does break one is told beside it, as in any run.

Examples:
  msrpspec replay call.pcapng
  msrpspec replay call.pcapng --sut "sip:room@10.0.0.5:5060;transport=tcp"
  msrpspec replay call.pcap --profile my-server.yaml --room lobby@example.com
  msrpspec replay call.pcapng --save call.yaml --dry-run
  msrpspec run call.yaml --profile my-server.yaml       what has been saved, once more

Exit status: 0 all as captured, 1 something differs or deviates, 2 wrong usage or no capture, 3 nothing could be played.`,
    )
    .action(action);
}

async function action(capture: string, options: ReplayOptions): Promise<void> {
  const suite = loadSuite();
  const out = terminal();
  const read = await scriptsIn(capture, suite.catalogue, options);
  if (options.quiet === undefined) for (const line of takenLines(read, options)) out.write(`${printable(line)}\n`);
  if (read.scripts.length === 0) throw new UnreachableError(nothingThere(capture, read, options.room));
  const scenarios = read.scripts.map((one, i) => loadedFrom(one, i, capture, suite.catalogue));
  if (options.save !== undefined) for (const file of saved(read.scripts, options.save)) out.write(`Saved: ${file}\n`);
  if (options.dryRun === true) return;

  const stop = new AbortController();
  const interrupted = onInterrupt(() => stop.abort());
  try {
    const verbosity: Verbosity = options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'normal';
    const reporter = new ConsoleReporter(out, suite.catalogue, verbosity);
    const { room: _room, focus: _focus, ...rest } = options;
    const { record, file } = await launch(
      {
        suite: { ...suite, scenarios: [...suite.scenarios, ...scenarios] },
        selectors: scenarios.map(({ id }) => id),
        options: rest,
        argv: process.argv.slice(2),
        signal: stop.signal,
      },
      reporter,
    );
    reporter.finished(record, file);
    tellComparison(record, out, options.verbose === true);
    process.exitCode = exitStatus(record);
  } finally {
    interrupted();
  }
}

/** @throws UsageError for what is no capture. */
async function scriptsIn(capture: string, catalogue: Catalogue, options: ReplayOptions): Promise<RoomScripts> {
  const { room, messages, focus } = options;
  return roomScriptsOf(
    async (onItem) => {
      const read = await readMessages(capture, onItem);
      if (!read.ok) throw new UsageError(read.error);
      return read.value;
    },
    {
      catalogue,
      name: basename(capture),
      messages,
      ...(focus === undefined ? {} : { focus }),
      ...(room === undefined
        ? {}
        : { chosen: ({ name, rooms }) => [name, ...rooms].some((one) => one.startsWith(room)) }),
    },
  );
}

function* takenLines({ scripts, left }: RoomScripts, { messages }: ReplayOptions): Generator<string> {
  for (const { gathering, script } of scripts) {
    const { figures, omitted } = script;
    yield `${gathering.name}: ${figures.participants} participants, ${figures.messages} messages, ${figures.steps} steps`;
    if (omitted.length > 0) yield '  Not taken from the capture:';
    for (const line of omitted) yield `  - ${line}`;
    if (figures.messages === messages) yield `  (--messages ${messages})`;
  }
  for (const line of left) yield `Not taken from the capture: ${line}`;
}

function nothingThere(capture: string, { rooms }: RoomScripts, room: string | undefined): string {
  if (rooms.length === 0) return `${capture}: nothing to replay, for there is no chat room in it`;
  const names = rooms.map(({ name }) => name).join(', ');
  return `${capture}: no room ${room ?? ''} in it, but ${names}`;
}

/** What the loader makes of a script. @throws an Error where a script is none: that is a fault of ours. */
function loadedFrom({ script }: RoomScript, i: number, capture: string, catalogue: Catalogue): LoadedScenario {
  const name = basename(capture, extname(capture)).replace(/[^A-Za-z0-9-]+/g, '-');
  const id = `replay-of-${name}${i === 0 ? '' : `-${i + 1}`}`;
  const parsed = parseScenarios(id, `${capture} as a scenario`, script.text, catalogue);
  if (!parsed.ok) throw new Error(parsed.error.map(formatProblem).join('\n'));
  const [scenario] = parsed.value;
  if (scenario === undefined) throw new Error(`${capture}: a script without scenario`);
  return scenario;
}

/** @throws UsageError; what is there already is not written over. */
function saved(scripts: readonly RoomScript[], file: string): string[] {
  return scripts.map(({ script }, i) => {
    const ending = extname(file);
    const path = i === 0 ? file : `${file.slice(0, file.length - ending.length)}-${i + 1}${ending}`;
    try {
      writeFileSync(path, script.text, { flag: 'wx' });
    } catch (error) {
      throw new UsageError(`--save ${path}: ${inLine(error)}`);
    }
    return path;
  });
}

/** How much came out as captured; with `each` step by step. */
function tellComparison({ scenarios }: RunRecord, out: Terminal, each: boolean): void {
  for (const { id, compared = [] } of scenarios) {
    if (each)
      for (const { verdict, step, message, expected, actual } of compared) {
        const held = verdict === 'pass' ? '' : `; captured: ${expected ?? '-'}; now: ${actual ?? '-'}`;
        out.write(
          `  ${verdict === 'pass' ? 'as captured' : verdict.padEnd(11)}  ${printable(`${step}: ${message}${held}`)}\n`,
        );
      }
    const count = (wanted: string): number => compared.filter(({ verdict }) => verdict === wanted).length;
    const open = compared.length - count('pass') - count('differs');
    const rest = open === 0 ? '' : `, ${open} open`;
    out.write(
      `${id}: of ${compared.length} things compared ${count('pass')} as captured, ${count('differs')} differ${rest}\n`,
    );
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0 is due.');
  return value;
}
