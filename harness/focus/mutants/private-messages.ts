import { parseCpim } from '../../codec/cpim/parse.ts';
import { serializeCpim } from '../../codec/cpim/serialize.ts';
import type { RoomState, Route } from '../room-state.ts';
import { everybody, othersThan } from './cpim-text.ts';
import { type Mutant, rfc7701 } from './mutant.ts';

type Refusal = Extract<Route, { kind: 'refused' }>;

/** A focus whose refusals with one status come out otherwise. */
const refusalsAs =
  (status: number, change: (refusal: Refusal, room: RoomState) => Route): NonNullable<Mutant['decisions']> =>
  (reference) => ({
    route(to, sender, room, neighbours) {
      const route = reference.route.call(this, to, sender, room, neighbours);
      return route.kind === 'refused' && route.status === status ? change(route, room) : route;
    },
  });

/** RFC 7701 §6.2. */
export const privateMessageMutants: readonly Mutant[] = [
  {
    name: 'private-to-all',
    about: 'distributes private messages to the whole room',
    violates: rfc7701('6.2-23', '2-04'),
    weight: 'fail',
    decisions: () => ({ privateSessions: (_able, sender, room) => othersThan(sender, room) }),
  },
  {
    name: 'private-to-the-first-in-the-room-too',
    about: 'sends private messages to whoever opened the room as well',
    violates: rfc7701('6.2-23', '2-04'),
    weight: 'fail',
    decisions: (reference) => ({
      privateSessions: (able, sender, room) => [
        ...new Set([
          ...reference.privateSessions(able, sender, room),
          ...everybody(room)
            .slice(0, 1)
            .filter((session) => session !== sender.id),
        ]),
      ],
    }),
  },
  {
    name: 'unknown-recipient-means-all',
    about: 'falls back to the whole room when the To is unknown',
    violates: rfc7701('6.2-11', '6.2-12'),
    weight: 'fail',
    decisions: refusalsAs(404, () => ({ kind: 'room' })),
  },
  ...([200, 400, 403, 428] as const).map(
    (status): Mutant => ({
      name: `${status}-for-an-unknown-recipient`,
      about: `answers ${status} to an unknown recipient`,
      violates: rfc7701('6.2-11', '6.2-12', '10.3-01', '6.2-08', ...(status === 428 ? ['6.2-17'] : [])),
      weight: 'fail',
      decisions: refusalsAs(404, (refusal) => ({ ...refusal, status })),
    }),
  ),
  ...([200, 403, 404] as const).map(
    (status): Mutant => ({
      name: `${status}-for-a-recipient-without-support`,
      about: `answers ${status} where 428 is right`,
      violates: rfc7701('6.2-16', '10.3-04', ...(status === 404 ? ['6.2-13'] : [])),
      weight: 'fail',
      decisions: refusalsAs(428, (refusal) => ({ ...refusal, status })),
    }),
  ),
  {
    name: 'delivers-to-the-unable',
    about: 'delivers private messages to participants without the token and answers 200',
    violates: rfc7701('6.2-16', '6.2-19', '8-02', '5.2-27'),
    weight: 'fail',
    decisions: () => ({ takesPrivateMessages: () => true }),
  },
  {
    name: '428-but-delivers',
    about: 'answers 428 but delivers',
    violates: rfc7701('6.2-19', '5.2-27', '8-02'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, sender, room, neighbours) {
        const route = reference.route.call(this, to, sender, room, neighbours);
        if (route.kind !== 'refused' || route.status !== 428) return route;
        const unable = [...room.sessions.values()].filter((session) => !session.capabilities.privateMessages);
        return { ...route, reaches: unable.map((session) => session.id) };
      },
    }),
  },
  {
    name: 'takes-a-bare-attribute-for-everything',
    about: 'takes a bare chatroom attribute for support of everything',
    violates: rfc7701('8-07', '6.2-16'),
    weight: 'fail',
    decisions: (reference) => ({
      capabilities: (tokens) =>
        tokens?.length === 0 ? { aware: true, nickname: true, privateMessages: true } : reference.capabilities(tokens),
    }),
  },
  {
    name: 'private-to-the-first-session-only',
    about: "delivers private messages to the recipient's first session only",
    violates: rfc7701('6.2-27', '4-10'),
    weight: 'fail',
    decisions: () => ({ privateSessions: (able) => able.slice(0, 1).map((session) => session.id) }),
  },
  {
    name: 'private-to-the-senders-other-session',
    about: "copies private messages to the sender's second session",
    violates: rfc7701('6.2-23'),
    weight: 'warn',
    decisions: (reference) => ({
      privateSessions: (able, sender, room) => [
        ...reference.privateSessions(able, sender, room),
        ...(room.users.get(sender.user)?.sessions ?? []).filter((session) => session !== sender.id),
      ],
    }),
  },
  {
    name: 'finds-recipients-in-other-rooms',
    about: 'delivers private messages to participants of its other rooms',
    violates: rfc7701('6.2-11', '4-13'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, sender, room, neighbours) {
        const route = reference.route.call(this, to, sender, room, neighbours);
        if (route.kind !== 'refused' || route.status !== 404) return route;
        const there = neighbours()
          .flatMap((other) => [...other.users.values()])
          .filter((user) => to[0]?.includes(`<${user.entity}>`));
        return there.length === 0 ? route : { kind: 'private', sessions: there.flatMap((user) => user.sessions) };
      },
    }),
  },
  {
    name: 'routes-by-nickname',
    about: 'hands private messages for the former holder of a nickname to the new one',
    violates: rfc7701('11-10', '6.2-23'),
    weight: 'fail',
    decisions: (reference) => {
      const firstNickname = new Map<string, string>();
      return {
        outgoing: (effects, _event, room) => {
          for (const session of room.sessions.values()) {
            const entity = room.users.get(session.user)?.entity ?? '';
            if (session.nickname !== undefined && !firstNickname.has(entity))
              firstNickname.set(entity, session.nickname.key);
          }
          return effects;
        },
        participantAt(uri, room, neighbours) {
          const holding = room.nicknames.get(firstNickname.get(uri) ?? '');
          const holder = holding === undefined ? undefined : room.users.get(holding.owner);
          return holder ?? reference.participantAt.call(this, uri, room, neighbours);
        },
      };
    },
  },
  {
    name: 'reports-on-private-messages-without-wrapper',
    about: 'sends REPORTs on private messages without the CPIM body',
    violates: rfc7701('6.2-18'),
    weight: 'fail',
    decisions: () => ({ reportBody: () => undefined }),
  },
  {
    name: 'reports-on-private-messages-with-from-and-to-swapped',
    about: 'swaps From and To in REPORTs on private messages',
    violates: rfc7701('6.2-18'),
    weight: 'fail',
    decisions: (reference) => ({ reportBody: (route, from, to) => reference.reportBody(route, to, from) }),
  },
  {
    name: 'reports-on-private-messages-name-the-room',
    about: 'puts the room into the To of REPORTs on private messages',
    violates: rfc7701('6.2-18'),
    weight: 'fail',
    decisions: (reference) => ({
      reportBody: (...asked) => {
        const body = reference.reportBody(...asked);
        const parsed = body === undefined ? undefined : parseCpim(body);
        if (parsed?.ok !== true) return body;
        const headers = parsed.value.headers.map(({ name, value }) => ({
          name,
          value: name === 'To' ? '<sip:room@chat.example.org>' : value,
        }));
        return serializeCpim({ ...parsed.value, headers });
      },
    }),
  },
  {
    name: 'compares-letter-case-in-hosts',
    about: 'answers 404 when the host of a recipient is written in other letter case',
    violates: rfc7701('6.2-10'),
    weight: 'warn',
    decisions: () => ({ sameUri: (one, other) => one === other }),
  },
  {
    name: 'announces-private-messages-it-refuses',
    about: 'announces private messages and answers 403 to every one',
    violates: rfc7701('8-18', '4-11', '3-04', '6.2-21'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, sender, room, neighbours) {
        const route = reference.route.call(this, to, sender, room, neighbours);
        return route.kind === 'private' ? { kind: 'refused', status: 403, reaches: [] } : route;
      },
    }),
  },
  {
    name: 'private-messages-get-lost',
    about: 'answers 200 to private messages and delivers none',
    violates: rfc7701('6.2-21', '3-04', '9.4-01'),
    weight: 'fail',
    decisions: () => ({ privateSessions: () => [] }),
  },
  {
    name: 'private-messages-though-forbidden',
    about: 'delivers private messages in a room whose policy forbids them',
    violates: rfc7701('4.1-03', '6.2-01', '8-04'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, sender, room, neighbours) {
        const permissive = { ...room, policy: { ...room.policy, privateMessages: 'allowed' as const } };
        return reference.route.call(this, to, sender, permissive, neighbours);
      },
    }),
  },
  {
    name: 'the-hidden-cannot-be-reached',
    about: 'answers 404 to private messages for the anonymous URI of a participant',
    violates: rfc7701('2-07', '6.1-08'),
    weight: 'fail',
    decisions: (reference) => ({
      participantAt(uri, room, neighbours) {
        const user = reference.participantAt.call(this, uri, room, neighbours);
        return user?.anonymity === 'none' ? user : undefined;
      },
    }),
  },
];
