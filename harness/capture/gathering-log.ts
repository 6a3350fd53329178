import { SimulatedClock } from '../net/simulated-clock.ts';
import type { End, Flow } from '../packets/flow.ts';
import type { Sight } from '../rules/sight.ts';
import { ROOM_SIDE } from '../scenario/stage.ts';
import type { WireContent, WireEntry } from '../wire/entry.ts';
import { WireLog } from '../wire/log.ts';
import type { Attributed } from './attribution.ts';
import type { CaptureItem } from './item.ts';
import type { NamedFlow } from './named-flow.ts';
import type { Gathering, Participant } from './parties.ts';
import type { Unseen } from './unseen.ts';

/** What a tap at every participant would have told of a gathering, and what it would have told and the capture has not got. */
export class GatheringLog {
  readonly gathering: Gathering;
  readonly log = new WireLog(new SimulatedClock());
  readonly unseen: Unseen[] = [];
  /** Octets that are held for it. */
  octets = 0;
  readonly #start: number;
  readonly #ids = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #opened = new Map<string, number>();

  /** `start`: of its first item, in milliseconds since 1970. */
  constructor(gathering: Gathering, start: number) {
    this.gathering = gathering;
    this.#start = start;
  }

  message(item: Extract<CaptureItem, { type: 'message' }>, whose: Attributed, named: NamedFlow | undefined): void {
    this.#enter(item, whose, named, item.content, item.octets);
  }

  /** Octets of which nobody knows what they say. */
  unreadable(
    item: Extract<CaptureItem, { type: 'message' | 'unreadable' }>,
    whose: Attributed,
    named: NamedFlow | undefined,
    reason: string,
  ): void {
    this.#enter(item, whose, named, { protocol: 'unknown', reason }, item.octets);
    if (!this.gathering.isWhole)
      this.#miss(item, whose, named, this.#timeOf(item), `${whose.participant.name} has octets that cannot be read`);
  }

  gap(item: Extract<CaptureItem, { type: 'gap' }>, whose: Attributed, named: NamedFlow | undefined): void {
    const reason = `${item.missing} octets are not in the capture`;
    const before = this.log.entries.findLast(
      ({ connection }) => connection === this.#idOf(whose.participant, item.flow, named),
    );
    this.#enter(item, whose, named, { protocol: 'unknown', reason }, NOTHING);
    this.#miss(
      item,
      whose,
      named,
      before?.time ?? Number.NEGATIVE_INFINITY,
      `the capture has lost ${item.missing} octets of ${whose.participant.name}`,
    );
  }

  opened(item: CaptureItem, participant: Participant, named: NamedFlow | undefined): void {
    if (item.flow.transport === 'udp') return;
    const content = { protocol: 'connection', event: 'opened', by: 'actor' } as const;
    this.#enter(item, { participant, direction: 'sent' }, named, content, NOTHING);
  }

  /** The capture begins in the midst of a flow. */
  joined(item: CaptureItem, participant: Participant, named: NamedFlow | undefined): void {
    this.unseen.push({
      sights: ['sent', 'received', 'dialogs'],
      actor: participant.name,
      connection: this.#idOf(participant, item.flow, named),
      from: Number.NEGATIVE_INFINITY,
      to: this.#timeOf(item),
      why: `the capture begins in the midst of a connection of ${participant.name}`,
    });
  }

  closed(
    item: Extract<CaptureItem, { type: 'closed' }>,
    participant: Participant,
    named: NamedFlow | undefined,
    focusEnd: End | undefined,
  ): void {
    const by = item.by === focusEnd ? 'peer' : 'actor';
    const content = { protocol: 'connection', event: item.how, by } as const;
    this.#enter(item, { participant, direction: by === 'actor' ? 'sent' : 'received' }, named, content, NOTHING);
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
    named: NamedFlow | undefined,
    content: WireContent,
    octets: Buffer,
  ): void {
    const { flow } = item;
    const actorEnd = this.#actorEnd(item, participant, direction, named);
    const [local, remote] = actorEnd === 'opener' ? [flow.opener, flow.other] : [flow.other, flow.opener];
    this.octets += octets.length + OCTETS_OF_AN_ENTRY;
    this.log.enter({
      time: this.#timeOf(item),
      actor: participant.name,
      direction,
      connection: this.#idOf(participant, flow, named),
      transport: named?.security === 'tls' ? 'tls' : flow.transport,
      local,
      remote,
      octets,
      content,
      frames: item.frames,
    });
  }

  #actorEnd(
    item: CaptureItem,
    participant: Participant,
    direction: Attributed['direction'],
    named: NamedFlow | undefined,
  ): End {
    if (named !== undefined && named.actor === participant.name) return named.actorEnd;
    if (named !== undefined) return named.actorEnd === 'opener' ? 'other' : 'opener';
    if ('from' in item) return (direction === 'sent') === (item.from === 'opener') ? 'opener' : 'other';
    return 'by' in item && (item.by === 'opener') !== (direction === 'sent') ? 'other' : 'opener';
  }

  #timeOf({ time }: CaptureItem): number {
    return time - this.#start;
  }

  #idOf(participant: Participant, flow: Flow, named: NamedFlow | undefined): string {
    const key = `${participant.key} ${flow.id}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const count = (this.#opened.get(participant.key) ?? 0) + 1;
    this.#opened.set(participant.key, count);
    let id =
      named !== undefined && named.actor === participant.name ? named.connection : `${participant.name}-${count}`;
    while (this.#taken.has(id)) id = `${id}'`;
    this.#taken.add(id);
    this.#ids.set(key, id);
    return id;
  }

  #miss(
    item: CaptureItem,
    { participant, direction }: Attributed,
    named: NamedFlow | undefined,
    from: number,
    why: string,
  ): void {
    const sights: Sight[] = [direction, 'dialogs'];
    const connection = this.#idOf(participant, item.flow, named);
    this.unseen.push({ sights, actor: participant.name, connection, from, to: this.#timeOf(item), why });
  }
}

const NOTHING = Buffer.alloc(0);

/** About what an entry takes beside the octets of its message. */
const OCTETS_OF_AN_ENTRY = 1000;

function turned(entry: WireEntry): WireEntry {
  const { content, direction, local, remote } = entry;
  const turnedContent: WireContent =
    content.protocol === 'connection' && content.event !== 'opened'
      ? { ...content, by: content.by === 'actor' ? 'peer' : 'actor' }
      : content;
  const isOpening = content.protocol === 'connection' && content.event === 'opened';
  return {
    ...entry,
    actor: ROOM_SIDE,
    direction: isOpening ? 'sent' : direction === 'sent' ? 'received' : 'sent',
    local: remote,
    remote: local,
    content: turnedContent,
  };
}
