import { describe, expect, it } from 'vitest';
import { type ScriptedOctets, scriptedLog } from '../wire/scripted-log.fixture.ts';
import { Conversation } from './conversation.ts';

const OWN = 'msrp://10.0.0.2:2000/own0123456789abc;tcp';
const SWITCH = 'msrp://10.0.0.1:2855/switch0123456789;tcp';

const sdp = (uri: string, port: number): string =>
  `v=0\no=- 1 1 IN IP4 x\ns=-\nt=0 0\nm=message ${port} TCP/MSRP *\na=accept-types:message/cpim\na=path:${uri}\n`;

interface Wording {
  readonly cseq?: number;
  readonly tag?: string;
  readonly body?: string;
  readonly privacy?: string;
}

function sip(direction: 'sent' | 'received', start: string, method: string, wording: Wording = {}): ScriptedOctets {
  const { cseq = 1, tag, body = '', privacy } = wording;
  const head = [
    start,
    `Via: SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK${method}${cseq}`,
    'From: <sip:alice@x>;tag=a',
    `To: <sip:room@x>${tag === undefined ? '' : `;tag=${tag}`}`,
    'Call-ID: one',
    `CSeq: ${cseq} ${method}`,
    ...(privacy === undefined ? [] : [`Privacy: ${privacy}`]),
    'Content-Type: application/sdp',
    `Content-Length: ${body.replace(/\n/g, '\r\n').length}`,
  ];
  return { actor: 'alice', direction, octets: `${head.join('\n')}\n\n${body}`, connection: 'alice-sip' };
}

const invite = (wording: Wording): ScriptedOctets => sip('sent', 'INVITE sip:room@x SIP/2.0', 'INVITE', wording);
const answer = (status: number, wording: Wording): ScriptedOctets =>
  sip('received', `SIP/2.0 ${status} So`, 'INVITE', { tag: 'f', ...wording });
const ack = (wording: Wording): ScriptedOctets =>
  sip('sent', 'ACK sip:room@x SIP/2.0', 'ACK', { tag: 'f', ...wording });
const send: ScriptedOctets = {
  actor: 'alice',
  direction: 'sent',
  octets: `MSRP first1234567 SEND\nTo-Path: ${SWITCH}\nFrom-Path: ${OWN}\nMessage-ID: m1m1\n-------first1234567$\n`,
  connection: 'alice-msrp',
};
const sent200: ScriptedOctets = {
  ...send,
  direction: 'received',
  octets: `MSRP first1234567 200 OK\nTo-Path: ${OWN}\nFrom-Path: ${SWITCH}\n-------first1234567$\n`,
};
const read = (...script: ScriptedOctets[]): Conversation => new Conversation(scriptedLog(script));

describe('stays', () => {
  it('are known by room, identity and privacy, from the INVITE to the answered BYE', () => {
    const { stays } = read(
      invite({ body: sdp(OWN, 2000), privacy: 'id;user' }),
      answer(200, { body: sdp(SWITCH, 2855) }),
      ack({}),
      sip('sent', 'BYE sip:room@x SIP/2.0', 'BYE', { cseq: 2, tag: 'f' }),
      sip('received', 'SIP/2.0 200 OK', 'BYE', { cseq: 2, tag: 'f' }),
    );
    expect(stays.list).toMatchObject([
      { actor: 'alice', room: 'sip:room@x', identity: 'sip:alice@x', privacy: ['id', 'user'], calledBy: 'actor' },
    ]);
    expect(stays.list[0]?.agreements).toHaveLength(1);
    expect([stays.list[0]?.ending?.index, stays.list[0]?.ended?.index]).toEqual([3, 4]);
  });

  it('that were refused have no agreement, and a second try counts', () => {
    const refused = read(invite({ body: sdp(OWN, 2000) }), answer(401, {}), ack({}));
    expect(refused.stays.list[0]?.accepted).toBeUndefined();
    const again = read(
      invite({ body: sdp(OWN, 2000) }),
      answer(401, {}),
      ack({}),
      invite({ cseq: 2, body: sdp(OWN, 2000) }),
      answer(200, { cseq: 2, body: sdp(SWITCH, 2855) }),
    );
    expect(again.stays.list).toHaveLength(1);
    expect([again.stays.list[0]?.invite.index, again.stays.list[0]?.accepted?.entry.index]).toEqual([3, 4]);
  });

  it('whose offer came in the 2xx are agreed by the ACK', () => {
    const { stays } = read(invite({}), answer(200, { body: sdp(SWITCH, 2855) }), ack({ body: sdp(OWN, 2000) }));
    expect(stays.list[0]?.agreements).toMatchObject([{ offer: { side: 'peer' }, answer: { side: 'actor' } }]);
  });

  it('note changes, those that fail too, and agree on those that do not', () => {
    const { stays } = read(
      invite({ body: sdp(OWN, 2000) }),
      answer(200, { body: sdp(SWITCH, 2855) }),
      invite({ cseq: 2, tag: 'f', body: sdp(OWN, 2000) }),
      answer(488, { cseq: 2 }),
      invite({ cseq: 3, tag: 'f', body: sdp(OWN, 0) }),
      answer(200, { cseq: 3, body: sdp(SWITCH, 0) }),
    );
    expect(stays.list[0]?.changes.map(({ index }) => index)).toEqual([2, 4]);
    expect(stays.list[0]?.agreements.map(({ actor }) => actor.media?.port)).toEqual([2000, undefined]);
  });
});

describe('sessions', () => {
  const joined = [invite({ body: sdp(OWN, 2000) }), answer(200, { body: sdp(SWITCH, 2855) })];

  it('are bound by the first SEND that is answered with 200', () => {
    const { sessions } = read(...joined, send, sent200);
    expect(sessions.list).toMatchObject([{ own: OWN, opening: { index: 2 }, bound: { index: 3 } }]);
    const unbound = read(...joined, send, { ...sent200, octets: String(sent200.octets).replace('200 OK', '481 No') });
    expect(unbound.sessions.list[0]?.bound).toBeUndefined();
  });

  it('are found in any form of their URI', () => {
    const { sessions } = read(...joined);
    expect(sessions.at(OWN.replace('msrp:', 'MSRP:').replace(';tcp', ';TCP'))).toBe(sessions.list[0]);
    expect(sessions.at(OWN.replace('own', 'OWN'))).toBeUndefined();
  });

  it('are not those of a request whose paths are of two', () => {
    const foreign = { ...send, octets: String(send.octets).replace(SWITCH, SWITCH.replace('switch', 'foreign')) };
    const { sessions, msrp } = read(...joined, foreign);
    const [exchange] = msrp.list;
    expect(exchange === undefined ? undefined : sessions.of(exchange.request, exchange.head)).toBeUndefined();
    expect(sessions.list[0]?.opening).toBeUndefined();
  });
});
