import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { WireEntry } from '../../wire/entry.ts';
import { Omissions } from './deed.ts';
import { Gaps } from './gaps.ts';
import { Troupe } from './troupe.ts';

/** What a script is made of. */
export interface Scene {
  readonly conversation: Conversation;
  readonly troupe: Troupe;
  readonly omissions: Omissions;
  readonly gaps: Gaps;
  /** Nothing that passed is missing in the log. */
  readonly isWhole: boolean;
  /** By connection: the players whose sessions it carries in good order. */
  readonly homes: ReadonlyMap<string, ReadonlySet<string>>;
  /** By connection: the last request of a participant that has been answered. */
  readonly lastAnswered: ReadonlyMap<string, number>;
  /** By Message-ID: in how many requests of participants it stands. */
  readonly requestsOf: ReadonlyMap<string, number>;
  /** Transaction ids that stand in several requests of one connection, as `transactionKey`: answers to them may be of either. */
  readonly reused: ReadonlySet<string>;
}

/** Of a request, among those of its connection and direction. */
export const transactionKey = ({ connection }: WireEntry, { transactionId }: MsrpRequest): string =>
  `${connection} ${transactionId}`;

/** Looks over a conversation once. */
export function sceneOf(conversation: Conversation, isWhole: boolean): Scene {
  const troupe = new Troupe(conversation);
  const homes = new Map<string, Set<string>>();
  const lastAnswered = new Map<string, number>();
  const requestsOf = new Map<string, number>();
  const seen = new Set<string>();
  const reused = new Set<string>();
  for (const { request, head, response } of conversation.msrp.list) {
    const session = conversation.sessions.of(request, head);
    const player = session === undefined ? undefined : troupe.of(session.stay.actor);
    // Who speaks for a session on a connection of somebody else has not moved there.
    const atHome = session?.opening?.connection === request.connection || session?.opening === undefined;
    if (player !== undefined && atHome) {
      const owners = homes.get(request.connection);
      if (owners === undefined) homes.set(request.connection, new Set([player.name]));
      else owners.add(player.name);
    }
    const messageId = request.direction === 'sent' ? headerOf(head, 'Message-ID') : undefined;
    if (messageId !== undefined) requestsOf.set(messageId, (requestsOf.get(messageId) ?? 0) + 1);
    if (request.direction === 'sent') {
      const key = transactionKey(request, head);
      if (seen.has(key)) reused.add(key);
      seen.add(key);
    }
    if (request.direction === 'sent' && response !== undefined) lastAnswered.set(request.connection, request.index);
  }
  const omissions = new Omissions();
  const gaps = new Gaps(conversation, troupe, omissions, isWhole);
  return { conversation, troupe, omissions, gaps, isWhole, homes, lastAnswered, requestsOf, reused };
}
