import { serializeCpim } from '../../codec/cpim/serialize.ts';
import { refusedLate } from './refused-late.ts';
import type { Variant } from './variant.ts';

/** What a switch tells by itself: reports, refusals and notices. */
export const tellingVariants: readonly Variant[] = [
  {
    name: 'reports-piece-by-piece',
    about: 'sends success REPORTs for each half of a message and for the whole',
    because: 'RFC 4975 §7.1.3; RFC 7701 notes 5',
    mayWarn: [],
    decisions: () => ({
      successReports: (wanted, size) => {
        if (wanted !== 'yes') return [];
        const half = Math.ceil(size / 2);
        return half < size
          ? [
              { start: 1, end: half },
              { start: half + 1, end: size },
            ]
          : [{ start: 1, end: size }];
      },
    }),
  },
  {
    name: 'reports-cumulatively',
    about: 'sends success REPORTs for the first half of a message and then for the whole',
    because: 'RFC 7701 notes 5: reports may be cumulative',
    mayWarn: [],
    decisions: () => ({
      successReports: (wanted, size) =>
        wanted === 'yes'
          ? [
              { start: 1, end: Math.ceil(size / 2) },
              { start: 1, end: size },
            ].slice(size > 1 ? 0 : 1)
          : [],
    }),
  },
  {
    name: 'reports-with-wrapper-everywhere',
    about: 'sends a CPIM body in REPORTs on room messages too',
    because: 'RFC 7701 notes 7.11',
    mayWarn: [],
    decisions: () => ({
      reportBody: (_route, from, to) =>
        from === undefined || to === undefined
          ? undefined
          : serializeCpim({
              headers: [
                { name: 'To', value: to },
                { name: 'From', value: from },
              ],
              mimeHeaders: [{ name: 'Content-Type', value: 'text/plain' }],
              content: Buffer.from('delivered'),
            }),
    }),
  },
  {
    name: 'refuses-late',
    about: 'answers 200 to what it refuses, and tells so by a REPORT',
    because: 'RFC 7701 notes 7.41',
    mayWarn: 'any',
    decisions: refusedLate,
  },
  {
    name: '415-for-the-first-send',
    about: 'answers 415 to a SEND without body',
    because: 'RFC 7701 notes 7.1',
    mayWarn: 'any',
    decisions: () => {
      const bodiless = new Set<string>();
      return {
        outgoing: (effects, event) => {
          if (event.type === 'chunk-head') {
            if (event.hasBody) bodiless.delete(event.session);
            else bodiless.add(event.session);
          }
          return effects.map((effect) =>
            effect.type === 'respond' && event.type === 'chunk-end' && bodiless.has(effect.session)
              ? { ...effect, status: 415 }
              : effect,
          );
        },
      };
    },
  },
  {
    name: 'welcomes-everybody',
    about: 'sends a text of its own to everybody who joins',
    because: 'conference notes 9.32, RFC 7701 notes 7.34',
    mayWarn: [],
    decisions: (reference) => ({
      notices(session, room) {
        return ['Welcome to this room.', ...reference.notices.call(this, session, room)];
      },
    }),
  },
  {
    name: 'notices-from-the-room-to-the-room',
    about: 'writes the room into To and From of its own texts',
    because: 'RFC 7701 notes 7.34',
    mayWarn: [],
    decisions: (reference) => ({
      notices(session, room) {
        return ['Welcome to this room.', ...reference.notices.call(this, session, room)];
      },
      noticeContent(text, user, room) {
        return reference.noticeContent.call(this, text, { ...user, entity: room.uri }, room);
      },
    }),
  },
];
