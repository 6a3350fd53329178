import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf } from '../../codec/msrp/message.ts';
import { parseStatus } from '../../codec/msrp/status.ts';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import { Coverage } from '../../msrp/coverage.ts';
import { quietWindow, sendBarrier } from '../absence.ts';
import type { ClientAction } from '../client-schema.ts';
import { judgeAnswer, silenceIn } from '../expectation.ts';
import { due, listeners, ROOM_SIDE, type Stage } from '../stage.ts';
import type { ClientAct } from './client.ts';
import { answersTo, messagesOf, messageToClient } from './client-on-wire.ts';

/** REPORTs of the client that together speak of the whole message (RFC 4975 §7.1.3), or none where none are due. */
export async function clientReports({
  stage,
  args,
  expect = 200,
  charge,
}: ClientAct<NonNullable<ClientAction['reports']>>): Promise<undefined> {
  const { canary } = messageToClient(stage, args.message);
  const sent = (): ChatMessage[] => messagesOf(stage, 'sent', canary);
  const whole = (): readonly MsrpExchange[] | undefined => {
    const [message] = sent();
    const found = message === undefined ? [] : reportsOn(stage, message);
    return message !== undefined && coverWhole(found, message) ? found : undefined;
  };
  if (silenceIn(expect) === 'missed') await due(stage, whole);
  else await settled(stage, sent);
  const reports = sent().flatMap((message) => reportsOn(stage, message));
  const complete = whole() !== undefined;
  const status = reports.map(statusOf).find((one) => one !== 200) ?? reports.map(statusOf)[0];
  const what = `client reports on ${args.message}`;
  const evidence = [...sent().flatMap(({ chunks }) => chunks), ...reports.map(({ request }) => request)].map(
    ({ index }) => index,
  );
  if (reports.length > 0 && status === 200 && !complete && silenceIn(expect) === 'missed') {
    const actual = reports.map(({ head }) => headerOf(head, 'Byte-Range') ?? 'no range').join(', ');
    const expected = 'REPORTs that speak of all of it';
    stage.judge.record(charge, { verdict: charge.miss, message: what, expected, actual, evidence });
    return undefined;
  }
  const answer =
    status === undefined ? ({ kind: 'silence', reason: 'no REPORT' } as const) : ({ kind: 'status', status } as const);
  stage.judge.record(charge, { ...judgeAnswer(expect, answer, charge.miss), message: what, evidence });
  return undefined;
}

/** A message behind it has been answered, and a short time has passed. */
async function settled(stage: Stage, sent: () => readonly ChatMessage[]): Promise<void> {
  const [speaker] = listeners(stage);
  const barrier = speaker === undefined ? undefined : await sendBarrier(stage, speaker);
  await due(stage, () => {
    const later = barrier === undefined ? sent() : messagesOf(stage, 'sent', barrier.canary);
    const answers = later.flatMap((message) => answersTo(stage, message));
    return later.length > 0 && answers.every(({ status }) => status !== undefined) ? true : undefined;
  });
  await quietWindow(stage);
}

const reportsOn = ({ conversation }: Stage, { messageId }: ChatMessage): MsrpExchange[] =>
  conversation.msrp.list.filter(
    ({ request, head }) =>
      request.actor === ROOM_SIDE &&
      request.direction === 'received' &&
      head.method === 'REPORT' &&
      headerOf(head, 'Message-ID') === messageId,
  );

function statusOf({ head }: MsrpExchange): number | undefined {
  const status = parseStatus(headerOf(head, 'Status') ?? '');
  return status.ok ? status.value.code : undefined;
}

/** One without a range counts for the whole message. */
function coverWhole(reports: readonly MsrpExchange[], { octets }: ChatMessage): boolean {
  if (octets === undefined) return false;
  const covered = new Coverage();
  for (const { head } of reports) {
    const range = parseByteRange(headerOf(head, 'Byte-Range') ?? '1-*/*');
    if (!range.ok) continue;
    covered.add(Number(range.value.start) - 1, range.value.end === '*' ? octets.length : Number(range.value.end));
  }
  return covered.covers(octets.length);
}
