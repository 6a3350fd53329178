import { fileURLToPath } from 'node:url';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { Conversation } from '../conversation/conversation.ts';
import type { Clock } from '../net/clock.ts';
import type { TappedConnection } from '../net/network.ts';
import { WireLog } from '../wire/log.ts';
import type { Finding } from './finding.ts';
import type { Rule } from './rule.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));

/** Where everybody in a scripted conversation is. */
export const ROOM = 'sip:room@chat.example';
export const OTHER_ROOM = 'sip:other@chat.example';

export const uriOf = (actor: string): string => `sip:${actor}-12345678@chat.example`;
export const ownUri = (actor: string): string => `msrp://10.0.0.2:2000/${actor}-own-0123456789;tcp`;
export const switchUri = (actor: string): string => `msrp://10.0.0.1:2855/${actor}-switch-0123456789;tcp`;

export interface Joining {
  readonly room?: string;
  readonly identity?: string;
  readonly privacy?: string;
  /** Display name in From. */
  readonly called?: string;
  /** Lines of the two MSRP media sections in place of the usual ones; `undefined` leaves the attribute out. */
  readonly offers?: Attributes;
  readonly answers?: Attributes;
  /** Contact of the 2xx. */
  readonly contact?: string;
  /** Left out: no first SEND. */
  readonly binds?: false;
}

type Attributes = Readonly<Record<string, string | undefined>>;

export interface Sending {
  readonly id: string;
  readonly messageId?: string;
  readonly from?: string;
  /** One To header each. */
  readonly to?: string | readonly string[];
  readonly text?: string;
  readonly type?: string;
  readonly wrapped?: string;
  /** The whole body, in place of one made from the above. */
  readonly body?: string;
  readonly range?: string;
  readonly flag?: '$' | '+' | '#';
  /** Lines before Content-Type. */
  readonly headers?: readonly string[];
  readonly toPath?: string;
  readonly fromPath?: string;
  /** Of the response that comes at once; none if absent for what is received, 200 for what is sent. */
  readonly status?: number | 'none';
}

/** A conversation in a room, written down entry by entry. Every actor has a SIP and an MSRP connection. */
export class ScriptedRoom {
  readonly #clock = new ScriptedClock();
  readonly #log = new WireLog(this.#clock);
  readonly #cseqs = new Map<string, number>();
  /** How often the MSRP connection of an actor was lost. */
  readonly #losses = new Map<string, number>();

  passes(ms: number): this {
    this.#clock.time += ms;
    return this;
  }

  /** Octets as they are, with LF for CRLF. */
  says(actor: string, direction: 'sent' | 'received', protocol: 'sip' | 'msrp', text: string): this {
    this.#log.octets(this.#connection(actor, protocol), direction, Buffer.from(text.replace(/\n/g, '\r\n')));
    this.#clock.time += 1;
    return this;
  }

  /** INVITE, 200, ACK, the first SEND and its 200. */
  joins(actor: string, joining: Joining = {}): this {
    const room = joining.room ?? ROOM;
    this.#log.opened(this.#connection(actor, 'sip'));
    const headers = joining.privacy === undefined ? [] : [`Privacy: ${joining.privacy}`];
    const offer = sdp(actor, 'own', { setup: 'active', ...joining.offers });
    const answer = sdp(actor, 'switch', { setup: 'passive', ...joining.answers });
    this.request(actor, 'sent', {
      method: 'INVITE',
      uri: room,
      identity: joining.identity,
      headers,
      sdp: offer,
      called: joining.called,
    });
    const contact = joining.contact ?? `<${room}>;isfocus`;
    this.response(actor, 'received', { method: 'INVITE', identity: joining.identity, contact, sdp: answer });
    this.request(actor, 'sent', { method: 'ACK', uri: room, identity: joining.identity, tagged: true });
    if (joining.binds === false) return this;
    return this.binds(actor);
  }

