import { header } from '../codec/sip/headers.ts';
import type { Address } from '../net/network.ts';
import type { Flow } from '../packets/flow.ts';
import { Call } from './call.ts';
import type { CaptureItem } from './item.ts';
import { type NamedFlow, namedFlow } from './named-flow.ts';
import { conclude } from './parties/conclusion.ts';
import { addressAt, FlowSeen } from './parties/flow-seen.ts';
import type { Parties } from './parties.ts';

export interface DiscoveryOptions {
  /** Who is at this address is a focus, whatever it shows. */
  readonly focus?: Address;
  /** How much is kept of who is who; what comes beyond it is forgotten, and what rests on it is open. */
  readonly most?: MostKept;
}

export interface MostKept {
  readonly calls: number;
  readonly flows: number;
  /** MSRP URIs on all flows. */
  readonly uris: number;
}

/** Some hundreds of MB at worst. */
const MOST_KEPT: MostKept = { calls: 50_000, flows: 100_000, uris: 1_000_000 };

/** Finds out who is who: takes what a capture holds, once through, and concludes. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #most: MostKept;
  readonly #calls = new Map<string, Call>();
  readonly #flows = new Map<number, FlowSeen>();
  /** Of a recording: the connections of the present part, with the port of the actor. */
  readonly #introduced = new Map<string, number>();
  #part = 0;
  /** As the recording numbers them. */
  #conversation = 1;
  #sip = 0;
  #msrp = 0;
  #uris = 0;
  #forgottenSince: number | undefined;

  constructor(options: DiscoveryOptions = {}) {
    this.#options = options;
    this.#most = options.most ?? MOST_KEPT;
  }

  observe(item: CaptureItem): void {
    const seen = this.#flow(item);
    if (seen === undefined) {
      this.#forget(item);
      return;
    }
    seen.lastFrame = item.frames.at(-1) ?? seen.lastFrame;
    switch (item.type) {
      case 'joined':
      case 'gap':
        seen.isWhole = false;
        return;
      case 'message':
        seen.protocol ??= item.content.protocol;
        if (item.content.protocol === 'sip') {
          this.#sip += 1;
          const callId = header(item.content.message, 'Call-ID');
          if (callId === undefined) return;
          const call = this.#call(callId);
          if (call === undefined) {
            this.#forget(item);
            return;
          }
          if (call.observe(item.content.message, item.flow.id, item.from) !== undefined) seen.calls.add(call);
        } else {
          this.#msrp += 1;
          if (this.#uris >= this.#most.uris) this.#forget(item);
          else this.#uris += seen.noteMsrp(item.content.message, item.from);
        }
        return;
      case 'opened':
      case 'closed':
      case 'unreadable':
        return;
    }
  }

  /** `isWhole`: of the capture nothing is missing, as it says itself. */
  conclude(isWhole: boolean): Parties {
    const since = this.#forgottenSince;
    return {
      ...conclude({
        calls: [...this.#calls.values()],
        flows: [...this.#flows.values()],
        focus: this.#options.focus,
        isWhole: isWhole && since === undefined,
      }),
      counts: { sip: this.#sip, msrp: this.#msrp, flows: this.#flows.size, calls: this.#calls.size },
      ...(since === undefined ? {} : { forgottenSince: since }),
    };
  }

  #forget({ time }: CaptureItem): void {
    this.#forgottenSince ??= time;
  }

  #call(callId: string): Call | undefined {
    const known = this.#calls.get(callId);
    if (known !== undefined || this.#calls.size >= this.#most.calls) return known;
    const call = new Call(callId);
    this.#calls.set(callId, call);
    return call;
  }

  #flow({ flow, frames }: CaptureItem): FlowSeen | undefined {
    const known = this.#flows.get(flow.id);
    if (known !== undefined || this.#flows.size >= this.#most.flows) return known;
    const named = namedFlow(flow);
    const seen = new FlowSeen(flow, named, named === undefined ? 0 : this.#partOf(named, flow), frames);
    this.#flows.set(flow.id, seen);
    return seen;
  }

  /** In one conversation every connection has a name of its own; where one comes again, another conversation begins. */
  #partOf({ connection, actorEnd, conversation }: NamedFlow, flow: Flow): number {
    const { port } = addressAt(flow, actorEnd);
    const known = this.#introduced.get(connection);
    // One socket for datagrams makes a flow with each whom it speaks with.
    const comesAgain = known !== undefined && !(flow.transport === 'udp' && known === port);
    if (comesAgain || conversation !== this.#conversation) {
      this.#part += 1;
      this.#introduced.clear();
      this.#conversation = conversation;
    }
    this.#introduced.set(connection, port);
    return this.#part;
  }
}
