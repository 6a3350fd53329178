import type { Address, PeerCheck, TlsIdentity, Transport } from '../net/network.ts';
import type { RoomPolicyNeed } from '../scenario/schema.ts';

/** A system under test that is up, and the rooms on it that scenarios may use. */
export interface Sut {
  readonly role?: 'focus';
  readonly name: string;
  readonly kind: 'built-in' | 'address' | 'command' | 'container';
  readonly target: string;
  /** Of the SUT, where this program has started it. */
  readonly processId?: number;
  /** Where SIP requests go. */
  readonly sip: { readonly transport: Transport; readonly address: Address };
  /** How the participants use TLS; without: not at all. */
  readonly tls?: ParticipantTls;
  /** Domain of the identities that the suite makes up. */
  readonly domain: string;
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
  /** Undefined: the SUT has no room with this policy. Waits while all that fit are in use. */
  take(need: RoomPolicyNeed): Promise<TakenRooms | undefined>;
}

export interface TakenRooms {
  readonly room: string;
  /** Where the SUT has a second one. */
  readonly second?: string;
  release(): void;
}
