import { parseCpimAddress } from '../../codec/cpim/address.ts';
import type { RoomState } from '../room-state.ts';
import { editLine, everybody, othersThan } from './cpim-text.ts';
import { type Mutant, rfc3862, rfc4975, rfc7701 } from './mutant.ts';

const uriOf = (value: string | undefined): string => {
  const address = value === undefined ? undefined : parseCpimAddress(value);
  return address?.ok === true ? address.value.uri : '';
};

const isParticipant = (value: string | undefined, room: RoomState): boolean =>
  [...room.users.values()].some((user) => user.entity === uriOf(value));

/** The checks of RFC 7701 §6.1 to §6.3 on a SEND. */
export const validationMutants: readonly Mutant[] = [
  {
    name: 'believes-the-from-of-others',
    about: "accepts another participant's URI in From",
    violates: [...rfc7701('6.3-08', '6.1-11', '6.2-07'), 'RFC8266-1.1-01', 'RFC8266-6.1-01'],
    weight: 'fail',
    decisions: (reference) => ({
      fromStatus(from, sender, room) {
        return isParticipant(from[0], room) ? undefined : reference.fromStatus.call(this, from, sender, room);
      },
    }),
  },
  {
    name: 'believes-the-from-of-strangers',
    about: 'accepts the URI of nobody in the room in From',
    violates: rfc7701('6.3-09', '6.1-11'),
    weight: 'fail',
    decisions: (reference) => ({
      fromStatus(from, sender, room) {
        return isParticipant(from[0], room) ? reference.fromStatus.call(this, from, sender, room) : undefined;
      },
    }),
  },
  {
    name: 'corrects-a-false-from',
    about: 'puts the right URI in place of a false From and distributes',
    violates: rfc7701('6.3-08', '6.1-17', '6.3-09'),
    weight: 'fail',
    decisions: () => ({
      fromStatus: () => undefined,
      relayedHeaders: (octets, sender) =>
        editLine(octets, 'From', (value) => (uriOf(value) === sender.entity ? value : `<${sender.entity}>`)),
    }),
  },
  {
    name: 'drops-a-false-from',
    about: 'answers 200 to a false From and delivers nothing',
    violates: rfc7701('6.3-08', '6.3-09'),
    weight: 'fail',
    decisions: (reference) => ({
      fromStatus(from, sender, room) {
        return reference.fromStatus.call(this, from, sender, room) === undefined ? undefined : 200;
      },
    }),
  },
  {
    name: 'refuses-but-distributes',
    about: 'answers 403 to a false From but distributes all the same',
    violates: rfc7701('6.3-08', '6.3-09'),
    weight: 'fail',
    decisions: (reference) => ({
      judge(wrapper, sender, room, neighbours) {
        const route = reference.judge.call(this, wrapper, sender, room, neighbours);
        return route.kind === 'refused' && route.status === 403
          ? { ...route, reaches: othersThan(sender, room) }
          : route;
      },
    }),
  },
  {
    name: 'no-checks-without-reports',
    about: 'skips all checks of messages with Failure-Report no',
    violates: rfc7701('6.3-04', '6.3-08', '6.2-19'),
    weight: 'fail',
    decisions: (reference) => ({
      judge(wrapper, sender, room, neighbours) {
        const route = reference.judge.call(this, wrapper, sender, room, neighbours);
        return route.kind === 'refused' && wrapper.failureReport === 'no'
          ? { kind: 'private', sessions: othersThan(sender, room) }
          : route;
      },
    }),
  },
  {
    name: 'refuses-a-false-from-with-404',
    about: 'answers 404 instead of 403 to a false From',
    violates: rfc7701('6.3-08', '6.2-13', '6.3-09'),
    weight: 'fail',
    decisions: (reference) => ({
      fromStatus(...asked) {
        return reference.fromStatus.apply(this, asked) === undefined ? undefined : 404;
      },
    }),
  },
  {
    name: 'looks-at-to-before-from',
    about: 'answers by the To where both From and To are wrong',
    violates: rfc7701('6.1-11', '6.2-07', '6.2-15'),
    weight: 'warn',
    decisions: (reference) => ({
      judge(wrapper, sender, room, neighbours) {
        const route = reference.route.call(this, wrapper.to, sender, room, neighbours);
        return route.kind === 'refused' ? route : reference.judge.call(this, wrapper, sender, room, neighbours);
      },
    }),
  },
  {
    name: 'no-names-in-addresses',
    about: 'answers 403 to a From with a name in front of the URI',
    violates: rfc3862('4.1-02', '4.1-01'),
    weight: 'fail',
    decisions: (reference) => ({
      fromStatus(from, sender, room) {
        return from[0]?.startsWith('<') ? reference.fromStatus.call(this, from, sender, room) : 403;
      },
    }),
  },
  {
    name: 'serves-several-recipients',
    about: 'delivers a message with two To headers to both',
    violates: rfc7701('6.1-14', '6.2-09', '4-09'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, sender, room, neighbours) {
        if (to.length < 2) return reference.route.call(this, to, sender, room, neighbours);
        const users = [...room.users.values()].filter((user) => to.some((value) => uriOf(value) === user.entity));
        return { kind: 'private', sessions: users.flatMap((user) => user.sessions) };
      },
    }),
  },
  {
    name: 'goes-by-the-first-to',
    about: 'uses the first To and ignores the second',
    violates: rfc7701('6.1-14', '6.2-09'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, ...rest) {
        return reference.route.call(this, to.slice(0, 1), ...rest);
      },
    }),
  },
  {
    name: '404-for-several-recipients',
    about: 'answers 404 to several To headers when one of them is unknown',
    violates: rfc7701('6.2-09', '6.1-14'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, sender, room, neighbours) {
        const route = reference.route.call(this, to, sender, room, neighbours);
        const known = to.every((value) => this.isRoom?.(uriOf(value), room) === true || isParticipant(value, room));
        return to.length > 1 && !known ? { kind: 'refused', status: 404, reaches: [] } : route;
      },
    }),
  },
  {
    name: '400-for-several-recipients',
    about: 'answers 400 to several To headers',
    violates: rfc7701('6.2-09', '6.1-14'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, ...rest) {
        if (to.length > 1) return { kind: 'refused', status: 400, reaches: [] };
        return reference.route.call(this, to, ...rest);
      },
    }),
  },
  {
    name: '428-for-several-recipients',
    about: 'looks for support of private messages before it counts the To headers',
    violates: rfc7701('6.2-09', '6.2-15'),
    weight: 'fail',
    decisions: (reference) => ({
      route(to, sender, room, neighbours) {
        const unable = to.some((value) =>
          [...room.sessions.values()].some(
            (session) => room.users.get(session.user)?.entity === uriOf(value) && !session.capabilities.privateMessages,
          ),
        );
        if (to.length > 1 && unable) return { kind: 'refused', status: 428, reaches: [] };
        return reference.route.call(this, to, sender, room, neighbours);
      },
    }),
  },
  {
    name: 'wraps-bare-text',
    about: 'wraps and distributes bare text',
    violates: rfc7701('6.3-07', '5.2-04', '11-03'),
    weight: 'fail',
    decisions: (reference) => ({
      topLevelType: (contentType, sender, room) => {
        const judged = reference.topLevelType(contentType, sender, room);
        if (judged.kind === 'wrapper') return judged;
        const header = `From: <${sender.entity}>\r\nTo: <${room.uri}>\r\n\r\nContent-Type: ${contentType}\r\n\r\n`;
        return { kind: 'wrap', header: Buffer.from(header) };
      },
    }),
  },
  ...([400, 403, 200] as const).map(
    (status): Mutant => ({
      name: `${status}-for-bare-text`,
      about: `answers ${status} instead of 415 to a message without wrapper`,
      violates: rfc7701('6.3-07', '11-03'),
      weight: 'fail',
      decisions: (reference) => ({
        topLevelType: (...asked) => {
          const judged = reference.topLevelType(...asked);
          return judged.kind === 'refused' ? { ...judged, status } : judged;
        },
      }),
    }),
  ),
  {
    name: 'answers-400-to-empty-content',
    about: 'answers 400 to a message without any content inside the wrapper',
    violates: rfc4975('7.1.1-30', '7.1-14'),
    weight: 'fail',
    wire: () => ({
      msrpReceived: (message) => {
        const text = message.kind === 'request' ? (message.body?.toString('latin1') ?? '') : '';
        return [
          /^(From|To):/.test(text) && text.endsWith('\r\n\r\n') ? { ...message, body: Buffer.from('?') } : message,
        ];
      },
    }),
  },
  {
    name: 'distributes-the-unreadable',
    about: 'distributes a wrapper without From or To to everybody',
    violates: rfc7701('6.1-24', '6.3-09'),
    weight: 'fail',
    decisions: (reference) => ({
      judge(wrapper, sender, room, neighbours) {
        if (wrapper.from.length === 0 || wrapper.to.length === 0)
          return { kind: 'private', sessions: everybody(room).filter((session) => session !== sender.id) };
        return reference.judge.call(this, wrapper, sender, room, neighbours);
      },
    }),
  },
];
