import { headerValues } from '../codec/sip/headers.ts';
import type { SipResponse } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import { Conversation } from '../conversation/conversation.ts';
import { guardedNetwork, NOT_SENT } from '../net/guard.ts';
import type { Network } from '../net/network.ts';
import { token } from '../net/random.ts';
import type { SeededRandom } from '../net/seeded-random.ts';
import { tapNetwork } from '../net/tap.ts';
import type { ParticipantOptions } from '../participant/options.ts';
import { Participant } from '../participant/participant.ts';
import { err, ok, type Result } from '../result.ts';
import { mediaOf } from '../scenario/acts/media.ts';
import { otherHostCase } from '../scenario/check.ts';
import { Judge } from '../scenario/judge.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { CastMember } from '../scenario/schema.ts';
import { type Actor, due, type Patience, type Stage } from '../scenario/stage.ts';
import { Values } from '../scenario/values.ts';
import { madeUpIdentities, type TakenIdentities } from '../sut/identities.ts';
import type { Sut, TakenRooms } from '../sut/sut.ts';
import { AdvertisedAddresses } from '../wire/advertised.ts';
import { WireLog } from '../wire/log.ts';
import { hiddenAmong } from './hidden-among.ts';
import type { World } from './world.ts';

/** Builds the stage: the cast with identities of their own, tapped sockets, an empty wire log. Nobody has joined yet. */
export function setStage(
  { cast, scenario }: LoadedScenario,
  world: World,
  sut: Sut,
  rooms: TakenRooms,
  random: SeededRandom,
  patience: Patience,
  log: WireLog = new WireLog(world.clock),
  identities: TakenIdentities = (sut.identities ?? madeUpIdentities(sut.domain)).forQuestion(),
): Stage {
  const advertised = new AdvertisedAddresses([sut.sip.address]);
  log.follow((entry) => advertised.learn(entry));
  const guarded = guardedNetwork(world.network, advertised);
  const { load } = world;
  load?.follow(log);
  const overLimit = new Set<string>();
  const networkOf = (name: string): Network => {
    const tapped = tapNetwork(guarded, name, log);
    return load?.network(tapped, world.clock, (why) => overLimit.add(why)) ?? tapped;
  };
  const actors = new Map<string, Actor>();
  const tag = token(random, 8);
  for (const [name, member] of cast) {
    const lender = actors.get(member['shares-connection-with'] ?? '');
    const owner = member.user ?? name;
    const { uri, credentials, registrar } = identities.of(owner, tag);
    const room = member.room === 'second' ? (rooms.second ?? rooms.room) : rooms.room;
    const participant = new Participant({
      name,
      uri,
      network: networkOf(name),
      clock: world.clock,
      random: random.fork(name),
      host: sut.localHost,
      sip: {
        transport: member['sip-over'] ?? sut.sip.transport,
        target: sut.sip.address,
        ...(sut.sip.routes === undefined ? {} : { routes: sut.sip.routes }),
      },
      room,
      media: mediaOf(member),
      ...securityOf(member, world, sut),
      answerMs: patience.answerMs,
      ...(credentials === undefined ? {} : { credentials }),
      ...(registrar === undefined ? {} : { registrar }),
      ...(member['display-name'] === undefined ? {} : { displayName: member['display-name'] }),
      ...(member.privacy === undefined ? {} : { privacy: member.privacy }),
      ...(lender === undefined ? {} : { sharesConnectionsWith: lender.participant }),
    });
    const wireName = lender?.wireName ?? name;
    actors.set(name, { name, member, participant, uri, room, present: false, deaf: false, wireName });
  }
  load?.enterRooms([...actors.values()].map(({ room }) => room));
  const fixed: [string, string][] = [
    ['room', rooms.room],
    ['second-room', rooms.second ?? rooms.room],
    ['domain', sut.domain],
    ['room-in-capitals', rooms.room.replace(/@.*/, (host) => host.toUpperCase())],
    ['room-escaped', withEscape(rooms.room)],
    ['room-elsewhere', rooms.room.replace(/@[^;?]*/, '@elsewhere.invalid')],
    ...[...actors.values()].flatMap(({ name, uri }): [string, string][] => [
      [name, uri],
      [otherHostCase(name), uri.replace(/@.*/, (host) => host.toUpperCase())],
    ]),
  ];
  return {
    actors,
    messages: new Map(),
    handMade: new Map(),
    log,
    conversation: new Conversation(log),
    clock: world.clock,
    judge: new Judge(),
    values: new Values(random.fork('values'), fixed, scenario.let ?? {}),
    patience,
    withheld: () => [...advertised.refusals.map((place) => `${place}: ${NOT_SENT}`), ...overLimit],
    ...(rooms.keeper === undefined ? {} : { keeper: rooms.keeper }),
  };
}

