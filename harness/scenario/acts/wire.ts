import { within } from '../../participant/patience.ts';
import type { CarrierChoice } from '../../participant/speaker.ts';
import { pathOf } from '../check.ts';
import type { Action } from '../schema.ts';
import { variantsOf } from '../session-path.ts';
import { type Actor, actorNamed, type Stage, type TrackedMessage } from '../stage.ts';
import type { Act, Answered } from './act.ts';
import { trackOctets } from './compose.ts';
import { msrpEvidence } from './evidence.ts';
import { judgeSending, single } from './messages.ts';

/** An MSRP request of any method, with hand-made paths and headers. */
export async function request({
  stage,
  actor,
  args,
  expect = 'anything',
  charge,
}: Act<NonNullable<Action['request']>>): Promise<Answered> {
  const values = pathsAround(stage, actor);
  const fill = (text: string): string => stage.values.fill(text, values);
  const { over, on } = carrierNamed(stage, actor, args.on);
  const sent = actor.participant.request({
    method: args.method,
    ...(args['to-path'] === undefined ? {} : { toPath: fill(args['to-path']) }),
    ...(args['from-path'] === undefined ? {} : { fromPath: fill(args['from-path']) }),
    headers: Object.entries(args.headers ?? {}).map(([name, value]): [string, string] => [name, fill(value)]),
    ...(args.body === undefined ? {} : { body: Buffer.from(fill(args.body)) }),
    ...(on === undefined ? {} : { on }),
  });
  if (expect === 'anything') return unjudged(sent.written);
  return judgeSending({ stage, actor, expect, charge }, `a ${args.method} request`, single(sent), { over });
}

/** Octets as the scenario writes them. The response is known by `{tid}`. */
export async function raw({
  stage,
  actor,
  args,
  expect = 'anything',
  charge,
  label,
}: Act<NonNullable<Action['raw']>>): Promise<Answered> {
  const { participant } = actor;
  const transactionId = participant.newTransactionId();
  const messageId = participant.newTransactionId();
  const canary = stage.values.canary();
  const text = stage.values.fill(args.msrp, {
    ...pathsAround(stage, actor),
    tid: transactionId,
    'message-id': messageId,
    from: actor.uri,
    to: actor.room,
    'body-length': BODY_LENGTH,
    ...(label === undefined ? {} : { canary }),
  });
  const octets = octetsOf(text.replaceAll(BODY_LENGTH, String(bodyIn(octetsOf(text)).length)));
  const message: TrackedMessage | undefined =
    label === undefined
      ? undefined
      : trackOctets(stage, actor, { label, canary, messageId, transactionId, octets: bodyIn(octets) });
  const { over, on } = carrierNamed(stage, actor, args.on);
  const awaited = expect !== 'anything' && expect !== 'silence' && args.msrp.includes('{tid}');
  const outcome = participant.writeRaw(segments(octets, args.split ?? []), {
    ...(awaited ? { transactionId } : {}),
    ...(on === undefined ? {} : { on }),
  });
  const written = awaited ? Promise.resolve() : outcome.then(() => undefined);
  const sending = { transactionIds: () => [transactionId], written, outcome };
  if (expect === 'anything') return unjudged(written);
  const what = `hand-made octets${args.breaks === undefined ? '' : ` that break ${args.breaks.join(', ')}`}`;
  return judgeSending({ stage, actor, expect, charge }, what, sending, {
    over,
    ...(message === undefined ? {} : { message }),
  });
}

/** Stands in the head of a request until its body has been written. */
const BODY_LENGTH = '\u0001body-length\u0001';

