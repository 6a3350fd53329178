import { describe, expect, it } from 'vitest';
import { origins } from './origins.ts';
import { ScriptedRoom } from './scripted-room.fixture.ts';

const answer = (origin: string): string => `v=0\no=${origin}\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n`;

function two(first: string, second: string): string | undefined {
  const room = new ScriptedRoom();
  for (const [actor, origin] of [
    ['bob', first],
    ['carol', second],
  ] as const)
    room
      .request(actor, 'sent', { method: 'INVITE', uri: 'sip:room@chat.example', sdp: answer('- 9 9 IN IP4 10.0.0.2') })
      .response(actor, 'received', { method: 'INVITE', sdp: answer(origin) });
  return room.verdicts(origins)['RFC8866-5.2-01'];
}

describe('o= of two sessions', () => {
  it('differs', () => {
    expect(two('- 1 1 IN IP4 10.0.0.1', '- 2 1 IN IP4 10.0.0.1')).toBe('pass');
  });

  it('is convicted where only the version does', () => {
    expect(two('- 1 1 IN IP4 10.0.0.1', '- 1 2 IN IP4 10.0.0.1')).toBe('fail');
  });
});
