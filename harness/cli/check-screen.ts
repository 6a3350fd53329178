import pc from 'picocolors';
import { isMiss } from '../../reports/causes.ts';
import { type Colours, describeMisses, verdictWord, wrapped } from '../../reports/findings.ts';
import { ladderOf, marksOf } from '../../reports/ladder/ladder.ts';
import { ladderText } from '../../reports/ladder/text.ts';
import { lineOf } from '../../reports/stored-log.ts';
import type { CheckResult } from '../capture/check.ts';
import type { GatheringLog } from '../capture/gathering-log.ts';
import type { JudgedParty } from '../capture/judge-gathering.ts';
import type { CaptureSummary } from '../capture/messages.ts';
import type { Gathering, Parties } from '../capture/parties.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { ScenarioResult } from '../runner/record.ts';
import { printable } from '../wire/text.ts';
import { terminal } from './terminal.ts';

export interface ScreenOptions {
  readonly ladder?: true;
  readonly quiet?: true;
}

export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** What is told on the terminal. */
export class CheckScreen {
  readonly #options: ScreenOptions;
  readonly #terminal = terminal();
  readonly #colours: Colours = pc.createColors(this.#terminal.colours);

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  line(text: string): void {
    this.#terminal.write(`${text}\n`);
  }

  discovered(path: string, summary: CaptureSummary | undefined, { counts, gatherings, otherCalls }: Parties): void {
    if (this.#options.quiet) return;
    const [sip, msrp] = [count(counts.sip, 'SIP message'), count(counts.msrp, 'MSRP message')];
    this.#wrapped(
      `${path}: ${count(summary?.packets ?? 0, 'packet')}, ${count(counts.flows, 'flow')} with SIP or MSRP; ${sip}, ${msrp}; ${count(gatherings.filter(({ basis }) => basis.kind === 'signalling').length, 'room')}.`,
    );
    for (const { offset, reason } of (summary?.damages ?? []).slice(0, DAMAGES_SHOWN))
      this.#wrapped(`  damage at octet ${offset}: ${reason}`);
    const more = (summary?.damageCount ?? 0) - DAMAGES_SHOWN;
    if (more > 0) this.line(`  and ${more} more`);
    const rooms = gatherings.filter(({ basis }) => basis.kind === 'signalling');
    for (const gathering of rooms) this.#gathering(gathering);
    const others = gatherings.filter(({ basis }) => basis.kind === 'messages');
    for (const gathering of others.slice(0, CONNECTIONS_SHOWN)) this.#connection(gathering);
    if (others.length > CONNECTIONS_SHOWN)
      this.line(`and ${others.length - CONNECTIONS_SHOWN} more connections with MSRP and no signalling`);
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

  /** Both ends are judged by what holds for everybody. */
  #connection({ name, participants, shownBy, basis }: Gathering): void {
    const [one] = participants;
    const isClear = basis.kind === 'messages' && basis.peer === 'switch';
    const peer = isClear ? `switch ${name} (by ${shownBy.join(', ')})` : `${name}; nothing tells who is the switch`;
    this.#wrapped(`MSRP without signalling: ${one?.name ?? ''} and ${peer}`);
  }

  judged(
    log: GatheringLog,
    judged: readonly JudgedParty[],
    results: readonly ScenarioResult[],
    catalogue: Catalogue,
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

const CONNECTIONS_SHOWN = 20;
const DAMAGES_SHOWN = 5;
const UNSEEN_SHOWN = 5;

const distinct = <T extends { readonly why: string }>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [one.why, one])).values(),
];