/** A request of this actor is answered, in whatever way, unless its connection has been closed. */
export async function stillServed({ stage, actor, charge }: Act<object>): Promise<undefined> {
  const sent = actor.participant.ping();
  const outcome = await within(stage.clock, stage.patience.deliveryMs, sent.outcome);
  const isSilent = outcome === undefined || (outcome.kind === 'unanswered' && outcome.reason === 'timed-out');
  stage.judge.record(charge, {
    verdict: isSilent ? charge.miss : 'pass',
    message: `${actor.name} is still served, or its connection is closed`,
    expected: 'an answer, or the end of the connection',
    actual: isSilent ? 'neither' : outcome.kind === 'answered' ? String(outcome.status) : 'a closed connection',
    evidence: msrpEvidence(stage, actor, sent.transactionId),
  });
  return undefined;
}

/** Where any reaction will do, none is waited for: the steps that follow show whether the room still works. */
async function unjudged(written: Promise<void>): Promise<Answered> {
  await written;
  return { status: undefined, evidence: [] };
}

/** Session paths that a request made by hand can name: the actor's own, ways to miss it, and those of the others. */
function pathsAround(stage: Stage, actor: Actor): Readonly<Record<string, string>> {
  const { toPath, fromPath } = actor.participant.paths();
  const others = [...stage.actors.values()].map((one): [string, string] => [
    pathOf(one.name),
    one.participant.paths().toPath,
  ]);
  return {
    'to-path': toPath,
    'from-path': fromPath,
    ...variantsOf(toPath, stage.values.canary()),
    'received-tid': lastReceived(stage, actor),
    ...Object.fromEntries(others),
  };
}

/** Transaction id of the latest request that has come to this actor. */
const lastReceived = (stage: Stage, actor: Actor): string =>
  stage.conversation.msrp.list.findLast(
    ({ request }) => request.actor === actor.wireName && request.direction === 'received',
  )?.head.transactionId ?? 'none';

/** The content of a request: behind the first empty line, up to its end-line. Empty: it has none that can be told. */
export function bodyIn(octets: Buffer): Buffer {
  const [, transactionId = ''] = /^MSRP +(\S+)/i.exec(octets.toString('latin1', 0, 100)) ?? [];
  // Whoever takes bare LF for the end of a line, against the grammar, finds the same there.
  const lineEnd = octets.includes('\r\n') ? '\r\n' : '\n';
  const start = octets.indexOf(lineEnd + lineEnd);
  const behind = start + 2 * lineEnd.length;
  const end = octets.lastIndexOf(`${lineEnd}-------${transactionId}`);
  return start === -1 || end < behind ? Buffer.alloc(0) : octets.subarray(behind, end);
}

/** `over`: under whose name the wire log shows what goes out. */
function carrierNamed(
  stage: Stage,
  actor: Actor,
  name: string | undefined,
): { readonly over: Actor | 'fresh'; readonly on: CarrierChoice | undefined } {
  if (name === undefined) return { over: actor, on: undefined };
  if (name === 'fresh' || name === 'clear') return { over: 'fresh', on: name };
  const over = actorNamed(stage, name);
  return { over, on: over.participant };
}

/** Line ends become CRLF; `\xNN` is one octet, `\r` and `\n` are single octets, `\\` is a backslash. */
export function octetsOf(text: string): Buffer {
  const parts: Buffer[] = [];
  const pattern = /\\(?:x([0-9a-fA-F]{2})|([rn\\]))|\r?\n/g;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(Buffer.from(text.slice(at, match.index)), escaped(match));
    at = match.index + match[0].length;
  }
  parts.push(Buffer.from(text.slice(at)));
  return Buffer.concat(parts);
}

function escaped([, hex, letter]: RegExpMatchArray): Buffer {
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  switch (letter) {
    case 'r':
      return Buffer.from('\r');
    case 'n':
      return Buffer.from('\n');
    case '\\':
      return Buffer.from('\\');
    default:
      return Buffer.from('\r\n');
  }
}

/** Cuts octets at the given offsets. */
export function segments(octets: Buffer, offsets: readonly number[]): Buffer[] {
  const cuts = [0, ...[...offsets].filter((offset) => offset < octets.length).sort((a, b) => a - b), octets.length];
  return cuts.slice(1).map((end, i) => octets.subarray(cuts[i], end));
}
