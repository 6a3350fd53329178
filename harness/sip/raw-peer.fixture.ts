import { SipStreamParser } from '../codec/sip/parser.ts';
import type { Address, ByteStream, Network } from '../net/network.ts';
import type { SimulatedClock } from '../net/simulated-clock.ts';

/** For tests: writes octets of its own to a user agent and keeps what comes back. */
export interface RawPeer {
  readonly local: Address;
  /** What came back, in order. */
  readonly received: string[];
  send(text: string): void;
  /** Whether the stream is gone; never for UDP. */
  closed(): boolean;
}

export async function rawUdp(network: Network, at: Address, to: Address): Promise<RawPeer> {
  const received: string[] = [];
  const opened = await network.datagrams(at, { datagram: (octets) => received.push(octets.toString()) });
  if (!opened.ok) throw new Error(opened.error.message);
  const send = (text: string): void => opened.value.send(Buffer.from(text), to);
  return { local: opened.value.local, received, send, closed: () => false };
}

export async function rawTcp(clock: SimulatedClock, network: Network, to: Address): Promise<RawPeer> {
  const opened = await clock.run(network.connect(to, { kind: 'plain' }, 1000));
  if (!opened.ok) throw new Error(opened.error.message);
  const stream: ByteStream = opened.value;
  const received: string[] = [];
  let gone = false;
  const parser = new SipStreamParser(
    (event) => {
      received.push(event.type === 'keep-alive' ? event.kind : event.octets.toString());
    },
    { from: 'acceptor' },
  );
  stream.attach({
    data: (octets) => parser.feed(octets),
    closed: () => {
      gone = true;
    },
  });
  return { local: stream.local, received, send: (text) => void stream.write(Buffer.from(text)), closed: () => gone };
}

/** A request with usual headers; `changes` replace lines by name, `undefined` leaves one out. */
export function requestText(
  method: string,
  changes: Readonly<Record<string, string | undefined>> = {},
  body = '',
  startLine = `${method} sip:room@example.org SIP/2.0`,
): string {
  const headers: Record<string, string | undefined> = {
    Via: 'SIP/2.0/UDP 192.0.2.50:5070;branch=z9hG4bKraw',
    'Max-Forwards': '70',
    From: '<sip:raw@example.org>;tag=raw',
    To: '<sip:room@example.org>',
    'Call-ID': 'raw-call',
    CSeq: `1 ${method}`,
    Contact: '<sip:raw@192.0.2.50:5070>',
    'Content-Length': String(Buffer.byteLength(body)),
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${[startLine, ...lines].join('\r\n')}\r\n\r\n${body}`;
}
