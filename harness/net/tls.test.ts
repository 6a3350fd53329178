import { X509Certificate } from 'node:crypto';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../result.ts';
import { selfSignedIdentity } from './certificate.ts';
import { acceptsFingerprint, fingerprintOf } from './fingerprint.ts';
import { MemoryNetwork } from './memory.ts';
import type { ByteStream, NetError, Network, PeerCheck, Security, TlsIdentity } from './network.ts';
import { realClock } from './real-clock.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { socketNetwork } from './sockets.ts';

let focus: TlsIdentity;
let alice: TlsIdentity;

beforeAll(async () => {
  focus = await selfSignedIdentity(['focus.example', '127.0.0.1']);
  alice = await selfSignedIdentity(['alice.example']);
});

const NONE: PeerCheck = { kind: 'none' };
const der = (identity: TlsIdentity): Buffer => new X509Certificate(identity.certificate).raw;

function byFingerprint(identity: TlsIdentity, algorithm = 'sha-256'): PeerCheck {
  return { kind: 'fingerprint', accepted: [{ algorithm, value: fingerprintOf(der(identity), algorithm) ?? '' }] };
}

function tls(peer: PeerCheck, identity?: TlsIdentity, serverName?: string): Security {
  return { kind: 'tls', peer, ...(identity && { identity }), ...(serverName && { serverName }) };
}

interface Meeting {
  /** What the client got from `connect`. */
  readonly client: Result<ByteStream, NetError>;
  /** How the client's stream closed, when the server broke off after `connect` had succeeded (TLS 1.3). */
  readonly brokenOff: NetError | undefined;
  /** The stream that the server accepted, once it had octets from the client. */
  readonly server: ByteStream | undefined;
}

/** Lets a client connect and send a line; ends when the server has it, or either side has given up. */
async function meet(network: Network, server: Security, client: Security): Promise<Meeting> {
  let heard: (stream: ByteStream) => void = () => {};
  const hearing = new Promise<ByteStream>((resolve) => {
    heard = resolve;
  });
  const listener = await network.listen({ host: '127.0.0.1', port: 0 }, server, (stream) => {
    stream.attach({ data: () => heard(stream), closed: () => {} });
  });
  if (!listener.ok) throw new Error(listener.error.message);
  const connected = await network.connect(listener.value.local, client, 20_000);
  if (!connected.ok) {
    listener.value.close();
    return { client: connected, brokenOff: undefined, server: undefined };
  }
  const stream = connected.value;
  const closing = new Promise<NetError | undefined>((resolve) => {
    stream.attach({ data: () => {}, closed: resolve });
  });
  stream.write(Buffer.from('MSRP a786hjs2 SEND\r\n'));
  const first = await Promise.race([hearing, closing]);
  listener.value.close();
  stream.reset();
  const closed = await closing;
  const met = first !== undefined && 'attach' in first ? first : undefined;
  return { client: connected, brokenOff: met === undefined ? closed : undefined, server: met };
}

const grounds: Readonly<Record<string, (server: Security, client: Security) => Promise<Meeting>>> = {
  sockets: (server, client) => meet(socketNetwork(realClock), server, client),
  memory: (server, client) => {
    const clock = new SimulatedClock();
    return clock.run(meet(new MemoryNetwork(clock, { latencyMs: 1 }), server, client));
  },
};

