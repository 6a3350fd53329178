import { statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type CheckObserver, type CheckResult, checkCapture, DEFAULT_HELD_OCTETS } from '../capture/check.ts';
import { checkRecord, partyResult, unjudgedResult } from '../capture/check-record.ts';
import type { CaptureItem } from '../capture/item.ts';
import { type CaptureSummary, readMessages } from '../capture/messages.ts';
import type { Gathering } from '../capture/parties.ts';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import type { Address } from '../net/network.ts';
import { realClock } from '../net/real-clock.ts';
import type { ScenarioResult } from '../runner/record.ts';
import { exitStatus } from '../runner/summary.ts';
import { CheckScreen, count } from './check-screen.ts';
import { onInterrupt } from './interrupt.ts';
import { openFolder } from './launch.ts';
import { catalogueFolder, packageVersion } from './paths.ts';
import { Progress } from './progress.ts';
import { UnreachableError, UsageError } from './usage.ts';
import { checkWritable, parseWanted, reportAfterwards, type WantedReport } from './write-report.ts';

interface CheckOptions {
  readonly focus?: Address;
  readonly only?: 'focus' | 'clients';
  readonly strict?: true;
  readonly ladder?: true;
  readonly quiet?: true;
  readonly out: string;
  readonly memory: number;
  readonly report?: readonly WantedReport[];
}

const MIB = 1024 * 1024;

/** `msrpspec check`: judge a capture without any SUT. */
export function checkCommand(): Command {
  return new Command('check')
    .description('judge a capture: find its rooms, who is focus and who client, and what each of them does wrong')
    .argument('<capture>', 'a pcap or pcapng file')
    .option('--focus <host:port>', 'who is there is a focus, even if nothing in the capture shows it', address)
    .addOption(new Option('--only <party>', 'judge these alone').choices(['focus', 'clients']))
    .option('--strict', 'the stern reading: what the notes let pass with a warning is a failure')
    .option('--ladder', 'draw the conversation of each room')
    .option(
      '--memory <MiB>',
      'octets held of rooms that are not over; what takes more is not judged',
      mebibytes,
      DEFAULT_HELD_OCTETS / MIB,
    )
    .option('--out <folder>', 'where the record goes', 'reports/out')
    .option(
      '--report <format[=file]>',
      'a report, in the folder of the record if no file is named: html, junit, ctrf, markdown, badge; may be given again',
      parseWanted,
    )
    .option('-q, --quiet', 'the sum alone')
    .addHelpText(
      'after',
      `
What the capture does not show is left open: it convicts nobody, and nobody passes by it. TLS has to be decrypted before.

Examples:
  msrpspec check call.pcapng
  msrpspec check call.pcapng --ladder --only focus
  msrpspec check trace.pcap --focus 10.0.0.5:5060
  msrpspec check trace.pcap --report html --report junit=check.xml
  msrpspec report reports/out --format svg --out diagrams      afterwards: a sequence diagram of each party that deviates

Exit status: 0 nobody deviates, 1 somebody does, 2 wrong usage or no capture, 3 nothing in it could be judged.`,
    )
    .action(action);
}

