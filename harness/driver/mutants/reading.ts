import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import { editHeader } from '../../focus/rewriting.ts';
import { answerTo, onArrivals } from './edits.ts';
import type { ClientMutant } from './mutant.ts';

const fail = 'fail' as const;

/** What it makes of what it gets, as its user sees it. */
export const reading: readonly ClientMutant[] = [
  {
    name: 'client-shows-half',
    about: 'shows the first twelve characters of a message',
    violates: ['RFC4975-7.3.1-01', 'RFC4975-7.3.1-02'],
    weight: fail,
    view: () => (event) => [event.event === 'message' ? { ...event, text: `${event.text.slice(0, -1)}…` } : event],
  },
  {
    name: 'client-shows-nothing',
    about: 'shows no message',
    violates: ['RFC4975-7.3.1-01'],
    weight: fail,
    view: () => (event) => (event.event === 'message' ? [] : [event]),
  },
  {
    name: 'client-shows-what-was-given-up',
    about: 'takes a message that was given up for a whole one',
    violates: ['RFC7701-6.1-38'],
    weight: 'warn',
    wire: () => onArrivals((message) => [message.flag === '#' ? asWhole(message, 1) : message]),
  },
  {
    name: 'client-shows-chunk-by-chunk',
    about: 'takes every chunk for a message',
    violates: ['RFC4975-7.3.1-02'],
    weight: fail,
    wire: () => {
      let count = 0;
      return onArrivals((message) => [message.method === 'SEND' ? asWhole(message, ++count) : message]);
    },
  },
  {
    name: 'client-wants-chunks-in-order',
    about: 'answers chunks that come too early and forgets them',
    violates: ['RFC4975-7.3.1-06'],
    weight: fail,
    wire: () => {
      const expected = new Map<string, bigint>();
      const isEarly = (message: MsrpRequest): boolean => startOf(message) > (expected.get(idOf(message)) ?? 1n);
      return {
        msrpAnswers: (message) =>
          message.kind === 'request' && message.method === 'SEND' && isEarly(message) ? [answerTo(message, 200)] : [],
        msrpReceived(message) {
          if (message.kind !== 'request' || message.method !== 'SEND') return [message];
          if (isEarly(message)) return [];
          expected.set(idOf(message), startOf(message) + BigInt(message.body?.length ?? 0));
          return [message];
        },
      };
    },
  },
  {
    name: 'client-takes-the-end-for-the-last',
    about: 'takes a message for complete when the chunk with $ has come, and forgets what comes later',
    violates: ['RFC4975-7.3.1-06'],
    weight: fail,
    wire: () => {
      const ended = new Set<string>();
      return {
        msrpAnswers: (message) =>
          message.kind === 'request' && ended.has(idOf(message)) && message.body !== undefined
            ? [answerTo(message, 200)]
            : [],
        msrpReceived(message) {
          if (message.kind !== 'request' || message.body === undefined) return [message];
          if (ended.has(idOf(message))) return [];
          if (message.flag === '$') ended.add(idOf(message));
          return [message];
        },
      };
    },
  },
  {
    name: 'client-falls-silent-after-an-abort',
    about: 'answers nothing any more once a message was given up',
    violates: ['RFC7701-6.1-38'],
    weight: fail,
    wire: () => {
      let silent = false;
      return {
        msrpReceived(message) {
          if (message.kind === 'request' && message.flag === '#') silent = true;
          return [message];
        },
        msrpWritten: (message) => (silent && message.kind === 'response' ? [] : [message]),
      };
    },
  },
  {
    name: 'client-mixes-messages',
    about: 'keeps one message in mind only and drops what it has of another',
    violates: ['RFC4975-7.3.1-02'],
    weight: fail,
    wire: () => {
      let current = '';
      const isOther = (message: MsrpRequest): boolean => startOf(message) > 1n && idOf(message) !== current;
      return {
        msrpAnswers: (message) =>
          message.kind === 'request' && message.body !== undefined && isOther(message) ? [answerTo(message, 200)] : [],
        msrpReceived(message) {
          if (message.kind !== 'request' || message.body === undefined) return [message];
          if (isOther(message)) return [];
          current = idOf(message);
          return [message];
        },
      };
    },
  },
  {
    name: 'client-believes-the-range',
    about: 'takes a chunk whose range is longer than its payload for incomplete',
    violates: ['RFC4975-7.3.1-03'],
    weight: 'warn',
    wire: () =>
      onArrivals((message) => {
        const range = parseByteRange(headerOf(message, 'Byte-Range') ?? '');
        if (!range.ok || message.body === undefined || range.value.end === '*') return [message];
        const told = range.value.end - range.value.start + 1n;
        return told > BigInt(message.body.length) ? [{ ...message, flag: '+' as const }] : [message];
      }),
  },
];

const idOf = (message: MsrpRequest): string => headerOf(message, 'Message-ID') ?? '';

function startOf(message: MsrpRequest): bigint {
  const range = parseByteRange(headerOf(message, 'Byte-Range') ?? '');
  return range.ok ? range.value.start : 1n;
}

/** The chunk as a message of its own. */
function asWhole(message: MsrpRequest, number: number): MsrpRequest {
  const length = message.body?.length ?? 0;
  const named = editHeader(message, 'Message-ID', (id) => `${id.slice(0, 20)}.${number}`);
  return { ...editHeader(named, 'Byte-Range', () => `1-${length}/${length}`), flag: '$' };
}
