import { describe, expect, test } from 'vitest';
import type { RoomDecisions } from './decisions.ts';
import { referenceDecisions } from './reference-decisions.ts';
import { ABLE, Rehearsal, ROOM, uriOf, wrapped } from './rehearsal.fixture.ts';
import type { RoomEffect } from './room-events.ts';
import { rosterOf } from './roster.ts';

const alice = uriOf('alice');
const bob = uriOf('bob');

/** One entry replaced; what is seen must differ from what the reference shows. */
const cases: readonly {
  readonly name: string;
  readonly wrong: Partial<RoomDecisions>;
  readonly see: (stage: Rehearsal) => unknown;
}[] = [
  {
    name: 'the sender is not left out',
    wrong: { roomRecipients: (_sender, room) => [...room.sessions.keys()] },
    see: (stage) => [stage.send('alice', wrapped(alice, ROOM, 'x')), stage.texts('alice').length],
  },
  {
    name: 'each message goes out twice',
    wrong: {
      outgoing: (effects) =>
        effects.flatMap((effect): RoomEffect[] =>
          effect.type === 'copy' ? [effect, { ...effect, copyId: `${effect.copyId}x` }] : [effect],
        ),
    },
    see: (stage) => [stage.send('alice', wrapped(alice, ROOM, 'x')), stage.texts('bob').length],
  },
  {
    name: 'From is not looked at',
    wrong: { fromStatus: () => undefined },
    see: (stage) => [stage.send('alice', wrapped(bob, ROOM, 'x')), stage.texts('bob').length],
  },
  {
    name: 'content is altered',
    wrong: { relayedHeaders: (octets) => Buffer.concat([Buffer.from('X-Seen: 1\r\n'), octets]) },
    see: (stage) => [stage.send('alice', wrapped(alice, ROOM, 'x')), stage.texts('bob')],
  },
  {
    name: 'bare text is wrapped',
    wrong: {
      topLevelType: (_type, sender, room) => ({
        kind: 'wrap',
        header: Buffer.from(`From: <${sender.entity}>\r\nTo: <${room.uri}>\r\n\r\nContent-Type: text/plain\r\n\r\n`),
      }),
    },
    see: (stage) => [
      stage.send('alice', Buffer.from('bare'), { 'Content-Type': 'text/plain' }),
      stage.texts('bob').map((text) => text.endsWith('bare')),
    ],
  },
  {
    name: 'an unknown recipient means everybody',
    wrong: {
      route(to, sender, room, neighbours) {
        const route = referenceDecisions.route.call(this, to, sender, room, neighbours);
        return route.kind === 'refused' && route.status === 404 ? { kind: 'room' } : route;
      },
    },
    see: (stage) => [stage.send('alice', wrapped(alice, 'sip:nobody@example.com', 'x')), stage.texts('bob').length],
  },
  {
    name: 'recipients in other rooms are found',
    wrong: {
      route(to, sender, room, neighbours) {
        const route = referenceDecisions.route.call(this, to, sender, room, neighbours);
        const there = neighbours().flatMap((other) => [...other.sessions.keys()]);
        return route.kind === 'refused' && route.status === 404 ? { kind: 'private', sessions: there } : route;
      },
    },
    see: (stage) => {
      const other = new Rehearsal();
      other.join('zoe');
      stage.neighbours = () => [other.room];
      return [stage.send('alice', wrapped(alice, uriOf('zoe'), 'x')), stage.texts('zoe').length];
    },
  },
  {
    name: 'chunks are told apart by Message-ID alone',
    wrong: { messageKey: (_session, messageId) => messageId },
    see: (stage) => {
      stage.chunk('alice', 'same', wrapped(alice, ROOM, 'a'.repeat(3000)), { flag: '+' });
      stage.chunk('bob', 'same', wrapped(bob, ROOM, 'b'.repeat(3000)));
      return stage.received('carol').length;
    },
  },
  {
    name: 'what stays incomplete is ended as complete',
    wrong: { abortFlag: () => '$' },
    see: (stage) => {
      stage.chunk('alice', 'm1', wrapped(alice, ROOM, 'a'.repeat(3000)), { flag: '+' });
      const seen = stage.play({ type: 'leave', session: 'alice' });
      return seen.flatMap((effect) => (effect.type === 'copy' ? effect.flag : []));
    },
  },
  {
    name: 'a recipient that leaves is an error of the sender',
    wrong: { departureStatus: () => 481 },
    see: (stage) => {
      stage.chunk('alice', 'm1', wrapped(alice, ROOM, 'a'.repeat(3000)), { flag: '+' });
      return stage.play({ type: 'leave', session: 'bob' }).map(({ type }) => type);
    },
  },
  {
    name: 'the departed are still served',
    wrong: { servesAfterLeave: () => true },
    see: (stage) => {
      stage.play({ type: 'leave', session: 'bob' });
      return [stage.send('alice', wrapped(alice, ROOM, 'x')), stage.texts('bob').length];
    },
  },
  {
    name: 'letter case counts',
    wrong: { nicknameKey: (text) => ({ ok: true, value: text }) },
    see: (stage) => [stage.nickname('alice', '"Al"'), stage.nickname('bob', '"AL"')],
  },
  {
    name: 'a reservation counts only some events later',
    wrong: {
      isTaken: (holding, user, room) =>
        holding !== undefined && holding.owner !== user.key && room.events - holding.since > 3,
    },
    see: (stage) => [stage.nickname('alice', '"Al"'), stage.nickname('bob', '"Al"')],
  },
  {
    name: 'a refused nickname is shown',
    wrong: { nicknameAfterRefusal: (_current, asked) => ({ text: asked, key: asked }) },
    see: (stage) => {
      stage.nickname('alice', '"Al"');
      stage.nickname('bob', '"al"');
      return rosterOf(stage.room).users?.list.map(({ nickname }) => nickname?.value);
    },
  },
  {
    name: 'removal is answered, not done',
    wrong: { nicknameAfterRemoval: (current) => current },
    see: (stage) => {
      stage.nickname('alice', '"Al"');
      return [stage.nickname('alice', '""'), rosterOf(stage.room).users?.list[0]?.nickname?.value];
    },
  },
  {
    name: 'NICKNAME is not answered',
    wrong: { handlesNickname: () => 'ignore' },
    see: (stage) => stage.nickname('alice', '"Al"'),
  },
  {
    name: 'all hidden participants have one URI',
    wrong: { mintAnonymousUri: () => 'sip:anonymous@anonymous.invalid' },
    see: (stage) => {
      stage.join('harry', ABLE, { privacy: 'asked' });
      stage.join('iris', ABLE, { privacy: 'asked' });
      return new Set([...stage.room.users.values()].map(({ entity }) => entity)).size;
    },
  },
  {
    name: 'a message is distributed before its headers are complete',
    wrong: { headersReady: () => 'distribute' },
    see: (stage) => {
      const body = wrapped(alice, [bob, uriOf('carol')], 'x');
      const second = body.lastIndexOf('To: ');
      stage.chunk('alice', 'm1', body.subarray(0, second), { flag: '+' });
      return stage.chunk('alice', 'm1', body.subarray(second), { start: second + 1 });
    },
  },
  {
    name: '200 is sent whatever was wished',
    wrong: { responds: () => true },
    see: (stage) => stage.send('alice', wrapped(alice, ROOM, 'x'), { 'Failure-Report': 'no' }),
  },
];

describe('one entry of the table replaced', () => {
  test.each(cases)('$name', ({ wrong, see }) => {
    const play = (decide: RoomDecisions): unknown => {
      const stage = new Rehearsal({}, decide);
      stage.joinAll('alice', 'bob', 'carol');
      return see(stage);
    };
    expect(play({ ...referenceDecisions, ...wrong })).not.toEqual(play(referenceDecisions));
  });
});
