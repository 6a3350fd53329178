import type { Conversation } from '../conversation/conversation.ts';
import { uriIn } from '../conversation/stays.ts';
import { until } from '../conversation/until.ts';
import type { Driver } from '../driver/driver.ts';
import type { Shown } from '../driver/shown.ts';
import type { Clock } from '../net/clock.ts';
import type { ComposedMessage } from '../participant/compose.ts';
import type { Participant } from '../participant/participant.ts';
import type { SipLine } from '../participant/sip-line.ts';
import type { WireLog } from '../wire/log.ts';
import type { Judge } from './judge.ts';
import type { CastMember } from './schema.ts';
import type { Values } from './values.ts';

/** How long the suite waits, in milliseconds. */
export interface Patience {
  /** For the answer to a SIP request. */
  readonly answerMs: number;
  /** For the SEND by which a client binds its session once it has been let in; as long as for an answer if absent. */
  readonly bindMs?: number;
  /** For a message, a report or a roster change that is due. */
  readonly deliveryMs: number;
  /** The least time to look for what must not come, after a barrier has come. */
  readonly quietMs: number;
}

export interface Actor {
  readonly name: string;
  readonly member: CastMember;
  readonly participant: Participant;
  /** The URI the room knows it by; an anonymous one is learned after the join. */
  uri: string;
  readonly room: string;
  /** Joined and not gone in any way since. */
  present: boolean;
  /** Does not read what comes, so nothing can be concluded from what does not arrive. */
  deaf: boolean;
  /** Under whose name the wire log shows its MSRP: its own, or that of the one whose connection it shares. */
  readonly wireName: string;
}

/** A message the suite sent, and how to know it again. */
export interface TrackedMessage {
  readonly label: string;
  readonly canary: string;
  readonly sender: Actor;
  readonly composed: ComposedMessage;
  /** Of the chunks sent so far. */
  readonly transactionIds: string[];
  /** Octets sent so far, when the scenario sends chunk by chunk. */
  sent: number;
  readonly successReport?: 'yes' | 'no';
  readonly failureReport?: 'yes' | 'no' | 'partial';
  /** What it would be with octets that came in place of its own. */
  readonly rivals: Buffer[];
  /** Names of the actors that a step has said to receive it. */
  readonly receivers: Set<string>;
  /** Refused in a way that its step lets pass, so that nobody is owed a copy or a report. */
  refused: boolean;
}

/** SIP that was written by hand, for steps that go on from it. */
export interface HandMade {
  readonly line: SipLine;
  readonly callId: string;
  readonly branch: string;
  readonly cseq: number;
  readonly from: string;
  /** Of the first request; a response may bring a tag to it. */
  readonly to: string;
  readonly uri: string;
}

/** One performance of a scenario: the actors, what they have sent, and what the wire log shows. */
export interface Stage {
  readonly actors: ReadonlyMap<string, Actor>;
  readonly messages: Map<string, TrackedMessage>;
  readonly handMade: Map<string, HandMade>;
  readonly log: WireLog;
  readonly conversation: Conversation;
  readonly clock: Clock;
  readonly judge: Judge;
  readonly values: Values;
  readonly patience: Patience;
  /** What the suite did not do, for it would have left the bounds set to it: a line for each reason. */
  withheld(): readonly string[];
  /** URI of somebody who keeps the rooms open and is none of the actors. */
  readonly keeper?: string;
  /** In scenarios for a client under test. */
  readonly client?: ClientOnStage;
}

/** A message that the room has written by hand to a client under test. */
export interface RoomMessage {
  readonly canary: string;
  /** What it comes to as a whole. */
  readonly octets: Buffer;
  readonly messageId?: string;
  /** Into how many chunks it is cut. */
  readonly cut?: number;
}

/** A client under test, and the room as it meets it. The wire log shows what the room sees, under the name `room`. */
export interface ClientOnStage {
  readonly driver: Driver;
  readonly shown: Shown;
  /** URI that it is told to call, and the one under which the others know the room. */
  readonly dialled: string;
  readonly room: string;
  /** URI that it is told to appear as. */
  readonly as: string;
  /** Bodies of the requests that the room wrote by hand, by label. */
  readonly handMade: Map<string, RoomMessage>;
  /** Writes on the latest MSRP connection with it. False: there is none. */
  write(octets: Buffer): boolean;
  /** RFC 7701 §5.3 */
  closeRoom(): void;
  /** How requests with this method are answered from now on. */
  answerWith(method: string, answer: { readonly status: number; readonly afterMs: number }): void;
}

/** The actor of the wire log that faces a client under test. */
export const ROOM_SIDE = 'room';

/** URI of the client under test: that of its INVITE, which need not be the one that it was told to use. */
export function clientUri(stage: Stage): string {
  const stay = stage.conversation.stays.list.findLast((one) => one.actor === ROOM_SIDE && one.calledBy === 'peer');
  const invite = stay?.invite.content;
  const from = invite?.protocol === 'sip' ? uriIn(invite.message, 'From') : undefined;
  return from ?? stage.client?.as ?? '';
}

/** @throws for a name that is not in the cast: the loader has checked that. */
export function actorNamed(stage: Stage, name: string): Actor {
  const actor = stage.actors.get(name);
  if (actor === undefined) throw new Error(`no ${name} on stage`);
  return actor;
}

/** @throws for a label that no step has set: the loader has checked that. */
export function messageLabelled(stage: Stage, label: string): TrackedMessage {
  const message = stage.messages.get(label);
  if (message === undefined) throw new Error(`no message ${label}`);
  return message;
}

/** Waits until the wire log shows something that is due. */
export function due<T>(
  stage: Stage,
  look: () => T | undefined,
  patienceMs = stage.patience.deliveryMs,
  givenUp?: Promise<void>,
): Promise<T | undefined> {
  return until(stage.log, stage.clock, patienceMs, look, givenUp);
}

/** The actor and all who share its connection, itself included. */
export const connectionMates = (stage: Stage, actor: Actor): Actor[] =>
  [...stage.actors.values()].filter((one) => one.wireName === actor.wireName);

/** Those who are in the room and read, in the order of the cast. */
export const listeners = (stage: Stage): Actor[] =>
  [...stage.actors.values()].filter((actor) => actor.present && !actor.deaf);

/** For a SUT near by. The answer to an MSRP request has the 30 s of RFC 4975 §7.1. */
export const DEFAULT_PATIENCE: Patience = { answerMs: 32_000, deliveryMs: 10_000, quietMs: 50 };
