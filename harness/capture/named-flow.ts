import type { End, Flow } from '../packets/flow.ts';

/** What a recording of our own says of a connection. */
export interface NamedFlow {
  readonly actor: string;
  readonly connection: string;
  readonly actorEnd: End;
  readonly security: 'tls' | 'plain';
  /** Of several conversations that were recorded one after the other, from 1. */
  readonly conversation: number;
}

/** What recordings of a client call the side of the room (`ROOM_SIDE` of a stage). */
export const ROOM_ACTOR = 'room';

const INTRODUCTION =
  /^([^,\n]+), connection (\S+-\d+), between (\S+) and (\S+?)(\. TLS; recorded in the clear)?(?:; conversation (\d+))?(?:;|$)/;

/** Whose connection a comment introduces. */
export const introducedActor = (comment: string): string | undefined => INTRODUCTION.exec(comment)?.[1];

/** Undefined: the flow is not introduced as a recording introduces its connections. */
export function namedFlow({ comments, opener, other }: Flow): NamedFlow | undefined {
  for (const comment of comments) {
    const [, actor, connection, local = '', , tls, conversation = '1'] = INTRODUCTION.exec(comment) ?? [];
    if (actor === undefined || connection === undefined) continue;
    const actorEnd = likeness(other, local) > likeness(opener, local) ? 'other' : 'opener';
    return {
      actor,
      connection,
      actorEnd,
      security: tls === undefined ? 'plain' : 'tls',
      conversation: Number(conversation),
    };
  }
  return undefined;
}

/** Addresses may have been replaced for the capture, ports are not. */
const likeness = ({ host, port }: Flow['opener'], written: string): number =>
  (written.endsWith(`:${port}`) ? 2 : 0) + (written.replace(/^\[|\]?:\d+$/g, '') === host ? 1 : 0);
