import type { MsrpMessage } from '../../codec/msrp/message.ts';
import type { SipMessage } from '../../codec/sip/message.ts';
import { rewritingNetwork } from '../../focus/rewriting-network.ts';
import type { Clock } from '../../net/clock.ts';
import type { Address, ByteStream, Network } from '../../net/network.ts';
import { ok } from '../../result.ts';

/** A message that passed a client, and where. */
export interface Passed {
  readonly message: MsrpMessage | SipMessage;
  readonly direction: 'written' | 'received';
}

/** Speaks beside the client, so much later: on its latest MSRP connection, or on a new one to the same place. */
export type Say = (octets: Buffer, afterMs: number, on: 'the connection' | 'a new connection') => void;

const CONNECTING_MS = 1_000;

/** The network of a client that is watched by something which may speak in its place. */
export function overheardNetwork(
  network: Network,
  clock: Clock,
  overhear: (passed: Passed, say: Say) => void,
): Network {
  const lines = new MsrpLines();
  const say: Say = (octets, afterMs, on) => {
    clock.after(afterMs, () => {
      if (on === 'the connection') lines.latest?.write(octets);
      else void speakAnew(network, lines.latest?.remote, octets);
    });
  };
  const pass =
    (direction: Passed['direction']) =>
    <M extends MsrpMessage | SipMessage>(message: M): readonly M[] => {
      overhear({ message, direction }, say);
      return [message];
    };
  return rewritingNetwork(lines.of(network), clock, {
    msrpWritten: pass('written'),
    msrpReceived: pass('received'),
    sipWritten: pass('written'),
  });
}

async function speakAnew(network: Network, to: Address | undefined, octets: Buffer): Promise<void> {
  const connected = to === undefined ? undefined : await network.connect(to, { kind: 'plain' }, CONNECTING_MS);
  if (connected?.ok !== true) return;
  const stream = connected.value;
  // Whatever comes back is of no interest, and the end of the other side is the end.
  stream.attach({ data: () => stream.end(), closed: () => {} });
  stream.write(octets);
}

const MSRP_START = Buffer.from('MSRP ');

/** Notes on which connection MSRP was written last. */
class MsrpLines {
  latest: ByteStream | undefined;

  of(network: Network): Network {
    const noted = (stream: ByteStream): ByteStream => {
      const write = stream.write.bind(stream);
      const writeAll = stream.writeAll.bind(stream);
      const note = (octets: Uint8Array | undefined): void => {
        if (octets !== undefined && MSRP_START.equals(octets.subarray(0, MSRP_START.length))) this.latest = stream;
      };
      stream.write = (octets) => {
        note(octets);
        return write(octets);
      };
      stream.writeAll = (parts) => {
        note(parts[0]);
        return writeAll(parts);
      };
      return stream;
    };
    return {
      async connect(to, security, timeoutMs) {
        const connected = await network.connect(to, security, timeoutMs);
        return connected.ok ? ok(noted(connected.value)) : connected;
      },
      listen: (at, security, accept) => network.listen(at, security, (stream) => accept(noted(stream))),
      datagrams: (at, handlers) => network.datagrams(at, handlers),
    };
  }
}
