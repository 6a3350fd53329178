import { parseCpim } from '../../codec/cpim/parse.ts';
import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import { parseStatus } from '../../codec/msrp/status.ts';
import type { WireEntry } from '../../wire/entry.ts';
import { noAnswer } from '../absence.ts';
import type { Action } from '../schema.ts';
import { type Actor, due, messageLabelled, type Stage, type TrackedMessage } from '../stage.ts';
import type { Act } from './act.ts';
import { sentEvidence } from './messages.ts';

interface Report {
  readonly entry: WireEntry;
  readonly head: MsrpRequest;
}

/** A REPORT on a message of this actor arrives (RFC 4975 §7.1.2). */
export async function getsReport({
  stage,
  actor,
  args,
  charge,
}: Act<NonNullable<Action['gets-report']>>): Promise<undefined> {
  const message = messageLabelled(stage, args.message);
  const wanted = args.status ?? 200;
  const report = await due(stage, () => reportsOn(stage, actor, message).find((one) => statusOf(one) === wanted));
  const others = reportsOn(stage, actor, message);
  const evidence = [...sentEvidence(stage, message), ...others.map((one) => one.entry.index)];
  stage.judge.record(charge, {
    verdict: report === undefined ? charge.miss : 'pass',
    message: `${actor.name} gets a REPORT on ${args.message}`,
    expected: `Status 000 ${wanted}`,
    actual:
      others.length === 0 ? 'no REPORT' : others.map((one) => headerOf(one.head, 'Status') ?? 'no Status').join(', '),
    evidence,
  });
  if (report !== undefined && args['with-cpim'] === true)
    judgeCpim(stage, message, report, { stage, actor, args, charge } as Act<unknown>);
  return undefined;
}

/** RFC 7701 §6.2: a REPORT on a private message repeats the CPIM To and From of the message, not swapped. */
function judgeCpim(stage: Stage, message: TrackedMessage, report: Report, { charge, actor }: Act<unknown>): void {
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

/** No REPORT on a message arrives: concluded by a barrier and a quiet window. */
export async function getsNoReport({
  stage,
  actor,
  args,
  charge,
}: Act<NonNullable<Action['gets-no-report']>>): Promise<undefined> {
  const message = messageLabelled(stage, args.message);
  const barrier = await noAnswer(stage, actor, []);
  const reports = reportsOn(stage, actor, message);
  stage.judge.record(charge, {
    verdict: reports.length > 0 ? charge.miss : barrier === undefined ? 'inconclusive' : 'pass',
    message: `${actor.name} gets no REPORT on ${args.message}`,
    expected: 'no REPORT',
    actual:
      reports.length === 0 ? 'none' : reports.map((one) => headerOf(one.head, 'Status') ?? 'no Status').join(', '),
    evidence: [...sentEvidence(stage, message), ...reports.map((one) => one.entry.index)],
  });
  return undefined;
}

function reportsOn(stage: Stage, actor: Actor, message: TrackedMessage): Report[] {
  return stage.conversation.msrp.list
    .filter(
      ({ request, head }) =>
        request.actor === actor.name &&
        request.direction === 'received' &&
        head.method === 'REPORT' &&
        headerOf(head, 'Message-ID') === message.composed.messageId,
    )
    .map(({ request, head }) => ({ entry: request, head }));
}

function statusOf({ head }: Report): number | undefined {
  const status = parseStatus(headerOf(head, 'Status') ?? '');
  return status.ok ? status.value.code : undefined;
}
