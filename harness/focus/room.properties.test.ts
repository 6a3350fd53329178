import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKey } from '../codec/nickname/nickname.ts';
import { EMPTY_ASSEMBLY, place } from './assembly.ts';
import { ABLE, Rehearsal, ROOM, requestHead, uriOf, wrapped } from './rehearsal.fixture.ts';
import { stepRoom } from './room.ts';
import type { RoomEvent } from './room-events.ts';
import { createRoom } from './room-state.ts';
import { rosterOf } from './roster.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave'] as const;
const name = fc.constantFrom(...NAMES);

test('nicknames stay unique under any interleaving, and the roster agrees with the reservations', () => {
  const nickname = fc.constantFrom('"Foo"', '"fOO"', '"\uff26oo"', '" Foo "', '"Bar"', '"bar"', '""', '"B', 'Foo');
  const session = fc.tuple(name, fc.constantFrom('1', '2')).map(([who, device]) => who + device);
  const action = fc.oneof(
    { weight: 2, arbitrary: fc.record({ type: fc.constant('join' as const), session }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('leave' as const), session }) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('nickname' as const), session, nickname }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('timer' as const), key: fc.constantFrom('foo', 'bar') }) },
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), fc.constantFrom(0, 1000), (actions, quarantineMs) => {
      const stage = new Rehearsal({ quarantineMs });
      for (const act of actions) {
        if (act.type === 'join') stage.join(act.session);
        else if (act.type === 'leave') stage.play(act);
        else if (act.type === 'timer') stage.play({ type: 'timer', name: `quarantine ${act.key}` });
        else stage.nickname(act.session, act.nickname);

        const holders = new Map<string, string>();
        for (const { user, nickname: held } of stage.room.sessions.values()) {
          if (held === undefined) continue;
          expect(holders.get(held.key) ?? user).toBe(user);
          holders.set(held.key, user);
        }
        const reserved = [...stage.room.nicknames].filter(([, { status }]) => status === 'held');
        expect(new Map(reserved.map(([key, { owner }]) => [key, owner]))).toEqual(holders);
        const shown = (rosterOf(stage.room).users?.list ?? []).flatMap((user) => user.nickname?.value ?? []);
        const keys = shown.map((text) => compareKey(text)).map((key) => (key.ok ? key.value : 'unfit'));
        expect(new Set(keys).size).toBe(keys.length);
      }
    }),
  );
});

interface Planned {
  readonly sender: (typeof NAMES)[number];
  readonly to: (typeof NAMES)[number] | 'room';
  readonly body: Buffer;
  readonly messageId: string;
  /** Chunks as ranges, in the order of sending. */
  readonly chunks: readonly { readonly from: number; readonly to: number }[];
}

const planned = (index: number): fc.Arbitrary<Planned> =>
  fc
    .record({
      sender: name,
      to: fc.oneof(name, fc.constant('room' as const)),
      content: fc.uint8Array({ maxLength: 6000, size: 'large' }),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
      order: fc.infiniteStream(fc.nat()),
      shuffled: fc.boolean(),
    })
    .map(({ sender, to, content, cuts, order, shuffled }) => {
      const body = wrapped(uriOf(sender), to === 'room' ? ROOM : uriOf(to), Buffer.from(content), 'x/y');
      const edges = [0, ...cuts.map((cut) => Math.floor(cut * body.length)).toSorted((a, b) => a - b), body.length];
      const chunks = edges
        .slice(1)
        .map((edge, i) => ({ from: edges[i] ?? 0, to: edge }))
        .filter(({ from, to }) => from < to);
      const weights = new Map(chunks.map((chunk) => [chunk, order.next().value ?? 0]));
      const inOrder = (a: (typeof chunks)[number], b: (typeof chunks)[number]): number =>
        (weights.get(a) ?? 0) - (weights.get(b) ?? 0);
      return { sender, to, body, messageId: `msg${index}`, chunks: shuffled ? chunks.toSorted(inOrder) : chunks };
    });

