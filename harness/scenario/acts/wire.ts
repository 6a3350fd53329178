import type { CarrierChoice } from '../../participant/speaker.ts';
import type { Action } from '../schema.ts';
import { type Actor, actorNamed, type Stage } from '../stage.ts';
import type { Act, Answered } from './act.ts';
import { judgeSending, single } from './messages.ts';

/** An MSRP request of any method, with hand-made paths and headers. */
export async function request({
  stage,
  actor,
  args,
  expect = 'anything',
  charge,
}: Act<NonNullable<Action['request']>>): Promise<Answered> {
  const paths = actor.participant.paths();
  const values = { 'to-path': paths.toPath, 'from-path': paths.fromPath };
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
  return judgeSending({ stage, actor, expect, charge }, `a ${args.method} request`, single(sent), over);
}

/** Octets as the scenario writes them. The response is known by `{tid}`. */
export async function raw({
  stage,
  actor,
  args,
  expect = 'anything',
  charge,
}: Act<NonNullable<Action['raw']>>): Promise<Answered> {
  const { participant } = actor;
  const transactionId = participant.newTransactionId();
  const paths = participant.paths();
  const text = stage.values.fill(args.msrp, {
    'to-path': paths.toPath,
    'from-path': paths.fromPath,
    tid: transactionId,
    'message-id': participant.newTransactionId(),
    from: actor.uri,
    to: actor.room,
  });
  const { over, on } = carrierNamed(stage, actor, args.on);
  // Where any reaction will do, none is waited for: the steps that follow show whether the room still works.
  const awaited = expect !== 'anything' && expect !== 'silence' && args.msrp.includes('{tid}');
  const outcome = participant.writeRaw(segments(octetsOf(text), args.split ?? []), {
    ...(awaited ? { transactionId } : {}),
    ...(on === undefined ? {} : { on }),
  });
  const written = awaited ? Promise.resolve() : outcome.then(() => undefined);
  const sending = { transactionIds: () => [transactionId], written, outcome };
  const what = `hand-made octets${args.breaks === undefined ? '' : ` that break ${args.breaks.join(', ')}`}`;
  return judgeSending({ stage, actor, expect, charge }, what, sending, over);
}

/** `over`: under whose name the wire log shows what goes out. */
function carrierNamed(
  stage: Stage,
  actor: Actor,
  name: string | undefined,
): { readonly over: Actor; readonly on: CarrierChoice | undefined } {
  if (name === undefined || name === 'fresh') return { over: actor, on: name };
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
function segments(octets: Buffer, offsets: readonly number[]): Buffer[] {
  const cuts = [0, ...[...offsets].filter((offset) => offset < octets.length).sort((a, b) => a - b), octets.length];
  return cuts.slice(1).map((end, i) => octets.subarray(cuts[i], end));
}
