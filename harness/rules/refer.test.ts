import { describe, expect, it } from 'vitest';
import { referIsTold } from './refer.ts';
import { ROOM, ScriptedRoom } from './scripted-room.fixture.ts';

interface Telling {
  readonly status?: number;
  readonly event?: string;
  readonly state?: string;
  readonly body?: string;
  readonly type?: string;
  readonly after?: number;
}

/** REFER, its answer, and one NOTIFY. */
function refers(telling: Telling, room = new ScriptedRoom()): ScriptedRoom {
  const { status = 202, event = 'refer', state = 'terminated;reason=noresource', body, type, after = 0 } = telling;
  return room
    .request('bob', 'sent', { method: 'REFER', uri: ROOM, call: 'refer' })
    .response('bob', 'received', { method: 'REFER', call: 'refer', status })
    .passes(after)
    .request('bob', 'received', {
      method: 'NOTIFY',
      uri: 'sip:bob@10.0.0.2:2000',
      tagged: true,
      call: 'refer',
      headers: [`Event: ${event}`, `Subscription-State: ${state}`, `Content-Type: ${type ?? 'message/sipfrag'}`],
      body: body ?? 'SIP/2.0 603 Decline\n',
    });
}

describe('what comes of a REFER', () => {
  const verdicts = (telling: Telling): Record<string, string> => refers(telling).verdicts(referIsTold);

  it('is told to the end', () => {
    expect(verdicts({})).toEqual({
      'RFC3515-2.4.2-02': 'pass',
      'RFC3515-2.4.4-01': 'pass',
      'RFC3515-2.4.5-01': 'pass',
      'RFC3515-2.4.7-01': 'pass',
      'RFC3515-2.4.5-02': 'pass',
    });
  });

  it.each<[string, Telling, string, string]>([
    ['another 2xx', { status: 204 }, 'RFC3515-2.4.2-02', 'fail'],
    ['another type', { type: 'text/plain' }, 'RFC3515-2.4.4-01', 'fail'],
    ['a late NOTIFY', { after: 3000 }, 'RFC3515-2.4.4-01', 'fail'],
    ['no status line', { body: 'Declined\n' }, 'RFC3515-2.4.5-01', 'fail'],
    ['a Contact', { body: 'SIP/2.0 200 OK\nContact: <sip:carol@h>\n' }, 'RFC3515-2.4.5-02', 'warn'],
    ['another reason', { state: 'terminated;reason=timeout' }, 'RFC3515-2.4.7-01', 'warn'],
  ])('is judged by %s', (_what, telling, requirement, verdict) => {
    expect(verdicts(telling)[requirement]).toBe(verdict);
  });

  it('is not asked for where the REFER was refused', () => {
    expect(verdicts({ status: 403 })).toEqual({});
  });

  it('is told apart from the second REFER of a dialog on', () => {
    const twice = (event: string): string | undefined =>
      refers({ event }, refers({})).verdicts(referIsTold)['RFC3515-2.4.6-01'];
    expect(twice('refer;id=2')).toBe('pass');
    expect(twice('refer')).toBe('fail');
  });
});
