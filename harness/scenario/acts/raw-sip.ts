import { header, headerValues } from '../../codec/sip/headers.ts';
import type { SipResponse } from '../../codec/sip/message.ts';
import { parseNameAddress } from '../../codec/sip/name-address.ts';
import { isSamePath } from '../../conversation/sessions.ts';
import { describedIn } from '../../participant/description.ts';
import { within } from '../../participant/patience.ts';
import type { WireEntry } from '../../wire/entry.ts';
import { type Answer, judgeAnswer, silenceIn } from '../expectation.ts';
import type { Action } from '../schema.ts';
import { type Actor, due, type HandMade, type Stage } from '../stage.ts';
import type { Act, Answered } from './act.ts';
import { statusOf } from './evidence.ts';
import { octetsFor, type RawSip, templateOf } from './raw-sip-text.ts';

/**
 * SIP as the scenario writes it, on a line of its own, so that what is broken there breaks nothing else. A final
 * response to INVITE is acknowledged, and what comes of it is ended again, unless the step says otherwise.
 */
export async function rawSip({
  stage,
  actor,
  args,
  expect = 'anything',
  charge,
  label,
}: Act<NonNullable<Action['raw-sip']>>): Promise<Answered> {
  const wishes: RawSip = typeof args === 'string' ? { sip: args } : args;
  const miss = (reason: string): Answered => {
    stage.judge.record(charge, { verdict: 'inconclusive', message: `${actor.name} sends SIP by hand`, actual: reason });
    return { status: undefined, evidence: [] };
  };
  const model = wishes.like === undefined ? undefined : stage.handMade.get(wishes.like);
  if (wishes.like !== undefined && model === undefined) return miss(`${wishes.like} has not been sent`);
  const line =
    model === undefined ? await actor.participant.sipLine(wishes.over) : { ok: true as const, value: model.line };
  if (!line.ok) {
    const silence = judgeAnswer(expect, { kind: 'silence', reason: line.error.message }, charge.miss);
    stage.judge.record(charge, { ...silence, message: `${actor.name} sends SIP by hand` });
    return { status: undefined, evidence: [] };
  }
  const own = actor.participant.handMade(wishes['in-dialog'] === true ? 'in the dialog' : 'anew');
  if (!own.ok) return miss(own.error);

  const from = stage.log.entries.length;
  const { octets, made } = octetsFor(templateOf(wishes), {
    stage,
    actor,
    wishes,
    line: line.value,
    own: own.value,
    model,
  });
  if (label !== undefined) stage.handMade.set(label, model ?? made);
  if (wishes.ack !== 'never') answerResponses(stage, actor, made, wishes);
  for (let i = 0; i < (wishes.copies ?? 1); i += 1) made.line.send(octets);

  const answer = await answerTo(stage, actor, made, from, silenceIn(expect) === 'missed');
  const response = responseTo(stage, actor, made, from);
  const sent = stage.log.entries.slice(from).find((one) => one.actor === actor.name && one.direction === 'sent');
  if (response !== undefined && hangsUp(wishes) && isAccepted(response.message))
    await due(stage, () => stage.log.entries.slice(from).find((entry) => methodAnswered(entry, made, actor) === 'BYE'));
  const evidence = [sent?.index, response?.entry.index].filter((index) => index !== undefined);
  if (expect !== 'anything') {
    const breaks = wishes.breaks === undefined ? '' : ` that breaks ${wishes.breaks.join(', ')}`;
    const message = `${actor.name} sends SIP by hand${breaks}`;
    const judged = judgeAnswer(expect, answer, charge.miss);
    const open = judged.verdict !== 'pass' && response !== undefined && isChallenge(response.message);
    stage.judge.record(charge, { ...judged, ...(open ? { verdict: 'inconclusive' as const } : {}), message, evidence });
  }
  // The answer to an offer that repeats the last one may differ from the last answer (RFC 3264 §8).
  const answered = response !== undefined && isAccepted(response.message) ? describedIn(response.message) : undefined;
  const known = actor.participant.answer?.path ?? [];
  if (
    wishes['in-dialog'] === true &&
    answered !== undefined &&
    answered.port !== 0 &&
    !isSamePath(answered.path, known)
  )
    stage.judge.record(charge, {
      verdict: 'inconclusive',
      message: `${actor.name} goes on with its session`,
      expected: 'the path of the last answer',
      actual: 'another path, which an offer by hand does not follow',
      evidence,
    });
  return { status: statusOf(answer), evidence };
}

/** Whoever asks for credentials first has not looked at the rest yet, and SIP by hand has none to give (RFC 3261 §22.1). */
const isChallenge = (response: SipResponse): boolean =>
  (response.status === 401 && header(response, 'WWW-Authenticate') !== undefined) ||
  (response.status === 407 && header(response, 'Proxy-Authenticate') !== undefined);

interface Response {
  readonly entry: WireEntry;
  readonly message: SipResponse;
}

