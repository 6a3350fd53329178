import type { Address, NetError, Security, Transport } from '../net/network.ts';
import { ok, type Result } from '../result.ts';
import type { ParticipantOptions } from './options.ts';

/** A way to the SIP port of the SUT for octets written by hand: a connection of its own, or a UDP socket. What comes back is in the wire log. */
export interface SipLine {
  readonly transport: Transport;
  readonly local: Address;
  /** Resolves when the stream is closed, by whomever; of a UDP socket never. */
  readonly closed: Promise<void>;
  /** Once the line is closed nothing happens. */
  send(octets: Buffer): void;
  close(): void;
}

const CONNECT_MS = 10_000;

/** Opens a line. What is broken on it breaks nothing else. */
export function openSipLine(options: ParticipantOptions, transport: Transport): Promise<Result<SipLine, NetError>> {
  return transport === 'udp' ? openSocket(options) : openStream(options, transport);
}

async function openSocket({ network, host, sip }: ParticipantOptions): Promise<Result<SipLine, NetError>> {
  const bound = await network.datagrams({ host, port: 0 }, { datagram: () => {} });
  if (!bound.ok) return bound;
  const socket = bound.value;
  return ok({
    transport: 'udp',
    local: socket.local,
    closed: new Promise(() => {}),
    send: (octets) => socket.send(octets, sip.target),
    close: () => socket.close(),
  });
}

async function openStream(options: ParticipantOptions, transport: 'tcp' | 'tls'): Promise<Result<SipLine, NetError>> {
  const security = await securityOf(options, transport);
  const connected = await options.network.connect(options.sip.target, security, CONNECT_MS);
  if (!connected.ok) return connected;
  const stream = connected.value;
  const closed = new Promise<void>((resolve) => stream.attach({ data: () => {}, closed: () => resolve() }));
  return ok({
    transport,
    local: stream.local,
    closed,
    send: (octets) => void stream.write(octets),
    close: () => stream.end(),
  });
}

async function securityOf({ tls }: ParticipantOptions, transport: 'tcp' | 'tls'): Promise<Security> {
  if (transport === 'tcp') return { kind: 'plain' };
  const identity = await tls?.identity;
  const peer = tls?.peer ?? { kind: 'certificate-authority' };
  return { kind: 'tls', peer, ...(identity === undefined ? {} : { identity }) };
}
