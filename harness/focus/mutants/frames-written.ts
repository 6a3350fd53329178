import { headerOf } from '../../codec/msrp/message.ts';
import { serializeMsrp } from '../../codec/msrp/serialize.ts';
import type { WireRewriting } from '../alteration.ts';
import { editHeader, isReport, onCopies } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** One change to the octets of each copy with content. */
const octetsOfCopies = (edit: (text: string) => string): (() => WireRewriting) => {
  return () =>
    onCopies((copy) =>
      copy.body === undefined ? copy : Buffer.from(edit(serializeMsrp(copy).toString('latin1')), 'latin1'),
    );
};

/** Frames and identifiers as the switch writes them (RFC 4975 §5.1, §7.1). */
export const framesWrittenMutants: readonly Mutant[] = [
  {
    name: 'end-line-of-another-request',
    about: 'ends copies with another transaction id than that of their start line',
    violates: rfc4975('7.1-15', '5.1-01'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace(/-------\S+([$+#])\r\n$/, '-------zzzz1234abcd$1\r\n')),
  },
  {
    name: 'end-line-of-six-hyphens',
    about: 'ends copies with six hyphens',
    violates: rfc4975('7.1-15', '5.1-01'),
    weight: 'fail',
    wire: octetsOfCopies((text) => text.replace(/-------(\S+)\r\n$/, '------$1\r\n')),
  },
  {
    name: 'end-line-in-the-body',
    about: 'does not look whether its end-line stands in the body',
    violates: rfc4975('7.1-20', '7.1-21'),
    weight: 'fail',
    shownBy: 'rfc4975/malformed/content-out-of-form/t089-near-matches',
    wire: () =>
      onCopies((copy) => {
        const [, transactionId] = /\r\n-------([\w.]{4,32})[$+#]\r\n/.exec(copy.body?.toString('latin1') ?? '') ?? [];
        return transactionId === undefined ? copy : { ...copy, transactionId };
      }),
  },
  {
    name: 'blank-line-without-body',
    about: 'writes a blank line into requests without body',
    violates: rfc4975('7.1-12', '7.1-13'),
    weight: 'fail',
    shownBy: 'rfc7701/6.3-reports/success-report',
    wire: () => ({
      msrpWritten: (message) =>
        isReport(message) && message.body === undefined
          ? [
              Buffer.from(
                serializeMsrp(message)
                  .toString('latin1')
                  .replace(/(-------\S+\r\n)$/, '\r\n$1'),
                'latin1',
              ),
            ]
          : [message],
    }),
  },
  {
    name: 'waits-for-blank-lines',
    about: 'never answers a SEND without body that has a blank line',
    violates: rfc4975('7.1-13'),
    weight: 'fail',
    wire: () => ({
      msrpReceived: (message) =>
        message.kind === 'request' && message.method === 'SEND' && message.body?.length === 0 ? [] : [message],
    }),
  },
  {
    name: 'one-message-id-for-all',
    about: 'gives every copy the same Message-ID',
    violates: rfc4975('7.1.1-01', '7.1.1-02'),
    weight: 'fail',
    wire: () => onCopies((copy) => editHeader(copy, 'Message-ID', () => 'message-0001')),
  },
  {
    name: 'duplicates-are-new-messages',
    about: 'delivers a message that comes twice under its Message-ID as two messages',
    violates: rfc4975('5.4-27', '5.4-28'),
    weight: 'warn',
    shownBy: 'rfc4975/duplicate',
    wire: () => {
      const seen = new Map<string, number>();
      return onCopies((copy) => {
        if (copy.flag !== '$' || headerOf(copy, 'Byte-Range')?.startsWith('1-') !== true) return copy;
        const key = `${headerOf(copy, 'To-Path')} ${headerOf(copy, 'Message-ID')}`;
        const times = (seen.get(key) ?? 0) + 1;
        seen.set(key, times);
        return times === 1 ? copy : editHeader(copy, 'Message-ID', (id) => `${id}.${times}`);
      });
    },
  },
];
