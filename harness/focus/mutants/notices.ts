import type { Alteration } from '../alteration.ts';
import { type Mutant, rfc3862, rfc4975, rfc7701 } from './mutant.ts';

interface Slip {
  readonly name: string;
  readonly about: string;
  readonly violates: readonly string[];
  readonly weight?: 'fail' | 'warn';
  readonly edit: (wrapper: string) => string;
}

/** Slips in the wrappers that the room makes itself, for its notices to unaware users (RFC 3862 §2 to §4). */
const slips: readonly Slip[] = [
  {
    name: 'notice-without-from',
    about: 'leaves From out of its own texts',
    violates: rfc4975('13-13'),
    edit: (wrapper) => wrapper.replace(/^From:.*\r\n/m, ''),
  },
  {
    name: 'notice-without-to',
    about: 'leaves To out of its own texts',
    violates: rfc4975('13-13'),
    edit: (wrapper) => wrapper.replace(/^To:.*\r\n/m, ''),
  },
  {
    name: 'notice-without-type',
    about: 'leaves Content-Type out of its own texts',
    violates: rfc3862('2.4-01'),
    edit: (wrapper) => wrapper.replace(/^Content-Type:.*\r\n/m, ''),
  },
  {
    name: 'notice-without-blank-line',
    about: 'writes the MIME headers of its own texts directly below the metadata',
    violates: rfc3862('2-01'),
    weight: 'warn',
    edit: (wrapper) => wrapper.replace('\r\n\r\n', '\r\n'),
  },
  {
    name: 'notice-in-small-letters',
    about: 'writes the names of CPIM headers in small letters',
    violates: [...rfc3862('3-01'), ...rfc4975('13-13')],
    edit: (wrapper) => wrapper.replace(/^From/m, 'from').replace(/^To/m, 'to'),
  },
  {
    name: 'notice-with-two-blanks',
    about: 'writes two blanks behind the colon of From',
    violates: rfc3862('2.2-10', '2.2-06'),
    edit: (wrapper) => wrapper.replace(/^From: /m, 'From:  '),
  },
  {
    name: 'notice-with-trailing-blank',
    about: 'writes a blank at the end of a CPIM header',
    violates: rfc3862('2.2-06'),
    edit: (wrapper) => wrapper.replace(/^(To:.*)\r$/m, '$1 \r'),
  },
  {
    name: 'notice-with-bare-line-feeds',
    about: 'ends CPIM headers with a bare line feed',
    violates: rfc3862('2.2-08'),
    edit: (wrapper) => wrapper.replace(/^(From:.*)\r\n/m, '$1\n'),
  },
  {
    name: 'notice-folded',
    about: 'folds a CPIM header over two lines',
    violates: rfc3862('2.2-03', '2.2-06', '3.1-01'),
    edit: (wrapper) => wrapper.replace(/^From: /m, 'Subject: a\r\n b\r\nFrom: '),
  },
  {
    name: 'notice-without-brackets',
    about: 'leaves out the angle brackets around the URI in From',
    violates: rfc3862('4.1-01'),
    edit: (wrapper) => wrapper.replace(/^From: <(.*)>/m, 'From: $1'),
  },
  {
    name: 'notice-with-a-date-of-mail',
    about: 'writes DateTime in the form of mail',
    violates: rfc3862('4.4-01'),
    edit: (wrapper) => `DateTime: Thu, 01 Jan 2026 00:00:00 GMT\r\n${wrapper}`,
  },
  {
    name: 'notice-with-two-dates',
    about: 'writes DateTime twice',
    violates: rfc4975('13-16'),
    edit: (wrapper) => `DateTime: 2026-01-01T00:00:00Z\r\nDateTime: 2026-01-01T00:00:00Z\r\n${wrapper}`,
  },
  {
    name: 'notice-with-a-prefix-of-nothing',
    about: 'uses a namespace prefix that it has not declared',
    violates: rfc3862('3.4-04'),
    edit: (wrapper) => `room.Topic: lunch\r\n${wrapper}`,
  },
  {
    name: 'notice-with-a-list-of-recipients',
    about: 'writes several recipients into one To',
    violates: rfc3862('4.2-01', '2.2-04'),
    edit: (wrapper) => wrapper.replace(/^(To:.*)\r$/m, '$1, <sip:all@chat.example.org>\r'),
  },
  {
    name: 'notice-with-control-octets',
    about: 'writes a raw tab into a CPIM header',
    violates: rfc3862('2.2-09', '2.3.1-01'),
    edit: (wrapper) => `Subject: the\troom\r\n${wrapper}`,
  },
];

const asAlteration = (edit: Slip['edit']): Alteration => ({
  decisions: (reference) => ({
    noticeContent(...asked) {
      const content = reference.noticeContent.apply(this, asked);
      return { ...content, octets: Buffer.from(edit(content.octets.toString())) };
    },
  }),
});

export const noticeMutants: readonly Mutant[] = [
  ...slips.map(({ edit, weight = 'fail', ...named }): Mutant => ({ ...named, weight, ...asAlteration(edit) })),
  {
    name: 'notice-to-all',
    about: 'sends its text for an unaware user to everybody else as bare text',
    violates: rfc7701('5.2-14', '4-07'),
    weight: 'fail',
    decisions: () => ({
      outgoing: (effects, _event, room) =>
        effects.map((effect) =>
          effect.type === 'copy' && effect.from === undefined
            ? { ...effect, recipients: [...room.sessions.keys()], contentType: 'text/plain' }
            : effect,
        ),
    }),
  },
];
