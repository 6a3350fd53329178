import { parseUseNickname } from '../../codec/msrp/nickname.ts';
import { judgeAnswer } from '../expectation.ts';
import type { Action } from '../schema.ts';
import type { Act, Answered } from './act.ts';
import { msrpAnswer, msrpEvidence, statusOf } from './evidence.ts';

/** NICKNAME (RFC 7701 §7). */
export async function nickname({
  stage,
  actor,
  args,
  expect = 200,
  charge,
}: Act<NonNullable<Action['nickname']>>): Promise<Answered> {
  const request = requestOf(args, (text) => stage.values.fill(text));
  const further = typeof args === 'string' ? undefined : args.headers;
  const outcome = await actor.participant.nickname(request, Object.entries(further ?? {}));
  const answer = msrpAnswer(outcome);
  const evidence = msrpEvidence(stage, actor, outcome.transactionId);
  stage.judge.record(charge, {
    ...judgeAnswer(expect, answer, charge.miss),
    message: `${actor.name} asks for ${wording(request)}`,
    evidence,
  });
  return { status: statusOf(answer), evidence };
}

type NicknameRequest = { text: string } | { header: string } | { headerOctets: Buffer } | { none: true };

function requestOf(args: NonNullable<Action['nickname']>, fill: (text: string) => string): NicknameRequest {
  if (typeof args === 'string') return { text: fill(args) };
  if (args.header !== undefined) return { header: fill(args.header) };
  if (args['header-octets'] !== undefined)
    return { headerOctets: Buffer.from(args['header-octets'].replace(/\s/g, ''), 'hex') };
  return { none: true };
}

function wording(request: NicknameRequest): string {
  if ('text' in request)
    return request.text === '' ? 'the removal of its nickname' : `the nickname "${shorten(request.text)}"`;
  if ('header' in request) {
    const parsed = parseUseNickname(request.header);
    return parsed.ok ? `the nickname "${shorten(parsed.value)}"` : `Use-Nickname: ${shorten(request.header)}`;
  }
  return 'headerOctets' in request ? 'a nickname that is no UTF-8' : 'a nickname without Use-Nickname';
}

const shorten = (text: string): string =>
  text.length > 40 ? `${text.slice(0, 30)}… (${text.length} characters)` : text;
