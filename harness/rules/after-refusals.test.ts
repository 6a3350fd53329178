import { describe, expect, it } from 'vitest';
import { afterRefusals } from './after-refusals.ts';
import { cpim, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';

const answered = (status: number): ScriptedRoom =>
  new ScriptedRoom()
    .joins('alice')
    .joins('bob')
    .joins('carol')
    .sends('alice', { id: 'sent00000001', text: 'the first one' })
    .receives('bob', { id: 'copy00000001', from: uriOf('alice'), text: 'the first one', status })
    .sends('alice', { id: 'sent00000002', text: 'the second one' })
    .receives('carol', { id: 'copy00000005', body: cpim('alice', { text: 'the second one' }) })
    .sends('alice', { id: 'sent00000003', text: 'the third one' });

const second = { id: 'copy00000002', body: cpim('alice', { text: 'the second one' }) };
const third = { id: 'copy00000004', body: cpim('alice', { text: 'the third one' }) };

describe('after a refusal', () => {
  it.each([
    [481, 'RFC4975-10.8-02'],
    [506, 'RFC4975-10.10-02'],
  ])('with %d nothing more is sent in the session', (status, requirement) => {
    expect(answered(status).verdicts(afterRefusals)).toEqual({ [requirement]: 'pass' });
    expect(answered(status).receives('bob', third).verdicts(afterRefusals)).toEqual({ [requirement]: 'warn' });
  });

  it('what crosses it is let pass', () => {
    expect(answered(481).receives('bob', second).verdicts(afterRefusals)).toEqual({ 'RFC4975-10.8-02': 'pass' });
  });

  it('with 403 the same is not sent again, but something else may be', () => {
    const again = { id: 'copy00000003', messageId: 'copy00000001', body: cpim('alice', { text: 'the first one' }) };
    expect(answered(403).receives('bob', second).verdicts(afterRefusals)).toEqual({ 'RFC4975-10.3-02': 'pass' });
    expect(answered(403).receives('bob', again).verdicts(afterRefusals)).toEqual({ 'RFC4975-10.3-02': 'warn' });
  });

  it('with others, and before anything else is said, nothing is judged', () => {
    expect(answered(500).receives('bob', second).verdicts(afterRefusals)).toEqual({});
    const alone = new ScriptedRoom().joins('bob').receives('bob', { id: 'copy00000001', status: 481 });
    expect(alone.verdicts(afterRefusals)).toEqual({});
  });
});