/** Who uses TLS by the scenario judges nobody: the steps look at the certificate of the SUT (RFC 4975 §14.4). */
function securityOf({ tls }: CastMember, world: World, sut: Sut): Pick<ParticipantOptions, 'msrpSecurity' | 'tls'> {
  const { identity, peer } = sut.tls ?? {};
  const asked = peer === undefined ? {} : { peer };
  if (tls === undefined) {
    const known = identity === undefined ? {} : { tls: { identity, ...asked } };
    return { msrpSecurity: sut.tls?.msrp === true ? 'tls' : 'plain', ...known };
  }
  const shown = tls.certificate === 'nameless' ? world.identity([]) : (identity ?? world.identity([sut.localHost]));
  return { msrpSecurity: 'tls', tls: { identity: shown, mediaPeer: { kind: 'none' }, ...asked } };
}

/** The first letter of the user part as an escape, which is the same URI (RFC 3261 §19.1.4). */
const withEscape = (uri: string): string =>
  uri.replace(/^(sips?:)([a-z])(?=[^@]*@)/i, (_whole, scheme: string, letter: string) => {
    return `${scheme}%${letter.charCodeAt(0).toString(16)}`;
  });

/** The cast joins in its order. The first who cannot ends it: `undefined` when all are in. */
export async function enterStage(
  stage: Stage,
  hiddenLearnsBy: NonNullable<Sut['hiddenLearnsBy']> = 'roster',
): Promise<string | undefined> {
  for (const actor of stage.actors.values()) {
    const started = await actor.participant.start();
    if (!started.ok) return `${actor.name} cannot start: ${started.error.message}`;
    if (actor.member.joins === false) continue;
    const outcome = await actor.participant.join();
    switch (outcome.kind) {
      case 'joined':
        actor.present = true;
        break;
      case 'refused':
        return `${actor.name} cannot join: INVITE got ${outcome.status}`;
      case 'stream-refused':
        return `${actor.name} cannot join: the answer refuses the message stream`;
      case 'not-bound':
        return `${actor.name} has no MSRP session: ${outcome.reason}`;
      case 'unanswered':
        return `${actor.name} cannot join: ${outcome.reason}`;
    }
    if (actor.member.privacy === true) {
      const anonymous = await anonymousUri(stage, actor, hiddenLearnsBy);
      if (!anonymous.ok) return anonymous.error;
      actor.uri = anonymous.value;
      actor.participant.speakAs(anonymous.value);
    }
  }
  return undefined;
}

/** RFC 7701 §5.2 leaves it open how a hidden participant learns the URI that the focus shows for it. */
async function anonymousUri(
  stage: Stage,
  actor: Actor,
  by: NonNullable<Sut['hiddenLearnsBy']>,
): Promise<Result<string, string>> {
  if (by === 'contact') {
    const { response } = actor.participant;
    const named = response === undefined ? undefined : uriInContact(response);
    return named === undefined ? err(`the Contact of the answer gives ${actor.name} no anonymous URI`) : ok(named);
  }
  await actor.participant.subscribe({});
  const others = [...stage.actors.values()].filter((one) => one !== actor).map((one) => one.uri);
  const known = new Set([...others, ...(stage.keeper === undefined ? [] : [stage.keeper])]);
  const entity = await due(stage, () => {
    return hiddenAmong(stage.conversation.rosters.of(actor.name)?.roster?.users.keys() ?? [], known);
  });
  return entity === undefined ? err(`${actor.name} does not find itself in the roster`) : ok(entity);
}

/** There is one Contact, that of the focus; another URI can stand in a parameter of it, as temp-gruu does (RFC 5627 §4.1). */
function uriInContact(response: SipResponse): string | undefined {
  for (const value of headerValues(response, 'Contact')) {
    const address = parseNameAddress(value);
    const texts = address.ok ? address.value.parameters.map((one) => one.value?.replace(/^"(.*)"$/, '$1') ?? '') : [];
    const uri = texts.find((text) => parseSipUri(text).ok);
    if (uri !== undefined) return uri;
  }
  return undefined;
}

/** Everybody leaves as well as they can; the wire log is complete after it. */
export async function leaveStage(stage: Stage): Promise<void> {
  await Promise.all([...stage.actors.values()].map((actor) => actor.participant.close()));
  stage.log.finish();
}