test('whoever is there gets every message meant for it once and whole, however chunks are cut, ordered and mixed', () => {
  const plan = fc.tuple(planned(0), planned(1), planned(2), planned(3));
  fc.assert(
    fc.property(
      plan,
      fc.array(fc.nat(3), { maxLength: 40 }),
      fc.integer({ min: 20, max: 3000 }),
      (messages, turns, piece) => {
        const stage = new Rehearsal();
        stage.joinAll(...NAMES);
        const queues = messages.map((message) => [...message.chunks]);
        const sendOne = (index: number): void => {
          const message = messages[index];
          const chunk = queues[index]?.shift();
          if (message === undefined || chunk === undefined) return;
          const octets = message.body.subarray(chunk.from, chunk.to);
          stage.head(message.sender, { 'Message-ID': message.messageId, 'Byte-Range': `${chunk.from + 1}-*/*` });
          for (let at = 0; at < octets.length; at += piece) stage.data(message.sender, octets.subarray(at, at + piece));
          expect(stage.end(message.sender, chunk.to === message.body.length ? '$' : '+')).toBe(200);
        };
        for (const index of turns) sendOne(index);
        for (const index of queues.keys()) while ((queues[index]?.length ?? 0) > 0) sendOne(index);

        for (const session of NAMES) {
          const meant = messages.filter(({ sender, to }) => (to === 'room' ? sender !== session : to === session));
          const got = stage.received(session);
          expect(got.every(({ end }) => end === 'complete')).toBe(true);
          expect(got.map(({ body }) => body.toString('latin1')).toSorted()).toEqual(
            meant.map(({ body }) => body.toString('latin1')).toSorted(),
          );
          for (const { chunks } of got)
            for (const size of chunks.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(2048);
        }
        expect(stage.room.messages.size).toBe(0);
        expect(stage.room.chunks.size).toBe(0);
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
});

test('coming and going in the middle never makes a false message', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('chunk' as const) },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constantFrom('leave' as const, 'media-lost' as const), session: name }),
    },
    { weight: 1, arbitrary: fc.record({ join: name }) },
  );
  fc.assert(
    fc.property(planned(0), fc.array(step, { maxLength: 20 }), (message, steps) => {
      const stage = new Rehearsal();
      stage.joinAll(...NAMES);
      const queue = [...message.chunks];
      const stayed = new Set<string>(NAMES);
      for (const now of [...steps, ...queue.map(() => 'chunk' as const)]) {
        if (now === 'chunk') {
          const chunk = queue.shift();
          if (chunk === undefined) continue;
          stage.chunk(message.sender, message.messageId, message.body.subarray(chunk.from, chunk.to), {
            start: chunk.from + 1,
            flag: chunk.to === message.body.length ? '$' : '+',
          });
        } else if ('join' in now) {
          if (!stage.room.sessions.has(now.join)) stage.join(now.join);
        } else {
          stage.play(now);
          stayed.delete(now.session);
        }
      }
      for (const session of NAMES)
        for (const { end, body } of stage.received(session)) if (end === 'complete') expect(body).toEqual(message.body);
      const whole = stayed.has(message.sender) && message.to === 'room';
      if (whole)
        for (const session of stayed) if (session !== message.sender) expect(stage.texts(session)).toHaveLength(1);
    }),
  );
});

test('octets placed in any order, with any overlap, come out in order', () => {
  const range = fc.tuple(fc.nat(200), fc.nat(60));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
      const whole = Buffer.from(Array.from({ length: 300 }, (_, i) => i % 251));
      let assembly = EMPTY_ASSEMBLY;
      const out: Buffer[] = [];
      for (const [at, length] of [...ranges, [0, 300] as const]) {
        const placed = place(assembly, at, whole.subarray(at, at + length));
        expect(placed.ok).toBe(true);
        if (!placed.ok) return;
        assembly = placed.value.assembly;
        out.push(...placed.value.octets);
        expect(Buffer.concat(out)).toEqual(whole.subarray(0, assembly.next));
      }
      expect(assembly).toEqual({ next: 300, held: [], heldOctets: 0 });
    }),
  );
});

test('of what is held, the octets that came last win', () => {
  const held = place(EMPTY_ASSEMBLY, 2, Buffer.from('bbbb'));
  if (!held.ok) throw new Error('held');
  const over = place(held.value.assembly, 3, Buffer.from('cc'));
  if (!over.ok) throw new Error('over');
  const done = place(over.value.assembly, 0, Buffer.from('aa'));
  expect(done.ok && Buffer.concat(done.value.octets).toString()).toBe('aabccb');
});

