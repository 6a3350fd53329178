import { parseCSeq } from './cseq.ts';
import { headerLines, headerValues } from './headers.ts';
import type { SipMessage } from './message.ts';
import { parseNameAddress } from './name-address.ts';
import { sameName } from './parameters.ts';
import { parseVia } from './via.ts';

/** Method that a message is about: that of the request, or the one in the CSeq of a response; undefined if unreadable. */
export function methodOf(message: SipMessage): string | undefined {
  if (message.kind === 'request') return message.method;
  const cseq = parseCSeq(headerLines(message, 'CSeq')[0] ?? '');
  return cseq.ok ? cseq.value.method : undefined;
}

/** Faults in the headers that every message has: To, From, Call-ID, CSeq and Via (RFC 3261 §8.1.1, §8.2.6.2). */
export function coreHeaderFaults(message: SipMessage): string[] {
  return [
    ...['To', 'From'].flatMap((name) => singleFault(message, name, addressFault)),
    ...singleFault(message, 'Call-ID', (value) => (/^\S+$/.test(value) ? undefined : 'not one word')),
    ...singleFault(message, 'CSeq', readError(parseCSeq)),
    ...viaFaults(message),
  ];
}

/** What is wrong with a header that has to stand exactly once; empty when nothing is. */
export function singleFault(message: SipMessage, name: string, fault: (value: string) => string | undefined): string[] {
  const lines = headerLines(message, name);
  const [only = ''] = lines;
  if (lines.length === 0) return [`no ${name}`];
  if (lines.length > 1) return [`${lines.length} ${name} headers`];
  const found = fault(only);
  return found === undefined ? [] : [`${name} cannot be read: ${found}`];
}

const readError =
  (parse: (value: string) => { readonly ok: true } | { readonly ok: false; readonly error: string }) =>
  (value: string): string | undefined => {
    const read = parse(value);
    return read.ok ? undefined : read.error;
  };

function addressFault(value: string): string | undefined {
  const read = parseNameAddress(value);
  if (!read.ok) return read.error;
  const tags = read.value.parameters.filter(({ name }) => sameName(name, 'tag')).length;
  return tags > 1 ? `${tags} tags` : undefined;
}

function viaFaults(message: SipMessage): string[] {
  const values = headerValues(message, 'Via');
  if (values.length === 0) return ['no Via'];
  return values.flatMap((value) => {
    const read = parseVia(value);
    return read.ok ? [] : [`Via cannot be read: ${read.error}`];
  });
}
