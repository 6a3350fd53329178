import { parseEvent } from '../../codec/sip/event.ts';
import { header } from '../../codec/sip/headers.ts';
import { readStartLine } from '../../codec/sip/start-line.ts';
import { parseSubscriptionState } from '../../codec/sip/subscription-state.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import { judgeAnswer } from '../expectation.ts';
import type { Action } from '../schema.ts';
import { due } from '../stage.ts';
import type { Act, Answered } from './act.ts';
import { sipAnswer, sipEvidence, statusOf } from './evidence.ts';

/** REFER to the room (RFC 4579 §5.5): asks the focus to do something with somebody. */
export async function refer({
  stage,
  actor,
  args,
  expect = [200, 202],
  charge,
}: Act<NonNullable<Action['refer']>>): Promise<Answered> {
  const outcome = await actor.participant.refer(
    stage.values.fill(args.to),
    args['in-dialog'] === true ? 'inside' : 'outside',
  );
  const answer = sipAnswer(outcome);
  const evidence = sipEvidence(stage, actor, outcome);
  stage.judge.record(charge, {
    ...judgeAnswer(expect, answer, charge.miss),
    message: `${actor.name} sends REFER`,
    evidence,
  });
  return { status: statusOf(answer), evidence };
}

/** After a 2xx to REFER its sender is told what came of it, to the end (RFC 3515 §2.4.4, §2.4.7). */
export async function toldOfRefer({ stage, actor, charge }: Act<object>): Promise<undefined> {
  const asked = stage.conversation.sip.list.findLast(
    (one) => one.actor === actor.name && one.direction === 'sent' && one.message.method === 'REFER',
  );
  const message = `${actor.name} is told what came of its REFER`;
  if (asked?.final === undefined || asked.final.message.status >= 300) {
    stage.judge.record(charge, {
      verdict: 'unsupported',
      message,
      expected: 'a 2xx to REFER',
      actual: String(asked?.final?.message.status ?? 'none'),
      evidence: asked?.final === undefined ? [] : [asked.final.entry.index],
    });
    return undefined;
  }
  const told = await due(stage, () =>
    stage.conversation.sip.list.find(
      (one) => one.actor === actor.name && concerns(one, asked) && outcomeIn(one) >= 200,
    ),
  );
  stage.judge.record(charge, {
    verdict: told === undefined ? charge.miss : 'pass',
    message,
    expected: 'NOTIFY with a final status',
    actual: told === undefined ? 'none' : String(outcomeIn(told)),
    evidence: [asked.request.index, ...(told === undefined ? [] : [told.request.index])],
  });
  return undefined;
}

function concerns({ direction, message, request }: SipExchange, asked: SipExchange): boolean {
  if (direction !== 'received' || message.method !== 'NOTIFY' || request.index < asked.request.index) return false;
  const event = parseEvent(header(message, 'Event') ?? '');
  const sameCall = header(message, 'Call-ID') === header(asked.message, 'Call-ID');
  return sameCall && event.ok && event.value.package === 'refer';
}

/** The status that a NOTIFY of the refer package tells; 0: none, or the subscription goes on. */
function outcomeIn({ message }: SipExchange): number {
  const [line = ''] = message.body.toString('latin1', 0, 1024).split(/\r?\n/, 1);
  const read = readStartLine(line);
  const state = parseSubscriptionState(header(message, 'Subscription-State') ?? '');
  if (!read.ok || read.value.start.kind !== 'response' || !state.ok) return 0;
  return state.value.state === 'terminated' ? read.value.start.status : 0;
}