for (const [name, ground] of Object.entries(grounds)) {
  describe(`TLS peers over ${name}`, () => {
    const accepted = async (server: Security, client: Security): Promise<Meeting> => {
      const meeting = await ground(server, client);
      expect(meeting.client).toMatchObject({ ok: true });
      expect(meeting.server).toBeDefined();
      return meeting;
    };
    const refusedByClient = async (server: Security, client: Security, why: RegExp): Promise<void> => {
      const { client: result } = await ground(server, client);
      expect(result).toMatchObject({ ok: false, error: { kind: 'tls', message: expect.stringMatching(why) } });
    };
    /** No octet reaches the server's user, whichever way the client learns of it. */
    const refusedByServer = async (server: Security, client: Security): Promise<void> => {
      const meeting = await ground(server, client);
      expect(meeting.server).toBeUndefined();
      const error = meeting.client.ok ? meeting.brokenOff : meeting.client.error;
      expect(['tls', 'reset']).toContain(error?.kind);
    };

    test('each learns the certificate that the other shows', async () => {
      const { client, server } = await accepted(tls(NONE, focus), tls(NONE, alice));
      expect(client.ok && client.value.peerFingerprint).toBe(focus.fingerprint);
      expect(client.ok && client.value.peerCertificate).toEqual(der(focus));
      expect(server?.peerFingerprint).toBe(alice.fingerprint);
      expect(server?.peerCertificate).toEqual(der(alice));
    });

    test('a client may show none', async () => {
      const { server } = await accepted(tls(NONE, focus), tls(NONE));
      expect(server?.peerFingerprint).toBeUndefined();
      expect(server?.peerCertificate).toBeUndefined();
    });

    test.each(['sha-1', 'sha-256', 'SHA-384', 'sha-512'])('a %s fingerprint, both ways', async (algorithm) => {
      await accepted(tls(byFingerprint(alice, algorithm), focus), tls(byFingerprint(focus, algorithm), alice));
    });

    test('the client refuses a fingerprint that does not match', async () => {
      await refusedByClient(tls(NONE, focus), tls(byFingerprint(alice)), /fingerprint does not match/);
    });

    test('the server refuses a fingerprint that does not match, and a client without a certificate', async () => {
      await refusedByServer(tls(byFingerprint(focus), focus), tls(NONE, alice));
      await refusedByServer(tls(byFingerprint(focus), focus), tls(NONE));
    });

    test('under the CA model the issuer must be trusted and the name proven', async () => {
      const trusting = (name?: string) =>
        tls({ kind: 'certificate-authority', trusted: [focus.certificate] }, undefined, name);
      await accepted(tls(NONE, focus), trusting('focus.example'));
      await accepted(tls(NONE, focus), trusting());
      await refusedByClient(tls(NONE, focus), trusting('other.example'), /./);
      const strange = tls({ kind: 'certificate-authority', trusted: [alice.certificate] });
      await refusedByClient(tls(NONE, focus), strange, /./);
    });

    test('under the CA model a client needs no certificate, but none that is not trusted', async () => {
      const server = tls({ kind: 'certificate-authority', trusted: [alice.certificate] }, focus);
      await accepted(server, tls(NONE));
      await accepted(server, tls(NONE, alice));
      await refusedByServer(server, tls(NONE, focus));
    });

    test('TLS and plain TCP do not understand each other', async () => {
      const toTls = await ground(tls(NONE, focus), { kind: 'plain' });
      expect(toTls.client).toMatchObject({ ok: true });
      expect(toTls.server).toBeUndefined();
    });
  });
}

