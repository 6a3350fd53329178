import { beforeEach, describe, expect, it } from 'vitest';
import { headerOf } from '../codec/msrp/message.ts';
import { bodilessSend, MemoryStage, never, Party } from './endpoints.fixture.ts';

const TEXT = 'text/plain';

let stage: MemoryStage;

beforeEach(async () => {
  stage = await MemoryStage.open();
});

describe('sessions and connections (RFC 4975 §5.4)', () => {
  it('binds with the first SEND and keeps the passive side silent until then', async () => {
    const alice = new Party(stage.client, stage.clock);
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept([alice.session.path]);
    const early = focus.session.send({ contentType: TEXT, body: Buffer.from('welcome') });
    await stage.settle(5000);
    expect(early.chunks).toEqual([]);
    expect(focus.session.congested).toBe(true);
    await stage.clock.run(alice.session.connect({ peerPath: [focus.session.path] }));
    expect(await stage.clock.run(early.done)).toEqual({ kind: 'accepted' });
    expect(alice.texts).toEqual(['welcome']);
    expect([alice.events, focus.events]).toEqual([['bound'], ['bound']]);
    expect(focus.messages).toEqual([]);
  });

  it('can bind with content', async () => {
    const alice = new Party(stage.client, stage.clock);
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept([alice.session.path]);
    const first = { contentType: TEXT, body: Buffer.from('hi') };
    const waiting = alice.session.send({ contentType: TEXT, body: Buffer.from('second') });
    const connected = await stage.clock.run(alice.session.connect({ peerPath: [focus.session.path], first }));
    if (!connected.ok) throw new Error(connected.error.message);
    await stage.clock.run(waiting.done);
    expect(focus.texts).toEqual(['hi', 'second']);
  });

  it('shares one connection between sessions with the same host, port and scheme', async () => {
    const first = await stage.pair();
    const second = await stage.pair();
    expect([stage.client.connections.size, stage.room.connections.size]).toEqual([1, 1]);
    second.alice.session.send({ contentType: TEXT, body: Buffer.from('two') });
    first.alice.session.send({ contentType: TEXT, body: Buffer.from('one') });
    await stage.settle();
    expect([first.focus.texts, second.focus.texts]).toEqual([['one'], ['two']]);
    first.alice.session.close();
    await stage.settle();
    expect(stage.room.connections.size).toBe(1);
    second.alice.session.close();
    await stage.settle();
    expect([stage.client.connections.size, stage.room.connections.size]).toEqual([0, 0]);
    expect(second.focus.events.at(-1)).toBe('failed: closed by the peer');
  });

  it('shares a connection that is still being made, and opens one of its own when told to', async () => {
    const parties = ['shared', 'shared', 'own'] as const;
    const connects = parties.map((connection) => {
      const alice = new Party(stage.client, stage.clock);
      const focus = new Party(stage.room, stage.clock);
      focus.session.accept([alice.session.path]);
      return alice.session.connect({ peerPath: [focus.session.path], connection });
    });
    await stage.clock.run(Promise.all(connects));
    expect(stage.client.connections.size).toBe(2);
  });

  it('fails every session of a lost connection, and their URIs are unknown afterwards', async () => {
    const first = await stage.pair();
    const second = await stage.pair();
    const waiting = first.alice.session.send({ contentType: TEXT, body: never() });
    stage.room.abort();
    expect(await stage.clock.run(waiting.done)).toMatchObject({ kind: 'lost' });
    for (const party of [first.alice, second.alice, first.focus, second.focus]) {
      expect(party.events.at(-1)).toMatch(/^failed: /);
    }
    const late = first.alice.session.send({ contentType: TEXT, body: Buffer.from('late') });
    expect(await stage.clock.run(late.done)).toMatchObject({ kind: 'lost' });
    const peer = await stage.bare();
    peer.write(...bodilessSend(first.focus.session.path, 'aaaa1111'));
    await stage.settle();
    expect(peer.summary).toEqual(['481']);
  });

  it('refuses with 481 and 506, and says nothing to Failure-Report no or to REPORT', async () => {
    const { alice, focus } = await stage.pair();
    const peer = await stage.bare();
    const wrongCase = focus.session.path.toUpperCase().replace('MSRP://ROOM', 'msrp://room').replace(';TCP', ';tcp');
    peer.write(...bodilessSend(focus.session.path, 'aaaa1111'));
    peer.write(...bodilessSend('msrp://room:2855/unknown;tcp', 'aaaa2222'));
    peer.write(...bodilessSend(`${focus.session.path} ${focus.session.path}`, 'aaaa3333'));
    // Nothing says which URI of ours an answer to this could come from.
    peer.write(...bodilessSend('sip:x@y', 'aaaa4444'));
    peer.write(...bodilessSend('msrp://room:2855/unknown;tcp', 'aaaa5555', 'Failure-Report: no'));
    peer.write(
      ...bodilessSend('msrp://room:2855/unknown;tcp', 'aaaa6666').map((line) => line.replace('SEND', 'REPORT')),
    );
    peer.write(...bodilessSend('msrp://room:2855/unknown;tcp', 'aaaa7777').map((line) => line.replace('SEND', 'FOO')));
    peer.write(...bodilessSend(wrongCase, 'aaaa8888'));
    await stage.settle();
    expect(
      peer.messages.map((message) => [message.transactionId, message.kind === 'response' && message.status]),
    ).toEqual([
      ['aaaa1111', 506],
      ['aaaa2222', 481],
      ['aaaa3333', 481],
      ['aaaa7777', 481],
      ['aaaa8888', 481],
    ]);
    const message = alice.session.send({ contentType: TEXT, body: Buffer.from('unharmed') });
    expect(await stage.clock.run(message.done)).toEqual({ kind: 'accepted' });
  });

  it('compares URIs by RFC 4975 §6.1 and answers to the leftmost From-Path URI', async () => {
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await stage.bare();
    const path = focus.session.path.replace('msrp://room', 'MSRP://user@ROOM').replace(';tcp', ';TCP');
    peer.write(
      ...bodilessSend(path, 'aaaa1111').map((line) => (line.startsWith('From') ? `${line} msrp://far:9/c;tcp` : line)),
    );
    await stage.settle();
    expect(peer.summary).toEqual(['200']);
    expect(headerOf(peer.messages[0] ?? { headers: [] }, 'To-Path')).toBe('msrp://bare:9/b;tcp');
  });

  it('does not bind by a REPORT and serves the SEND that follows', async () => {
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await stage.bare();
    peer.write(...bodilessSend(focus.session.path, 'aaaa1111').map((line) => line.replace('SEND', 'REPORT')));
    await stage.settle();
    expect([peer.summary, focus.events]).toEqual([[], []]);
    peer.write(...bodilessSend(focus.session.path, 'aaaa2222'));
    await stage.settle();
    expect([peer.summary, focus.events]).toEqual([['200'], ['bound']]);
  });

  it('closes connections that never carry a session, and nothing is left after close', async () => {
    const peer = await stage.bare();
    await stage.settle(61_000);
    expect(peer.closed).toBe(true);
    await stage.pair();
    await stage.clock.run(Promise.all([stage.room.close(), stage.client.close()]));
    expect([
      stage.room.connections.size,
      stage.client.connections.size,
      stage.room.sessionCount,
      stage.client.sessionCount,
    ]).toEqual([0, 0, 0, 0]);
    expect(stage.clock.pending).toBe(0);
  });

  it('tells a session that the connection could not be made', async () => {
    const alice = new Party(stage.client, stage.clock);
    const result = await stage.clock.run(alice.session.connect({ peerPath: ['msrp://nowhere:1/x;tcp'] }));
    expect(result.ok).toBe(false);
    expect(alice.events[0]).toMatch(/^failed: /);
    expect((await stage.clock.run(alice.session.connect({ peerPath: ['msrps://room:2855/x;tcp'] }))).ok).toBe(false);
  });
});