  /** Another offer and answer in the dialog. */
  renegotiates(actor: string, { offers = {}, answers = {} }: Pick<Joining, 'offers' | 'answers'>): this {
    const [offer, answer] = [sdp(actor, 'own', offers), sdp(actor, 'switch', answers)];
    this.request(actor, 'sent', { method: 'INVITE', uri: ROOM, sdp: offer, tagged: true });
    this.response(actor, 'received', { method: 'INVITE', sdp: answer });
    return this.request(actor, 'sent', { method: 'ACK', uri: ROOM, tagged: true });
  }

  /** The MSRP connection is opened, and the first SEND answered. */
  binds(actor: string): this {
    this.#log.opened(this.#connection(actor, 'msrp'));
    const id = `bind-${actor}`.padEnd(12, '0');
    return this.asks(actor, 'SEND', { id, headers: [`Message-ID: ${id}`, 'Byte-Range: 1-0/0'], status: 200 });
  }

  /** The switch connects to the place that the own URI of this actor names. */
  isCalled(actor: string): this {
    const [, host = '', port = ''] = /\/\/([^:]+):(\d+)/.exec(ownUri(actor)) ?? [];
    const remote = { host: '10.0.0.1', port: 40_000 };
    const local = { host, port: Number(port) };
    this.#log.opened({ ...connection(actor, 'msrp'), id: `${actor}-called`, local, remote });
    return this;
  }

  /** The MSRP connection is reset; what follows comes on another. */
  loses(actor: string): this {
    this.#log.closed(this.#connection(actor, 'msrp'), 'reset', 'actor');
    this.#losses.set(actor, (this.#losses.get(actor) ?? 0) + 1);
    this.#clock.time += 1;
    return this;
  }

