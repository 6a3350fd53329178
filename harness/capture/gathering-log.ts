import { SimulatedClock } from '../net/simulated-clock.ts';
import { type End, opposite } from '../packets/flow.ts';
import type { WireContent, WireEntry } from '../wire/entry.ts';
import { WireLog } from '../wire/log.ts';
import type { Attributed } from './attribution.ts';
import type { CaptureItem } from './item.ts';
import { ROOM_ACTOR } from './named-flow.ts';
import type { FlowParties, Gathering, Participant } from './parties.ts';
import type { Unseen } from './unseen.ts';

/** What a tap at every participant would have told of a gathering, and where the capture has not got it. */
export class GatheringLog {
  readonly gathering: Gathering;
  readonly log = new WireLog(new SimulatedClock());
  readonly unseen: Unseen[] = [];
  /** Octets that are held for it. */
  octets = 0;
  /** Of its first item, in milliseconds since 1970. */
  readonly start: number;
  readonly #ids = new Map<number, string>();
  readonly #taken = new Set<string>();
  /** Connections of each participant. */
  readonly #count = new Map<string, number>();
  /** When something was last entered of a flow. */
  readonly #latest = new Map<number, number>();

  constructor(gathering: Gathering, start: number) {
    this.gathering = gathering;
    this.start = start;
  }

  message(item: Extract<CaptureItem, { type: 'message' }>, whose: Attributed, flow: FlowParties): void {
    this.#enter(item, whose, flow, item.content, item.octets);
  }

  /** Octets of which nobody knows what they say. */
  unreadable(
    item: Extract<CaptureItem, { type: 'message' | 'unreadable' }>,
    whose: Attributed,
    flow: FlowParties,
    reason: string,
  ): void {
    const { name } = whose.participant;
    if (!this.gathering.isWhole) this.#miss(item, whose, flow, `${name} has octets in the capture that cannot be read`);
    this.#enter(item, whose, flow, { protocol: 'unknown', reason }, item.octets);
  }

  gap(item: Extract<CaptureItem, { type: 'gap' }>, whose: Attributed, flow: FlowParties): void {
    this.#miss(item, whose, flow, `the capture has lost ${item.missing} octets of ${whose.participant.name}`);
    const reason = `${item.missing} octets are not in the capture`;
    this.#enter(item, whose, flow, { protocol: 'unknown', reason }, NOTHING);
  }

  opened(item: CaptureItem, participant: Participant, flow: FlowParties): void {
    if (item.flow.transport === 'udp') return;
    const content = { protocol: 'connection', event: 'opened', by: 'actor' } as const;
    this.#enter(item, { participant, direction: 'sent' }, flow, content, NOTHING);
  }

  /** The capture begins in the midst of a flow. */
  joined(item: CaptureItem, participant: Participant, flow: FlowParties): void {
    // Whether datagrams went before cannot be told.
    if (item.flow.transport === 'udp') return;
    this.unseen.push({
      sights: ['sent', 'received', 'dialogs'],
      actor: participant.name,
      connection: this.#idOf(participant, flow),
      from: Number.NEGATIVE_INFINITY,
      to: this.#timeOf(item),
      why: `the capture begins in the midst of a connection of ${participant.name}`,
    });
  }

  closed(item: Extract<CaptureItem, { type: 'closed' }>, participant: Participant, flow: FlowParties): void {
    const by = item.by === flow.focusEnd ? 'peer' : 'actor';
    const content = { protocol: 'connection', event: item.how, by } as const;
    this.#enter(item, { participant, direction: by === 'actor' ? 'sent' : 'received' }, flow, content, NOTHING);
  }

  /** What passed between the focus and one participant, as the focus had it; the entries keep their positions. */
  before(participant: Participant): WireLog {
    const log = new WireLog(new SimulatedClock());
    for (const entry of this.log.entries) if (entry.actor === participant.name) log.entries.push(turned(entry));
    return log;
  }

  #enter(
    item: CaptureItem,
    { participant, direction }: Attributed,
    flow: FlowParties,
    content: WireContent,
    octets: Buffer,
  ): void {
    const { id, opener, other, transport } = item.flow;
    const [local, remote] = actorEnd(item, direction, flow) === 'opener' ? [opener, other] : [other, opener];
    const time = this.#timeOf(item);
    this.octets += octets.length + OCTETS_OF_AN_ENTRY;
    this.#latest.set(id, time);
    this.log.enter({
      time,
      actor: participant.name,
      direction,
      connection: this.#idOf(participant, flow),
      transport: flow.named?.security === 'tls' ? 'tls' : transport,
      local,
      remote,
      octets,
      content,
      frames: item.frames,
    });
  }

  #timeOf({ time }: CaptureItem): number {
    return time - this.start;
  }

  /** A connection has one name, whoever shares it. */
  #idOf({ key, name }: Participant, { flow, named }: FlowParties): string {
    const known = this.#ids.get(flow.id);
    if (known !== undefined) return known;
    const count = (this.#count.get(key) ?? 0) + 1;
    this.#count.set(key, count);
    let id = named?.connection ?? `${name}-${count}`;
    while (this.#taken.has(id)) id = `${id}'`;
    this.#taken.add(id);
    this.#ids.set(flow.id, id);
    return id;
  }

  /** Not seen since the last that was seen of the flow. */
  #miss(item: CaptureItem, { participant, direction }: Attributed, flow: FlowParties, why: string): void {
    this.unseen.push({
      sights: [direction, 'dialogs'],
      actor: participant.name,
      connection: this.#idOf(participant, flow),
      from: this.#latest.get(item.flow.id) ?? Number.NEGATIVE_INFINITY,
      to: this.#timeOf(item),
      why,
    });
  }
}

const NOTHING = Buffer.alloc(0);

/** About what an entry takes beside the octets of its message. */
const OCTETS_OF_AN_ENTRY = 1000;

function actorEnd(item: CaptureItem, direction: Attributed['direction'], { focusEnd }: FlowParties): End {
  if ('from' in item) return direction === 'sent' ? item.from : opposite(item.from);
  return focusEnd === undefined ? 'opener' : opposite(focusEnd);
}

function turned(entry: WireEntry): WireEntry {
  const { content, direction, local, remote } = entry;
  const isConnection = content.protocol === 'connection';
  const isOpening = isConnection && content.event === 'opened';
  return {
    ...entry,
    actor: ROOM_ACTOR,
    direction: isOpening ? 'sent' : direction === 'sent' ? 'received' : 'sent',
    local: remote,
    remote: local,
    content: isConnection && !isOpening ? { ...content, by: content.by === 'actor' ? 'peer' : 'actor' } : content,
  };
}
