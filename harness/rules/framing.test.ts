import { describe, expect, it } from 'vitest';
import { framing } from './framing.ts';
import { cpim, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const alice = { from: uriOf('alice') };
const room = (): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob').sends('alice', { id: 'sent12345678' });
const frame = (id: string, end: string): string =>
  [
    `MSRP ${id} SEND`,
    'To-Path: msrp://10.0.0.2:2000/bob-own-0123456789;tcp',
    'From-Path: msrp://10.0.0.1:2855/bob-switch-0123456789;tcp',
    `Message-ID: ${id}`,
    'Content-Type: message/cpim',
    '',
    cpim('bob', alice),
    end,
    '',
  ].join('\n');

describe('framing', () => {
  it('passes messages that end as they began', () => {
    const script = room().receives('bob', { id: 'copy12345678', ...alice });
    expect(script.verdicts(framing)).toEqual({ 'RFC4975-7.1-15': 'pass' });
  });

  it.each([
    ['another identifier', '-------copy99999999$'],
    ['six hyphens', '------copy12345678$'],
    ['eight hyphens', '--------copy12345678$'],
    ['a blank behind the flag', '-------copy12345678$ '],
  ])('convicts an end-line with %s', (_what, end) => {
    const script = room()
      .says('bob', 'received', 'msrp', frame('copy12345678', end))
      .says('bob', 'received', 'msrp', frame('copy22345678', '-------copy22345678$'));
    expect(script.verdicts(framing)['RFC4975-7.1-15']).toBe('fail');
  });

  it('does not take the content of a message that was cut off for its end', () => {
    const text = 'look:\n-------look12345678$\nMSRP look12345679 SEND';
    const script = room()
      .sends('alice', { id: 'sent22345678', text })
      .says('bob', 'received', 'msrp', frame('copy12345678', text));
    expect(script.verdicts(framing)['RFC4975-7.1-15']).toBe('pass');
  });

  it('convicts a body that holds the end-line of its own request', () => {
    const text = 'look:\n-------copy12345678$\nand more';
    const script = room()
      .sends('alice', { id: 'sent22345678', text })
      .receives('bob', { id: 'copy12345678', ...alice, text });
    expect(script.verdicts(framing)['RFC4975-7.1-21']).toBe('fail');
  });

  it('passes one that holds the end-line of another', () => {
    const text = 'look:\n-------copy99999999$\nand more';
    const script = room()
      .sends('alice', { id: 'sent22345678', text })
      .receives('bob', { id: 'copy12345678', ...alice, text });
    expect(script.verdicts(framing)).toEqual({ 'RFC4975-7.1-15': 'pass', 'RFC4975-7.1-21': 'pass' });
  });
});
