import type { SipMessage } from '../codec/sip/message.ts';
import { SipStreamParser } from '../codec/sip/parser.ts';
import type { Defect } from '../codec/violation.ts';
import { netError } from '../net/net-error.ts';
import type { Address, ByteStream, NetError } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';

export interface ConnectionHandlers {
  message(message: SipMessage, defects: readonly Defect[]): void;
  /** Octets that are no SIP; the connection is of no use any more. */
  garbage(octets: Buffer): void;
  closed(): void;
}

/** A peer that does not read must not fill our memory; RFC 3261 has no other flow control. */
const MAX_QUEUED_OCTETS = 4 * 1024 * 1024;

const PONG = Buffer.from('\r\n');

/** One TCP or TLS connection that carries SIP. */
export class SipConnection {
  readonly #stream: ByteStream;
  #open = true;
  #onClosed: (() => void) | undefined;

  constructor(stream: ByteStream, opener: 'we' | 'peer', handlers: ConnectionHandlers) {
    this.#stream = stream;
    const parser = new SipStreamParser(
      (event) => {
        switch (event.type) {
          case 'message':
            handlers.message(event.message, event.defects);
            return;
          case 'keep-alive':
            if (event.kind === 'ping') this.send(PONG); // RFC 5626 §4.4.1
            return;
          case 'garbage':
            handlers.garbage(event.octets);
        }
      },
      { from: opener === 'we' ? 'acceptor' : 'opener' },
    );
    stream.attach({
      data: (octets) => {
        if (this.#open) parser.feed(octets);
      },
      closed: () => {
        this.#open = false;
        handlers.closed();
        this.#onClosed?.();
      },
    });
  }

  get remote(): Address {
    return this.#stream.remote;
  }

  get local(): Address {
    return this.#stream.local;
  }

  get open(): boolean {
    return this.#open;
  }

  send(octets: Buffer): Result<void, NetError> {
    if (!this.#open) return err(netError('reset', this.remote));
    if (this.#stream.queued > MAX_QUEUED_OCTETS) {
      this.reset();
      return err(netError('timed-out', this.remote, 'the peer does not read'));
    }
    this.#stream.write(octets);
    return ok(undefined);
  }

  /** Takes no more; what was sent is still delivered. */
  end(): void {
    this.#open = false;
    this.#stream.end();
  }

  reset(): void {
    this.#open = false;
    this.#stream.reset();
  }

  /** Called once the stream is gone. */
  whenClosed(run: () => void): void {
    this.#onClosed = run;
  }
}
