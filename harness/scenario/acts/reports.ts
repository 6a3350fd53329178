import { parseCpim } from '../../codec/cpim/parse.ts';
import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf } from '../../codec/msrp/message.ts';
import { Coverage } from '../../msrp/coverage.ts';
import { noAnswer } from '../absence.ts';
import { copiesAt } from '../copies.ts';
import { reportsOn, type SeenReport } from '../reports-seen.ts';
import type { Action } from '../schema.ts';
import { due, messageLabelled, type Stage, type TrackedMessage } from '../stage.ts';
import type { Act, Answered } from './act.ts';
import { sentEvidence } from './evidence.ts';
import { judgeSending, REFUSED, single } from './messages.ts';

/** A REPORT on a message of this actor arrives (RFC 4975 §7.1.2). */
export async function getsReport({
  stage,
  actor,
  args,
  charge,
}: Act<NonNullable<Action['gets-report']>>): Promise<undefined> {
  const message = messageLabelled(stage, args.message);
  const wanted = args.status ?? 200;
  const wantedIsThere = (): SeenReport | undefined => {
    const fitting = reportsOn(stage, actor, message).filter((one) => one.status === wanted);
    if (args.whole === true && !coverWhole(fitting, message)) return undefined;
    if (fitting.length < (args.times ?? 1)) return undefined;
    return fitting.at(-1);
  };
  const report = message.refused ? wantedIsThere() : await due(stage, wantedIsThere);
  const others = reportsOn(stage, actor, message);
  const evidence = [...sentEvidence(stage, message), ...others.map((one) => one.entry.index)];
  stage.judge.record(charge, {
    verdict: report !== undefined ? 'pass' : message.refused ? 'inconclusive' : charge.miss,
    message: `${actor.name} gets a REPORT on ${args.message}`,
    expected: `Status 000 ${wanted}${args.whole === true ? ' on the whole message' : ''}`,
    actual:
      report === undefined && message.refused
        ? REFUSED
        : others.length === 0
          ? 'no REPORT'
          : others.map(wordingOf).join(', '),
    evidence,
  });
  if (report !== undefined && args['with-cpim'] === true)
    judgeCpim(stage, message, report, { stage, actor, args, charge } as Act<unknown>);
  return undefined;
}

/** One without a range counts for the whole message (RFC 4975 §7.1.3). */
function coverWhole(reports: readonly SeenReport[], { composed }: TrackedMessage): boolean {
  const covered = new Coverage();
  for (const { head } of reports) {
    const range = parseByteRange(headerOf(head, 'Byte-Range') ?? '1-*/*');
    if (!range.ok) continue;
    const end = range.value.end === '*' ? composed.octets.length : Number(range.value.end);
    covered.add(Number(range.value.start) - 1, end);
  }
  return covered.covers(composed.octets.length);
}

const wordingOf = ({ head }: SeenReport): string =>
  `${headerOf(head, 'Status') ?? 'no Status'} on ${headerOf(head, 'Byte-Range') ?? 'no range'}`;

/** RFC 7701 §6.2: a REPORT on a private message repeats the CPIM To and From of the message, not swapped. */
function judgeCpim(stage: Stage, message: TrackedMessage, report: SeenReport, { charge, actor }: Act<unknown>): void {
  const sent = parseCpim(message.composed.octets);
  const got = report.head.body === undefined ? undefined : parseCpim(report.head.body);
  const addresses = (parsed: typeof sent | undefined): string =>
    parsed?.ok === true
      ? parsed.value.headers
          .filter((one) => one.name === 'To' || one.name === 'From')
          .map((one) => `${one.name}: ${uriIn(one.value)}`)
          .sort()
          .join(', ')
      : 'no CPIM body';
  const expected = addresses(sent);
  const actual = addresses(got);
  stage.judge.record(charge, {
    verdict: expected === actual ? 'pass' : charge.miss,
    message: `the REPORT to ${actor.name} carries To and From of the message`,
    expected,
    actual,
    evidence: [report.entry.index],
  });
}

const uriIn = (value: string): string => /<([^>]*)>\s*$/.exec(value)?.[1] ?? value;

/**
 * A recipient reports on its copy, as RFC 4975 §7.1.2 has it, asked or not. A REPORT is never answered; where silence is
 * expected, that is judged.
 */
export async function reports({
  stage,
  actor,
  args,
  expect,
  charge,
}: Act<NonNullable<Action['reports']>>): Promise<Answered | undefined> {
  const copy = copiesAt(stage, actor, messageLabelled(stage, args.message)).at(-1);
  const [first] = copy?.chunks ?? [];
  const head = first?.content.protocol === 'msrp' ? first.content.message : undefined;
  if (copy === undefined || head === undefined) {
    const message = `${actor.name} reports on ${args.message}`;
    stage.judge.record(charge, { verdict: 'inconclusive', message, expected: 'a copy', actual: 'none has come' });
    return undefined;
  }
  const size = copy.octets?.length ?? 0;
  const sent = actor.participant.request({
    method: 'REPORT',
    toPath: headerOf(head, 'From-Path') ?? '',
    headers: [
      ['Message-ID', copy.messageId],
      ['Byte-Range', args.range ?? `1-${size}/${size}`],
      ['Status', `000 ${args.status}${args.comment === undefined ? '' : ` ${args.comment}`}`],
    ],
  });
  if (expect !== undefined && expect !== 'anything') {
    return judgeSending({ stage, actor, expect, charge }, `a REPORT on ${args.message}`, single(sent));
  }
  await sent.written;
  return undefined;
}

/** No REPORT on a message arrives: concluded by a barrier and a quiet window. */
export async function getsNoReport({
  stage,
  actor,
  args,
  charge,
}: Act<NonNullable<Action['gets-no-report']>>): Promise<undefined> {
  const message = messageLabelled(stage, args.message);
  const barrier = await noAnswer(stage, actor, []);
  const reports = reportsOn(stage, actor, message).filter(
    ({ status }) => args.but === undefined || status !== args.but,
  );
  stage.judge.record(charge, {
    verdict: reports.length > 0 ? charge.miss : barrier === undefined ? 'inconclusive' : 'pass',
    message: `${actor.name} gets no REPORT on ${args.message}`,
    expected: args.but === undefined ? 'no REPORT' : `none but with ${args.but}`,
    actual:
      reports.length === 0 ? 'none' : reports.map((one) => headerOf(one.head, 'Status') ?? 'no Status').join(', '),
    evidence: [...sentEvidence(stage, message), ...reports.map((one) => one.entry.index)],
  });
  return undefined;
}
