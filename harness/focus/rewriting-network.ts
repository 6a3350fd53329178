import { MsrpCollector } from '../codec/msrp/collect.ts';
import type { MsrpMessage } from '../codec/msrp/message.ts';
import { serializeMsrp } from '../codec/msrp/serialize.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { parseSipDatagram, SipStreamParser } from '../codec/sip/parser.ts';
import { serializeSip } from '../codec/sip/serialize.ts';
import type { Clock } from '../net/clock.ts';
import type {
  Address,
  ByteStream,
  DatagramHandlers,
  DatagramSocket,
  NetError,
  Network,
  StreamHandlers,
} from '../net/network.ts';
import { StreamInFront } from '../net/stream-in-front.ts';
import { ok, type Result } from '../result.ts';
import type { Rewritten, WireRewriting } from './alteration.ts';

/** The same network, with the messages on its streams and in its datagrams rewritten. */
export function rewritingNetwork(network: Network, clock: Clock, rewriting: WireRewriting): Network {
  let count = 0;
  const rewritten = (stream: ByteStream): ByteStream => new RewritingStream(stream, `${++count}`, clock, rewriting);
  return {
    async connect(to, security, timeoutMs) {
      const connected = await network.connect(to, security, timeoutMs);
      return connected.ok ? { ok: true, value: rewritten(connected.value) } : connected;
    },
    listen: (at, security, accept) =>
      network.listen(at, security, (stream) => {
        accept(rewritten(stream));
        for (const item of rewriting.msrpGreets?.() ?? []) stream.write(octetsOf(item, serializeMsrp));
      }),
    datagrams: (at, handlers) => rewrittenDatagrams(network, at, handlers, rewriting),
  };
}

/** SIP by UDP: the whole of a datagram is a message (RFC 3261 §18.3), or passes as it is. */
async function rewrittenDatagrams(
  network: Network,
  at: Address,
  handlers: DatagramHandlers,
  { sipWritten, sipReceived }: WireRewriting,
): Promise<Result<DatagramSocket, NetError>> {
  const name = `udp ${at.port}`;
  const rewrite = (octets: Buffer, rewriter: WireRewriting['sipWritten'], pass: (octets: Buffer) => void): void => {
    const parsed = rewriter === undefined ? undefined : parseSipDatagram(octets);
    const message = parsed?.ok === true ? parsed.value.message : undefined;
    if (rewriter === undefined || message === undefined) {
      pass(octets);
      return;
    }
    for (const item of rewriter(message, name)) pass(item === message ? octets : octetsOf(item, serializeSip));
  };
  const bound = await network.datagrams(at, {
    ...handlers,
    datagram: (octets, from) => rewrite(octets, sipReceived, (one) => handlers.datagram(one, from)),
  });
  if (!bound.ok) return bound;
  const socket = bound.value;
  return ok({
    local: socket.local,
    send: (octets, to) =>
      rewrite(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength), sipWritten, (one) =>
        socket.send(one, to),
      ),
    close: () => socket.close(),
  });
}

class RewritingStream extends StreamInFront {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #out: MessageFilter;
  readonly #in: MessageFilter;
  #handlers: StreamHandlers | undefined;
  #hasRoom = true;
  /** What is to be written in one go. */
  #together: Buffer[] | undefined;

