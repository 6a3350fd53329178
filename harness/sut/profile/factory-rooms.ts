import { headerValues } from '../../codec/sip/headers.ts';
import type { SipResponse } from '../../codec/sip/message.ts';
import { parseNameAddress } from '../../codec/sip/name-address.ts';
import { hasParameter } from '../../codec/sip/parameters.ts';
import { guardedNetwork } from '../../net/guard.ts';
import { token } from '../../net/random.ts';
import { tapNetwork } from '../../net/tap.ts';
import { FULL_MEDIA } from '../../participant/media.ts';
import type { ParticipantOptions } from '../../participant/options.ts';
import type { JoinOutcome } from '../../participant/outcome.ts';
import { Participant } from '../../participant/participant.ts';
import { AdvertisedAddresses } from '../../wire/advertised.ts';
import type { Load } from '../../wire/load.ts';
import { WireLog } from '../../wire/log.ts';
import type { Identities } from '../identities.ts';
import { NoRoomError, type Rooms, type TakenRooms } from '../sut.ts';

/** What keepers have in common with all other participants. */
export type KeeperOptions = Pick<
  ParticipantOptions,
  'network' | 'clock' | 'random' | 'host' | 'sip' | 'msrpSecurity' | 'tls' | 'answerMs'
> & {
  /** What keepers put on the SUT counts as well. */
  readonly load?: Load;
};

interface Kept {
  readonly room: string;
  readonly keeper: Participant;
}

/**
 * Rooms that a conference factory makes: an INVITE to its URI makes one, and the Contact of the 2xx, which has isfocus,
 * says which (RFC 4579 §5.4). Whoever has asked for it stays in it as long as the scenario lasts, for it may go with
 * its last participant.
 */
export class FactoryRooms implements Rooms {
  readonly concurrency: number;
  readonly keepers: number;
  readonly #factory: string;
  readonly #identities: Identities;
  readonly #options: KeeperOptions;
  readonly #closing = new Set<Promise<void>>();

  constructor(factory: string, identities: Identities, options: KeeperOptions, atOnce: number) {
    this.#factory = factory;
    this.#identities = identities;
    this.#options = options;
    this.keepers = Math.min(2, atOnce);
    this.concurrency = Math.max(1, Math.floor(atOnce / 2));
  }

  /** @throws NoRoomError when the factory makes none. */
  async take(): Promise<TakenRooms> {
    const kept: Kept[] = [];
    const identity = this.#identities.keeper(token(this.#options.random, 8));
    const release = (): void => {
      for (const { keeper } of kept) this.#close(keeper);
    };
    try {
      for (let i = 0; i < this.keepers; i += 1) kept.push(await this.#make(identity));
    } catch (error) {
      release();
      throw error;
    }
    const [first, second] = kept;
    if (first === undefined) throw new NoRoomError('no room may be in use');
    return {
      room: first.room,
      ...(second === undefined ? {} : { second: second.room }),
      keeper: identity.uri,
      release,
    };
  }

  /** Resolves when all keepers have left. */
  async close(): Promise<void> {
    await Promise.all(this.#closing);
  }

  async #make({ uri, credentials, registrar }: ReturnType<Identities['keeper']>): Promise<Kept> {
    const { load, ...options } = this.#options;
    const { network, clock, sip } = options;
    const log = new WireLog(clock);
    const advertised = new AdvertisedAddresses([sip.target]);
    log.follow((entry) => advertised.learn(entry));
    load?.follow(log);
    const tapped = tapNetwork(guardedNetwork(network, advertised), 'keeper', log);
    const keeper = new Participant({
      ...options,
      name: 'keeper',
      uri,
      network: load?.network(tapped, clock) ?? tapped,
      room: this.#factory,
      media: FULL_MEDIA,
      ...(credentials === undefined ? {} : { credentials }),
      ...(registrar === undefined ? {} : { registrar }),
    });
    const outcome = await keeper.join();
    const room = outcome.kind === 'joined' ? focusIn(outcome.response) : undefined;
    if (room !== undefined) return { room, keeper };
    this.#close(keeper);
    throw new NoRoomError(`the conference factory ${this.#factory} has made no room: ${wording(outcome)}`);
  }

  #close(keeper: Participant): void {
    const closing = keeper.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

/** The conference URI (RFC 4579 §5.4). */
function focusIn(response: SipResponse): string | undefined {
  for (const value of headerValues(response, 'Contact')) {
    const address = parseNameAddress(value);
    if (address.ok && hasParameter(address.value.parameters, 'isfocus')) return address.value.uri;
  }
  return undefined;
}

function wording(outcome: JoinOutcome): string {
  switch (outcome.kind) {
    case 'joined':
      return 'its answer has no Contact with isfocus';
    case 'refused':
      return `INVITE got ${outcome.status} ${outcome.response.reason}`;
    case 'stream-refused':
      return 'its answer refuses the message stream';
    case 'not-bound':
    case 'unanswered':
      return outcome.reason;
  }
}
