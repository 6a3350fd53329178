import { describe, expect, it } from 'vitest';
import { connections } from './connections.ts';
import { ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const copy = { id: 'copy12345678', from: uriOf('alice') };
const called = (): ScriptedRoom =>
  new ScriptedRoom().joins('alice').joins('bob', {
    offers: { setup: 'passive' },
    answers: { setup: 'active' },
    binds: false,
  });

describe('connections that the switch opens', () => {
  it('pass with a SEND at once', () => {
    expect(called().receives('bob', copy).verdicts(connections)).toEqual({
      'RFC4975-5.4-05': 'pass',
    });
  });

  it('warn when it comes late, or when something else comes first', () => {
    expect(called().passes(9000).receives('bob', copy).verdicts(connections)).toEqual({
      'RFC4975-5.4-05': 'warn',
    });
    const report = ['Message-ID: sent12345678', 'Status: 000 200 OK', 'Byte-Range: 1-1/1'];
    expect(called().reports('bob', 'rept12345678', report).verdicts(connections)).toEqual({
      'RFC4975-5.4-05': 'warn',
    });
  });

  it('are not judged where the actor connects', () => {
    const script = new ScriptedRoom().joins('alice').joins('bob').passes(9000).receives('bob', copy);
    expect(script.verdicts(connections)).toEqual({});
  });
});

describe('sessions that were lost', () => {
  const lost = (): ScriptedRoom =>
    new ScriptedRoom().joins('alice').joins('bob').loses('bob').sends('alice', { id: 'sent12345678' });

  it('pass when they stay so', () => {
    expect(lost().verdicts(connections)).toEqual({ 'RFC4975-5.4-24': 'pass' });
  });

  it('do not go on by themselves', () => {
    expect(lost().receives('bob', copy).verdicts(connections)).toEqual({ 'RFC4975-5.4-24': 'fail' });
  });

  it('are not those that a new path took elsewhere, however often it changed', () => {
    const moved = (script: ScriptedRoom, path: string): ScriptedRoom => {
      const offer = { setup: 'active' };
      return script.renegotiates('bob', { offers: offer, answers: { setup: 'passive', path } });
    };
    const first = moved(new ScriptedRoom().joins('alice').joins('bob'), 'msrp://10.0.0.1:2855/second;tcp');
    const second = first.loses('bob').receives('bob', copy);
    const twice = moved(second, 'msrp://10.0.0.1:2855/third;tcp').loses('bob');
    expect(twice.receives('bob', { ...copy, id: 'more12345678' }).verdicts(connections)['RFC4975-5.4-24']).not.toBe(
      'fail',
    );
  });
});
