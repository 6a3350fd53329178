import { describe, expect, test } from 'vitest';
import { TestAgents } from './agents.fixture.ts';
import { rawTcp, rawUdp, requestText } from './raw-peer.fixture.ts';

const FOCUS = { host: '192.0.2.9', port: 5060 };

async function udp(port = 5070) {
  const agents = await new TestAgents({ handlers: { invite: (invite) => invite.reject(480) } }).start();
  const peer = await rawUdp(agents.network.host('192.0.2.50'), { host: '192.0.2.50', port }, FOCUS);
  return { agents, peer };
}

async function tcp() {
  const agents = await new TestAgents({ transport: 'tcp' }).start();
  const peer = await rawTcp(agents.clock, agents.network.host('192.0.2.50'), FOCUS);
  return { agents, peer };
}

const status = (text: string | undefined): string | undefined => text?.split('\r\n')[0];

describe('responses over UDP', () => {
  test('go to the sent-by port at the source address, and name a source that differs', async () => {
    const { agents, peer } = await udp(5071);
    const other = await rawUdp(agents.network.host('192.0.2.50'), { host: '192.0.2.50', port: 5070 }, FOCUS);
    peer.send(requestText('OPTIONS', { Via: 'SIP/2.0/UDP host.example.org:5070;branch=z9hG4bKa' }));
    await agents.pass(100);
    expect(peer.received).toEqual([]);
    expect(status(other.received[0])).toBe('SIP/2.0 200 OK');
    expect(other.received[0]).toContain(
      'Via: SIP/2.0/UDP host.example.org:5070;branch=z9hG4bKa;received=192.0.2.50\r\n',
    );
    await agents.close();
  });

  test('go to the source port when rport asks for it (RFC 3581)', async () => {
    const { agents, peer } = await udp(6000);
    peer.send(requestText('OPTIONS', { Via: 'SIP/2.0/UDP 10.0.0.1:5070;rport;branch=z9hG4bKa' }));
    await agents.pass(100);
    expect(peer.received[0]).toContain('SIP/2.0/UDP 10.0.0.1:5070;rport=6000;branch=z9hG4bKa;received=192.0.2.50\r\n');
    await agents.close();
  });

  test('keep all Via values in order, whether in lines or a list', async () => {
    const { agents, peer } = await udp();
    const vias = 'SIP/2.0/UDP 192.0.2.50:5070;branch=z9hG4bKa, SIP/2.0/TCP b.example.org;branch=z9hG4bKb';
    peer.send(requestText('OPTIONS', { Via: `${vias}\r\nv: SIP/2.0/TLS c.example.org;branch=z9hG4bKc` }));
    await agents.pass(100);
    expect(peer.received[0]).toContain(`Via: ${vias}\r\nv: SIP/2.0/TLS c.example.org;branch=z9hG4bKc\r\nFrom:`);
    await agents.close();
  });

  test('a repeated request gets the same response again', async () => {
    const { agents, peer } = await udp();
    peer.send(requestText('OPTIONS'));
    peer.send(requestText('OPTIONS'));
    await agents.pass(100);
    expect(peer.received).toHaveLength(2);
    expect(peer.received[0]).toBe(peer.received[1]);
    await agents.close();
  });

  test('a copy by another path gets 482', async () => {
    const { agents, peer } = await udp();
    peer.send(requestText('INVITE'));
    peer.send(requestText('INVITE', { Via: 'SIP/2.0/UDP 192.0.2.50:5070;branch=z9hG4bKother' }));
    await agents.pass(100);
    expect(peer.received.map(status)).toEqual(['SIP/2.0 480 Temporarily Unavailable', 'SIP/2.0 482 Loop Detected']);
    await agents.close();
  });

  test('RFC 2543 requests without a magic cookie are told apart and acknowledged', async () => {
    const { agents, peer } = await udp();
    const Via = 'SIP/2.0/UDP 192.0.2.50:5070';
    peer.send(requestText('INVITE', { Via }));
    peer.send(requestText('INVITE', { Via }));
    await agents.pass(100);
    expect(peer.received.map(status)).toEqual(Array(2).fill('SIP/2.0 480 Temporarily Unavailable'));
    const tag = /^To: (.*)$/m.exec(peer.received[0] ?? '')?.[1] ?? '';
    peer.send(requestText('ACK', { Via, To: tag }));
    await agents.pass(33_000);
    expect(peer.received).toHaveLength(2);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('an IPv6 peer is served', async () => {
    const listen = [{ transport: 'udp' as const, address: { host: '2001:db8::9', port: 5060 } }];
    const target = { transport: 'udp' as const, address: { host: '2001:db8::9', port: 5060 } };
    const own = [{ transport: 'udp' as const, address: { host: '2001:db8::1', port: 5062 } }];
    const agents = await new TestAgents({
      focus: { listen, host: '2001:db8::9' },
      alice: { listen: own, host: '2001:db8::1', target },
      handlers: { invite: (invite) => void invite.accept() },
    }).start();
    const outcome = await agents.run(agents.alice.invite({ to: 'sip:room@[2001:db8::9]' }).outcome);
    expect(outcome.kind).toBe('accepted');
    if (outcome.kind !== 'accepted') return;
    expect(agents.seen[0]?.text).toContain('SIP/2.0/UDP [2001:db8::1]:5062;branch=');
    const bye = await agents.run(outcome.call.bye());
    expect(bye.kind === 'answered' && bye.response.status).toBe(200);
    await agents.close();
  });
});

describe('bad input', () => {
  const BAD: readonly (readonly [string, string, string | undefined])[] = [
    [
      'a body shorter than Content-Length',
      requestText('OPTIONS', { 'Content-Length': '50' }),
      '400 Body Shorter Than Content-Length',
    ],
    ['no Call-ID', requestText('OPTIONS', { 'Call-ID': undefined }), '400 Missing Call-ID'],
    ['no CSeq', requestText('OPTIONS', { CSeq: undefined }), '400 Missing CSeq'],
    ['another method in CSeq', requestText('OPTIONS', { CSeq: '1 INVITE' }), '400 CSeq Method Differs'],
    ['a broken From', requestText('OPTIONS', { From: '"x' }), '400 Malformed From'],
    ['SIP/7.0', requestText('OPTIONS', {}, '', 'OPTIONS sip:room@example.org SIP/7.0'), '505 Version Not Supported'],
    ['an unknown method', requestText('FROB'), '501 Not Implemented'],
    ['a method that is not offered', requestText('PUBLISH'), '405 Method Not Allowed'],
    ['a tel URI', requestText('OPTIONS', {}, '', 'OPTIONS tel:+1 SIP/2.0'), '416 Unsupported URI Scheme'],
    ['Require', requestText('OPTIONS', { Require: 'foo' }), '420 Bad Extension'],
    ['a body of unknown type', requestText('OPTIONS', { 'Content-Type': 'a/b' }, 'x'), '415 Unsupported Media Type'],
    [
      'an unknown dialog',
      requestText('INFO', { To: '<sip:room@example.org>;tag=x' }),
      '481 Call/Transaction Does Not Exist',
    ],
    ['INVITE without Contact', requestText('INVITE', { Contact: undefined }), '400 Missing Contact'],
    ['no Via', requestText('OPTIONS', { Via: undefined }), undefined],
    ['an unknown dialog in ACK', requestText('ACK', { To: '<sip:room@example.org>;tag=x' }), undefined],
    ['a broken ACK', requestText('ACK', { CSeq: undefined }), undefined],
    [
      'a response to nothing',
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\n\r\n',
      undefined,
    ],
    ['noise', '\x00\xff\x01 noise \r\n\r\n', undefined],
    ['line ends', '\r\n\r\n', undefined],
  ];
  for (const [what, text, expected] of BAD) {
    test(`${what} by UDP: ${expected ?? 'no answer'}`, async () => {
      const { agents, peer } = await udp();
      peer.send(text);
      await agents.pass(100);
      expect(peer.received.map(status)).toEqual(expected === undefined ? [] : [`SIP/2.0 ${expected}`]);
      peer.send(requestText('OPTIONS', { Via: 'SIP/2.0/UDP 192.0.2.50:5070;branch=z9hG4bKgood', 'Call-ID': 'good' }));
      await agents.pass(100);
      expect(status(peer.received.at(-1))).toBe('SIP/2.0 200 OK');
      await agents.close();
      expect(agents.clock.pending).toBe(0);
    });
  }

  test('a stream that cannot be framed is answered where possible, and closed', async () => {
    const { agents, peer } = await tcp();
    peer.send(requestText('OPTIONS', { 'Content-Length': 'many' }));
    await agents.pass(100);
    expect(status(peer.received[0])).toBe('SIP/2.0 400 Malformed Content-Length');
    expect(peer.closed()).toBe(true);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('a stream of noise without end does not fill memory: it is closed', async () => {
    const { agents, peer } = await tcp();
    peer.send('x'.repeat(300_000));
    await agents.pass(100);
    expect(peer.closed()).toBe(true);
    await agents.close();
  });
});

describe('streams', () => {
  test('a ping is answered by a pong, and several messages in one segment by one response each', async () => {
    const { agents, peer } = await tcp();
    const one = (branch: string) =>
      requestText('OPTIONS', { Via: `SIP/2.0/TCP 192.0.2.50;branch=z9hG4bK${branch}`, 'Call-ID': branch });
    peer.send(`\r\n\r\n${one('a')}\r\n\r\n${one('b')}`);
    await agents.pass(100);
    expect(peer.received.map(status)).toEqual(['pong', 'SIP/2.0 200 OK', 'pong', 'SIP/2.0 200 OK']);
    await agents.close();
  });

  test('requests to one target share a connection', async () => {
    const agents = await new TestAgents({ transport: 'tcp' }).start();
    const requests = [1, 2, 3].map(() => agents.alice.request('OPTIONS', { to: 'sip:room@example.org' }));
    const outcomes = await agents.run(Promise.all(requests));
    expect(outcomes.every((outcome) => outcome.kind === 'answered' && outcome.response.status === 200)).toBe(true);
    await agents.run(agents.alice.request('OPTIONS', { to: 'sip:room@example.org' }));
    expect(agents.connections('alice')).toBe(1);
    await agents.close();
  });

  test('a response whose connection is gone goes to the sent-by address (RFC 3261 §18.2.2)', async () => {
    const agents = await new TestAgents({
      transport: 'tcp',
      handlers: {
        request: (incoming) => {
          agents.clock.after(500, () => incoming.respond(200));
        },
      },
    }).start();
    const host = agents.network.host('192.0.2.50');
    const received: string[] = [];
    await host.listen({ host: '192.0.2.50', port: 5070 }, { kind: 'plain' }, (stream) =>
      stream.attach({ data: (octets) => void received.push(octets.toString()), closed: () => {} }),
    );
    const stream = await agents.run(host.connect(FOCUS, { kind: 'plain' }, 1000));
    if (!stream.ok) throw new Error(stream.error.message);
    stream.value.attach({ data: () => {}, closed: () => {} });
    stream.value.write(Buffer.from(requestText('OPTIONS', { Via: 'SIP/2.0/TCP 192.0.2.50:5070;branch=z9hG4bKa' })));
    await agents.pass(100);
    stream.value.reset();
    await agents.pass(1000);
    expect(received.map(status)).toEqual(['SIP/2.0 200 OK']);
    await agents.close();
  });

  test('a request too large for UDP goes over TCP, and over UDP after all when TCP is refused', async () => {
    const both = (host: string, port: number) =>
      (['udp', 'tcp'] as const).map((transport) => ({ transport, address: { host, port } }));
    const body = { body: 'x'.repeat(1500), contentType: 'application/sdp' };
    for (const focusSpeaks of ['both', 'udp'] as const) {
      const agents = await new TestAgents({
        alice: { listen: both('192.0.2.1', 5062) },
        focus: focusSpeaks === 'both' ? { listen: both('192.0.2.9', 5060) } : {},
      }).start();
      const outcome = await agents.run(agents.alice.request('OPTIONS', { to: 'sip:room@example.org', ...body }));
      expect(outcome.kind === 'answered' && outcome.response.status).toBe(200);
      const via = agents.seen.find(({ actor, direction }) => actor === 'focus' && direction === 'received')?.text;
      expect(via).toContain(focusSpeaks === 'both' ? 'SIP/2.0/TCP' : 'SIP/2.0/UDP');
      await agents.close();
    }
  });
});