  #connection(actor: string, protocol: 'sip' | 'msrp'): TappedConnection {
    const plain = connection(actor, protocol);
    const losses = this.#losses.get(actor) ?? 0;
    return protocol === 'sip' || losses === 0 ? plain : { ...plain, id: `${plain.id}-${losses + 1}` };
  }

  leaves(actor: string): this {
    this.request(actor, 'sent', { method: 'BYE', uri: ROOM, tagged: true });
    return this.response(actor, 'received', { method: 'BYE' });
  }

  sends(actor: string, sending: Sending): this {
    this.#message(actor, 'sent', sending);
    if (sending.status === 'none') return this;
    return this.answers(actor, 'received', sending.id, sending.status ?? 200);
  }

  receives(actor: string, sending: Sending): this {
    this.#message(actor, 'received', sending);
    if (sending.status === undefined || sending.status === 'none') return this;
    return this.answers(actor, 'sent', sending.id, sending.status);
  }

  /** A request without body that an actor sends. */
  asks(
    actor: string,
    method: string,
    { id, headers, status }: { readonly id: string; readonly headers: readonly string[]; readonly status?: number },
  ): this {
    this.#request(actor, 'sent', method, id, headers);
    return status === undefined ? this : this.answers(actor, 'received', id, status);
  }

  /** A REPORT of the switch. */
  reports(actor: string, id: string, headers: readonly string[], body?: string, toPath?: string): this {
    const paths = toPath === undefined ? {} : { toPath };
    const content = body === undefined ? {} : { type: 'message/cpim', body };
    return this.#request(actor, 'received', 'REPORT', id, headers, { ...paths, ...content });
  }

  /** An MSRP response; its paths are those of the session unless given. */
  answers(
    actor: string,
    direction: 'sent' | 'received',
    id: string,
    status: number,
    paths: { readonly to?: string; readonly from?: string } = {},
  ): this {
    const [to, from] = pathsOf(actor, direction);
    const text = [`MSRP ${id} ${status}`, `To-Path: ${paths.to ?? to}`, `From-Path: ${paths.from ?? from}`];
    return this.says(actor, direction, 'msrp', `${text.join('\n')}\n-------${id}$\n`);
  }

  /** A SIP request of the actor's one dialog, or `call`. */
  request(
    actor: string,
    direction: 'sent' | 'received',
    request: {
      readonly method: string;
      readonly uri: string;
      readonly identity?: string | undefined;
      readonly headers?: readonly string[];
      readonly sdp?: string;
      readonly body?: string;
      readonly tagged?: boolean;
      readonly call?: string;
      readonly cseq?: number;
      readonly called?: string | undefined;
    },
  ): this {
    const { method, call = 'invite', identity = uriOf(actor) } = request;
    const key = `${actor} ${call} ${direction}`;
    const cseq = request.cseq ?? (this.#cseqs.get(key) ?? 0) + (method === 'ACK' ? 0 : 1);
    this.#cseqs.set(key, cseq);
    const name = request.called === undefined ? '' : `"${request.called}" `;
    const local = `${name}<${identity}>;tag=${actor}`;
    const remote = `<${ROOM}>${request.tagged === true ? `;tag=focus-${call}` : ''}`;
    const [from, to] = direction === 'sent' ? [local, remote] : [remote, local];
    const type = request.sdp === undefined ? 'application/conference-info+xml' : 'application/sdp';
    return this.says(
      actor,
      direction,
      'sip',
      sip(`${method} ${request.uri} SIP/2.0`, request.sdp ?? request.body, type, [
        `Via: SIP/2.0/TCP 10.0.0.2:2000;branch=z9hG4bK-${actor}-${call}-${direction}-${method}-${cseq}`,
        'Max-Forwards: 70',
        `From: ${from}`,
        `To: ${to}`,
        `Call-ID: ${call}-${actor}`,
        `CSeq: ${cseq} ${method}`,
        `Contact: <sip:${direction === 'sent' ? actor : 'room'}@10.0.0.2:2000>`,
        ...(request.headers ?? []),
      ]),
    );
  }

  /** The response to the latest request of that method. */
  response(
    actor: string,
    direction: 'sent' | 'received',
    response: {
      readonly method: string;
      readonly status?: number;
      readonly identity?: string | undefined;
      readonly contact?: string;
      readonly headers?: readonly string[];
      readonly sdp?: string;
      readonly call?: string;
      /** In place of the tag of the focus; empty for none. */
      readonly tag?: string;
      readonly from?: string;
    },
  ): this {
    const { method, call = 'invite', status = 200, identity = uriOf(actor) } = response;
    const asked = direction === 'sent' ? 'received' : 'sent';
    const cseq = this.#cseqs.get(`${actor} ${call} ${asked}`) ?? 1;
    const tag = response.tag ?? `focus-${call}`;
    const local = response.from ?? `<${identity}>;tag=${actor}`;
    const remote = `<${ROOM}>${tag === '' ? '' : `;tag=${tag}`}`;
    const [from, to] = direction === 'received' ? [local, remote] : [remote, local];
    return this.says(
      actor,
      direction,
      'sip',
      sip(`SIP/2.0 ${status} Fine`, response.sdp, 'application/sdp', [
        `Via: SIP/2.0/TCP 10.0.0.2:2000;branch=z9hG4bK-${actor}-${call}-${asked}-${method}-${cseq}`,
        `From: ${from}`,
        `To: ${to}`,
        `Call-ID: ${call}-${actor}`,
        `CSeq: ${cseq} ${method}`,
        `Contact: ${response.contact ?? `<${ROOM}>;isfocus`}`,
        ...(response.headers ?? []),
      ]),
    );
  }

  findings(rule: Rule): readonly Finding[] {
    return rule.judge(this.#finished(), catalogue);
  }

  /** The verdict of each finding of a rule, by its first requirement. */
  verdicts(rule: Rule): Record<string, string> {
    return Object.fromEntries(this.findings(rule).map(({ requirements, verdict }) => [requirements[0], verdict]));
  }

  /** Positions in the log that a rule shows for a requirement. */
  evidence(rule: Rule, requirement: string): readonly number[] {
    return this.findings(rule).find(({ requirements }) => requirements[0] === requirement)?.evidence ?? [];
  }

  #finished(): Conversation {
    this.#log.finish();
    return new Conversation(this.#log);
  }

  #message(actor: string, direction: 'sent' | 'received', sending: Sending): void {
    const body = sending.body ?? cpim(actor, sending);
    const length = Buffer.byteLength(body.replace(/\n/g, '\r\n'));
    const range = sending.range ?? `1-${length}/${length}`;
    const headers = [
      `Message-ID: ${sending.messageId ?? sending.id}`,
      ...(range === '' ? [] : [`Byte-Range: ${range}`]),
      ...(sending.headers ?? []),
    ];
    this.#request(actor, direction, 'SEND', sending.id, headers, { type: 'message/cpim', ...sending, body });
  }

  #request(
    actor: string,
    direction: 'sent' | 'received',
    method: string,
    id: string,
    headers: readonly string[],
    more: Pick<Sending, 'toPath' | 'fromPath' | 'type' | 'body' | 'flag'> = {},
  ): this {
    const [to, from] = pathsOf(actor, direction);
    const lines = [
      `MSRP ${id} ${method}`,
      `To-Path: ${more.toPath ?? to}`,
      `From-Path: ${more.fromPath ?? from}`,
      ...headers,
      ...(more.body === undefined ? [] : [`Content-Type: ${more.type}`, '', more.body]),
      `-------${id}${more.flag ?? '$'}`,
      '',
    ];
    return this.says(actor, direction, 'msrp', lines.join('\n'));
  }
}

