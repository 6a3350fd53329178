import type { ChatMessage } from '../../conversation/chat-messages.ts';
import { lullMs, overdue } from '../overdue.ts';
import { type Actor, connectionMates, due, type Stage, type TrackedMessage } from '../stage.ts';

const CANARY = /canary-[A-Za-z0-9]{16}/;

/** Who has received which of many messages. Every copy is looked at once, however many there are. */
export class Tally {
  readonly #stage: Stage;
  readonly #byCanary: ReadonlyMap<string, TrackedMessage>;
  readonly #receivers: readonly Actor[];
  readonly #copies = new Map<TrackedMessage, Map<Actor, ChatMessage>>();
  readonly #open = new Set<ChatMessage>();
  #next: number;
  #arrived = 0;
  #due = 0;

  /** `from`: where in the list of messages the first copy can stand. */
  constructor(stage: Stage, messages: readonly TrackedMessage[], receivers: readonly Actor[], from: number) {
    this.#stage = stage;
    this.#byCanary = new Map(messages.map((message) => [message.canary, message]));
    this.#receivers = receivers;
    this.#next = from;
    for (const message of messages) this.#due += this.#owed(message).length;
  }

  /** The complete copy of a message that a receiver has got first. */
  copy(message: TrackedMessage, receiver: Actor): ChatMessage | undefined {
    return this.#copies.get(message)?.get(receiver);
  }

  holders(message: TrackedMessage): Actor[] {
    return this.#owed(message).filter((one) => this.copy(message, one) !== undefined);
  }

  lacking(message: TrackedMessage): Actor[] {
    return this.#owed(message).filter((one) => this.copy(message, one) === undefined);
  }

  /** Waits for all copies that are due, as long as any can still be expected. */
  async wait(): Promise<void> {
    const all = (): true | undefined => (this.#look() ? true : undefined);
    let before = -1;
    while (this.#arrived !== before) {
      before = this.#arrived;
      if ((await due(this.#stage, all, lullMs(this.#stage))) === true) return;
    }
    const bySender = new Map<Actor, Set<Actor>>();
    for (const message of this.#byCanary.values()) {
      const lacking = bySender.get(message.sender) ?? new Set();
      for (const one of this.lacking(message)) lacking.add(one);
      if (lacking.size > 0) bySender.set(message.sender, lacking);
    }
    const given = [...bySender].map(([sender, lacking]) => overdue(this.#stage, sender, [...lacking]));
    const givenUp = Promise.all(given).then(() => {});
    await due(this.#stage, all, this.#stage.patience.deliveryMs, givenUp);
  }

  #owed({ sender }: TrackedMessage): Actor[] {
    return this.#receivers.filter((one) => one !== sender && one.room === sender.room);
  }

  #look(): boolean {
    const { list } = this.#stage.conversation.messages;
    for (; this.#next < list.length; this.#next++) {
      const message = list[this.#next];
      if (message?.direction === 'received') this.#open.add(message);
    }
    for (const message of this.#open) {
      if (message.octets !== undefined) this.#enter(message, message.octets);
      if (message.octets !== undefined || message.state === 'aborted') this.#open.delete(message);
    }
    return this.#arrived >= this.#due;
  }

  #enter(copy: ChatMessage, octets: Buffer): void {
    const [canary = ''] = CANARY.exec(octets.toString('latin1')) ?? [];
    const message = this.#byCanary.get(canary);
    const receiver = this.#receivers.find((one) => this.#isAt(copy, one));
    if (message === undefined || receiver === undefined || !this.#owed(message).includes(receiver)) return;
    const copies = this.#copies.get(message) ?? new Map<Actor, ChatMessage>();
    this.#copies.set(message, copies);
    if (copies.has(receiver)) return;
    copies.set(receiver, copy);
    this.#arrived += 1;
  }

  #isAt(copy: ChatMessage, actor: Actor): boolean {
    if (copy.actor !== actor.wireName) return false;
    return connectionMates(this.#stage, actor).length === 1 || copy.session === actor.participant.paths().fromPath;
  }
}
