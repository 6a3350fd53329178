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
    violates: rfc3862('2.2-03', '3.2-02', '2.2-06', '3.1-01'),
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
    violates: rfc3862('2.2-09', '3.2-02', '2.3.1-01'),
    edit: (wrapper) => `Subject: the\troom\r\n${wrapper}`,
  },
  {
    name: 'notice-to-a-bare-uri',
    about: 'leaves out the angle brackets around the URI in To',
    violates: rfc3862('3.2-01'),
    edit: (wrapper) => wrapper.replace(/^To: <(.*)>/m, 'To: $1'),
  },
  {
    name: 'notice-with-escaped-quotes',
    about: 'escapes the quotes around the name in From',
    violates: rfc3862('2.3.1-04'),
    edit: (wrapper) => wrapper.replace(/^From: </m, 'From: \\"The Room\\" <'),
  },
  {
    name: 'notice-with-needless-escapes',
    about: 'escapes letters that need no escape',
    violates: rfc3862('2.3.1-06'),
    edit: (wrapper) => `Subject: caf\\u00e9\r\n${wrapper}`,
  },
  {
    name: 'notice-with-the-language-in-front',
    about: 'writes the language tag in front of the colon',
    violates: rfc3862('3.3-01'),
    edit: (wrapper) => `Subject;lang=en: The room\r\n${wrapper}`,
  },
  {
    name: 'notice-with-a-relative-namespace',
    about: 'declares a namespace by a relative reference with a fragment',
    violates: rfc3862('3.4-02', '3.4-03'),
    edit: (wrapper) => `NS: near <here#there>\r\n${wrapper}`,
  },
  {
    name: 'notice-with-required',
    about: 'writes Required where Require is meant',
    violates: rfc3862('4.7-01'),
    edit: (wrapper) => `Required: From\r\n${wrapper}`,
  },
  {
    name: 'notice-with-two-subjects',
    about: 'writes Subject in two languages',
    violates: rfc4975('13-16'),
    edit: (wrapper) => `Subject:;lang=en Room\r\nSubject:;lang=fr Salle\r\n${wrapper}`,
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

/** With this header line in front of the wrapper, octet for octet. */
const withHeader =
  (line: Buffer): NonNullable<Alteration['decisions']> =>
  (reference) => ({
    noticeContent(...asked) {
      const content = reference.noticeContent.apply(this, asked);
      return { ...content, octets: Buffer.concat([line, content.octets]) };
    },
  });

export const noticeMutants: readonly Mutant[] = [
  ...slips.map(({ edit, weight = 'fail', ...named }): Mutant => ({ ...named, weight, ...asAlteration(edit) })),
  {
    name: 'notice-in-latin-1',
    about: 'writes CPIM headers in Latin 1',
    violates: rfc3862('2.2-07', '3.2-02'),
    weight: 'fail',
    decisions: withHeader(Buffer.from('Subject: caf\u00e9\r\n', 'latin1')),
  },
  {
    name: 'notice-with-surrogates',
    about: 'writes characters beyond the first plane as surrogates',
    violates: rfc3862('3.6-01'),
    weight: 'warn',
    decisions: withHeader(Buffer.from('5375626a6563743a20eda0bdedb8800d0a', 'hex')),
  },
  {
    name: 'notice-in-the-name-of-a-participant',
    about: 'sends its own texts in the name of the participant they are for',
    violates: rfc3862('6-02'),
    weight: 'warn',
    decisions: (reference) => ({
      noticeContent(text, user, room) {
        const content = reference.noticeContent.call(this, text, user, room);
        const wrapper = content.octets.toString().replace(/^From: <.*>/m, `From: <${user.entity}>`);
        return { ...content, octets: Buffer.from(wrapper) };
      },
    }),
  },
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
