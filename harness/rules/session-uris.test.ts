import { describe, expect, it } from 'vitest';
import { ROOM, ScriptedRoom } from './scripted-room.fixture.ts';
import { sessionUris } from './session-uris.ts';

const path = (id: string): { readonly path: string } => ({ path: `msrp://10.0.0.1:2855/${id};tcp` });
const two = (one: string, other: string): string | undefined =>
  new ScriptedRoom()
    .joins('alice', { answers: path(one), binds: false })
    .joins('bob', { answers: path(other), binds: false })
    .verdicts(sessionUris)['RFC4975-8.2-09'];

describe('session URIs', () => {
  it.each([
    ['Zk39dPqLw7Yx2Bn0', 'mT61vRsJcE8uQa5H', 'pass'],
    ['Zk39dPqLw7Yx2Bn0', 'mT61vRsJcE8uQa5Hxx', 'pass'],
    ['Zk39dPqLw7Yx2', 'mT61vRsJcE8uQ', 'warn'],
    ['session-of-the-room-0001', 'session-of-the-room-0002', 'warn'],
  ])('%s and %s', (one, other, verdict) => expect(two(one, other)).toBe(verdict));

  const opened = (status: number): ScriptedRoom => {
    const room = new ScriptedRoom().joins('alice', { binds: false });
    const headers = ['Message-ID: first1234567', 'Byte-Range: 1-0/0'];
    return room.asks('alice', 'SEND', { id: 'first1234567', headers, status });
  };

  it('serve the first SEND', () => {
    expect(opened(200).verdicts(sessionUris)['RFC4975-8.2-06']).toBe('pass');
    expect(opened(415).verdicts(sessionUris)['RFC4975-8.2-06']).toBe('pass');
    expect(opened(481).verdicts(sessionUris)['RFC4975-8.2-06']).toBe('fail');
  });

  it('may be forgotten after BYE', () => {
    const gone = new ScriptedRoom().joins('alice', { binds: false });
    gone.request('alice', 'received', { method: 'BYE', uri: ROOM, tagged: true });
    gone.asks('alice', 'SEND', { id: 'first1234567', headers: ['Message-ID: first1234567'], status: 481 });
    expect(gone.verdicts(sessionUris)['RFC4975-8.2-06']).toBeUndefined();
  });
});
