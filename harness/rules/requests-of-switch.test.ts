import { describe, expect, it } from 'vitest';
import { paths, silentAfterLeave, silentUntilBound, transactionIds } from './requests-of-switch.ts';
import { ownUri, ScriptedRoom, switchUri, uriOf } from './scripted-room.fixture.ts';

const hello = { from: uriOf('alice'), text: 'hello to everybody' };
const room = (): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob').sends('alice', { id: 'sent12345678' });

describe('transaction identifiers', () => {
  it('pass when they are new', () => {
    const script = room()
      .receives('bob', { ...hello, id: 'copy12345678' })
      .receives('alice', { ...hello, id: 'kx7QpZ03mWvd' });
    expect(script.verdicts(transactionIds)).toEqual({ 'RFC4975-7.1-02': 'pass', 'RFC7701-2-03': 'pass' });
  });

  it('convict one that comes twice, be it in two sessions', () => {
    const script = room()
      .receives('bob', { ...hello, id: 'copy12345678' })
      .receives('alice', { ...hello, id: 'copy12345678' });
    expect(script.verdicts(transactionIds)['RFC4975-7.1-02']).toBe('fail');
  });

  it('convict those that are counted', () => {
    const script = room()
      .receives('bob', { ...hello, id: 'copy12345678' })
      .receives('alice', { ...hello, id: 'copy12345679' });
    expect(script.verdicts(transactionIds)['RFC4975-7.1-02']).toBe('fail');
  });

  it('only warn of the one of the inbound request', () => {
    const script = room().receives('bob', { ...hello, id: 'sent12345678' });
    expect(script.verdicts(transactionIds)).toEqual({ 'RFC4975-7.1-02': 'pass', 'RFC7701-2-03': 'warn' });
  });
});

describe('paths of requests', () => {
  const copy = { ...hello, id: 'copy12345678' };

  it('pass as they were signalled, in whatever form of the URI', () => {
    const toPath = ownUri('bob').replace('msrp:', 'MSRP:').replace(';tcp', ';TCP');
    expect(
      room()
        .receives('bob', { ...copy, toPath })
        .verdicts(paths),
    ).toEqual({
      'RFC4975-7.1-03': 'pass',
      'RFC7701-2-03': 'pass',
    });
  });

  it.each([
    ['To-Path of another session id', { toPath: ownUri('zoe') }, 'RFC4975-7.1-03'],
    ['the session URI of another participant at the switch', { fromPath: switchUri('alice') }, 'RFC4975-7.1-03'],
    ['the URI of the sender, as a relay would', { fromPath: ownUri('alice') }, 'RFC7701-2-03'],
  ])('convict %s', (_what, path, requirement) => {
    expect(
      room()
        .receives('bob', { ...copy, ...path })
        .verdicts(paths)[requirement],
    ).toBe('fail');
  });

  it('want the whole path of a receiver behind relays, or what relays leave of it', () => {
    const relay = 'msrp://10.0.0.9:2855/relay-0123456789abc;tcp';
    const behind = { offers: { path: `${relay} ${ownUri('bob')}` } };
    const script = (toPath: string): Record<string, string> =>
      new ScriptedRoom()
        .joins('bob', behind)
        .receives('bob', { ...copy, toPath })
        .verdicts(paths);
    expect(script(`${relay} ${ownUri('bob')}`)['RFC4975-7.1-03']).toBe('pass');
    expect(script(ownUri('bob'))['RFC4975-7.1-03']).toBe('pass');
    expect(script(`${ownUri('bob')} ${relay}`)['RFC4975-7.1-03']).toBe('fail');
  });

  it('leave REPORTs to their own rule, and sessions without signalling alone', () => {
    const report = ['Message-ID: sent12345678', 'Status: 000 200'];
    const both = `${ownUri('alice')} ${ownUri('zoe')}`;
    expect(room().reports('alice', 'report123456', report, undefined, both).verdicts(paths)).toEqual({
      'RFC7701-2-03': 'pass',
    });
    expect(new ScriptedRoom().receives('bob', copy).verdicts(paths)).toEqual({});
  });
});

describe('silence', () => {
  it('is kept until the active side has spoken', () => {
    const unbound = (): ScriptedRoom => new ScriptedRoom().joins('bob', { binds: false });
    const early = unbound()
      .receives('bob', { ...hello, id: 'copy12345678' })
      .binds('bob');
    expect(early.verdicts(silentUntilBound)).toEqual({ 'RFC4975-5.4-16': 'fail' });
    const late = unbound()
      .binds('bob')
      .receives('bob', { ...hello, id: 'copy12345678' });
    expect(late.verdicts(silentUntilBound)).toEqual({ 'RFC4975-5.4-16': 'pass' });
  });

  it('is not owed by a switch that is itself the active side', () => {
    const script = new ScriptedRoom().joins('bob', {
      binds: false,
      offers: { setup: 'actpass' },
      answers: { setup: 'active' },
    });
    expect(script.receives('bob', { ...hello, id: 'copy12345678' }).verdicts(silentUntilBound)).toEqual({});
  });

  it('is kept towards who has left, but for what was on its way', () => {
    const after = { id: 'sent22345678', text: 'said after bob had left' };
    const script = (): ScriptedRoom =>
      room()
        .leaves('bob')
        .receives('bob', { ...hello, id: 'copy12345678' })
        .sends('alice', after);
    expect(script().verdicts(silentAfterLeave)).toEqual({ 'RFC7701-4-12': 'pass' });
    const late = script().receives('bob', { ...hello, ...after, id: 'copy22345678' });
    expect(late.verdicts(silentAfterLeave)).toEqual({ 'RFC7701-4-12': 'fail' });
  });

  it('after a leave is no pass where nothing more was said', () => {
    expect(room().leaves('bob').verdicts(silentAfterLeave)).toEqual({});
  });
});
