import type { Stay } from '../../conversation/stays.ts';
import { tagIn } from '../../conversation/stays.ts';
import type { Action } from '../../scenario/schema.ts';
import type { WireEntry } from '../../wire/entry.ts';
import type { Deed, Sight } from './deed.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';

/** BYE of the room; connections that participants cut while their dialogs went on. */
export function endingsIn(scene: Scene): { readonly deeds: Deed[]; readonly sights: Sight[] } {
  const { conversation, troupe, omissions } = scene;
  const deeds: Deed[] = [];
  const sights: Sight[] = [];
  for (const { actor, direction, request, message } of conversation.sip.list) {
    const player = troupe.of(actor);
    if (direction !== 'received' || player === undefined) continue;
    if (message.method === 'BYE' && !scene.gaps.leavesOut(troupe.stay(actor, message)))
      sights.push({ kind: 'actor', at: request.index, actor: player.name, action: { 'gets-bye': {} } });
    if (message.method === 'INVITE' && tagIn(message, 'To') === undefined)
      omissions.add(`the room calls ${player.name}, and participants cannot be called`);
  }
  for (const { lost, stay } of conversation.sessions.list) {
    const player = troupe.of(stay.actor);
    if (lost?.content.protocol !== 'connection' || lost.content.by !== 'actor' || player === undefined) continue;
    if (stay.ending !== undefined && stay.ending.index < lost.index) continue;
    if (isReplaced(scene, stay, lost.index)) continue;
    const reset = lost.content.event !== 'ended';
    const action: Action =
      reset && hasVanished(scene, player, lost.index) ? { vanish: {} } : { disconnect: reset ? 'reset' : 'end' };
    const at = changeAround(scene, stay, lost) ?? lost.index;
    deeds.push({ actor: player.name, start: at, end: at, action });
  }
  return { deeds, sights };
}

/** Another session of the stay has taken the place of this one before its connection went. */
const isReplaced = ({ conversation }: Scene, stay: Stay, at: number): boolean =>
  conversation.sessions.list.some(
    (one) => one.stay === stay && one.opening !== undefined && one.opening.index < at && one.lost === undefined,
  );

/**
 * A change of the session under which its connection went, and another one came: the connection was given up before.
 * Undefined: there is none.
 */
function changeAround({ conversation }: Scene, stay: Stay, lost: WireEntry): number | undefined {
  const change = stay.changes.findLast(({ direction, index }) => direction === 'sent' && index < lost.index);
  const isFollowed = conversation.sessions.list.some(
    (one) => one.stay === stay && one.opening !== undefined && one.opening.index > lost.index,
  );
  if (change === undefined || !isFollowed) return undefined;
  const isUsed = conversation.log.entries
    .slice(change.index, lost.index)
    .some(({ connection, content }) => connection === lost.connection && content.protocol === 'msrp');
  return isUsed ? undefined : change.index - 0.5;
}

/** From here on nothing more is said until the next INVITE, and nothing is answered. */
function hasVanished({ conversation }: Scene, { actor }: Player, at: number): boolean {
  for (const entry of conversation.log.entries.slice(at + 1)) {
    if (entry.actor !== actor || entry.direction !== 'sent') continue;
    const { content } = entry;
    if (content.protocol === 'connection') continue;
    return content.protocol === 'sip' && content.message.kind === 'request' && content.message.method === 'INVITE';
  }
  return true;
}
