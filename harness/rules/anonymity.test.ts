import { describe, expect, it } from 'vitest';
import { hiddenStayHidden } from './anonymity.ts';
import { ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const room = (privacy = 'id'): ScriptedRoom => new ScriptedRoom().joins('bob').joins('harry', { privacy });
const heard = { id: 'copy12345678', from: 'sip:anonymous1@anonymous.invalid' };
const notified = (script: ScriptedRoom, text: string, actor = 'bob'): ScriptedRoom =>
  script.request(actor, 'received', {
    method: 'NOTIFY',
    uri: 'sip:bob@10.0.0.2',
    tagged: true,
    call: 'roster',
    body: text,
  });

describe('hidden participants', () => {
  it('pass when others see an anonymous URI', () => {
    const script = notified(room().receives('bob', heard), '<user entity="sip:anonymous1@anonymous.invalid"/>');
    expect(script.verdicts(hiddenStayHidden)).toEqual({ 'RFC7701-3-07': 'pass', 'RFC7701-5.2-24': 'pass' });
  });

  it('convict their address in the roster', () => {
    const script = notified(room(), `<user entity="${uriOf('harry')}"/>`);
    expect(script.verdicts(hiddenStayHidden)).toEqual({ 'RFC7701-3-07': 'fail', 'RFC7701-5.2-24': 'fail' });
  });

  it('convict their user part alone, wherever it is', () => {
    const script = room('user;id').receives('bob', { ...heard, text: 'harry-12345678 has joined' });
    expect(script.verdicts(hiddenStayHidden)).toEqual({ 'RFC7701-3-07': 'fail' });
  });

  it.each<[string, ScriptedRoom]>([
    ['they did not ask for it', notified(new ScriptedRoom().joins('bob').joins('harry'), uriOf('harry'))],
    ['they asked for the privacy of other headers', notified(room('header'), uriOf('harry'))],
    ['they asked for none', notified(room('none'), uriOf('harry'))],
    ['they are also there without', notified(room().joins('phone', { identity: uriOf('harry') }), uriOf('harry'))],
    ['they see themselves', notified(room(), uriOf('harry'), 'harry')],
    [
      'they said it themselves',
      room()
        .sends('harry', { id: 'sent12345678' })
        .receives('bob', { id: 'copy12345678', from: uriOf('harry') }),
    ],
    [
      'another has named them',
      room()
        .sends('bob', { id: 'sent12345678', to: uriOf('harry') })
        .receives('bob', { ...heard, to: uriOf('harry') }),
    ],
    [
      'the answer repeats what was asked',
      room()
        .request('bob', 'sent', { method: 'OPTIONS', uri: uriOf('harry'), call: 'look' })
        .response('bob', 'received', { method: 'OPTIONS', call: 'look', contact: `<${uriOf('harry')}>` }),
    ],
    [
      'they were named before they asked',
      notified(new ScriptedRoom().joins('bob'), uriOf('harry')).joins('harry', { privacy: 'id' }),
    ],
  ])('are not betrayed where %s', (_why, script) => {
    expect(Object.values(script.verdicts(hiddenStayHidden))).not.toContain('fail');
  });

  it('who wrote an anonymous URI themselves have nothing to betray', () => {
    const identity = 'sip:anonymous@anonymous.invalid';
    const script = new ScriptedRoom().joins('bob').joins('harry', { privacy: 'id', identity });
    expect(notified(script, `${identity} ${ROOM}`).verdicts(hiddenStayHidden)).toEqual({});
  });
});
