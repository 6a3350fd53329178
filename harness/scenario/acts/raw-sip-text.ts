import { header } from '../../codec/sip/headers.ts';
import type { HandMadeSip } from '../../participant/participant.ts';
import type { SipLine } from '../../participant/sip-line.ts';
import type { Action } from '../schema.ts';
import type { Actor, HandMade, Stage } from '../stage.ts';
import { octetsOf } from './wire.ts';

export type RawSip = Exclude<NonNullable<Action['raw-sip']>, string>;

/** Head and body, still with the names of values in braces. */
interface Template {
  readonly head: string;
  readonly body: string;
}

/** What the step writes, or a request of its method with all that belongs to it, save for what the step says. */
export function templateOf(wishes: RawSip): Template {
  if ('sip' in wishes) {
    const [head = '', ...rest] = wishes.sip.split(/\r?\n\r?\n/);
    return { head: head.replace(/\r?\n$/, ''), body: rest.join('\n\n') };
  }
  const { method, start, lines = [], without = [], body = method === 'INVITE' ? '{offer}' : '' } = wishes;
  const given = new Map<string, string[]>();
  for (const line of lines) given.set(nameIn(line), [...(given.get(nameIn(line)) ?? []), line]);
  const left = new Set(without.map((name) => name.toLowerCase()));
  const usual = usualLines(method, body !== '').filter((line) => !left.has(nameIn(line)));
  const head = usual.flatMap((line) => {
    const instead = given.get(nameIn(line));
    given.delete(nameIn(line));
    return instead ?? [line];
  });
  return { head: [start ?? `${method} {target} SIP/2.0`, ...head, ...[...given.values()].flat()].join('\n'), body };
}

const nameIn = (line: string): string => (/^[^\s:]*/.exec(line)?.[0] ?? '').toLowerCase();

const WITH_CONTACT: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);

const usualLines = (method: string, hasBody: boolean): string[] => [
  'Via: {via}',
  'Max-Forwards: 70',
  'From: {from}',
  'To: {to}',
  'Call-ID: {call-id}',
  `CSeq: {cseq} ${method}`,
  ...(WITH_CONTACT.has(method) ? ['Contact: {contact}'] : []),
  ...(method === 'SUBSCRIBE' ? ['Event: conference', 'Accept: application/conference-info+xml', 'Expires: 60'] : []),
  ...(hasBody ? ['Content-Type: application/sdp'] : []),
  'Content-Length: {content-length}',
];

interface Circumstances {
  readonly stage: Stage;
  readonly actor: Actor;
  readonly wishes: RawSip;
  readonly line: SipLine;
  readonly own: HandMadeSip;
  readonly model: HandMade | undefined;
}

/** By how much a Content-Length that is too large or too small is off. */
const OFF_BY = 10;

/** The octets, and what later steps and the answers to responses have to know of them. */
export function octetsFor(
  { head, body }: Template,
  { stage, actor, wishes, line, own, model }: Circumstances,
): { readonly octets: Buffer; readonly made: HandMade } {
  const { participant } = actor;
  const { dialog, offer, contact } = own;
  const fresh = (): string => participant.newTransactionId();
  const tag = dialog?.state.localTag ?? fresh();
  const uri = dialog?.state.remoteTarget ?? model?.uri ?? actor.room;
  const text = `${head}\n${body}`;
  const made: HandMade = {
    line,
    callId: dialog?.state.callId ?? model?.callId ?? fresh(),
    branch: model?.branch ?? `z9hG4bK${fresh()}`,
    cseq:
      model?.cseq ?? (dialog === undefined ? 1 : text.includes('{cseq}') ? dialog.nextCSeq() : dialog.state.localCSeq),
    from: dialog?.state.local ?? model?.from ?? `<${actor.uri}>;tag=${tag}`,
    to: dialog?.state.remote ?? model?.to ?? `<${actor.room}>`,
    uri,
  };
  const { host, port } = line.local;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const via = (branch: string): string =>
    `SIP/2.0/${line.transport.toUpperCase()} ${place};branch=${branch}${line.transport === 'udp' ? ';rport' : ''}`;
  const values = {
    via: via(made.branch),
    'new-via': via(`z9hG4bK${fresh()}`),
    branch: made.branch,
    'call-id': made.callId,
    tag,
    cseq: String(made.cseq),
    'next-cseq': text.includes('{next-cseq}') ? String(dialog?.nextCSeq() ?? made.cseq + 1) : '',
    'lower-cseq': String((dialog?.state.localCSeq ?? made.cseq) - 1),
    contact,
    target: uri,
    from: made.from,
    to: made.to,
    'answered-to': answeredTo(stage, made) ?? made.to,
    transport: line.transport.toUpperCase(),
    'line-port': String(line.local.port),
    self: actor.uri,
    place,
    offer: offer.text,
    'offer-length': String(octetsOf(offer.text).length),
    'offer-with-lf': offer.text.replace(/\r?\n/g, '\\n'),
    path: offer.own.path,
    host: offer.own.host,
    port: String(offer.own.port),
    filling: wishes.filling === undefined ? '' : wishes.filling.text.repeat(wishes.filling.times),
  };
  const bodyOctets = octetsOf(stage.values.fill(body, values));
  const length = bodyOctets.length;
  const headOctets = octetsOf(
    stage.values.fill(head, {
      ...values,
      'content-length': String(length),
      'more-than-content-length': String(length + OFF_BY),
      'less-than-content-length': String(Math.max(0, length - OFF_BY)),
    }),
  );
  return { octets: Buffer.concat([headOctets, EMPTY_LINE, bodyOctets]), made };
}

/** To of the first final response, which an ACK of a refusal has to have (RFC 3261 §17.1.1.3). */
function answeredTo({ log }: Stage, { callId }: HandMade): string | undefined {
  for (const { content, direction } of log.entries) {
    if (direction !== 'received' || content.protocol !== 'sip' || content.message.kind !== 'response') continue;
    if (content.message.status >= 200 && header(content.message, 'Call-ID') === callId)
      return header(content.message, 'To');
  }
  return undefined;
}

const EMPTY_LINE = Buffer.from('\r\n\r\n');
