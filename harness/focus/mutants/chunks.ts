import { headerOf } from '../../codec/msrp/message.ts';
import { addHeader, editHeader, onCopies, onMsrpRequests } from '../rewriting.ts';
import type { CopyEffect, RoomEffect } from '../room-events.ts';
import { everybody, othersThan } from './cpim-text.ts';
import { type Mutant, rfc4975, rfc7701 } from './mutant.ts';

/** Chunks that come in and chunks that go out (RFC 7701 §6.1, RFC 4975 §7.1.1). */
export const chunkMutants: readonly Mutant[] = [
  {
    name: 'later-chunks-to-the-present',
    about: 'sends later chunks of a room message to the present roster instead of the first recipients',
    violates: rfc7701('6.1-28', '6.1-30'),
    weight: 'warn',
    decisions: () => ({
      laterRecipients: (first, route, sender, room) => (route.kind === 'room' ? othersThan(sender, room) : first),
    }),
  },
  {
    name: 'later-chunks-of-private-messages-to-all',
    about: 'treats later chunks of a private message as room message',
    violates: rfc7701('6.1-27', '6.1-25', '6.2-23'),
    weight: 'fail',
    decisions: () => ({
      laterRecipients: (first, route, sender, room) => (route.kind === 'private' ? othersThan(sender, room) : first),
    }),
  },
  {
    name: 'later-chunks-to-nobody',
    about: 'forgets after the first chunk where a message goes',
    violates: rfc7701('6.1-25', '6.1-27', '6.1-18'),
    weight: 'fail',
    decisions: () => ({ laterRecipients: () => [] }),
  },
  {
    name: '415-for-later-chunks',
    about: 'answers 415 to later chunks because they have no CPIM headers',
    violates: rfc7701('6.1-25'),
    weight: 'fail',
    decisions: () => ({ continuationStatus: () => 415 }),
  },
  {
    name: 'mixes-messages-of-one-sender',
    about: 'mixes the chunks of two interleaved messages',
    violates: [...rfc7701('6.1-26', '4-05', '6.1-17'), ...rfc4975('7.3.1-02')],
    weight: 'fail',
    shownBy: 'rfc4975/malformed/input/t002-two-spaces',
    decisions: () => ({ messageKey: (session) => session }),
  },
  {
    name: 'mixes-senders-with-equal-ids',
    about: 'keys chunks by Message-ID alone, so that two senders with equal ids are mixed',
    violates: rfc7701('4-05', '6.1-17', '6.1-26'),
    weight: 'fail',
    shownBy: 'rfc7701/6.2-private-messages/same-message-id-of-two-senders',
    decisions: () => ({ messageKey: (_session, messageId) => messageId }),
  },
  {
    name: 'distributes-too-early',
    about: 'distributes before the CPIM headers are complete',
    violates: rfc7701('9.5-01'),
    weight: 'fail',
    decisions: () => ({ headersReady: () => 'distribute' }),
  },
  {
    name: 'chunks-with-a-gap',
    about: 'leaves a gap in the ranges between chunks',
    violates: [...rfc7701('6.1-18', '6.1-17'), ...rfc4975('7.1.1-19', '7.1.1-32', '5.1-03')],
    weight: 'fail',
    decisions: () => ({
      outgoing: (effects) =>
        effects.map((effect) => (effect.type === 'copy' && effect.at > 0 ? { ...effect, at: effect.at + 1 } : effect)),
    }),
  },
  {
    name: 'chunks-overlap',
    about: 'begins later chunks one octet too early',
    violates: rfc7701('6.1-18', '6.1-17'),
    weight: 'fail',
    decisions: () => ({
      outgoing: (effects) =>
        effects.map((effect) => (effect.type === 'copy' && effect.at > 0 ? { ...effect, at: effect.at - 1 } : effect)),
    }),
  },
  {
    name: 'chunks-out-of-order',
    about: 'sends the second chunk of a message in front of the first',
    violates: [...rfc7701('6.1-18', '6.1-17'), ...rfc4975('7.1.1-24')],
    weight: 'fail',
    decisions: () => {
      const held = new Map<string, CopyEffect>();
      return {
        outgoing: (effects) =>
          effects.flatMap((effect): RoomEffect[] => {
            if (effect.type !== 'copy') return [effect];
            const first = held.get(effect.copyId);
            held.delete(effect.copyId);
            if (first !== undefined) return [effect, first];
            if (effect.at > 0 || effect.flag !== '+') return [effect];
            held.set(effect.copyId, effect);
            return [];
          }),
      };
    },
  },
  {
    name: 'never-ends-a-message',
    about: 'ends the last chunk of a long message with "+"',
    violates: [...rfc7701('6.1-18', '6.1-17'), ...rfc4975('5.1-02', '7.1-17')],
    weight: 'fail',
    decisions: () => ({
      outgoing: (effects) =>
        effects.map((effect) =>
          effect.type === 'copy' && effect.at > 0 && effect.flag === '$' ? { ...effect, flag: '+' } : effect,
        ),
    }),
  },
  {
    name: 'ends-each-chunk',
    about: 'ends every chunk with "$"',
    violates: [...rfc7701('6.1-18', '6.1-17'), ...rfc4975('7.1-19', '7.1-17', '5.1-02')],
    weight: 'fail',
    wire: () => onCopies((copy) => (copy.flag === '+' ? { ...copy, flag: '$' } : copy)),
  },
  {
    name: 'new-id-for-each-chunk',
    about: 'gives every chunk of a copy a Message-ID of its own',
    violates: [...rfc7701('6.1-18', '6.1-17'), ...rfc4975('7.1.1-03')],
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'Message-ID', () => `m${copy.transactionId}`.slice(0, 30))),
  },
  {
    name: 'chunks-without-range',
    about: 'leaves Byte-Range out of copies',
    violates: [...rfc7701('6.1-18'), ...rfc4975('7.1.1-17', '7.1.1-18')],
    weight: 'warn',
    wire: () => onCopies((copy) => editHeader(copy, 'Byte-Range', () => undefined)),
  },
  {
    name: 'chunks-count-from-zero',
    about: 'counts octets from zero in Byte-Range',
    violates: rfc4975('7.1.1-16'),
    weight: 'fail',
    wire: () =>
      onCopies((copy) =>
        editHeader(copy, 'Byte-Range', (value) => value.replace(/^\d+/, (start) => String(Number(start) - 1))),
      ),
  },
  {
    name: 'large-chunks-with-an-end',
    about: 'names the end of chunks above 2048 octets in Byte-Range',
    violates: [...rfc7701('6.1-18'), ...rfc4975('7.1.1-27', '5.1-04', '7.1.1-21')],
    weight: 'fail',
    wire: () =>
      onCopies((copy) =>
        editHeader(copy, 'Byte-Range', (value) =>
          value.replace(
            /^(\d+)-\*/,
            (_all, start: string) => `${start}-${Number(start) + (copy.body?.length ?? 0) - 1}`,
          ),
        ),
      ),
  },
  {
    name: 'wrong-end-of-range',
    about: 'names an end in Byte-Range that is one short',
    violates: rfc4975('7.1.1-20'),
    weight: 'warn',
    wire: () =>
      onCopies((copy) =>
        editHeader(copy, 'Byte-Range', (value) =>
          value.replace(/-(\d+)\//, (_all, end: string) => `-${Number(end) - 1}/`),
        ),
      ),
  },
  {
    name: 'total-too-small',
    about: 'names a total in Byte-Range that is smaller than the message',
    violates: rfc4975('7.1.1-22'),
    weight: 'warn',
    wire: () => onCopies((copy) => editHeader(copy, 'Byte-Range', (value) => value.replace(/\/(\d+)$/, '/7'))),
  },
  {
    name: 'impatient',
    about: 'gives up on a message after two seconds of silence',
    violates: rfc7701('6.1-39', '6.1-22'),
    weight: 'warn',
    decisions: () => ({ chunkTimeout: () => 2000 }),
  },
  {
    name: 'a-message-of-the-vanished-is-whole',
    about: 'ends a message whose sender vanished with "$"',
    violates: [...rfc7701('6.1-32', '6.1-35', '4-05'), ...rfc4975('7.1-18')],
    weight: 'fail',
    decisions: () => ({ abortFlag: () => '$' }),
  },
  {
    name: 'abort-means-end',
    about: 'takes the abort of a message for its end',
    violates: rfc7701('6.1-32', '6.1-35', '4-05', '6.1-17'),
    weight: 'fail',
    shownBy: 'rfc4975/chunk-behind-an-abort',
    wire: () =>
      onMsrpRequests((request) => [
        request.method === 'SEND' && request.flag === '#' ? { ...request, flag: '$' } : request,
      ]),
  },
  {
    name: 'departure-is-an-error',
    about: 'reports an error to the sender when one recipient leaves in mid-message',
    violates: rfc7701('6.1-29'),
    weight: 'fail',
    decisions: () => ({ departureStatus: () => 481 }),
  },
  {
    name: 'departure-ends-the-message',
    about: 'sends nobody the rest of a message once a recipient has left',
    violates: rfc7701('6.1-29', '6.1-25'),
    weight: 'fail',
    decisions: () => {
      const left = new Map<string, number>();
      return {
        outgoing: (effects, event, room) => {
          if (event.type === 'leave') left.set(room.uri, (left.get(room.uri) ?? 0) + 1);
          return effects;
        },
        laterRecipients: (first, _route, _sender, room) => (left.has(room.uri) ? [] : first),
      };
    },
  },
  {
    name: 'newcomers-get-the-rest',
    about: 'sends the rest of a message to who joined in its middle, and to nobody else',
    violates: rfc7701('6.1-28', '6.1-30', '6.1-25'),
    weight: 'fail',
    decisions: () => ({
      laterRecipients: (first, _route, sender, room) => {
        const newcomers = everybody(room).filter((session) => !first.includes(session) && session !== sender.id);
        return newcomers.length === 0 ? first : newcomers;
      },
    }),
  },
  {
    name: 'small-chunks-are-refused',
    about: 'answers 413 to a chunk below 16 octets that is not the last',
    violates: rfc4975('7.1.1-30'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => {
        const small = request.flag === '+' && request.body !== undefined && request.body.length < 16;
        return [small ? editHeader(request, 'Byte-Range', () => '99999999-*/*') : request];
      }),
  },
  {
    name: 'one-chunk-only',
    about: 'takes every chunk for a whole message',
    violates: [...rfc7701('6.1-25'), ...rfc4975('7.3.1-01', '7.3.1-02', '7.3.1-04')],
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        request.method === 'SEND' && request.flag === '+' ? { ...request, flag: '$' } : request,
      ]),
  },
  {
    name: 'success-wishes-that-do-not-exist',
    about: 'writes "Success-Report: maybe" into copies',
    violates: [...rfc7701('6.3-11'), ...rfc4975('9-14', '5.3-04')],
    weight: 'fail',
    wire: () => onCopies((copy) => addHeader(copy, 'Success-Report', 'maybe')),
  },
  {
    name: 'wishes-that-change',
    about: 'asks for success REPORTs in the later chunks of a copy only',
    violates: [...rfc7701('6.3-11'), ...rfc4975('7.1.1-06')],
    weight: 'fail',
    wire: () =>
      onCopies((copy) =>
        headerOf(copy, 'Byte-Range')?.startsWith('1-') === false ? addHeader(copy, 'Success-Report', 'yes') : copy,
      ),
  },
  {
    name: 'failure-wishes-that-do-not-exist',
    about: 'writes "Failure-Report: never" into copies',
    violates: [...rfc7701('6.3-11'), ...rfc4975('9-15', '5.3-04')],
    weight: 'fail',
    wire: () => onCopies((copy) => addHeader(copy, 'Failure-Report', 'never')),
  },
  {
    name: 'waits-for-the-end',
    about: 'begins to distribute a message only when all of it is there',
    violates: rfc7701('6.1-23'),
    weight: 'warn',
    decisions: () => {
      const held = new Map<string, CopyEffect[]>();
      return {
        outgoing: (effects) =>
          effects.flatMap((effect): RoomEffect[] => {
            if (effect.type !== 'copy') return [effect];
            const earlier = held.get(effect.copyId) ?? [];
            if (effect.flag === '+') {
              held.set(effect.copyId, [...earlier, effect]);
              return [];
            }
            held.delete(effect.copyId);
            return effect.flag === '#' ? [] : [...earlier, effect];
          }),
      };
    },
  },
];
