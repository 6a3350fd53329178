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

  it('want the whole path of a receiver behind a relay, in its order, and its userinfo', () => {
    const relay = 'msrp://10.0.0.9:2855/relay-0123456789abc;tcp';
    const behind = (path: string, toPath: string): Record<string, string> =>
      new ScriptedRoom()
        .joins('alice')
        .joins('bob', { offers: { path } })
        .receives('bob', { ...copy, toPath })
        .verdicts(urisOfSwitch);
    const path = `${relay} ${ownUri('bob')}`;
    expect(behind(path, path)['RFC4975-7.1-04']).toBe('pass');
    expect(behind(path, ownUri('bob'))['RFC4975-7.1-04']).toBe('fail');
    expect(behind(path, `${ownUri('bob')} ${relay}`)['RFC4975-7.1-04']).toBe('fail');
    const named = ownUri('bob').replace('//', '//bob@');
    expect(behind(named, named)['RFC4975-6-09']).toBe('pass');
    expect(behind(named, ownUri('bob'))['RFC4975-6-09']).toBe('warn');
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
