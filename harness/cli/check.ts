import { statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { isMiss } from '../../reports/causes.ts';
import { type Colours, describeMisses, verdictWord, wrapped } from '../../reports/findings.ts';
import { ladderOf, marksOf } from '../../reports/ladder/ladder.ts';
import { ladderText } from '../../reports/ladder/text.ts';
import { lineOf } from '../../reports/stored-log.ts';
import { type CheckObserver, type CheckResult, checkCapture, DEFAULT_HELD_OCTETS } from '../capture/check.ts';
import { checkRecord, partyResult, unjudgedResult } from '../capture/check-record.ts';
import type { GatheringLog } from '../capture/gathering-log.ts';
import type { CaptureItem } from '../capture/item.ts';
import type { JudgedParty } from '../capture/judge-gathering.ts';
import { type CaptureSummary, readMessages } from '../capture/messages.ts';
import type { Gathering, Parties } from '../capture/parties.ts';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import type { Address } from '../net/network.ts';
import { realClock } from '../net/real-clock.ts';
import type { ScenarioResult } from '../runner/record.ts';
import { exitStatus } from '../runner/summary.ts';
import { printable } from '../wire/text.ts';
import { openFolder } from './launch.ts';
import { catalogueFolder, packageVersion } from './paths.ts';
import { terminal } from './terminal.ts';
import { UnreachableError, UsageError } from './usage.ts';

interface CheckOptions {
  readonly focus?: Address;
  readonly only?: 'focus' | 'clients';
  readonly strict?: true;
  readonly ladder?: true;
  readonly quiet?: true;
  readonly out: string;
  readonly memory: number;
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
    .option('-q, --quiet', 'the sum alone')
    .addHelpText(
      'after',
      `
What the capture does not show is left open: it convicts nobody, and nobody passes by it. TLS has to be decrypted before.

Examples:
  msrpspec check call.pcapng
  msrpspec check call.pcapng --ladder --only focus
  msrpspec check trace.pcap --focus 10.0.0.5:5060

Exit status: 0 nobody deviates, 1 somebody does, 2 wrong usage or no capture, 3 nothing in it could be judged.`,
    )
    .action(action);
}

async function action(path: string, options: CheckOptions): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(`${path}: there is no such file`);
  const catalogue = loadCatalogue(catalogueFolder);
  const reading = options.strict === true ? 'strict' : 'tolerant';
  const [started, startedMs] = [realClock.date(), realClock.now()];
  const reader = new Reader(path);
  const folder = openFolder(options.out);
  const results: ScenarioResult[] = [];
  const screen = new Screen(options);
  const say = (line: string): void => screen.line(line);
  try {
    const observer: CheckObserver = {
      discovered: (parties) => screen.discovered(path, reader.summary, parties),
      judged(log, judged) {
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
        const why = `not judged: its messages take more than ${Math.round(octets / MIB)} MiB (--memory)`;
        results.push(unjudgedResult(gathering, why, 'RFC7701-2-02', catalogue));
        say(`${gathering.name}: ${why}`);
      },
    };
    const checked = await checkCapture(
      (onItem) => reader.read(onItem),
      {
        catalogue,
        heldOctets: options.memory * MIB,
        ...(options.focus === undefined ? {} : { focus: options.focus }),
        ...(options.only === undefined ? {} : { wanted: options.only }),
      },
      observer,
    );
    if (results.length === 0) throw new UnreachableError(nothing(path, reader.summary, checked));
    const record = checkRecord(
      {
        path,
        version: packageVersion,
        started,
        durationMs: realClock.now() - startedMs,
        argv: process.argv.slice(2),
        reading,
        role: options.only === 'clients' ? 'participant' : 'focus',
      },
      results,
      catalogue,
    );
    screen.ended(record.scenarios, checked, folder.writeRecord(record));
    process.exitCode = exitStatus(record);
  } catch (error) {
    folder.discard();
    throw error;
  }
}