test('no input makes the room fail, and nothing is left of those who have gone', () => {
  const session = fc.constantFrom('alice', 'bob1', 'bob2', 'ghost');
  const uri = fc.constantFrom(ROOM, uriOf('alice'), uriOf('bob1'), 'sip:x@y', 'bob', '');
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
    fc.tuple(uri, uri).map(([from, to]) => wrapped(from, to, 'x'.repeat(2500))),
    fc.constantFrom('From: <', '\r\n', '\n\n', '\r', 'To: <sip:x@y>\r\n\r\n').map((text) => Buffer.from(text)),
  );
  const headers = fc.record(
    {
      'Message-ID': fc.constantFrom('m1', 'm2', '', 'x'.repeat(300)),
      'Byte-Range': fc.constantFrom(
        '1-*/*',
        '1-10/10',
        '50-*/100',
        '2501-*/*',
        '0-0/0',
        '99999999999999999999-*/*',
        'x',
      ),
      'Content-Type': fc.constantFrom('message/cpim', 'text/plain', 'nonsense', ''),
      'Failure-Report': fc.constantFrom('yes', 'no', 'partial', 'maybe'),
      'Success-Report': fc.constantFrom('yes', 'no'),
      'Use-Nickname': fc.constantFrom('"A"', '""', 'A', '"\\\\"'),
    },
    { requiredKeys: [] },
  );
  const head = headers.map((given) => requestHead('SEND', given as Record<string, string>));
  const request = fc.constant('r');
  const event: fc.Arbitrary<RoomEvent> = fc.oneof(
    fc.record({
      type: fc.constant('join' as const),
      session,
      identity: fc.record({
        uri,
        aliases: fc.constant([]),
        privacy: fc.constantFrom('none' as const, 'asked' as const, 'own' as const),
      }),
      media: fc.constantFrom(ABLE, { acceptTypes: [] }),
    }),
    fc.record({ type: fc.constantFrom('leave' as const, 'media-lost' as const), session }),
    fc.record({ type: fc.constant('media-changed' as const), session, media: fc.constantFrom(undefined, ABLE) }),
    fc.record({ type: fc.constant('chunk-head' as const), session, request, head, hasBody: fc.boolean() }),
    fc.record({ type: fc.constant('chunk-data' as const), session, octets }),
    fc.record({ type: fc.constant('chunk-end' as const), session, flag: fc.constantFrom('$', '+', '#') }),
    fc.record({ type: fc.constant('nickname' as const), session, request, head }),
    fc.record({
      type: fc.constant('copy-answered' as const),
      session,
      copyId: fc.constantFrom('room.0001', 'room.0002'),
      status: fc.constantFrom(200, 413),
    }),
    fc.record({ type: fc.constant('congestion' as const), session, congested: fc.boolean() }),
    fc.record({
      type: fc.constant('timer' as const),
      name: fc.constantFrom('chunk alice m1', 'quarantine a', 'absence bob1', 'tea'),
    }),
  ) as fc.Arbitrary<RoomEvent>;
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let room = createRoom({ uri: ROOM, policy: { maxMessageOctets: 20_000 }, idPrefix: 'room' });
      for (const next of events) {
        [room] = stepRoom(room, next);
        for (const message of room.messages.values()) expect(room.sessions.has(message.session)).toBe(true);
        for (const id of room.chunks.keys()) expect(room.sessions.has(id)).toBe(true);
        for (const user of room.users.values()) expect(user.sessions.length).toBeGreaterThan(0);
        for (const one of room.sessions.values()) expect(room.users.get(one.user)?.sessions).toContain(one.id);
      }
      for (const id of ['alice', 'bob1', 'bob2', 'ghost']) [room] = stepRoom(room, { type: 'leave', session: id });
      const { sessions, users, messages, chunks, nicknames } = room;
      expect([sessions, users, messages, chunks, nicknames].map(({ size }) => size)).toEqual([0, 0, 0, 0, 0]);
    }),
    { numRuns: 300 },
  );
});
