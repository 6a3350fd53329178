import { describe, expect, it } from 'vitest';
import { ownUri, ScriptedRoom, switchUri, uriOf } from './scripted-room.fixture.ts';
import { urisOfSwitch } from './uris-of-switch.ts';

const copy = { id: 'copy12345678', from: uriOf('alice') };
const room = (): ScriptedRoom => new ScriptedRoom().joins('alice').joins('bob');

describe('URIs of the switch', () => {
  it('pass as they were signalled', () => {
    const script = room().sends('alice', { id: 'sent12345678' }).receives('bob', copy);
    expect(script.verdicts(urisOfSwitch)).toEqual({
      'RFC4975-6-03': 'pass',
      'RFC4975-6-06': 'pass',
      'RFC4975-6-08': 'pass',
      'RFC4975-3-02': 'pass',
      'RFC4975-5.2-01': 'pass',
    });
  });

  it.each([
    ['no transport tcp', { fromPath: switchUri('bob').replace(';tcp', ';ws') }, 'RFC4975-6-03'],
    ['msrps without TLS', { fromPath: switchUri('bob').replace('msrp:', 'msrps:') }, 'RFC4975-6-06'],
    ['a URI that was never signalled', { fromPath: switchUri('zoe') }, 'RFC4975-3-02'],
    ['two URIs', { fromPath: `${switchUri('zoe')} ${switchUri('bob')}` }, 'RFC4975-5.2-01'],
    ['two URIs of the receiver', { toPath: `${ownUri('zoe')} ${ownUri('bob')}` }, 'RFC4975-5.2-01'],
  ])('convict %s', (_what, path, requirement) => {
    expect(
      room()
        .receives('bob', { ...copy, ...path })
        .verdicts(urisOfSwitch)[requirement],
    ).toBe('fail');
  });

  it('convict a path without port', () => {
    const path = switchUri('zoe').replace(':2855', '');
    const script = room().joins('zoe', { answers: { path }, binds: false });
    expect(script.verdicts(urisOfSwitch)['RFC4975-6-08']).toBe('fail');
  });

  it('do not judge answers to who speaks to another URI', () => {
    const script = room()
      .sends('alice', { id: 'sent12345678', toPath: switchUri('zoe'), status: 'none' })
      .answers('alice', 'received', 'sent12345678', 481, { from: `${switchUri('zoe').replace(';tcp', ';sctp')}` });
    expect(script.verdicts(urisOfSwitch)['RFC4975-6-03']).toBe('pass');
  });
});
