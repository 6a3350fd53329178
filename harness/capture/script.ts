import type { Conversation } from '../conversation/conversation.ts';
import type { Session } from '../conversation/sessions.ts';
import type { Deed, Sight } from './script/deed.ts';
import { endingsIn } from './script/endings.ts';
import { LONG_MS } from './script/gaps.ts';
import { hearingOf } from './script/hearing.ts';
import { inOrder, type ScriptStep } from './script/order.ts';
import { rosterLooks } from './script/roster-looks.ts';
import { type Scene, sceneOf } from './script/scene.ts';
import { type CastMedia, signallingDeeds } from './script/signalling.ts';
import { type Said, speechIn } from './script/speech.ts';
import { scriptText } from './script/text.ts';
import type { Player } from './script/troupe.ts';

export interface ScriptOptions {
  readonly title: string;
  /** Where the conversation comes from, in a sentence. */
  readonly source: string;
  /** Chat messages that the script goes on for; what comes behind is left out. */
  readonly messages: number;
  /** Nothing that passed is missing in the log. */
  readonly isWhole: boolean;
  /** What is known to be missing: a line for each reason. */
  readonly missing: readonly string[];
}

/** A captured conversation as a scenario. */
export interface Script {
  /** A file of the scenario language. */
  readonly text: string;
  /** How much of the conversation is in it. */
  readonly figures: { readonly participants: number; readonly messages: number; readonly steps: number };
  /** What could not be taken into it, and why: a line for each reason. */
  readonly omitted: readonly string[];
}

/** Writes what the participants of one room did, and what came of it, as a scenario that they can play again. */
export function scriptOf(
  conversation: Conversation,
  { title, source, messages, isWhole, missing }: ScriptOptions,
): Script {
  const scene = sceneOf(conversation, isWhole);
  for (const line of missing) scene.omissions.add(line);
  const media = new Map<string, CastMedia>();
  const endings = endingsIn(scene);
  const bySip = [...signallingDeeds(scene, media), ...endings.deeds];
  const speech = speechIn(scene, bySip);
  const cut = cutBehind(speech.said, messages);
  const looks = rosterLooks(scene, speech.nicknames, [...bySip, ...speech.deeds]);
  const kept = speech.said.filter(({ start }) => start < cut);
  const hearing = hearingOf(scene, kept, cut);
  const all: Deed[] = [...bySip, ...speech.deeds, ...looks.deeds, ...hearing.deeds];
  const labels = new Set(kept.map(({ label }) => label));
  const { gaps } = scene;
  const deeds = all.filter(({ actor, start }) => start < cut && !gaps.has(actor, start));
  const sights: Sight[] = [
    ...hearing.sights,
    ...[...endings.sights, ...looks.sights].filter(({ at }) => at < cut),
  ].filter((sight) => (sight.kind === 'actor' ? !gaps.has(sight.actor, sight.at) : labels.has(sight.label)));
  if (cut !== Number.POSITIVE_INFINITY)
    scene.omissions.add(`everything behind message ${messages}, which --messages moves`);
  const idle = longestPause(conversation);
  if (idle >= LONG_MS)
    scene.omissions.add(`pauses, the longest of ${Math.round(idle / 1000)} s: what comes by time alone does not come`);
  const ordered = inOrder(deeds, sights);
  const { cast, steps } = withCast(scene, ordered, media);
  const lets = { ...scene.troupe.renewal.lets, ...speech.nicknames.lets };
  const omitted = scene.omissions.lines;
  const notes = [source, ...(omitted.length === 0 ? [] : ['Not in it:', ...omitted.map((line) => `- ${line}`)])];
  const head = { title, about: '', needs: needsOf(scene), room: policyOf(scene), cast, lets };
  return {
    text: scriptText(head, steps, notes),
    figures: { participants: scene.troupe.players.length, messages: kept.length, steps: steps.length },
    omitted,
  };
}

/** In milliseconds. */
function longestPause({ log }: Conversation): number {
  let longest = 0;
  let before: number | undefined;
  for (const { time } of log.entries) {
    longest = Math.max(longest, time - (before ?? time));
    before = time;
  }
  return longest;
}

/** Position of the first message that is too many. */
const cutBehind = (said: readonly Said[], messages: number): number =>
  said[messages]?.start ?? Number.POSITIVE_INFINITY;