function responseIn(entry: WireEntry, { callId, branch }: HandMade, actor: Actor): Response | undefined {
  const { content } = entry;
  if (entry.actor !== actor.name || entry.direction !== 'received' || content.protocol !== 'sip') return undefined;
  const { message } = content;
  if (message.kind !== 'response' || message.status < 200) return undefined;
  const via = headerValues(message, 'Via')[0] ?? '';
  return via.includes(branch) || header(message, 'Call-ID')?.trim() === callId ? { entry, message } : undefined;
}

function responseTo(stage: Stage, actor: Actor, made: HandMade, from: number): Response | undefined {
  for (const entry of stage.log.entries.slice(from)) {
    const response = responseIn(entry, made, actor);
    if (response !== undefined) return response;
  }
  return undefined;
}

const LONGEST_QUIET_MS = 3000;

/**
 * The final response. Where silence is allowed it is not waited for: a later request on another connection is answered
 * first, then a short quiet window passes.
 */
async function answerTo(stage: Stage, actor: Actor, made: HandMade, from: number, patient: boolean): Promise<Answer> {
  const { clock, patience } = stage;
  const look = (): Response | undefined => responseTo(stage, actor, made, from);
  let reason = 'a later request was answered';
  if (patient) {
    const cut = made.line.closed.then(() => 'cut' as const);
    const waited = await Promise.race([due(stage, look, patience.answerMs), cut]);
    reason = waited === 'cut' ? 'the connection was closed' : `nothing within ${patience.answerMs / 1000} s`;
  } else if (look() === undefined) {
    const started = clock.now();
    const later = await within(clock, patience.deliveryMs, actor.participant.sipRequest({ method: 'OPTIONS' }));
    const quiet = Math.max(patience.quietMs, 3 * (clock.now() - started));
    await due(stage, look, Math.min(quiet, LONGEST_QUIET_MS));
    if (later?.kind !== 'answered') reason = 'nor was a later request';
  }
  const response = look();
  return response === undefined ? { kind: 'silence', reason } : { kind: 'status', status: response.message.status };
}

/**
 * ACK for each final response to INVITE (RFC 3261 §13.2.2.4, §17.1.1.3), and BYE for a dialog that comes of it. They come
 * as from the last proxy of a route, without Route.
 */
function answerResponses(stage: Stage, actor: Actor, made: HandMade, wishes: RawSip): void {
  const ended = new Set<string>();
  stage.log.follow((entry) => {
    const response = responseIn(entry, made, actor)?.message;
    if (response === undefined || methodAnswered(entry, made, actor) !== 'INVITE') return;
    const accepted = response.status < 300;
    const to = header(response, 'To') ?? made.to;
    const request = (method: string, uri: string, cseq: number, via: string): Buffer =>
      Buffer.from(
        [
          `${method} ${uri} SIP/2.0`,
          `Via: ${via}`,
          'Max-Forwards: 70',
          `From: ${made.from}`,
          `To: ${to}`,
          `Call-ID: ${header(response, 'Call-ID') ?? made.callId}`,
          `CSeq: ${cseq} ${method}`,
          'Content-Length: 0',
          '\r\n',
        ].join('\r\n'),
      );
    const cseq = Number.parseInt(header(response, 'CSeq') ?? '', 10);
    // What is written may be several requests.
    const branch = branchOf(response) ?? made.branch;
    if (!accepted) {
      made.line.send(request('ACK', made.uri, cseq, viaOf(made, branch)));
      return;
    }
    const contact = parseNameAddress(headerValues(response, 'Contact')[0] ?? '');
    const target = contact.ok ? contact.value.uri : made.uri;
    made.line.send(request('ACK', target, cseq, viaOf(made, `${branch}a`)));
    if (hangsUp(wishes) && !ended.has(to)) made.line.send(request('BYE', target, cseq + 1, viaOf(made, `${branch}b`)));
    ended.add(to);
  });
}

/** A dialog of the participant's own goes on, and so does one that the step wants to go on. */
const hangsUp = (wishes: RawSip): boolean =>
  wishes.ack !== 'never' && wishes.hangs !== 'on' && wishes['in-dialog'] !== true;

const isAccepted = (response: SipResponse): boolean =>
  response.status < 300 && /\sINVITE\s*$/.test(header(response, 'CSeq') ?? '');

const methodAnswered = (entry: WireEntry, made: HandMade, actor: Actor): string | undefined => {
  const response = responseIn(entry, made, actor);
  return response === undefined ? undefined : header(response.message, 'CSeq')?.trim().split(/\s+/)[1];
};

const branchOf = (response: SipResponse): string | undefined =>
  /;\s*branch\s*=\s*([^\s;,]+)/i.exec(headerValues(response, 'Via')[0] ?? '')?.[1];

const viaOf = ({ line: { transport, local } }: HandMade, branch: string): string =>
  `SIP/2.0/${transport.toUpperCase()} ${local.host.includes(':') ? `[${local.host}]` : local.host}:${local.port};branch=${branch}`;
