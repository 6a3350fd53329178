import type { Catalogue } from '../catalogue/catalogue.ts';
import { validateSip } from '../codec/sip/validate.ts';
import { Attribution } from './attribution.ts';
import { Discovery, type DiscoveryOptions } from './discovery.ts';
import { GatheringLog } from './gathering-log.ts';
import type { CaptureItem, MessageContent } from './item.ts';
import { type JudgedParty, judgeGathering, type PartiesWanted } from './judge-gathering.ts';
import type { FlowParties, Gathering, Parties } from './parties.ts';
import type { Unseen } from './unseen.ts';

/** What a source knows of a capture once it has told all of it. */
export interface CaptureTold {
  /** The capture says what was recorded, and that is what it has. */
  readonly isWhole: boolean;
}

/** Tells every item of a capture in order; the same ones each time that it is asked. */
export type CaptureSource = (onItem: (item: CaptureItem) => void) => Promise<CaptureTold> | CaptureTold;

export interface CheckOptions extends DiscoveryOptions {
  readonly catalogue: Catalogue;
  readonly wanted?: PartiesWanted;
  /** Octets that may be held of conversations that are not over. */
  readonly heldOctets?: number;
  /** Ends it early: what is over has been judged, the rest is not. */
  readonly signal?: AbortSignal;
  /** Nothing more of this conversation is of interest. */
  readonly enough?: (log: GatheringLog) => boolean;
}

export interface CheckObserver {
  /** Who is who. */
  discovered?(parties: Parties): void;
  /** A gathering is over; its log is let go afterwards. */
  gathered?(log: GatheringLog): void;
  /** It has been judged, too, for somebody asks. */
  judged?(log: GatheringLog, parties: readonly JudgedParty[]): void;
  /** It took more octets than may be held, so nothing is said of it. */
  tooLarge?(gathering: Gathering, octets: number): void;
  /** The signal came before its end. */
  interrupted?(gathering: Gathering): void;
}

export interface CheckResult {
  readonly parties: Parties;
  /** SIP and MSRP messages that belong to no room. */
  readonly notAttributed: { readonly sip: number; readonly msrp: number };
}

export const DEFAULT_HELD_OCTETS = 1024 * 1024 * 1024;

/** Judges a capture in two passes: who is who, then room by room what they do. */
export async function checkCapture(
  source: CaptureSource,
  options: CheckOptions,
  observer: CheckObserver = {},
): Promise<CheckResult> {
  const discovery = new Discovery(options);
  const { isWhole } = await source((item) => discovery.observe(item));
  const parties = discovery.conclude(isWhole);
  observer.discovered?.(parties);
  const judging = new Judging(parties, options, observer);
  if (options.signal?.aborted !== true) await source((item) => judging.take(item));
  judging.finish();
  return { parties, notAttributed: judging.notAttributed };
}

class Judging {
  readonly notAttributed = { sip: 0, msrp: 0 };
  readonly #parties: Parties;
  readonly #options: CheckOptions;
  readonly #observer: CheckObserver;
  readonly #attribution: Attribution;
  readonly #logs = new Map<string, GatheringLog>();
  readonly #byKey: ReadonlyMap<string, Gathering>;
  /** By the frame with which they are over, the last first. */
  readonly #ends: Gathering[];
  readonly #givenUp = new Set<string>();
  #sinceCounted = 0;

  constructor(parties: Parties, options: CheckOptions, observer: CheckObserver) {
    this.#parties = parties;
    this.#options = options;
    this.#observer = observer;
    this.#attribution = new Attribution(parties);
    this.#byKey = new Map(parties.gatherings.map((one) => [one.key, one]));
    this.#ends = [...parties.gatherings].sort((a, b) => b.lastFrame - a.lastFrame);
  }

  take(item: CaptureItem): void {
    const frame = item.frames.at(-1) ?? 0;
    for (let next = this.#ends.at(-1); next !== undefined && next.lastFrame < frame; next = this.#ends.at(-1)) {
      this.#ends.pop();
      this.#judge(next);
    }
    const flow = this.#parties.flows.get(item.flow.id);
    if (flow !== undefined) this.#enter(item, flow);
  }

