import { describe, expect, it } from 'vitest';
import { guardedNetwork } from '../net/guard.ts';
import { MemoryNetwork } from '../net/memory.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { tapNetwork } from '../net/tap.ts';
import { AdvertisedAddresses } from './advertised.ts';
import { WireLog } from './log.ts';

const SUT = { host: '10.0.0.1', port: 5060 };
const ACTOR = { host: '10.0.0.2', port: 5062 };

/** An actor that has received these datagrams from the SUT, and what it may send to. */
async function receiving(...texts: string[]) {
  const clock = new SimulatedClock();
  const memory = new MemoryNetwork(clock, { latencyMs: 0 });
  const log = new WireLog(clock);
  const advertised = new AdvertisedAddresses([SUT]);
  log.follow((entry) => advertised.learn(entry));
  const network = tapNetwork(guardedNetwork(memory.host(ACTOR.host), advertised), 'alice', log);
  const reached: string[] = [];
  const socket = await network.datagrams(ACTOR, { datagram: () => {} });
  const sut = await memory.host(SUT.host).datagrams(SUT, { datagram: (octets) => reached.push(octets.toString()) });
  if (!socket.ok || !sut.ok) throw new Error('no socket');
  for (const text of texts) sut.value.send(Buffer.from(text.replace(/\n/g, '\r\n')), ACTOR);
  await clock.run(new Promise<void>((resolve) => void clock.after(1, resolve)));
  const allows = (address: string): boolean => {
    const [, host = '', port] = /^(.*):(\d+)$/.exec(address) ?? [];
    return advertised.allows({ host, port: Number(port) });
  };
  return { clock, memory, network, advertised, allows, socket: socket.value, reached };
}

const answer = `SIP/2.0 200 OK
Via: SIP/2.0/UDP 10.9.9.1:5062;branch=z9hG4bKx
Record-Route: <sip:proxy.example.org;lr>, <sip:10.0.0.8:5070;lr>
Contact: <sip:room@10.0.0.3:5080>;isfocus
CSeq: 1 INVITE
Content-Type: application/sdp
Content-Length: 180

v=0
o=- 1 1 IN IP4 10.9.9.2
s=-
c=IN IP4 10.0.0.4
t=0 0
m=message 7777 TCP/MSRP *
a=path:msrp://[2001:db8::5]:2900/abc;tcp msrp://Relay.example.org/def;tcp
`;

const notify = `NOTIFY sip:alice@10.0.0.2:5062 SIP/2.0
Via: SIP/2.0/UDP 10.0.0.6:5090;branch=z9hG4bKy;received=10.0.0.7;rport=5091
CSeq: 1 NOTIFY
Content-Length: 0

`;

describe('what a SUT has advertised', () => {
  it('is in descriptions, Contact, Record-Route, and the Via of requests', async () => {
    const { allows } = await receiving(answer, notify);
    const places = [
      '10.0.0.1:5060',
      '10.0.0.3:5080',
      'proxy.example.org:5060',
      '10.0.0.8:5070',
      '10.0.0.4:7777',
      '[2001:db8::5]:2900',
      '2001:db8::5:2900',
      'relay.example.org:2855',
      '10.0.0.6:5090',
      '10.0.0.7:5091',
    ];
    expect(places.filter((place) => !allows(place))).toEqual([]);
  });

  it('is nothing else: no other port, no host of another line, nobody whom only our own words name', async () => {
    const { allows } = await receiving(answer, notify);
    const places = [
      '10.0.0.1:5061',
      '10.0.0.4:2855',
      '10.9.9.1:5062',
      '10.9.9.2:7777',
      '10.0.0.2:5062',
      '10.0.0.9:5060',
    ];
    expect(places.filter(allows)).toEqual([]);
  });

  it('is nothing before it has said so', async () => {
    const { allows } = await receiving();
    expect(allows('10.0.0.3:5080')).toBe(false);
    expect(allows('10.0.0.1:5060')).toBe(true);
  });
});

describe('what goes elsewhere', () => {
  it('is not sent, be it a connection or a datagram, and is told', async () => {
    const { clock, memory, network, advertised, socket, reached } = await receiving(answer);
    const connected: string[] = [];
    const elsewhere = { host: '10.0.0.9', port: 2855 };
    await memory.host(elsewhere.host).listen(elsewhere, { kind: 'plain' }, () => connected.push('there'));
    const outcome = await clock.run(network.connect(elsewhere, { kind: 'plain' }, 1000));
    expect(outcome).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/^10\.0\.0\.9:2855: nothing is sent there/) },
    });
    socket.send(Buffer.from('x'), { host: '10.0.0.9', port: 5060 });
    socket.send(Buffer.from('y'), SUT);
    await clock.run(new Promise<void>((resolve) => void clock.after(1, resolve)));
    expect([connected, reached]).toEqual([[], ['y']]);
    expect(advertised.refusals).toEqual(['10.0.0.9:2855', '10.0.0.9:5060']);
  });

  it('is sent to somebody else where the SUT has advertised it', async () => {
    const { clock, memory, network } = await receiving(answer);
    const elsewhere = { host: '10.0.0.4', port: 7777 };
    await memory
      .host(elsewhere.host)
      .listen(elsewhere, { kind: 'plain' }, (stream) => stream.attach({ data: () => {}, closed: () => {} }));
    expect((await clock.run(network.connect(elsewhere, { kind: 'plain' }, 1000))).ok).toBe(true);
  });
});
