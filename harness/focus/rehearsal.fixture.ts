import type { ContinuationFlag, MsrpHeader, MsrpRequestHead } from '../codec/msrp/message.ts';
import type { RoomDecisions } from './decisions.ts';
import { referenceDecisions } from './reference-decisions.ts';
import { stepRoom } from './room.ts';
import type { CopyEffect, JoinIdentity, Neighbours, RoomEffect, RoomEvent } from './room-events.ts';
import { createRoom, type EndpointMedia, type RoomPolicy, type RoomState, type SessionId } from './room-state.ts';

export const ROOM = 'sip:chatroom@chat.example.com';
export const ABLE: EndpointMedia = {
  chatroom: ['nickname', 'private-messages'],
  acceptTypes: ['message/cpim'],
  acceptWrappedTypes: ['*'],
};

/** A message as one recipient has it. */
export interface ReceivedMessage {
  readonly copyId: string;
  readonly body: Buffer;
  readonly chunks: readonly number[];
  readonly end: 'open' | 'complete' | 'aborted';
}

/**
 * A room on stage, for tests: plays events by the names of the cast and keeps what each session has received. Copies
 * whose chunks leave a gap, or go on after their end, are errors here.
 */
export class Rehearsal {
  room: RoomState;
  neighbours: Neighbours = () => [];
  /** Of the last event. */
  effects: readonly RoomEffect[] = [];
  readonly #decide: RoomDecisions;
  readonly #received = new Map<SessionId, Map<string, ReceivedMessage>>();
  #requests = 0;

  constructor(policy: Partial<RoomPolicy> = {}, decide: RoomDecisions = referenceDecisions) {
    this.room = createRoom({ uri: ROOM, policy, idPrefix: 'room' });
    this.#decide = decide;
  }

  play(event: RoomEvent): readonly RoomEffect[] {
    const [room, effects] = stepRoom(this.room, event, this.#decide, this.neighbours);
    this.room = room;
    this.effects = effects;
    for (const effect of effects) if (effect.type === 'copy') this.#take(effect);
    return effects;
  }

  /** Joins as `sip:NAME@example.com`, where NAME is the session without its digits: `bob1` and `bob2` are one user. */
  join(session: SessionId, media: EndpointMedia = ABLE, identity: Partial<JoinIdentity> = {}): readonly RoomEffect[] {
    const known: JoinIdentity = { uri: uriOf(session), aliases: [], privacy: 'none', ...identity };
    return this.play({ type: 'join', session, identity: known, media });
  }

  joinAll(...sessions: readonly SessionId[]): void {
    for (const session of sessions) this.join(session);
  }

  head(session: SessionId, headers: Readonly<Record<string, string>>, hasBody = true): string {
    const request = `r${++this.#requests}`;
    const head = requestHead('SEND', { 'Content-Type': 'message/cpim', ...headers });
    const sent = hasBody ? head : { ...head, headers: head.headers.filter(({ name }) => name !== 'Content-Type') };
    this.play({ type: 'chunk-head', session, request, head: sent, hasBody });
    return request;
  }

  data(session: SessionId, octets: Buffer): void {
    this.play({ type: 'chunk-data', session, octets });
  }

  /** Status of the response, if one was given with the end of the chunk. */
  end(session: SessionId, flag: ContinuationFlag): number | undefined {
    return statusIn(this.play({ type: 'chunk-end', session, flag }));
  }

  /** One chunk; `start` counts from 1. Status of the response, if there was one. */
  chunk(
    session: SessionId,
    messageId: string,
    octets: Buffer,
    {
      start = 1,
      total = '*',
      flag = '$',
      headers = {},
    }: {
      start?: number;
      total?: number | '*';
      flag?: ContinuationFlag;
      headers?: Readonly<Record<string, string>>;
    } = {},
  ): number | undefined {
    this.head(session, { 'Message-ID': messageId, 'Byte-Range': `${start}-*/${total}`, ...headers });
    const atOnce = statusIn(this.effects);
    this.data(session, octets);
    const early = statusIn(this.effects) ?? atOnce;
    return this.end(session, flag) ?? early;
  }

  send(session: SessionId, body: Buffer, headers: Readonly<Record<string, string>> = {}): number | undefined {
    const total = body.length;
    return this.chunk(session, `m${++this.#requests}`, body, { total, headers });
  }

  /** Status of the response to NICKNAME; `value` as on the wire. */
  nickname(session: SessionId, value: string): number | undefined {
    const head = requestHead('NICKNAME', { 'Use-Nickname': value });
    return statusIn(this.play({ type: 'nickname', session, request: `r${++this.#requests}`, head }));
  }

  received(session: SessionId): readonly ReceivedMessage[] {
    return [...(this.#received.get(session)?.values() ?? [])];
  }

  /** Bodies of complete messages as text. */
  texts(session: SessionId): readonly string[] {
    return this.received(session)
      .filter(({ end }) => end === 'complete')
      .map(({ body }) => body.toString());
  }

  #take(effect: CopyEffect): void {
    for (const session of effect.recipients) {
      const messages = this.#received.get(session) ?? new Map<string, ReceivedMessage>();
      this.#received.set(session, messages);
      const known = messages.get(effect.copyId);
      // A whole copy that comes again under its Message-ID is a duplicate (RFC 4975 §5.4).
      const before: ReceivedMessage =
        known === undefined || (known.end === 'complete' && effect.at === 0)
          ? { copyId: effect.copyId, body: Buffer.alloc(0), chunks: [], end: 'open' }
          : known;
      if (before.end !== 'open') throw new Error(`${session}: ${effect.copyId} goes on after its end`);
      if (effect.at !== before.body.length) throw new Error(`${session}: ${effect.copyId} has a gap`);
      const octets = Buffer.concat(effect.octets);
      const body = Buffer.concat([before.body, octets]);
      if (effect.flag === '$' && effect.total !== body.length) throw new Error(`${session}: wrong total`);
      const end = { $: 'complete', '+': 'open', '#': 'aborted' } as const;
      messages.set(effect.copyId, {
        copyId: effect.copyId,
        body,
        chunks: [...before.chunks, octets.length],
        end: end[effect.flag],
      });
    }
  }
}

export const uriOf = (session: SessionId): string => `sip:${session.replace(/\d+$/, '')}@example.com`;

export function wrapped(
  from: string,
  to: string | readonly string[],
  content: string | Buffer,
  type = 'text/plain',
): Buffer {
  const recipients = (typeof to === 'string' ? [to] : to).map((uri) => `To: <${uri}>\r\n`).join('');
  return Buffer.concat([
    Buffer.from(`From: <${from}>\r\n${recipients}\r\nContent-Type: ${type}\r\n\r\n`),
    Buffer.from(content),
  ]);
}

export function requestHead(method: string, headers: Readonly<Record<string, string>>): MsrpRequestHead {
  const list: MsrpHeader[] = [
    { name: 'To-Path', value: 'msrp://focus.example.com:2855/s;tcp' },
    { name: 'From-Path', value: 'msrp://client.example.com:9000/c;tcp' },
    ...Object.entries(headers).map(([name, value]) => ({ name, value })),
  ];
  return { kind: 'request', transactionId: 'a1b2c3d4', method, headers: list };
}

function statusIn(effects: readonly RoomEffect[]): number | undefined {
  return effects.find((effect) => effect.type === 'respond')?.status;
}