  finish(): void {
    for (const gathering of this.#ends.reverse()) {
      if (this.#options.signal?.aborted === true) this.#observer.interrupted?.(gathering);
      else this.#judge(gathering);
    }
  }

  #enter(item: CaptureItem, flow: FlowParties): void {
    const { participants } = flow;
    switch (item.type) {
      case 'opened':
        for (const one of participants) this.#logOf(one.gathering, item)?.opened(item, one, flow);
        return;
      case 'joined':
        for (const one of participants) this.#logOf(one.gathering, item)?.joined(item, one, flow);
        return;
      case 'closed':
        this.#attribution.forget(item.flow.id);
        for (const one of participants) this.#logOf(one.gathering, item)?.closed(item, one, flow);
        return;
      case 'gap':
        for (const one of this.#attribution.ofFlow(item.flow.id, item.from))
          this.#logOf(one.participant.gathering, item)?.gap(item, one, flow);
        return;
      case 'unreadable':
        for (const one of this.#attribution.ofFlow(item.flow.id, item.from))
          this.#logOf(one.participant.gathering, item)?.unreadable(item, one, flow, item.reason);
        return;
      case 'message':
        this.#message(item, flow);
        return;
    }
  }

  #message(item: Extract<CaptureItem, { type: 'message' }>, flow: FlowParties): void {
    const whose = this.#attribution.ofMessage(item);
    if (this.#attribution.isSeenElsewhere(item, whose)) return;
    const log = whose === undefined ? undefined : this.#logOf(whose.participant.gathering, item);
    if (whose !== undefined && log !== undefined) {
      log.message(item, whose, flow);
      return;
    }
    // Of a conversation that has told enough.
    if (whose !== undefined && this.#logs.has(whose.participant.gathering)) return;
    this.notAttributed[item.content.protocol] += 1;
    // What nobody is known to have said may still be why somebody answers as he does.
    if (!isTelling(item.content)) return;
    for (const one of this.#attribution.ofFlow(item.flow.id, item.from))
      this.#logOf(one.participant.gathering, item)?.unreadable(
        item,
        one,
        flow,
        'belongs to no conversation that is seen',
      );
  }

  #logOf(key: string, { time }: CaptureItem): GatheringLog | undefined {
    const gathering = this.#byKey.get(key);
    if (gathering === undefined || this.#givenUp.has(key)) return undefined;
    const known = this.#logs.get(key);
    if (known === undefined) {
      const log = new GatheringLog(gathering, time);
      const { forgottenSince } = this.#parties;
      if (forgottenSince !== undefined) log.unseen.push(forgotten(forgottenSince - time));
      this.#logs.set(key, log);
      return log;
    }
    if (this.#options.enough?.(known) === true) return undefined;
    this.#keepWithinBounds();
    return this.#logs.get(key);
  }

  #keepWithinBounds(): void {
    const { heldOctets = DEFAULT_HELD_OCTETS } = this.#options;
    // Counted anew now and then: a message more or less is no matter.
    this.#sinceCounted += 1;
    if (this.#sinceCounted < COUNTED_EVERY) return;
    this.#sinceCounted = 0;
    let held = 0;
    for (const log of this.#logs.values()) held += log.octets;
    if (held <= heldOctets) return;
    const [largest] = [...this.#logs.values()].sort((a, b) => b.octets - a.octets);
    if (largest === undefined) return;
    this.#givenUp.add(largest.gathering.key);
    this.#logs.delete(largest.gathering.key);
    this.#observer.tooLarge?.(largest.gathering, largest.octets);
  }

  #judge(gathering: Gathering): void {
    const log = this.#logs.get(gathering.key);
    if (log === undefined) return;
    this.#logs.delete(gathering.key);
    const { catalogue, wanted } = this.#options;
    this.#observer.gathered?.(log);
    this.#observer.judged?.(log, judgeGathering(log, catalogue, wanted));
  }
}

const COUNTED_EVERY = 64;

/** From this time of the log on, calls and connections may be missing. */
const forgotten = (from: number): Unseen => ({
  sights: ['sent', 'received', 'dialogs', 'everybody'],
  from,
  to: Number.POSITIVE_INFINITY,
  why: 'the capture has more calls and connections than are kept in mind',
});

/** Malformed SIP, whose answers are malformed too, and MSRP of a session that is not seen. */
const isTelling = (content: MessageContent): boolean =>
  content.protocol === 'msrp' ||
  validateSip(content.message, content.defects).some(({ tolerated }) => tolerated !== true);
