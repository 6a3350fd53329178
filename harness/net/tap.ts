import type {
  Address,
  ByteStream,
  DatagramHandlers,
  NetError,
  Network,
  StreamHandlers,
  TapObserver,
  TappedConnection,
} from './network.ts';
import { StreamInFront } from './stream-in-front.ts';

const view = (octets: Uint8Array): Buffer => Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);

/**
 * The same network, with every octet that `actor` sends or receives told to the observer first. Nothing is copied: the
 * observer gets views of the very buffers that are written and delivered, so neither it nor the writer nor the
 * receiver may alter them. Ids count from `alice-1`: one tap for each actor and wire log.
 */
export function tapNetwork(network: Network, actor: string, observer: TapObserver): Network {
  let count = 0;
  const nextId = (): string => {
    count += 1;
    return `${actor}-${count}`;
  };
  const tapped = (stream: ByteStream, opener: 'actor' | 'peer'): ByteStream => {
    const { local, remote, security } = stream;
    const transport = security === 'tls' ? 'tls' : 'tcp';
    return new TappedStream(stream, { id: nextId(), actor, transport, local, remote, opener }, observer);
  };

  return {
    async connect(to, security, timeoutMs) {
      const connected = await network.connect(to, security, timeoutMs);
      return connected.ok ? { ok: true, value: tapped(connected.value, 'actor') } : connected;
    },
    listen: (at, security, accept) => network.listen(at, security, (stream) => accept(tapped(stream, 'peer'))),
    async datagrams(at, handlers) {
      const id = nextId();
      let local = at;
      const peer = (remote: Address): TappedConnection => ({ id, actor, transport: 'udp', local, remote });
      const bound = await network.datagrams(at, tappedDatagrams(handlers, peer, observer));
      if (!bound.ok) return bound;
      const socket = bound.value;
      let open = true;
      local = socket.local;
      return {
        ok: true,
        value: {
          local,
          send(octets, to) {
            if (!open) return;
            observer.octets(peer(to), 'sent', view(octets));
            socket.send(octets, to);
          },
          close() {
            open = false;
            socket.close();
          },
        },
      };
    },
  };
}

function tappedDatagrams(
  handlers: DatagramHandlers,
  peer: (remote: Address) => TappedConnection,
  observer: TapObserver,
): DatagramHandlers {
  return {
    datagram(octets, from) {
      observer.octets(peer(from), 'received', octets);
      handlers.datagram(octets, from);
    },
    closed: (error) => handlers.closed?.(error),
  };
}

class TappedStream extends StreamInFront {
  readonly #connection: TappedConnection;
  readonly #observer: TapObserver;
  #writable = true;
  #wasReset = false;
  #firstToEnd: 'actor' | 'peer' | undefined;

  constructor(stream: ByteStream, connection: TappedConnection, observer: TapObserver) {
    super(stream);
    this.#connection = connection;
    this.#observer = observer;
    observer.opened(this.#connection);
  }

  attach(handlers: StreamHandlers): void {
    this.stream.attach({
      data: (octets) => {
        this.#observer.octets(this.#connection, 'received', octets);
        handlers.data(octets);
      },
      drain: () => handlers.drain?.(),
      end: () => {
        this.#firstToEnd ??= 'peer';
        if (handlers.end === undefined) this.end();
        else handlers.end();
      },
      closed: (error) => {
        this.#writable = false;
        this.#tellClosed(error);
        handlers.closed(error);
      },
    });
  }

  write(octets: Uint8Array): boolean {
    this.#tellSent(octets);
    return this.stream.write(octets);
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    for (const part of parts) this.#tellSent(part);
    return this.stream.writeAll(parts);
  }

  override end(): void {
    this.#firstToEnd ??= 'actor';
    this.#writable = false;
    this.stream.end();
  }

  override reset(): void {
    this.#wasReset = true;
    this.#writable = false;
    this.stream.reset();
  }

  #tellSent(octets: Uint8Array): void {
    if (this.#writable && octets.byteLength > 0) this.#observer.octets(this.#connection, 'sent', view(octets));
  }

  #tellClosed(error: NetError | undefined): void {
    const observer = this.#observer;
    if (error !== undefined) {
      observer.closed(this.#connection, error.kind === 'reset' ? 'reset' : 'failed', 'peer', error.message);
    } else if (this.#wasReset) {
      observer.closed(this.#connection, 'reset', 'actor');
    } else {
      observer.closed(this.#connection, 'ended', this.#firstToEnd ?? 'peer');
    }
  }
}