class ScriptedClock implements Clock {
  time = 0;
  now(): number {
    return this.time;
  }
  date(): Date {
    return new Date(this.time);
  }
  after(): { cancel(): void } {
    return { cancel: () => undefined };
  }
}

const connection = (actor: string, protocol: 'sip' | 'msrp'): TappedConnection => ({
  id: `${actor}-${protocol}`,
  actor,
  transport: 'tcp',
  local: { host: '10.0.0.2', port: protocol === 'sip' ? 5060 : 2000 },
  remote: { host: '10.0.0.1', port: protocol === 'sip' ? 5060 : 2855 },
});

function pathsOf(actor: string, direction: 'sent' | 'received'): [to: string, from: string] {
  return direction === 'sent' ? [switchUri(actor), ownUri(actor)] : [ownUri(actor), switchUri(actor)];
}

/** The body of a message, by default of alice to the room. */
export function cpim(
  actor: string,
  { from = uriOf(actor), to = ROOM, text = 'hello to everybody', wrapped = 'text/plain' }: Partial<Sending>,
): string {
  const tos = (typeof to === 'string' ? [to] : to).map((uri) => `To: <${uri}>`);
  return [`From: <${from}>`, ...tos, '', `Content-Type: ${wrapped}`, '', text].join('\n');
}

function sdp(actor: string, side: 'own' | 'switch', attributes: Attributes): string {
  const uri = side === 'own' ? ownUri(actor) : switchUri(actor);
  const { port = /:(\d+)\//.exec(uri)?.[1], ...others } = attributes;
  const host = /\/\/([^:]+):/.exec(uri)?.[1];
  const all: Attributes = {
    'accept-types': 'message/cpim',
    'accept-wrapped-types': 'text/plain',
    path: uri,
    chatroom: 'nickname private-messages',
    ...others,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`a=${name}:${value}`]));
  return [
    'v=0',
    `o=- ${side === 'own' ? 1 : 2}${actor.length} 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=message ${port} TCP/MSRP *`,
    ...lines,
    '',
  ].join('\n');
}

function sip(start: string, body: string | undefined, type: string, headers: readonly string[]): string {
  const length = Buffer.byteLength((body ?? '').replace(/\n/g, '\r\n'));
  const content = body === undefined ? [] : [`Content-Type: ${type}`];
  return [start, ...headers, ...content, `Content-Length: ${length}`, '', body ?? ''].join('\n');
}
