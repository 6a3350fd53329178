import { describe, expect, it } from 'vitest';
import { reports } from './reports.ts';
import { cpim, ownUri, ScriptedRoom, type Sending, uriOf } from './scripted-room.fixture.ts';

const asked = { id: 'sent12345678', text: 'please report', headers: ['Success-Report: yes'] };
const length = Buffer.byteLength(cpim('alice', asked).replace(/\n/g, '\r\n'));
const success = (range: string, id = 'sent12345678'): string[] => [
  `Message-ID: ${id}`,
  `Byte-Range: ${range}/${length}`,
  'Status: 000 200 OK',
];
const failure = ['Message-ID: sent12345678', 'Status: 000 403 No'];
const whole = success(`1-${length}`);

const room = (message: Sending = asked): ScriptedRoom =>
  new ScriptedRoom().joins('alice').joins('bob').joins('carol').sends('alice', message);
const copiedTo = (script: ScriptedRoom, actor: string, id: string): ScriptedRoom =>
  script.receives(actor, { ...asked, from: uriOf('alice'), id });

describe('reports', () => {
  it('pass when they are asked for, in whatever pieces', () => {
    const script = room()
      .reports('alice', 'report112345', success('1-50'))
      .reports('alice', 'report212345', success(`51-${length}`));
    expect(script.verdicts(reports)).toEqual({
      'RFC7701-6.3-01': 'pass',
      'RFC7701-6.3-12': 'pass',
      'RFC7701-6.3-02': 'pass',
      'RFC7701-6.3-13': 'pass',
      'RFC4975-7.1.3-06': 'pass',
      'RFC4975-7.1.3-02': 'pass',
    });
  });

  it('are requests of their own: not under the identifier of the SEND', () => {
    const script = room().reports('alice', asked.id, whole);
    expect(script.verdicts(reports)['RFC4975-7.1.3-02']).toBe('fail');
  });

  it('may cross a BYE, but not come long after it', () => {
    const left = room().leaves('alice');
    expect(
      left.reports('alice', 'report112345', whole).passes(3000).sends('bob', { id: 'sent22345678' }).verdicts(reports),
    ).toHaveProperty(['RFC4975-7.1.2-13'], 'pass');
    const late = room().leaves('alice').passes(3000).reports('alice', 'report112345', whole);
    expect(late.verdicts(reports)['RFC4975-7.1.2-13']).toBe('warn');
  });

  it('convict growing ranges no more than the same in pieces', () => {
    const script = room().reports('alice', 'report112345', success('1-50')).reports('alice', 'report212345', whole);
    expect(Object.values(script.verdicts(reports))).not.toContain('fail');
  });

  it('convict a range beyond the message', () => {
    expect(room().reports('alice', 'report112345', success('1-500')).verdicts(reports)['RFC7701-6.3-01']).toBe('fail');
  });

  it('convict the Message-ID of a copy, and one that nobody has', () => {
    const copy = copiedTo(room(), 'bob', 'copy12345678').reports(
      'alice',
      'report112345',
      success(`1-${length}`, 'copy12345678'),
    );
    expect(copy.verdicts(reports)).toEqual({ 'RFC7701-6.3-01': 'fail', 'RFC7701-6.3-12': 'fail' });
    const unknown = room().reports('alice', 'report112345', success(`1-${length}`, 'nothing12345'));
    expect(unknown.verdicts(reports)).toEqual({ 'RFC7701-6.3-01': 'fail' });
  });

  it('convict success that was not asked for', () => {
    const script = room({ ...asked, headers: [] }).reports('alice', 'report112345', whole);
    expect(script.verdicts(reports)['RFC7701-6.3-02']).toBe('fail');
  });

  it('convict failure despite Failure-Report no', () => {
    const script = room({ ...asked, headers: ['Failure-Report: no'], status: 'none' }).reports(
      'alice',
      'report112345',
      failure,
    );
    expect(script.verdicts(reports)['RFC7701-6.3-04']).toBe('fail');
  });

  it('convict the failure that a recipient reported, and not one of the switch itself', () => {
    const own = copiedTo(room(), 'bob', 'copy12345678').reports('alice', 'report112345', failure);
    expect(own.verdicts(reports)['RFC7701-6.3-12']).toBe('pass');
    const passedOn = copiedTo(room(), 'bob', 'copy12345678')
      .asks('bob', 'REPORT', { id: 'report012345', headers: ['Message-ID: copy12345678', 'Status: 000 403 No'] })
      .reports('alice', 'report112345', failure);
    expect(passedOn.verdicts(reports)['RFC7701-6.3-12']).toBe('fail');
  });

  it('convict one per recipient, and only warn of repetition for another reason', () => {
    const twice = (script: ScriptedRoom): string | undefined =>
      script.reports('alice', 'report112345', whole).reports('alice', 'report212345', whole).verdicts(reports)[
        'RFC7701-6.3-13'
      ];
    expect(twice(copiedTo(copiedTo(room(), 'bob', 'copy12345678'), 'carol', 'copy22345678'))).toBe('fail');
    expect(twice(copiedTo(room(), 'bob', 'copy12345678'))).toBe('warn');
  });

  it('may tell a failure more than once, for each chunk', () => {
    const script = room().reports('alice', 'report112345', failure).reports('alice', 'report212345', failure);
    expect(script.verdicts(reports)['RFC7701-6.3-13']).toBeUndefined();
  });

  it('may come again for a message that was sent again', () => {
    const script = room().sends('alice', { ...asked, id: 'again1234567', messageId: 'sent12345678' });
    script.reports('alice', 'report112345', whole).reports('alice', 'report212345', whole);
    expect(script.verdicts(reports)['RFC7701-6.3-13']).toBeUndefined();
  });

  it('go to the whole From-Path', () => {
    const relay = 'msrp://10.0.0.9:2855/relay-0123456789abc;tcp';
    const fromPath = `${relay} ${ownUri('alice')}`;
    const to = (path: string): string | undefined =>
      room({ ...asked, fromPath })
        .reports('alice', 'report112345', whole, undefined, path)
        .verdicts(reports)['RFC4975-7.1.3-06'];
    expect(to(fromPath)).toBe('pass');
    expect(to(ownUri('alice'))).toBe('fail');
  });

  describe('on a private message', () => {
    const secret = { ...asked, to: uriOf('bob') };
    const wrapper = (from: string, to: string): string => `From: <${uriOf(from)}>\nTo: <${uriOf(to)}>\n\n`;
    const said = (body: string | undefined): string | undefined =>
      room(secret).reports('alice', 'report112345', success('1-50'), body).verdicts(reports)['RFC7701-6.2-18'];

    it.each([
      ['the From and To of the message', wrapper('alice', 'bob'), 'pass'],
      ['them with names', `From: Al <${uriOf('alice')}>\nTo: <${uriOf('bob')}>\n\n`, 'pass'],
      ['them swapped', wrapper('bob', 'alice'), 'fail'],
      ['no body', undefined, 'fail'],
    ])('have %s', (_what, body, verdict) => {
      expect(said(body)).toBe(verdict);
    });

    it('are told from those on a room message', () => {
      expect(room().reports('alice', 'report112345', whole).verdicts(reports)['RFC7701-6.2-18']).toBeUndefined();
    });
  });
});