describe('TLS sockets', () => {
  const loopback = { host: '127.0.0.1', port: 0 };

  test('a listener without an identity, or with a broken one, is an error', async () => {
    const network = socketNetwork(realClock);
    expect(await network.listen(loopback, tls(NONE), () => {})).toMatchObject({ ok: false, error: { kind: 'tls' } });
    const broken = { ...focus, privateKey: 'no key' };
    expect(await network.listen(loopback, tls(NONE, broken), () => {})).toMatchObject({ error: { kind: 'tls' } });
  });

  test('a client with a broken identity is an error', async () => {
    const network = socketNetwork(realClock);
    const broken = { ...focus, certificate: 'no certificate' };
    expect(await network.connect({ host: '127.0.0.1', port: 9 }, tls(NONE, broken), 1000)).toMatchObject({
      error: { kind: 'tls' },
    });
  });

  test('a certificate past its time is refused under the CA model', async () => {
    const stale = await selfSignedIdentity(['127.0.0.1'], {
      from: new Date('2020-01-01T00:00:00Z'),
      until: new Date('2020-02-01T00:00:00Z'),
    });
    const check: PeerCheck = { kind: 'certificate-authority', trusted: [stale.certificate] };
    const { client } = await meet(socketNetwork(realClock), tls(NONE, stale), tls(check));
    expect(client).toMatchObject({ ok: false, error: { kind: 'tls', message: expect.stringContaining('EXPIRED') } });
  });

  test('TLS 1.1 is refused, TLS 1.2 and 1.3 are spoken, and the name is sent', async () => {
    const listener = await socketNetwork(realClock).listen(loopback, tls(NONE, focus), (stream) => {
      stream.attach({ data: () => {}, closed: () => {} });
    });
    if (!listener.ok) throw new Error(listener.error.message);
    const { port } = listener.value.local;
    const spoken = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> =>
      new Promise((resolve) => {
        const socket = connectTls({
          ...{ port, host: '127.0.0.1', rejectUnauthorized: false },
          ...{ minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' },
        });
        socket.on('error', () => resolve('refused'));
        socket.on('secureConnect', () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
      });
    expect(await spoken('TLSv1.1')).toBe('refused');
    expect(await spoken('TLSv1.2')).toBe('TLSv1.2');
    expect(await spoken('TLSv1.3')).toBe('TLSv1.3');
    listener.value.close();
  });

  test('names go into SNI, addresses do not', async () => {
    const network = socketNetwork(realClock);
    const seen: unknown[] = [];
    const { createServer } = await import('node:tls');
    const server = createServer({ cert: focus.certificate, key: focus.privateKey }, (socket) => {
      seen.push(socket instanceof TLSSocket ? Reflect.get(socket, 'servername') : undefined);
      socket.destroy();
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
    for (const name of ['focus.example', undefined]) {
      const connected = await network.connect({ host: '127.0.0.1', port }, tls(NONE, undefined, name), 20_000);
      if (!connected.ok) throw new Error(connected.error.message);
      await new Promise<unknown>((resolve) => connected.value.attach({ data: () => {}, closed: resolve }));
    }
    server.close();
    expect(seen).toEqual(['focus.example', false]);
  });

  test('a handshake that never comes is given up by the clock, on either side', async () => {
    const clock = new SimulatedClock();
    const network = socketNetwork(clock, { handshakeMs: 3000 });
    const listener = await network.listen(loopback, tls(NONE, focus), () => {});
    if (!listener.ok) throw new Error(listener.error.message);
    const silent = connectPlain(listener.value.local.port, '127.0.0.1');
    const gone = new Promise<void>((resolve) => silent.on('close', () => resolve()));
    silent.resume().on('error', () => {});
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    const dropped = clock.run(new Promise<void>((resolve) => clock.after(3000, resolve)));
    await dropped;
    await gone;
    listener.value.close();

    const mute = await network.listen(loopback, { kind: 'plain' }, (stream) => {
      stream.attach({ data: () => {}, closed: () => {} });
    });
    if (!mute.ok) throw new Error(mute.error.message);
    const connecting = network.connect(mute.value.local, tls(NONE), 5000);
    expect(await clock.run(connecting)).toMatchObject({
      ok: false,
      error: { kind: 'timed-out', message: `127.0.0.1:${mute.value.local.port}: timed out (5000 ms)` },
    });
    mute.value.close();
  });

  test('closing a listener drops the handshakes under way', async () => {
    const listener = await socketNetwork(realClock).listen(loopback, tls(NONE, focus), () => {});
    if (!listener.ok) throw new Error(listener.error.message);
    const silent = connectPlain(listener.value.local.port, '127.0.0.1');
    const gone = new Promise<void>((resolve) => silent.on('close', () => resolve()));
    silent.resume().on('error', () => {});
    silent.on('connect', () => setImmediate(() => listener.value.close()));
    await gone;
  });
});

describe('fingerprints', () => {
  test('several: one match suffices; unknown hashes and malformed values match nothing', () => {
    const certificate = Buffer.from('any octets');
    const right = { algorithm: 'SHA-256', value: (fingerprintOf(certificate, 'sha-256') ?? '').toLowerCase() };
    const wrong = { algorithm: 'sha-256', value: 'AB:CD' };
    expect(acceptsFingerprint([wrong, right], certificate)).toBe(true);
    expect(acceptsFingerprint([wrong], certificate)).toBe(false);
    expect(acceptsFingerprint([], certificate)).toBe(false);
    expect(acceptsFingerprint([{ algorithm: 'md5', value: 'undefined' }], certificate)).toBe(false);
    expect(acceptsFingerprint([{ ...right, algorithm: 'sha-512' }], certificate)).toBe(false);
  });

  test('hex pairs as in RFC 8122 §5', () => {
    // FIPS 180-2, appendix B.1.
    expect(fingerprintOf(Buffer.from('abc'), 'sha-256')).toBe(
      'BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD',
    );
    expect(fingerprintOf(Buffer.from('abc'), 'sha-3')).toBeUndefined();
  });
});

test('a self-signed certificate bears its names and addresses', () => {
  const certificate = new X509Certificate(focus.certificate);
  expect(certificate.subjectAltName).toBe('DNS:focus.example, IP Address:127.0.0.1');
  expect(certificate.fingerprint256).toBe(focus.fingerprint);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
});
