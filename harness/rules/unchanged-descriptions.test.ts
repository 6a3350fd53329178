import { describe, expect, it } from 'vitest';
import { ownUri, ROOM, ScriptedRoom, switchUri } from './scripted-room.fixture.ts';
import { unchangedDescriptions } from './unchanged-descriptions.ts';

const sdp = (who: 'own' | 'switch', version: number, chatroom: string): string => {
  const host = who === 'own' ? '10.0.0.2' : '10.0.0.1';
  const uri = (who === 'own' ? ownUri : switchUri)('alice');
  const port = who === 'own' ? 2000 : 2855;
  return `v=0\no=- 7 ${version} IN IP4 ${host}\ns=-\nc=IN IP4 ${host}\nt=0 0\nm=message ${port} TCP/MSRP *\na=accept-types:message/cpim\na=path:${uri}\na=chatroom:${chatroom}\n`;
};

const exchanged = (offer: string, answer: string) => (room: ScriptedRoom) =>
  room
    .request('alice', 'sent', { method: 'INVITE', uri: ROOM, tagged: true, sdp: offer })
    .response('alice', 'received', { method: 'INVITE', sdp: answer });

/** A re-INVITE with and one without news, and what the last answer is worth. */
const refreshed = (version: number, tokens = 'nickname'): Record<string, string> => {
  const first = exchanged(sdp('own', 2, 'nickname'), sdp('switch', 2, 'nickname'));
  const second = exchanged(sdp('own', 2, tokens), sdp('switch', version, 'nickname'));
  return second(first(new ScriptedRoom().joins('alice'))).verdicts(unchangedDescriptions);
};

describe('a description that changes nothing', () => {
  it('has the o= line of the one before', () => {
    expect(refreshed(2)).toEqual({ 'RFC4975-8.4-06': 'pass' });
    expect(refreshed(3)).toEqual({ 'RFC4975-8.4-06': 'fail' });
  });

  it('weighs less when the offer was another', () => {
    expect(refreshed(3, 'private-messages')).toEqual({ 'RFC4975-8.4-06': 'warn' });
  });

  it('is none when something else changes', () => {
    const changed = exchanged(sdp('own', 2, 'nickname'), sdp('switch', 2, 'private-messages'));
    expect(changed(new ScriptedRoom().joins('alice')).verdicts(unchangedDescriptions)).toEqual({});
  });
});
