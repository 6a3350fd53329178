import type { Address, PeerCheck, TlsIdentity, Transport } from '../net/network.ts';
import type { RoomPolicyNeed } from '../scenario/schema.ts';
import type { Identities } from './identities.ts';

/** A system under test that is up, and the rooms on it that scenarios may use. */
export interface Sut {
  readonly role?: 'focus';
  readonly name: string;
  readonly kind: 'built-in' | 'address' | 'command' | 'container';
  readonly target: string;
  /** Of the SUT, where this program has started it. */
  readonly processId?: number;
  /** Where SIP requests go. */
  readonly sip: {
    readonly transport: Transport;
    readonly address: Address;
    /** Values of Route, where the address is that of an outbound proxy. */
    readonly routes?: readonly string[];
  };
  /** How the participants use TLS; without: not at all. */
  readonly tls?: ParticipantTls;
  /** Host part of the URIs that the suite makes up. */
  readonly domain: string;
  /** Who the participants may be; without: anybody in the domain. */
  readonly identities?: Identities;
  /** How somebody who asked for privacy learns its anonymous URI; the roster shows it unless something else is said. */
  readonly hiddenLearnsBy?: 'roster' | 'contact';
  /** Address the simulated participants bind and advertise. */
  readonly localHost: string;
  readonly rooms: Rooms;
  /** Calls back once if the SUT dies by itself, with one line that says how. */
  onExit(listener: (how: string) => void): void;
  stop(): Promise<void>;
}

export interface ParticipantTls {
  /** Do they ask for MSRP over TLS? */
  readonly msrp: boolean;
  /** What they show to a server that asks, and whose fingerprint they signal. */
  readonly identity: TlsIdentity;
  /** How they judge the certificate of the SUT where no fingerprint is signalled. */
  readonly peer: PeerCheck;
}

/** Rooms for scenarios, each used by one scenario at a time. */
export interface Rooms {
  /** How many scenarios can run at the same time. */
  readonly concurrency: number;
  /**
   * Undefined: the SUT has no room with this policy. Waits while all that fit are in use.
   * @throws NoRoomError when one that should be there cannot be had.
   */
  take(need: RoomPolicyNeed): Promise<TakenRooms | undefined>;
  /** How many participants of their own keep the rooms of one scenario open; none if absent. */
  readonly keepers?: number;
  /** Resolves when nobody is in the rooms on their behalf any more. */
  close?(): Promise<void>;
}

/** A room could not be had: one line that says why. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';
}

export interface TakenRooms {
  readonly room: string;
  /** Where the SUT has a second one. */
  readonly second?: string;
  /** URI of somebody who is in them so that they stay open, and is none of the cast. */
  readonly keeper?: string;
  release(): void;
}
