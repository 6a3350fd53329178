import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodilessSend, MemoryStage, Party } from './endpoints.fixture.ts';

const PIECES = [
  'MSRP tid11111 SEND\r\n',
  'MSRP tid11111 REPORT\r\n',
  'MSRP tid11111 AUTH\r\n',
  'MSRP tid11111 200 OK\r\n',
  'To-Path: PATH\r\n',
  'To-Path: PATH PATH\r\n',
  'From-Path: msrp://bare:9/b;tcp\r\n',
  'From-Path: \r\n',
  'Message-ID: m1m1\r\n',
  'Byte-Range: 1-*/*\r\n',
  'Byte-Range: 99999999999999999999-*/*\r\n',
  'Byte-Range: 3-2/1\r\n',
  'Success-Report: yes\r\n',
  'Failure-Report: partial\r\n',
  'Status: 000 413 no\r\n',
  'Content-Type: text/plain\r\n',
  '\r\n',
  'body',
  '\r\n-------tid11111$\r\n',
  '-------tid11111+\r\n',
  '-------tid11111#\r\n',
  '\0\r\n\xff',
];

describe('whatever a peer sends (RFC 4975 §14.5)', () => {
  it('does no harm to the endpoint nor to others', async () => {
    const stage = await MemoryStage.open();
    const { alice, focus } = await stage.pair();
    const script = fc.array(fc.nat(PIECES.length - 1), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 1, max: 50 }), async (indexes, segment) => {
        const victim = new Party(stage.room, stage.clock);
        victim.session.accept(['msrp://bare:9/b;tcp']);
        const peer = await stage.bare();
        const text = indexes.map((i) => PIECES[i] ?? '').join('');
        const octets = Buffer.from(text.replaceAll('PATH', victim.session.path), 'latin1');
        for (let at = 0; at < octets.length; at += segment) peer.stream.write(octets.subarray(at, at + segment));
        await stage.settle();
        expect(peer.messages.every((message) => message.kind === 'response' || message.method === 'REPORT')).toBe(true);
        peer.stream.reset();
        await stage.settle();
        victim.session.close();
        const next = new Party(stage.room, stage.clock);
        next.session.accept(['msrp://bare:9/b;tcp']);
        const fresh = await stage.bare();
        fresh.write(...bodilessSend(next.session.path, 'fresh111'));
        await stage.settle();
        expect(fresh.summary).toEqual(['200']);
        next.session.close();
        fresh.stream.reset();
      }),
      { numRuns: 200 },
    );
    const sent = alice.session.send({ contentType: 'text/plain', body: Buffer.from('well') });
    expect(await stage.clock.run(sent.done)).toEqual({ kind: 'accepted' });
    expect(focus.texts).toEqual(['well']);
    await stage.settle(120_000);
    expect([stage.room.connections.size, stage.room.sessionCount]).toEqual([1, 1]);
  });
});