/** Reads the file as often as it is asked. @throws UsageError where it is no capture. */
class Reader {
  summary: CaptureSummary | undefined;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async read(onItem: (item: CaptureItem) => void): Promise<CaptureSummary> {
    const read = await readMessages(this.#path, onItem);
    if (!read.ok) throw new UsageError(read.error.startsWith(this.#path) ? read.error : `${this.#path}: ${read.error}`);
    this.summary = read.value;
    return read.value;
  }
}

const wireName = ({ name }: Gathering, number: number): string =>
  `${number + 1} ${name.replace(/[^\p{L}\p{N}@._-]/gu, '_').slice(0, 80)}`;

function nothing(path: string, summary: CaptureSummary | undefined, { parties }: CheckResult): string {
  const { sip, msrp } = parties.counts;
  const packets = count(summary?.packets ?? 0, 'packet');
  if (sip + msrp === 0) return `${path}: ${packets}, but no SIP and no MSRP in the clear; nothing was judged`;
  const found = `${count(sip, 'SIP message')} and ${count(msrp, 'MSRP message')}`;
  return `${path}: ${found}, but nothing shows a chat room (isfocus, a=chatroom, conference events); --focus names one. Nothing was judged`;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** What is told on the terminal. */
class Screen {
  readonly #options: CheckOptions;
  readonly #terminal = terminal();
  readonly #colours: Colours = pc.createColors(this.#terminal.colours);

  constructor(options: CheckOptions) {
    this.#options = options;
  }

  line(text: string): void {
    this.#terminal.write(`${text}\n`);
  }

  discovered(path: string, summary: CaptureSummary | undefined, { counts, gatherings, otherCalls }: Parties): void {
    if (this.#options.quiet) return;
    const [sip, msrp] = [count(counts.sip, 'SIP message'), count(counts.msrp, 'MSRP message')];
    this.#wrapped(
      `${path}: ${count(summary?.packets ?? 0, 'packet')}, ${count(counts.flows, 'flow')} with SIP or MSRP; ${sip}, ${msrp}; ${count(gatherings.length, 'room')}.`,
    );
    for (const { offset, reason } of (summary?.damages ?? []).slice(0, DAMAGES_SHOWN))
      this.#wrapped(`  damage at octet ${offset}: ${reason}`);
    const more = (summary?.damageCount ?? 0) - DAMAGES_SHOWN;
    if (more > 0) this.line(`  and ${more} more`);
    for (const gathering of gatherings) this.#gathering(gathering);
    if (otherCalls.length > 0)
      this.#wrapped(
        `${count(otherCalls.length, 'MSRP call')} to what does not show itself as a chat room: ${printable(otherCalls.slice(0, 3).join(', '))}`,
      );
    this.line('');
  }

  #gathering({ rooms, focusAt, shownBy, participants, earlier, isWhole }: Gathering): void {
    const by = shownBy.length === 0 ? '' : ` (by ${shownBy.join(', ')})`;
    this.#wrapped(`room ${printable(rooms.join(', '))}: focus ${focusAt.slice(0, 4).join(', ')}${by}`);
    for (const { name, identity, place } of participants)
      this.#wrapped(`  client ${printable(name)}: ${printable(identity ?? 'no signalling')} at ${place}`);
    for (const who of earlier.slice(0, 5))
      this.#wrapped(`  ${printable(who)}: its call began before the capture, and is not judged`);
    if (isWhole) this.line('  recorded by msrpspec: nothing of it is missing');
  }

  judged(
    log: GatheringLog,
    judged: readonly JudgedParty[],
    results: readonly ScenarioResult[],
    catalogue: ReturnType<typeof loadCatalogue>,
  ): void {
    if (this.#options.quiet) return;
    const { entries } = log.log;
    const columns = this.#terminal.isTty ? { columns: this.#terminal.columns } : {};
    for (const result of results) {
      if (!result.findings.some(({ verdict }) => isMiss(verdict))) continue;
      this.line(this.#colours.bold(printable(result.id)));
      for (const line of describeMisses(result, entries, { catalogue, colours: this.#colours, ...columns }))
        this.line(`  ${line}`);
      this.line('');
    }
    for (const { why } of distinct(log.unseen).slice(0, UNSEEN_SHOWN)) this.#wrapped(`not seen: ${printable(why)}`);
    if (!this.#options.ladder) return;
    const marks = marksOf({
      findings: judged.flatMap(({ findings }) => findings.map((one) => ({ ...one, evidence: [...one.evidence] }))),
    });
    this.#terminal.write(ladderText(ladderOf(entries.map(lineOf), marks, 'focus'), this.#terminal.columns));
    this.line('');
  }

  ended(results: readonly ScenarioResult[], { notAttributed, parties }: CheckResult, file: string): void {
    for (const { id, verdict } of results) this.line(`${verdictWord(verdict, this.#colours)}  ${printable(id)}`);
    const { sip, msrp } = notAttributed;
    if (sip + msrp > 0)
      this.#wrapped(
        `${count(sip, 'SIP message')} and ${count(msrp, 'MSRP message')} of ${parties.counts.sip + parties.counts.msrp} belong to no room and were not judged`,
      );
    this.line(file);
  }

  #wrapped(text: string): void {
    for (const line of wrapped(text, this.#terminal.isTty ? this.#terminal.columns : undefined)) this.line(line);
  }
}

const DAMAGES_SHOWN = 5;
const UNSEEN_SHOWN = 5;

const distinct = <T extends { readonly why: string }>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [one.why, one])).values(),
];

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