  constructor(stream: ByteStream, name: string, clock: Clock, rewriting: WireRewriting) {
    super(stream);
    this.#clock = clock;
    this.#delayMs = rewriting.delayMs ?? 0;
    const { msrpWritten, msrpReceived, msrpAnswers, sipWritten, sipReceived } = rewriting;
    this.#out = new MessageFilter((octets) => this.#send(octets), {
      msrp: msrpWritten && ((message) => msrpWritten.call(rewriting, message, name)),
      sip: sipWritten && ((message) => sipWritten.call(rewriting, message, name)),
    });
    this.#in = new MessageFilter((octets) => this.#handlers?.data(octets), {
      msrp:
        (msrpReceived ?? msrpAnswers) &&
        ((message) => {
          for (const answer of msrpAnswers?.call(rewriting, message) ?? []) this.#send(octetsOf(answer, serializeMsrp));
          return msrpReceived?.call(rewriting, message, name) ?? [message];
        }),
      sip: sipReceived && ((message) => sipReceived.call(rewriting, message, name)),
    });
  }

  attach(handlers: StreamHandlers): void {
    this.#handlers = handlers;
    this.stream.attach({
      data: (octets) => this.#in.feed(octets),
      drain: () => {
        this.#hasRoom = true;
        handlers.drain?.();
      },
      end: () => {
        if (handlers.end === undefined) this.end();
        else handlers.end();
      },
      closed: (error) => handlers.closed(error),
    });
  }

  write(octets: Uint8Array): boolean {
    this.#out.feed(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength));
    return this.#hasRoom;
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    const together: Buffer[] = [];
    this.#together = together;
    for (const part of parts) this.write(part);
    this.#together = undefined;
    if (together.length > 0) this.#hasRoom = this.stream.writeAll(together);
    return this.#hasRoom;
  }

  override end(): void {
    if (this.#delayMs === 0) this.stream.end();
    else this.#clock.after(this.#delayMs, () => this.stream.end());
  }

  #send(octets: Buffer): void {
    if (this.#delayMs > 0) this.#clock.after(this.#delayMs, () => void this.stream.write(octets));
    else if (this.#together !== undefined) this.#together.push(octets);
    else this.#hasRoom = this.stream.write(octets);
  }
}

interface Rewriters {
  readonly msrp: ((message: MsrpMessage) => Rewritten<MsrpMessage>) | undefined;
  readonly sip: ((message: SipMessage) => Rewritten<SipMessage>) | undefined;
}

const MSRP_START = Buffer.from('MSRP ');

/** One direction of a stream: cut into messages where these are to be rewritten, passed as it is otherwise. */
class MessageFilter {
  readonly #pass: (octets: Buffer) => void;
  readonly #rewriters: Rewriters;
  #undecided: Buffer = Buffer.alloc(0);
  #feed: ((octets: Buffer) => void) | undefined;

  constructor(pass: (octets: Buffer) => void, rewriters: Rewriters) {
    this.#pass = pass;
    this.#rewriters = rewriters;
    if (rewriters.msrp === undefined && rewriters.sip === undefined) this.#feed = pass;
  }

  feed(octets: Buffer): void {
    if (this.#feed !== undefined) {
      this.#feed(octets);
      return;
    }
    const seen = Buffer.concat([this.#undecided, octets]);
    this.#undecided = seen;
    const length = Math.min(seen.length, MSRP_START.length);
    const isMsrp = seen.subarray(0, length).equals(MSRP_START.subarray(0, length));
    if (isMsrp && length < MSRP_START.length) return;
    this.#undecided = Buffer.alloc(0);
    this.#feed = isMsrp ? this.#msrp() : this.#sip();
    this.#feed(seen);
  }

  #msrp(): (octets: Buffer) => void {
    const rewrite = this.#rewriters.msrp;
    if (rewrite === undefined) return this.#pass;
    const collector = new MsrpCollector(
      (message, octets) => {
        for (const item of rewrite(message)) this.#pass(item === message ? octets : octetsOf(item, serializeMsrp));
      },
      ({ octets }) => this.#pass(octets),
    );
    return (octets) => collector.feed(octets);
  }

  #sip(): (octets: Buffer) => void {
    const rewrite = this.#rewriters.sip;
    if (rewrite === undefined) return this.#pass;
    const parser = new SipStreamParser((event) => {
      switch (event.type) {
        case 'message':
          for (const item of rewrite(event.message))
            this.#pass(item === event.message ? event.octets : octetsOf(item, serializeSip));
          break;
        case 'keep-alive':
          this.#pass(Buffer.from(event.kind === 'ping' ? '\r\n\r\n' : '\r\n'));
          break;
        case 'garbage':
          this.#pass(event.octets);
          break;
      }
    });
    return (octets) => parser.feed(octets);
  }
}

const octetsOf = <M extends object>(item: M | Buffer, serialize: (message: M) => Buffer): Buffer =>
  Buffer.isBuffer(item) ? item : serialize(item as M);
