import { parseCpimAddress } from '../codec/cpim/address.ts';
import { parseSipUri, sameSipUri } from '../codec/sip/uri.ts';
import type { Clock } from '../net/clock.ts';
import type { Network, Transport } from '../net/network.ts';
import type { Random } from '../net/random.ts';
import type { ArrivedMessage } from '../participant/chat-session.ts';
import { FULL_MEDIA } from '../participant/media.ts';
import type { MsrpOutcome } from '../participant/outcome.ts';
import { Participant } from '../participant/participant.ts';
import { err, ok, type Result } from '../result.ts';
import type { Driver, Viewer } from './driver.ts';
import { type ClientEvent, eventNames } from './event.ts';
import { type Order, orderNames } from './order.ts';

export interface ClientSurroundings {
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  /** Address to bind and to advertise. */
  readonly host: string;
}

const ANSWER_MS = 32_000;

/** The simulated participant as a client that takes orders and tells what a user would see. */
export class SimulatedClient implements Driver {
  readonly orders = new Set(orderNames);
  readonly shows = new Set(eventNames);
  readonly #surroundings: ClientSurroundings;
  #participant: Participant | undefined;
  #viewer: Viewer | undefined;
  /** Orders are carried out one after the other. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(surroundings: ClientSurroundings) {
    this.#surroundings = surroundings;
  }

  watch(viewer: Viewer | undefined): void {
    this.#viewer = viewer;
  }

  order(order: Order): Promise<Result<void, string>> {
    const carriedOut = this.#before.then(() => this.#carryOut(order));
    this.#before = carriedOut;
    return carriedOut;
  }

  async #carryOut(order: Order): Promise<Result<void, string>> {
    if (order.do === 'join') return this.#join(order);
    const participant = this.#participant;
    if (participant === undefined) return err(`the client is not in a room and cannot ${order.do}`);
    switch (order.do) {
      case 'send': {
        // A switch that knows no private messages would spread them to everybody (RFC 7701 §8).
        if (order.to !== undefined && !isAnnounced(participant, 'private-messages')) {
          this.#tell({ event: 'refused', order: 'send', reason: 'the room has no private messages' });
          return ok(undefined);
        }
        const message = participant.compose({
          content: order.text,
          to: [order.to ?? participant.room],
          from: participant.identity,
        });
        const outcome = await participant.send(message).outcome;
        this.#tellRefusal('send', outcome);
        if (outcome.kind === 'answered' && outcome.status === 481) await this.#giveUp();
        return ok(undefined);
      }
      case 'nickname': {
        if (!isAnnounced(participant, 'nickname')) {
          this.#tell({ event: 'refused', order: 'nickname', reason: 'the room has no nicknames' });
          return ok(undefined);
        }
        const outcome = await participant.nickname({ text: order.nickname });
        const granted = outcome.kind === 'answered' && outcome.status === 200;
        if (granted) this.#tell({ event: 'nickname', nickname: order.nickname });
        else this.#tellRefusal('nickname', outcome);
        return ok(undefined);
      }
      case 'roster': {
        const outcome = await participant.subscribe();
        if (outcome.kind === 'answered' && outcome.status < 300) return ok(undefined);
        const why = outcome.kind === 'answered' ? { status: outcome.status } : { reason: outcome.reason };
        this.#tell({ event: 'refused', order: 'roster', ...why });
        return ok(undefined);
      }
      case 'leave':
        await this.#giveUp();
        return ok(undefined);
    }
  }

  /** Leaves the room, and no socket and no timer behind. */
  async close(): Promise<void> {
    await this.#leave();
    // A join under way has been ended by that, or has begun after it.
    await this.#before;
    await this.#leave();
  }

  async #giveUp(): Promise<void> {
    await this.#leave();
    this.#tell({ event: 'left' });
  }

  async #leave(): Promise<void> {
    const participant = this.#participant;
    this.#participant = undefined;
    await participant?.close();
  }

  async #join({ room, as }: Extract<Order, { do: 'join' }>): Promise<Result<void, string>> {
    await this.#leave();
    const uri = parseSipUri(room);
    if (!uri.ok) return err(`${room} is no SIP URI: ${uri.error}`);
    const named = uri.value.parameters.find(({ name }) => name === 'transport')?.value ?? 'udp';
    const participant = new Participant({
      ...this.#surroundings,
      name: 'client',
      uri: as,
      sip: { transport: named as Transport, target: { host: uri.value.host, port: uri.value.port ?? 5060 } },
      room,
      media: FULL_MEDIA,
      msrpSecurity: 'plain',
      answerMs: ANSWER_MS,
    });
    this.#participant = participant;
    participant.onMessage = (message) => this.#show(message, participant);
    participant.onRoster = (roster) =>
      this.#tell({
        event: 'roster',
        users: [...(roster?.users.values() ?? [])].map(({ entity: uri, nickname }) => ({
          uri,
          ...(nickname === undefined ? {} : { nickname: nickname.value }),
        })),
      });
    participant.onEnded = () => this.#tell({ event: 'left' });
    const outcome = await participant.join();
    if (outcome.kind === 'joined') this.#tell({ event: 'joined' });
    else if (outcome.kind === 'refused') this.#tell({ event: 'refused', order: 'join', status: outcome.status });
    else this.#tell({ event: 'refused', order: 'join', reason: 'reason' in outcome ? outcome.reason : outcome.kind });
    return ok(undefined);
  }

  #show({ octets, cpim }: ArrivedMessage, participant: Participant): void {
    if (cpim === undefined) {
      this.#tell({ event: 'message', text: octets.toString('utf8') });
      return;
    }
    const [from, to] = ['From', 'To'].map((name) => {
      const address = parseCpimAddress(cpim.headers.find((header) => header.name === name)?.value ?? '');
      return address.ok ? address.value.uri : undefined;
    });
    const mine = to !== undefined && sameUser(to, participant.identity);
    const text = cpim.content.toString('utf8');
    this.#tell({ event: 'message', text, private: mine, ...(from === undefined ? {} : { from }) });
  }

  #tellRefusal(order: 'send' | 'nickname', outcome: MsrpOutcome): void {
    if (outcome.kind === 'answered' && outcome.status === 200) return;
    const why = outcome.kind === 'answered' ? { status: outcome.status } : { reason: outcome.reason };
    this.#tell({ event: 'refused', order, ...why });
  }

  #tell(event: ClientEvent): void {
    this.#viewer?.event(event);
  }
}

/** RFC 7701 §8: what the room has announced in its latest answer. */
const isAnnounced = (participant: Participant, token: string): boolean =>
  participant.chatroomTokensOfRoom()?.includes(token) === true;

function sameUser(one: string, other: string): boolean {
  const [a, b] = [parseSipUri(one), parseSipUri(other)];
  return a.ok && b.ok ? sameSipUri(a.value, b.value) : one === other;
}
