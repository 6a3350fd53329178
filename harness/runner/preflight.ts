import type { SeededRandom } from '../net/seeded-random.ts';
import { within } from '../participant/patience.ts';
import { err, ok, type Result } from '../result.ts';
import { settle } from '../scenario/absence.ts';
import { composeTracked } from '../scenario/acts/compose.ts';
import type { Capability } from '../scenario/capability.ts';
import { copiesAt } from '../scenario/copies.ts';
import type { CastMember } from '../scenario/schema.ts';
import { type Actor, actorNamed, due, type Patience, type Stage } from '../scenario/stage.ts';
import { madeUpIdentities } from '../sut/identities.ts';
import { NoRoomError, type Sut, type TakenRooms } from '../sut/sut.ts';
import type { WireEntry } from '../wire/entry.ts';
import { WireLog } from '../wire/log.ts';
import { leaveStage, setStage } from './cast.ts';
import { describeEnding, type Ending } from './ending.ts';
import { strangePlace, type TurnedAway } from './turned-away.ts';
import type { World } from './world.ts';

export type Preflight =
  | {
      readonly kind: 'ready';
      readonly capabilities: readonly Capability[];
      /** All that has passed. */
      readonly entries?: readonly WireEntry[];
      /** A client has been let in, and has not bound its session in all the time it had. */
      readonly unbound?: true;
    }
  /** Nothing can be judged: one line that says what was tried and what came back. */
  | {
      readonly kind: 'unreachable';
      readonly reason: string;
      /** Where the SUT has answered, and let nobody in. */
      readonly turnedAway?: TurnedAway;
    };

/** Two users are enough, for a SUT may have few accounts: those of the second one come and go one after the other. */
const CAST: ReadonlyMap<string, CastMember> = new Map<string, CastMember>([
  ['probe', {}],
  ['second', { user: 'probe' }],
  ['by-udp', { 'sip-over': 'udp', user: 'probe' }],
  ['by-tcp', { 'sip-over': 'tcp', user: 'probe' }],
  ['hidden', { privacy: true, user: 'other' }],
  ['other', {}],
  ['secure', { tls: {}, user: 'other' }],
]);

/** Joins the room once, as the first scenario would, and looks at what the SUT offers. */
export async function preflight(
  world: World,
  sut: Sut,
  random: SeededRandom,
  patience: Patience,
  ending: Ending,
): Promise<Preflight> {
  const rooms = await roomsOf(sut);
  if (!rooms.ok) return { kind: 'unreachable', reason: rooms.error };
  const { identities = madeUpIdentities(sut.domain) } = sut;
  // With one account only, nobody else can be there.
  const others = identities.users > 1;
  const taken = await identities.take(others ? 2 : 1);
  const cast = new Map([...CAST].filter(([name, { user = name }]) => others || user === 'probe'));
  const scenario = { title: 'preflight', covers: [], cast: [...cast.keys()], steps: [] };
  const loaded = { id: 'preflight', file: '', cast, scenario };
  const log = new WireLog(world.clock);
  const stage = setStage(loaded, world, sut, rooms.value, random, patience, log, taken);
  try {
    const looked = look(stage, sut, rooms.value.second !== undefined);
    const ended = ending.whenEnded.then((): Preflight => {
      looked.catch(() => {});
      for (const actor of stage.actors.values()) actor.participant.vanish();
      const reason = ending.why === undefined ? 'the run ended' : describeEnding(ending.why);
      return { kind: 'unreachable', reason };
    });
    return await Promise.race([looked, ended]);
  } finally {
    await leaveStage(stage);
    taken?.release();
    rooms.value.release();
  }
}

async function roomsOf(sut: Sut): Promise<Result<TakenRooms, string>> {
  try {
    const rooms = await sut.rooms.take({});
    return rooms === undefined ? err('there is no room to use') : ok(rooms);
  } catch (error) {
    if (error instanceof NoRoomError) return err(error.message);
    throw error;
  }
}

async function look(stage: Stage, sut: Sut, secondRoom: boolean): Promise<Preflight> {
  const failure = await joinFirst(stage, sut);
  if (failure !== undefined) return { kind: 'unreachable', ...failure };
  const transports = transportsOf(stage);
  const capabilities = await capabilitiesOf(stage);
  if (secondRoom) capabilities.push('two-rooms');
  capabilities.push(...(await transports));
  return { kind: 'ready', capabilities, entries: stage.log.entries };
}

type Failure = Omit<Extract<Preflight, { kind: 'unreachable' }>, 'kind'>;

async function joinFirst(stage: Stage, sut: Sut): Promise<Failure | undefined> {
  const { room, participant } = actorNamed(stage, 'probe');
  const started = await participant.start();
  if (!started.ok) return { reason: started.error.message };
  const begun = stage.clock.now();
  const outcome = await participant.join();
  const { host, port } = sut.sip.address;
  const at = `${sut.sip.transport} ${host}:${port}`;
  const { answer } = participant;
  const durationMs = stage.clock.now() - begun;
  const turnedAway = { outcome, answer, sipHost: host, conversation: stage.conversation, durationMs };
  switch (outcome.kind) {
    case 'joined':
      return undefined;
    case 'refused':
      return { reason: `INVITE to ${room} at ${at} got ${outcome.status} ${outcome.response.reason}`, turnedAway };
    case 'stream-refused':
      return { reason: `INVITE to ${room} at ${at} got an answer that refuses the message stream`, turnedAway };
    case 'not-bound': {
      const hint = strangePlace(turnedAway);
      const why = hint === undefined ? outcome.reason : `${outcome.reason}; ${hint}`;
      return { reason: `joined ${room}, but there is no MSRP session: ${why}`, turnedAway };
    }
    case 'unanswered':
      return { reason: `no answer to INVITE ${room} at ${at}: ${outcome.reason}` };
  }
}