/**
 * Who joins first of all, as the room lets them in, joins before the first step. In a capture of somebody hidden, the look
 * at the roster by which it learns its name goes with it.
 */
function withCast(
  scene: Scene,
  ordered: readonly ScriptStep[],
  media: ReadonlyMap<string, CastMedia>,
): { readonly cast: readonly string[] | Readonly<Record<string, unknown>>; readonly steps: readonly ScriptStep[] } {
  const { players } = scene.troupe;
  const byName = new Map(players.map((player) => [player.name, player]));
  const first: string[] = [];
  const steps = [...ordered];
  for (let step = steps[0]; step?.kind === 'actor' && steps.length > 1; step = steps[0]) {
    const { action, actor, expect } = step;
    const last = first.at(-1);
    const learns = action.subscribe !== undefined && actor === last && byName.get(actor)?.hidden === true;
    const joins = expect === undefined && JSON.stringify(action) === '{"join":{}}' && !first.includes(actor);
    if (!joins && !learns) break;
    if (joins) first.push(actor);
    steps.shift();
  }
  const lenders = lendersIn(scene);
  const names = [...first, ...players.map(({ name }) => name).filter((name) => !first.includes(name))];
  const members = names.map((name): [string, Record<string, unknown>] => {
    const player = byName.get(name);
    const lender = lenders.get(name);
    if (player?.hidden === true && !first.includes(name))
      scene.omissions.add(
        `${name} hides behind an anonymous URI, which whoever joins later does not learn in a script`,
      );
    return [
      name,
      {
        ...(player === undefined ? {} : wordsFor(scene, player, media)),
        ...(lender === undefined ? {} : { 'shares-connection-with': lender }),
        ...(first.includes(name) ? {} : { joins: false }),
      },
    ];
  });
  const plain = members.every(([, words]) => Object.keys(words).length === 0);
  return { cast: plain ? names : Object.fromEntries(members), steps };
}

function wordsFor(scene: Scene, player: Player, media: ReadonlyMap<string, CastMedia>): Record<string, unknown> {
  return {
    ...media.get(player.name),
    ...(player.user === undefined ? {} : { user: player.user }),
    ...(player.hidden ? { privacy: true } : {}),
    ...(player.room === 'second' ? { room: 'second' } : {}),
    ...(usesTls(scene, player) ? { tls: {} } : {}),
  };
}

const sessionsOf = ({ conversation }: Scene, { actor }: Player): Session[] =>
  conversation.sessions.list.filter(({ stay }) => stay.actor === actor);

const usesTls = (scene: Scene, player: Player): boolean =>
  sessionsOf(scene, player).some(({ own }) => /^msrps:/i.test(own));

const needsOf = (scene: Scene): string[] =>
  scene.troupe.players.some((player) => usesTls(scene, player)) ? ['msrps'] : [];

/** Whose MSRP connection carries the session of somebody else. */
function lendersIn(scene: Scene): ReadonlyMap<string, string> {
  const lenders = new Map<string, string>();
  for (const { stay, opening } of scene.conversation.sessions.list) {
    const player = scene.troupe.of(stay.actor);
    const owner = opening === undefined ? undefined : scene.troupe.of(opening.actor);
    if (player !== undefined && owner !== undefined && owner !== player) lenders.set(player.name, owner.name);
  }
  return lenders;
}

/** What the answers of the focus say that this room does not allow (RFC 7701 §8), to those who asked. */
function policyOf({ conversation, troupe }: Scene): Record<string, unknown> {
  const tokens = conversation.stays.agreed
    .filter(({ stay, agreement }) => troupe.isRoom(stay.room, 0) && agreement.offer.side === 'actor')
    .filter(({ agreement }) => agreement.offer.media?.chatroom !== undefined)
    .flatMap(({ agreement }) =>
      agreement.answer.media?.chatroom === undefined ? [] : [agreement.answer.media.chatroom],
    );
  if (tokens.length === 0) return {};
  const forbids = (token: string): boolean => !tokens.some((each) => each.includes(token));
  return {
    ...(forbids('nickname') ? { nicknames: 'forbidden' } : {}),
    ...(forbids('private-messages') ? { 'private-messages': 'forbidden' } : {}),
  };
}
