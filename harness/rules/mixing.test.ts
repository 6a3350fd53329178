import { describe, expect, it } from 'vitest';
import { notMixed } from './mixing.ts';
import { cpim, ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const long = (word: string): string => Array.from({ length: 40 }, (_, i) => `${word}-${i}`).join(' ');
const ofAlice = { id: 'sent12345678', text: long('alice') };
const ofBob = { id: 'sent22345678', text: long('bob') };
const room = (): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob').joins('carol');
const both = (): ScriptedRoom => room().sends('alice', ofAlice).sends('bob', ofBob);
const alice = { from: uriOf('alice'), id: 'copy12345678' };

describe('messages are not mixed', () => {
  it('when each arrives as it was sent', () => {
    expect(
      both()
        .receives('carol', { ...alice, text: ofAlice.text })
        .verdicts(notMixed),
    ).toEqual({ 'RFC7701-4-05': 'pass' });
  });

  it('and are when the beginning of one ends like another', () => {
    const script = both().receives('carol', { ...alice, text: long('alice').slice(0, 150) + long('bob').slice(150) });
    const [finding, ...others] = script.findings(notMixed);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ verdict: 'fail', requirements: ['RFC7701-4-05'] });
    expect(finding?.message).toContain('a message of alice (Message-ID sent12345678) and a message of bob');
    expect(finding?.evidence).toHaveLength(3);
  });

  it('nor two of one sender, by their own requirement', () => {
    const second = { id: 'sent32345678', text: long('other') };
    const script = room().sends('alice', ofAlice).sends('alice', second);
    script.receives('carol', { ...alice, text: long('alice').slice(0, 150) + long('other').slice(150) });
    expect(script.verdicts(notMixed)).toEqual({ 'RFC7701-4-05': 'fail', 'RFC7701-6.1-26': 'fail' });
  });

  it('and not split when a part of one arrives as another', () => {
    const body = cpim('alice', ofAlice).slice(-120);
    expect(both().receives('carol', { id: 'part12345678', body }).verdicts(notMixed)).toEqual({
      'RFC7701-4-05': 'fail',
    });
  });

  it.each([
    ['an altered message', { ...alice, text: long('alice').toUpperCase() }],
    ['a digest in the name of the room', { ...alice, from: ROOM, text: long('alice') + long('bob') }],
    ['what quotes a few words', { ...alice, text: 'bob said: bob-1 bob-2 bob-3' }],
  ])('by %s', (_what, copy) => {
    expect(both().receives('carol', copy).verdicts(notMixed)).toEqual({});
  });
});