async function capabilitiesOf(stage: Stage): Promise<Capability[]> {
  const probe = actorNamed(stage, 'probe');
  const tokens = probe.participant.answer?.chatroom ?? [];
  const found: Capability[] = [];
  if (tokens.includes('nickname')) found.push('nickname');
  if (tokens.includes('private-messages')) found.push('private-messages');
  const subscribed = await probe.participant.subscribe({});
  const hasRoster = subscribed.kind === 'answered' && subscribed.status < 300;
  if (hasRoster) found.push('conference-event');
  const hidden = stage.actors.get('hidden');
  const other = stage.actors.get('other');
  const secure = stage.actors.get('secure');
  if (await joins(actorNamed(stage, 'second'))) found.push('simultaneous-access');
  if (hasRoster && hidden !== undefined && (await hides(stage, hidden))) found.push('anonymity');
  await hidden?.participant.close();
  if (await takesHtml(stage, probe)) found.push('html');
  if (probe.participant.answer?.acceptWrappedTypes?.includes('*') === true) found.push('any-wrapped-type');
  if (other !== undefined && (await fastForwards(stage, probe, other))) found.push('fast-forward');
  await other?.participant.close();
  if (secure !== undefined && (await speaksTls(secure))) found.push('msrps');
  if (hasRoster && tokens.includes('nickname') && (await showsNicknames(stage, probe))) found.push('nickname-roster');
  return found;
}

/** Who does not listen by a transport may keep silent; four copies by UDP have been sent by then (RFC 3261 §17.1.2.2). */
const TRANSPORT_MS = 4_000;

/** By which transports requests to this address and port are answered (RFC 3261 §18.2.1 asks for TCP beside UDP). */
async function transportsOf(stage: Stage): Promise<Capability[]> {
  const candidates = [
    ['by-udp', 'sip-over-udp'],
    ['by-tcp', 'sip-over-tcp'],
  ] as const;
  const found = await Promise.all(
    candidates.map(async ([name, capability]): Promise<Capability[]> => {
      const { participant } = actorNamed(stage, name);
      const asked = participant.sipRequest({ method: 'OPTIONS' });
      const outcome = await within(stage.clock, TRANSPORT_MS, asked);
      return outcome?.kind === 'answered' ? [capability] : [];
    }),
  );
  return found.flat();
}

/** Whether the right one is shown, and at the right user, is for the scenarios to judge. */
async function showsNicknames(stage: Stage, probe: Actor): Promise<boolean> {
  const outcome = await probe.participant.nickname({ text: stage.values.fill('{nickname}') });
  if (outcome.kind !== 'answered' || outcome.status !== 200) return false;
  const shown = await due(stage, () => rosterUsers(stage, probe).find((user) => (user.nickname?.value ?? '') !== ''));
  return shown !== undefined;
}

async function joins({ participant }: Actor): Promise<boolean> {
  const started = await participant.start();
  return started.ok && (await participant.join()).kind === 'joined';
}

/** A focus that serves privacy shows somebody under a URI nobody has given (RFC 7701 §5.2). */
async function hides(stage: Stage, hidden: Actor): Promise<boolean> {
  if (!(await joins(hidden))) return false;
  const known = new Set([...stage.actors.values()].map((actor) => actor.uri));
  const seen = await due(stage, () => {
    const entities = rosterUsers(stage, actorNamed(stage, 'probe')).map((user) => user.entity);
    if (entities.includes(hidden.uri)) return 'real';
    return entities.some((entity) => !known.has(entity)) ? 'anonymous' : undefined;
  });
  return seen === 'anonymous';
}

/** Whether the session comes about, and what its certificate is worth, is for the scenarios to judge. */
async function speaksTls({ participant }: Actor): Promise<boolean> {
  const started = await participant.start();
  if (!started.ok || (await participant.join({ bind: false })).kind !== 'joined') return false;
  return /TLS/i.test(participant.answer?.protocol ?? '');
}

async function takesHtml(stage: Stage, probe: Actor): Promise<boolean> {
  const words = { text: '<p>Is HTML taken?</p>', 'wrapped-type': 'text/html' };
  const outcome = await probe.participant.send(composeTracked(stage, probe, words, undefined).composed).outcome;
  return outcome.kind === 'answered' && outcome.status === 200;
}

/** Enough of a text that a switch which goes by the headers has to go by nothing else. */
const FIRST_CHUNK_OCTETS = 4096;

/** The second half is only sent once the first has come, or been waited for as long as anything else takes. */
async function fastForwards(stage: Stage, probe: Actor, other: Actor): Promise<boolean> {
  if (!(await joins(other))) return false;
  const message = composeTracked(stage, probe, { text: 'In two halves', size: 2 * FIRST_CHUNK_OCTETS }, undefined);
  const total = message.composed.octets.length;
  const cut = message.composed.cpimHeaderOctets + FIRST_CHUNK_OCTETS;
  await probe.participant.sendChunk(message.composed, { start: 0, end: cut, flag: '+' }).outcome;
  await settle(stage, probe);
  const begun = copiesAt(stage, other, message).length > 0;
  await probe.participant.sendChunk(message.composed, { start: cut, end: total, flag: '$' }).outcome;
  return begun;
}

const rosterUsers = (stage: Stage, actor: Actor): { entity: string; nickname?: { value: string } }[] => [
  ...(stage.conversation.rosters.of(actor.name)?.amended?.users.values() ?? []),
];
