import fc from 'fast-check';
import * as sdpTransform from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { readMsrpMedia } from './msrp-media.ts';
import { formatOrigin, newOrigin, nextOrigin, originFits, parseOrigin, sameSession } from './origin.ts';
import { parseSdp } from './parse.ts';
import { validateSdp } from './validate.ts';
import { type MsrpMediaFields, writeMsrpMedia, writeSdp, writeSession } from './write.ts';

const origin = newOrigin({ username: 'alice', sessionId: 42n, address: 'host.example.com' });
const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019-'), minLength: 1, maxLength: 8 });
const list = (entry: fc.Arbitrary<string>) => fc.array(entry, { minLength: 1, maxLength: 4 });
const type = fc.tuple(word, word).map((parts) => parts.join('/'));

const fields = fc.record(
  {
    port: fc.integer({ min: 1, max: 65_535 }),
    protocol: fc.constantFrom('TCP/MSRP', 'TCP/TLS/MSRP'),
    path: list(word.map((id) => `msrp://h:1/${id};tcp`)),
    connectionHost: fc.constantFrom('192.0.2.1', 'host.example.com', '2001:db8::1'),
    acceptTypes: list(type),
    acceptWrappedTypes: list(type),
    maxSize: fc.bigInt({ min: 0n, max: 10n ** 40n }),
    setup: fc.constantFrom('active', 'passive', 'actpass', 'holdconn'),
    fingerprints: fc.array(fc.record({ algorithm: fc.constant('sha-256'), value: fc.constant('AB:CD') }), {
      maxLength: 2,
    }),
    chatroom: fc.array(word, { maxLength: 3 }),
    direction: fc.constantFrom('sendrecv', 'sendonly', 'recvonly', 'inactive'),
  },
  { requiredKeys: ['port', 'protocol'] },
) as fc.Arbitrary<MsrpMediaFields>;

describe('an MSRP section', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fields, (written) => {
        const description = parseSdp(writeSdp({ session: writeSession({ origin }), media: [writeMsrpMedia(written)] }));
        expect(description.defects).toEqual([]);
        const [media] = description.media;
        if (media === undefined) throw new Error('no section');
        expect(readMsrpMedia(description, media)).toEqual({
          formats: ['*'],
          path: [],
          fingerprints: [],
          direction: 'sendrecv',
          ...written,
        });
      }),
    );
  });

  it('breaks no rule when it is complete', () => {
    const media = writeMsrpMedia({
      port: 7654,
      protocol: 'TCP/TLS/MSRP',
      path: ['msrps://host.example.com:7654/jshA7weztas;tcp'],
      acceptTypes: ['message/cpim'],
      acceptWrappedTypes: ['text/plain', '*'],
      setup: 'actpass',
      fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD:EF' }],
      chatroom: ['nickname', 'private-messages'],
    });
    const session = writeSession({ origin, connectionHost: 'host.example.com' });
    expect(validateSdp(parseSdp(writeSdp({ session, media: [media] })))).toEqual([]);
  });

  it('can be written in any order and with any further line', () => {
    const media = writeMsrpMedia({
      port: 1,
      protocol: 'TCP/MSRP',
      formats: ['0', '1'],
      acceptTypes: [],
      path: [],
      chatroom: [],
      setup: 'nonsense',
      order: ['chatroom', 'path'],
      additional: [{ type: 'y', value: '1' }],
    });
    expect(writeSdp({ session: [], media: [media] })).toBe(
      'm=message 1 TCP/MSRP 0 1\r\na=chatroom\r\na=path:\r\na=accept-types:\r\na=setup:nonsense\r\ny=1\r\n',
    );
  });
});

