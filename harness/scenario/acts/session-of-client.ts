import { headerOf } from '../../codec/msrp/message.ts';
import { ROOM_SIDE, type Stage } from '../stage.ts';

export interface Paths extends Readonly<Record<string, string>> {
  readonly 'to-path': string;
  readonly 'from-path': string;
}

/** Of the session with the client, as the room writes them. */
export function pathsOf({ conversation }: Stage): Paths {
  const opened = conversation.msrp.list.findLast(
    ({ request, head }) => request.actor === ROOM_SIDE && request.direction === 'received' && head.method === 'SEND',
  );
  const path = (name: string): string => (opened === undefined ? '' : (headerOf(opened.head, name) ?? ''));
  return { 'to-path': path('From-Path'), 'from-path': path('To-Path') };
}
