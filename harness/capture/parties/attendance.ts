import { uriKey } from '../../conversation/sessions.ts';
import { formatAddress } from '../../net/net-error.ts';
import { type Call, contactPlace, otherSide, type Side } from '../call.ts';
import { DisjointSets } from '../disjoint-sets.ts';
import type { CallParties, Participant } from '../parties.ts';
import { addressAt, endOf, type FlowSeen } from './flow-seen.ts';
import { type FocusEvidence, SIDES } from './focus-evidence.ts';
import { Participants } from './participants.ts';
import type { Rooms } from './rooms.ts';

/** Who is in which room by which call, and who is judged together. */
export class Attendance {
  readonly #rooms: Rooms;
  readonly #participants = new Participants();
  readonly #together = new DisjointSets();
  readonly #calls = new Map<string, CallParties>();
  readonly #earlier = new Map<string, Set<string>>();
  readonly #otherCalls: string[] = [];
  readonly #otherUris = new Set<string>();

  /** `rooms`: of the whole capture, since a call may come before the one that shows its room. */
  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** By Call-ID, the calls between a participant and a room. */
  get calls(): ReadonlyMap<string, CallParties> {
    return this.#calls;
  }

  get participants(): Iterable<Participant> {
    return this.#participants.all();
  }

  /** MSRP calls to whom nothing shows to be a chat room. */
  get otherCalls(): readonly string[] {
    return this.#otherCalls;
  }

  /** MSRP URIs of calls to whom nothing shows to be a chat room. */
  get otherUris(): ReadonlySet<string> {
    return this.#otherUris;
  }

  /** Identities whose calls to this room the capture has no beginning of. */
  earlier(room: string): Iterable<string> {
    return this.#earlier.get(room) ?? [];
  }

  /** The gathering of a participant. */
  gatheringOf({ key }: Participant): string {
    return this.#together.find(`participant ${key}`);
  }

  /** Takes a call with the flows that it uses into account; `shown`: that one side is a focus. */
  enter(call: Call, flows: readonly FlowSeen[], shown: FocusEvidence | undefined): void {
    const side = shown?.side ?? SIDES.find((one) => this.#rooms.at(call, one) !== undefined);
    const room = side === undefined ? undefined : this.#rooms.at(call, side);
    if (side === undefined || room === undefined) {
      this.#leaveOut(call);
      return;
    }
    const client = call.of(otherSide(side));
    const [identity] = client.uris;
    const introduced = flows.find(({ actor }) => actor !== undefined);
    if (!call.begun && introduced === undefined) {
      this.#earlier.set(room, (this.#earlier.get(room) ?? new Set()).add(identity ?? 'somebody'));
      return;
    }
    const participant =
      introduced?.actor === undefined
        ? this.#participants.at(
            identity ?? 'nobody',
            client.instance ?? contactPlace(client) ?? placeIn(call, flows, otherSide(side)),
            identity,
          )
        : this.#participants.actor(introduced, introduced.actor, identity);
    // What was recorded one after the other stays apart, be it in one room.
    if (flows.every((seen) => seen.named === undefined))
      this.#together.join(`room ${room}`, `participant ${participant.key}`);
    const far = call.farFrom(side);
    if (far.size > 0) participant.behindProxy = true;
    this.#calls.set(call.callId, { call, participant, focusSide: side, room, far });
  }

  /** The actors of one recorded conversation belong together, whatever rooms they are in. Once all calls have entered. */
  joinActors(seen: FlowSeen): void {
    if (seen.named === undefined) return;
    const actor = this.actorOf(seen);
    const ofCalls = [...seen.calls].flatMap(({ callId }) => this.#calls.get(callId)?.participant ?? []);
    for (const { key } of [...(actor === undefined ? [] : [actor]), ...ofCalls])
      this.#together.join(`part ${seen.part}`, `participant ${key}`);
  }

  /** The participant whose flow this is by its introduction. */
  actorOf(seen: FlowSeen): Participant | undefined {
    return seen.actor === undefined ? undefined : this.#participants.actor(seen, seen.actor, undefined);
  }

  #leaveOut(call: Call): void {
    if (call.begun) for (const uri of [...call.caller.msrp, ...call.called.msrp]) this.#otherUris.add(uriKey(uri));
    if (call.method === 'INVITE' && call.caller.msrp.size > 0 && this.#otherCalls.length < AS_MANY_OTHERS)
      this.#otherCalls.push(call.target);
  }
}

const AS_MANY_OTHERS = 100;

function placeIn(call: Call, flows: readonly FlowSeen[], side: Side): string {
  const [seen] = flows;
  const end = seen === undefined ? undefined : endOf(call, seen.flow, side);
  return seen === undefined || end === undefined ? 'nowhere' : formatAddress(addressAt(seen.flow, end));
}