describe('sdp-transform as a second opinion', () => {
  const text = writeSdp({
    session: writeSession({ origin, connectionHost: 'host.example.com', time: '1 2', name: 'chat' }),
    media: [
      writeMsrpMedia({
        port: 7654,
        protocol: 'TCP/MSRP',
        path: ['msrp://host.example.com:7654/a;tcp'],
        acceptTypes: ['message/cpim', 'text/plain'],
        setup: 'actpass',
        fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD' }],
        direction: 'recvonly',
        chatroom: ['nickname'],
      }),
      { lines: [{ type: 'm', value: 'audio 0 RTP/AVP 0 8' }] },
    ],
  });

  it('reads the same from what is written', () => {
    const other = sdpTransform.parse(text);
    const own = parseSdp(text);
    expect(other.origin).toMatchObject({
      username: 'alice',
      sessionVersion: 42,
      netType: 'IN',
      address: origin.address,
    });
    expect(other.name).toBe('chat');
    expect(other.timing).toEqual({ start: 1, stop: 2 });
    expect(
      other.media.map(({ type: media, port, protocol, payloads }) => ({ media, port, protocol, payloads })),
    ).toEqual(
      own.media.map(({ media, port, protocol, formats }) => ({ media, port, protocol, payloads: formats.join(' ') })),
    );
    const [media] = own.media;
    if (media === undefined) throw new Error('no section');
    const msrp = readMsrpMedia(own, media);
    expect(other.connection?.ip).toBe(msrp.connectionHost);
    expect(other.media[0]).toMatchObject({ setup: msrp.setup, direction: msrp.direction });
    expect(other.media[0]?.fingerprint).toEqual({ type: 'sha-256', hash: msrp.fingerprints[0]?.value });
    expect(other.media[0]?.invalid?.map(({ value }) => value)).toEqual(
      ['accept-types', 'path', 'chatroom'].map(
        (name) => media.lines.find(({ value }) => value.startsWith(name))?.value,
      ),
    );
  });
});

describe('parseSdp', () => {
  it('takes any text and writes back every line it kept', () => {
    const piece = fc.constantFrom(
      'v=0',
      'm=',
      'm=message 1 TCP/MSRP *',
      'a=b',
      'c=',
      '\r\n',
      '\n',
      '\r',
      '=',
      ' ',
      'é',
      'zz',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 30 }),
        (parts) => {
          const text = parts.join('');
          const description = parseSdp(text);
          const octets = Buffer.byteLength(text);
          for (const { offset } of description.defects) expect(offset).toBeLessThanOrEqual(octets);
          validateSdp(description);
          const again = parseSdp(writeSdp(description));
          expect({ session: again.session, media: again.media }).toEqual({
            session: description.session,
            media: description.media,
          });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reads any number of lines and notes any number of defects', () => {
    const description = parseSdp(`v=0\n${'y=1\n'.repeat(150_000)}`);
    expect(description.session.length).toBe(150_001);
    expect(description.defects.length).toBe(300_004);
  });
});

describe('origin', () => {
  it('is written as it is read', () => {
    const value = 'alice 2890844526 2890844527 IN IP6 2001:db8::1';
    const read = parseOrigin(value);
    expect(read.ok && formatOrigin(read.value)).toBe(value);
  });

  it.each(['', 'a 1 2 IN IP4', 'a b 1 2 IN IP4 h', 'a x 2 IN IP4 h', 'a -1 2 IN IP4 h', 'a 1 2 IN IP4 h '])(
    'refuses "%s"',
    (value) => {
      expect(parseOrigin(value).ok).toBe(false);
    },
  );

  it('stays the same session when its version rises', () => {
    const next = nextOrigin(origin);
    expect(next.version).toBe(origin.version + 1n);
    expect(sameSession(origin, next)).toBe(true);
    expect(sameSession(origin, { ...origin, address: 'other' })).toBe(false);
  });

  it('has the address type of its address', () => {
    expect(formatOrigin(newOrigin({ username: '-', sessionId: 1n, address: '::1' }))).toBe('- 1 1 IN IP6 ::1');
  });

  it('fits up to the largest signed number of 64 bits', () => {
    expect(originFits({ ...origin, version: 2n ** 63n - 1n })).toBe(true);
    expect(originFits({ ...origin, sessionId: 2n ** 63n })).toBe(false);
  });
});
