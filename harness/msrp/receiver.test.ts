import { beforeEach, describe, expect, it } from 'vitest';
import { bodilessSend, MemoryStage, Party } from './endpoints.fixture.ts';
import { answerAsDue } from './receiver.ts';

const TEXT = 'text/plain';

let stage: MemoryStage;

beforeEach(async () => {
  stage = await MemoryStage.open();
});

describe('receiving (RFC 4975 §7.3)', () => {
  it('ignores stray responses, second responses, and REPORTs of no use', async () => {
    const { alice, focus } = await stage.pair();
    const [connection] = stage.room.connections;
    const says = (...lines: string[]) => focus.session.sendRaw(Buffer.from(`${lines.join('\r\n')}\r\n`));
    const paths = [`To-Path: ${alice.session.path}`, `From-Path: ${focus.session.path}`];
    says('MSRP nobody12 200 OK', ...paths, '-------nobody12$');
    says('MSRP report11 REPORT', ...paths, 'Message-ID: unknown', 'Status: 000 200 OK', '-------report11$');
    says('MSRP report22 REPORT', ...paths, 'Status: 200 OK', '-------report22$');
    says(
      'MSRP report33 REPORT',
      ...paths,
      'Message-ID: xxxx',
      'Status: 001 200',
      'Failure-Report: yes',
      '-------report33+',
    );
    await stage.settle();
    expect(alice.reports.map(({ report, message }) => [report?.status, message])).toEqual([
      [200, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(connection?.transactions.size).toBe(0);
    const message = alice.session.send({ contentType: TEXT, body: Buffer.from('in step') });
    expect(await stage.clock.run(message.done)).toEqual({ kind: 'accepted' });
  });

  it('answers by Failure-Report and reports by Success-Report', async () => {
    const { alice, focus } = await stage.pair();
    const body = Buffer.from('x');
    for (const failureReport of ['yes', 'partial', 'no'] as const) {
      const message = alice.session.send({ contentType: TEXT, body, failureReport, successReport: 'yes' });
      await stage.settle();
      expect(message.chunks[0]?.outcome?.kind).toBe(
        { yes: 'response', partial: undefined, no: 'unanswered' }[failureReport],
      );
      expect(message.reports).toHaveLength(1);
    }
    expect(focus.messages).toHaveLength(3);
  });

  it('answers duplicates and reports them again, but delivers once', async () => {
    const { alice, focus } = await stage.pair();
    const options = { contentType: TEXT, body: Buffer.from('x'), messageId: 'same', successReport: 'yes' } as const;
    for (let i = 0; i < 2; i++) {
      const message = alice.session.send(options);
      expect(await stage.clock.run(message.done)).toEqual({ kind: 'accepted' });
      await stage.settle();
      expect(message.reports).toHaveLength(1);
    }
    expect(focus.texts).toEqual(['x']);
  });

  it('leaves the answer to the tester', async () => {
    const { alice } = await stage.pair({
      answer: (chunk) => {
        if (chunk.request.hasBody) stage.clock.after(3000, () => chunk.request.respond(403, 'No'));
        else answerAsDue(chunk);
      },
    });
    const started = stage.clock.now();
    const message = alice.session.send({ contentType: TEXT, body: Buffer.from('x') });
    expect(await stage.clock.run(message.done)).toEqual({ kind: 'refused', status: 403, comment: 'No' });
    expect(stage.clock.now() - started).toBeGreaterThanOrEqual(3000);
  });

  it('reports a failure found later', async () => {
    const { alice } = await stage.pair({ deliver: () => ({ kind: 'fail-later', status: 403, comment: 'No' }) });
    const message = alice.session.send({ contentType: TEXT, body: Buffer.from('xyz') });
    await stage.settle();
    expect(message.chunks[0]?.outcome).toMatchObject({ kind: 'response', response: { status: 200 } });
    expect(message.reports).toEqual([
      { messageId: message.messageId, status: 403, comment: 'No', range: { start: 1n, end: 3n, total: 3n } },
    ]);
  });

  it('answers 400 to heads without sense and stays in step', async () => {
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await stage.bare();
    const content = (tid: string, ...headers: string[]) => [
      ...bodilessSend(focus.session.path, tid, ...headers).slice(0, -1),
      '',
      'body',
      `-------${tid}$`,
    ];
    peer.write(...bodilessSend(focus.session.path, 'bind1111'));
    peer.write(...content('aaaa1111', 'Content-Type: text/plain'));
    peer.write(...content('aaaa2222', 'Message-ID: m2m2', 'Byte-Range: 0-3/4', 'Content-Type: text/plain'));
    peer.write(...content('aaaa3333', 'Message-ID: m3m3'));
    peer.write(...content('aaaa4444', 'Message-ID: m4m4', 'Content-Type: text/plain'));
    peer.write('GET / HTTP/1.1', '', '');
    peer.write(...bodilessSend(focus.session.path, 'aaaa5555'));
    await stage.settle();
    expect(peer.summary).toEqual(['200', '400', '400', '400', '200', '200']);
    expect(focus.texts).toEqual(['body']);
  });

  it('delivers nothing of a body that is cut by a reset', async () => {
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await stage.bare();
    const head = bodilessSend(focus.session.path, 'aaaa1111', 'Message-ID: m1m1', 'Content-Type: text/plain').slice(
      0,
      -1,
    );
    peer.write(...head, '', 'half');
    await stage.settle();
    peer.stream.reset();
    await stage.settle();
    expect(focus.messages).toEqual([]);
    expect(focus.events.at(-1)).toMatch(/^failed: /);
  });

  it('stops reading from a peer that asks and never reads', async () => {
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await stage.bare();
    peer.write(...bodilessSend(focus.session.path, 'bind1111'));
    await stage.settle();
    peer.stream.pause();
    const flood = Buffer.from(`${bodilessSend(focus.session.path, 'aaaa1111').join('\r\n')}\r\n`.repeat(1000));
    for (let i = 0; i < 20; i++) {
      peer.stream.write(flood);
      await stage.settle(10);
    }
    const [connection] = stage.room.connections;
    expect(connection?.queued).toBeLessThan(500_000);
    expect(peer.stream.queued).toBeGreaterThan(500_000);
    peer.stream.resume();
    await stage.settle(1000);
    expect(peer.messages).toHaveLength(20_001);
  });

  it('answers 1000 requests that come at once, in few writes', async () => {
    const focus = new Party(stage.room, stage.clock);
    focus.session.accept(['msrp://bare:9/b;tcp']);
    const peer = await stage.bare();
    const all = Array.from(
      { length: 1000 },
      (_, i) => `${bodilessSend(focus.session.path, `tid${1000 + i}`).join('\r\n')}\r\n`,
    );
    peer.stream.write(Buffer.from(all.join('')));
    await stage.settle();
    expect(peer.messages.map(({ transactionId }) => transactionId)).toEqual(all.map((_, i) => `tid${1000 + i}`));
  });
});
