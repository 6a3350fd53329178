import { bareType } from '../../codec/sdp/media-type.ts';
import { onCopies } from '../rewriting.ts';
import type { CopyEffect, RoomEffect } from '../room-events.ts';
import { editLine, editLines } from './cpim-text.ts';
import { type Mutant, rfc3862, rfc4975, rfc7701 } from './mutant.ts';

const LF = 0x0a;
const BLANK = 0x20;

/** What becomes of a message on its way. */
export const contentMutants: readonly Mutant[] = [
  {
    name: 'from-becomes-the-room',
    about: 'replaces the CPIM From by the room URI',
    violates: [...rfc7701('6.1-17', '3-02', '6.1-43'), ...rfc3862('2.2-14')],
    weight: 'fail',
    decisions: () => ({
      relayedHeaders: (octets, _sender, room) => editLine(octets, 'From', () => `<${room.uri}>`),
    }),
  },
  {
    name: 'from-loses-its-name',
    about: 'takes the name in front of the URI out of the CPIM From',
    violates: [...rfc7701('6.1-17'), ...rfc3862('2.2-14', '2.2-01', '6-01')],
    weight: 'fail',
    decisions: () => ({
      relayedHeaders: (octets) => editLine(octets, 'From', (value) => value.slice(value.lastIndexOf('<'))),
    }),
  },
  {
    name: 'to-becomes-a-participant',
    about: 'replaces the CPIM To of room messages by the URI of a participant',
    violates: [...rfc7701('6.1-17', '3-03'), ...rfc3862('2.2-14')],
    weight: 'fail',
    decisions: () => ({
      relayedHeaders: (octets, sender, room) => {
        const receiver = [...room.users.values()].find((user) => user !== sender) ?? sender;
        return editLine(octets, 'To', () => `<${receiver.entity}>`);
      },
    }),
  },
  {
    name: 'from-is-dropped',
    about: 'passes messages on without From',
    violates: [...rfc7701('5.2-20', '6.1-17', '3-02'), ...rfc4975('13-13')],
    weight: 'fail',
    decisions: () => ({
      relayedHeaders: (octets) => editLines(octets, (lines) => lines.filter((line) => !line.startsWith('From:'))),
    }),
  },
  {
    name: 'to-is-dropped',
    about: 'passes messages on without To',
    violates: [...rfc7701('5.2-20', '6.1-17', '3-03', '9.4-01'), ...rfc4975('13-13')],
    weight: 'fail',
    decisions: () => ({
      relayedHeaders: (octets) => editLines(octets, (lines) => lines.filter((line) => !line.startsWith('To:'))),
    }),
  },
  {
    name: 'adds-the-time',
    about: 'adds a DateTime header',
    violates: [...rfc7701('6.1-17'), ...rfc3862('2.2-01', '6-01')],
    weight: 'fail',
    decisions: () => ({
      relayedHeaders: (octets) => editLines(octets, (lines) => [...lines, 'DateTime: 2026-01-01T00:00:00Z']),
    }),
  },
  {
    name: 'sorts-the-headers',
    about: 'sorts the CPIM headers',
    violates: [...rfc7701('6.1-17'), ...rfc3862('2.2-15', '2.2-01', '6-01')],
    weight: 'fail',
    decisions: () => ({ relayedHeaders: (octets) => editLines(octets, (lines) => [...lines].sort().reverse()) }),
  },
  {
    name: 'drops-headers-it-does-not-know',
    about: 'passes on only the CPIM headers that RFC 3862 defines',
    violates: [...rfc7701('6.1-17'), ...rfc3862('2.2-14', '6-01')],
    weight: 'fail',
    decisions: () => ({
      relayedHeaders: (octets) =>
        editLines(octets, (lines) => lines.filter((line) => /^(From|To|cc|DateTime|Subject|NS|Require):/.test(line))),
    }),
  },
  {
    name: 'corrects-header-names',
    about: 'writes the names of CPIM headers anew, in lower case',
    violates: [...rfc7701('6.1-17'), ...rfc3862('2.2-14', '6-01')],
    weight: 'fail',
    decisions: () => ({
      relayedHeaders: (octets) =>
        editLines(octets, (lines) => lines.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))),
    }),
  },
  {
    name: 'converts-line-ends',
    about: 'writes CR LF for every line feed in the content',
    violates: rfc7701('6.1-17', '6.2-22'),
    weight: 'fail',
    decisions: () => ({
      relayedContent: (octets) => Buffer.from(octets.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'),
    }),
  },
  {
    name: 'flattens-line-ends',
    about: 'writes line feeds for the CR LF in the content',
    violates: rfc7701('6.1-17', '6.2-22'),
    weight: 'fail',
    decisions: () => ({
      relayedContent: (octets) => Buffer.from(octets.toString('latin1').replace(/\r\n/g, '\n'), 'latin1'),
    }),
  },
  {
    name: 'blanks-for-nul',
    about: 'writes blanks for the NULs in the content',
    violates: [...rfc7701('6.1-17'), ...rfc4975('9-23'), 'RFC3862-2.4-02', 'RFC3862-7.1-01'],
    weight: 'fail',
    decisions: () => ({ relayedContent: (octets) => Buffer.from(octets.map((octet) => octet || BLANK)) }),
  },
  {
    name: 'takes-content-for-utf8',
    about: 'reads the content as UTF-8 and writes it anew',
    violates: [...rfc7701('6.1-17'), ...rfc4975('9-23'), 'RFC3862-2.4-02', 'RFC3862-7.1-01'],
    weight: 'fail',
    decisions: () => ({ relayedContent: (octets) => Buffer.from(octets.toString('utf8')) }),
  },
  {
    name: 'seven-bits',
    about: 'passes on seven bits of each octet of the content',
    violates: rfc7701('6.1-17'),
    weight: 'fail',
    decisions: () => ({ relayedContent: (octets) => Buffer.from(octets.map((octet) => octet & 0x7f)) }),
  },
  {
    name: 'appends-a-line-end',
    about: 'appends CR LF to every message',
    violates: rfc7701('6.1-17', '6.2-22'),
    weight: 'fail',
    decisions: () => ({
      outgoing: (effects) =>
        effects.map((effect): RoomEffect => {
          if (effect.type !== 'copy' || effect.from === undefined || effect.flag !== '$') return effect;
          const total = effect.total === undefined ? undefined : effect.total + 2;
          return { ...effect, octets: [...effect.octets, Buffer.from('\r\n')], total };
        }),
    }),
  },
  {
    name: 'cuts-long-messages',
    about: 'ends every message after 4096 octets',
    violates: [...rfc7701('6.1-17', '6.1-18', '6.2-22'), 'RFC3862-9-01'],
    weight: 'fail',
    decisions: () => ({
      outgoing: (effects) => effects.flatMap((effect) => (effect.type === 'copy' ? cutAt(effect, 4096) : [effect])),
    }),
  },
  {
    name: 'takes-the-wrapper-off',
    about: 'sends the content of a message without its wrapper',
    violates: [...rfc7701('5.2-14', '4-07', '5.2-20', '5.2-04'), ...rfc4975('8.6-06')],
    weight: 'fail',
    wire: () =>
      onCopies((copy) => {
        const body = copy.body?.toString('latin1') ?? '';
        const content = body.split('\r\n\r\n').slice(2).join('\r\n\r\n');
        if (!body.startsWith('From:') && !body.startsWith('To:')) return copy;
        const headers = copy.headers.map(({ name, value }) => {
          if (name === 'Content-Type') return { name, value: 'text/plain' };
          return name === 'Byte-Range' ? { name, value: `1-${content.length}/${content.length}` } : { name, value };
        });
        return { ...copy, headers, body: Buffer.from(content, 'latin1') };
      }),
  },
  {
    name: 'capitals-in-private',
    about: 'writes private messages in capitals',
    violates: rfc7701('6.2-22'),
    weight: 'fail',
    wire: () =>
      onCopies((copy) => {
        const text = copy.body?.toString('latin1') ?? '';
        const content = text.lastIndexOf('\r\n\r\n');
        if (content === -1 || /^To:.*<sip:(room|policy)-/m.test(text)) return copy;
        return { ...copy, body: Buffer.from(text.slice(0, content) + text.slice(content).toUpperCase(), 'latin1') };
      }),
  },
  {
    name: 'top-level-type-to-the-letter',
    about: 'takes only "message/cpim" in lower case for a wrapper',
    violates: rfc3862('2.1-02', '7.1-02'),
    weight: 'fail',
    decisions: (reference) => ({
      topLevelType: (contentType, sender, room) =>
        bareType(contentType) === 'message/cpim' && !contentType.startsWith('message/cpim')
          ? { kind: 'refused', status: 415 }
          : reference.topLevelType(contentType, sender, room),
    }),
  },
  {
    name: 'first-line-only',
    about: 'passes on the first line of the content only, filled up with NULs',
    violates: rfc7701('6.1-17', '6.2-22'),
    weight: 'fail',
    decisions: () => ({
      relayedContent: (octets) => {
        const end = octets.indexOf(LF);
        return end === -1 ? octets : Buffer.concat([octets.subarray(0, end)], octets.length);
      },
    }),
  },
];

function cutAt(copy: CopyEffect, limit: number): RoomEffect[] {
  if (copy.at >= limit) return [];
  const octets = Buffer.concat(copy.octets);
  if (copy.at + octets.length < limit) return [copy];
  return [{ ...copy, octets: [octets.subarray(0, limit - copy.at)], total: limit, flag: '$' }];
}