async function action(path: string, options: CheckOptions): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(`${path}: there is no such file`);
  const { report: wanted = [] } = options;
  checkWritable(wanted);
  const catalogue = loadCatalogue(catalogueFolder);
  const reading = options.strict === true ? 'strict' : 'tolerant';
  const [started, startedMs] = [realClock.date(), realClock.now()];
  const stop = new AbortController();
  const progress = new Progress(statSync(path).size);
  const reader = new Reader(path, stop.signal, progress);
  const folder = openFolder(options.out);
  const results: ScenarioResult[] = [];
  const screen = new CheckScreen(options);
  const unjudged = (gathering: Gathering, why: string): void => {
    progress.clear();
    results.push(unjudgedResult(gathering, why, 'RFC7701-2-02', catalogue));
    screen.line(`${gathering.name}: ${why}`);
  };
  const interrupted = onInterrupt(() => stop.abort());
  try {
    const observer: CheckObserver = {
      discovered(parties) {
        progress.clear();
        screen.discovered(path, reader.summary, parties);
      },
      judged(log, judged) {
        progress.clear();
        const wireLog = folder.writeWireLog(wireName(log.gathering, results.length), log.log.entries);
        const capture = relative(dirname(resolve(folder.path, 'run.json')), resolve(path));
        const spent = log.log.entries.at(-1)?.time ?? 0;
        const of = judged.map((one) => ({
          ...partyResult(log.gathering, one, spent, catalogue, reading),
          wireLog,
          capture,
        }));
        results.push(...of);
        screen.judged(log, judged, of, catalogue);
      },
      tooLarge(gathering, octets) {
        unjudged(gathering, `not judged: its messages take more than ${Math.round(octets / MIB)} MiB (--memory)`);
      },
      interrupted: (gathering) => unjudged(gathering, 'not judged: interrupted before its end'),
    };
    const checked = await checkCapture(
      (onItem) => reader.read(onItem),
      {
        catalogue,
        heldOctets: options.memory * MIB,
        signal: stop.signal,
        ...(options.focus === undefined ? {} : { focus: options.focus }),
        ...(options.only === undefined ? {} : { wanted: options.only }),
      },
      observer,
    );
    progress.clear();
    if (results.length === 0) throw new UnreachableError(nothing(path, reader.summary, checked, stop.signal.aborted));
    const record = checkRecord(
      {
        path,
        version: packageVersion,
        started,
        durationMs: realClock.now() - startedMs,
        argv: process.argv.slice(2),
        reading,
        role: options.only === 'clients' ? 'participant' : 'focus',
        ...(stop.signal.aborted ? { stopped: 'interrupted' } : {}),
      },
      results,
      catalogue,
    );
    const file = folder.writeRecord(record);
    screen.ended(record.scenarios, checked, file);
    process.exitCode = exitStatus(record);
    await reportAfterwards(wanted, file);
  } catch (error) {
    progress.clear();
    folder.discard();
    throw error;
  } finally {
    interrupted();
  }
}

/** Reads the file as often as it is asked. @throws UsageError where it is no capture. */
class Reader {
  summary: CaptureSummary | undefined;
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #progress: Progress;

  constructor(path: string, signal: AbortSignal, progress: Progress) {
    this.#path = path;
    this.#signal = signal;
    this.#progress = progress;
  }

  async read(onItem: (item: CaptureItem) => void): Promise<CaptureSummary> {
    const what = this.summary === undefined ? 'who is who' : 'what they do';
    const read = await readMessages(this.#path, onItem, {
      signal: this.#signal,
      read: (octets) => this.#progress.show(what, octets),
    });
    if (!read.ok) throw new UsageError(read.error.startsWith(this.#path) ? read.error : `${this.#path}: ${read.error}`);
    this.summary = read.value;
    return read.value;
  }
}

const wireName = ({ name }: Gathering, number: number): string =>
  `${number + 1} ${name.replace(/[^\p{L}\p{N}@._-]/gu, '_').slice(0, 80)}`;

function nothing(
  path: string,
  summary: CaptureSummary | undefined,
  { parties }: CheckResult,
  stopped: boolean,
): string {
  const { sip, msrp } = parties.counts;
  const packets = count(summary?.packets ?? 0, 'packet');
  if (stopped) return `${path}: interrupted before anything was judged`;
  if (sip + msrp === 0) return `${path}: ${packets}, but no SIP and no MSRP in the clear; nothing was judged`;
  const found = `${count(sip, 'SIP message')} and ${count(msrp, 'MSRP message')}`;
  return `${path}: ${found}, but nothing shows a chat room (isfocus, a=chatroom, conference events); --focus names one. Nothing was judged`;
}

export function address(text: string): Address {
  const [, host = '', port = ''] = /^\[?([^\]\s]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) throw new InvalidArgumentError('host:port is due, e.g. 10.0.0.5:5060.');
  return { host, port: Number(port) };
}

function mebibytes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0 is due.');
  return value;
}
