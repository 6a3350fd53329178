import { describe, expect, it } from 'vitest';
import { ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';
import { sipRouting } from './sip-routing.ts';

const LARGE = 'x'.repeat(1400);

const invited = (headers: readonly string[], back: readonly string[]): Record<string, string> =>
  new ScriptedRoom()
    .request('bob', 'sent', {
      method: 'SUBSCRIBE',
      uri: ROOM,
      call: 'look',
      headers: ['Event: conference', 'Expires: 60', ...headers],
    })
    .response('bob', 'received', { method: 'SUBSCRIBE', call: 'look', headers: back })
    .verdicts(sipRouting);

describe('Record-Route in the 2xx that makes a dialog', () => {
  const sent = ['Record-Route: <sip:b.example;lr;x=1>, <sip:a.example;lr>;y'];

  it('may be written on other lines', () => {
    const back = ['Record-Route: <sip:b.example;lr;x=1>', 'Record-Route: <sip:a.example;lr> ; y'];
    expect(invited(sent, back)['RFC3261-12.1.1-01']).toBe('pass');
  });

  it.each([
    ['is missing', []],
    ['is turned round', ['Record-Route: <sip:a.example;lr>;y, <sip:b.example;lr;x=1>']],
    ['has lost a parameter', ['Record-Route: <sip:b.example;lr>, <sip:a.example;lr>;y']],
  ])('is convicted where it %s', (_what, back) => {
    expect(invited(sent, back)['RFC3261-12.1.1-01']).toBe('fail');
  });

  it('is not looked for where none was sent', () => {
    expect(invited([], [])).not.toHaveProperty('RFC3261-12.1.1-01');
  });
});

describe('the 2xx to an offer', () => {
  it('has the answer', () => {
    expect(new ScriptedRoom().joins('bob').verdicts(sipRouting)['RFC3261-13.3.1.4-02']).toBe('pass');
  });

  it('is convicted without one', () => {
    const room = new ScriptedRoom()
      .request('bob', 'sent', { method: 'INVITE', uri: ROOM, sdp: 'v=0\n' })
      .response('bob', 'received', { method: 'INVITE' });
    expect(room.verdicts(sipRouting)['RFC3261-13.3.1.4-02']).toBe('fail');
  });
});

describe('a SIPS request', () => {
  const head = `Via: SIP/2.0/TCP 10.0.0.2:2000;branch=z9hG4bKa\nFrom: <${uriOf('bob')}>;tag=1\nCall-ID: x\nCSeq: 1 SUBSCRIBE\n`;
  const secure = (contact: string): string | undefined =>
    new ScriptedRoom()
      .says(
        'bob',
        'sent',
        'sip',
        `SUBSCRIBE sips:room@chat.example SIP/2.0\n${head}To: <${ROOM}>\nMax-Forwards: 70\nContact: <sips:bob@10.0.0.2>\nEvent: conference\nExpires: 60\nContent-Length: 0\n\n`,
      )
      .says(
        'bob',
        'received',
        'sip',
        `SIP/2.0 200 OK\n${head}To: <${ROOM}>;tag=2\nContact: ${contact}\nExpires: 60\nContent-Length: 0\n\n`,
      )
      .verdicts(sipRouting)['RFC3261-12.1.1-03'];

  it('wants a SIPS Contact', () => {
    expect(secure('<sips:room@10.0.0.1>')).toBe('pass');
    expect(secure('<sip:room@10.0.0.1>')).toBe('fail');
  });
});

describe('the way back', () => {
  const octets = (sentBy: string, received: string): string =>
    [
      `SIP/2.0 200 OK\nVia: SIP/2.0/TCP ${sentBy};branch=z9hG4bKa${received}`,
      `From: <${uriOf('bob')}>;tag=1\nTo: <${ROOM}>;tag=2\nCall-ID: x\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n`,
    ].join('\n');
  const asked = (sentBy: string): ScriptedRoom =>
    new ScriptedRoom().says(
      'bob',
      'sent',
      'sip',
      `OPTIONS ${ROOM} SIP/2.0\nVia: SIP/2.0/TCP ${sentBy};branch=z9hG4bKa\nMax-Forwards: 70\nFrom: <${uriOf('bob')}>;tag=1\nTo: <${ROOM}>\nCall-ID: x\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n`,
    );

  it('is noted where sent-by is a name', () => {
    const room = asked('client.invalid').says('bob', 'received', 'sip', octets('client.invalid', ';received=10.0.0.2'));
    expect(room.verdicts(sipRouting)['RFC3261-18.2.1-01']).toBe('pass');
  });

  it('is convicted where it is not', () => {
    const room = asked('client.invalid').says('bob', 'received', 'sip', octets('client.invalid', ''));
    expect(room.verdicts(sipRouting)['RFC3261-18.2.1-01']).toBe('fail');
  });

  it('is the connection of the request', () => {
    const here = asked('client.invalid').says('bob', 'received', 'sip', octets('client.invalid', ';received=10.0.0.2'));
    expect(here.verdicts(sipRouting)['RFC3261-18.2.2-01']).toBe('pass');
    const elsewhere = asked('client.invalid').says(
      'bob',
      'received',
      'msrp',
      octets('client.invalid', ';received=10.0.0.2'),
    );
    expect(elsewhere.verdicts(sipRouting)['RFC3261-18.2.2-01']).toBe('fail');
  });
});

describe('a large request', () => {
  it('passes by TCP', () => {
    const room = new ScriptedRoom().request('bob', 'received', { method: 'NOTIFY', uri: ROOM, body: LARGE });
    expect(room.verdicts(sipRouting)['RFC3261-18.1.1-01']).toBe('pass');
  });
});
