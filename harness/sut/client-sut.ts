import type { Driver } from '../driver/driver.ts';
import type { Transport } from '../net/network.ts';

/** A client under test that is up. The suite is the room that it joins. */
export interface ClientSut {
  readonly role: 'participant';
  readonly name: string;
  readonly kind: 'built-in' | 'address' | 'command' | 'container';
  readonly target: string;
  readonly driver: Driver;
  /** Where the room is for the client to call. Port 0: any free one. */
  readonly room: { readonly transport: Transport; readonly host: string; readonly port: number };
  /** Whom the client appears as, where it has an account of its own. */
  readonly as?: string;
  /** Calls back once if the client dies by itself, with one line that says how. */
  onExit(listener: (how: string) => void): void;
  stop(): Promise<void>;
}
