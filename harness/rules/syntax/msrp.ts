import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf, type MsrpMessage, type MsrpRequest } from '../../codec/msrp/message.ts';
import { parseStatus } from '../../codec/msrp/status.ts';
import { hasNumericHost, type MsrpUri, parseMsrpUri, splitPath } from '../../codec/msrp/uri.ts';
import { longestPlainChunk } from '../../codec/msrp/validate-byte-range.ts';
import { always, type Occasion, when } from './occasion.ts';

const request =
  (test: (request: MsrpRequest) => boolean) =>
  (message: MsrpMessage): boolean =>
    message.kind === 'request' && test(message);

const send = (test: (request: MsrpRequest) => boolean): ((message: MsrpMessage) => boolean) =>
  request((message) => message.method === 'SEND' && test(message));

const report = (test: (request: MsrpRequest) => boolean): ((message: MsrpMessage) => boolean) =>
  request((message) => message.method === 'REPORT' && test(message));

const isFailure = (message: MsrpRequest): boolean => {
  const status = parseStatus(headerOf(message, 'Status') ?? '');
  return status.ok && status.value.namespace === '000' && status.value.code >= 400;
};

const hasContent = ({ body }: MsrpRequest): boolean => body !== undefined && body.length > 0;

type RangePart = 'end' | 'total';

/** A chunk with content whose Byte-Range gives this number. */
const counts =
  (part: RangePart) =>
  (message: MsrpRequest): boolean => {
    if (!hasContent(message)) return false;
    const range = parseByteRange(headerOf(message, 'Byte-Range') ?? '');
    return range.ok && range.value[part] !== '*';
  };

const isLong = (message: MsrpRequest): boolean =>
  message.body !== undefined &&
  message.body.length > longestPlainChunk &&
  parseByteRange(headerOf(message, 'Byte-Range') ?? '').ok;

/** A chunk that is not the last, so that it may have ended before its time. */
const isBrokenOff = (message: MsrpRequest): boolean =>
  hasContent(message) && message.flag !== '$' && parseByteRange(headerOf(message, 'Byte-Range') ?? '').ok;

/** A message with such a URI of its sender. */
const fromUri =
  (test: (uri: MsrpUri) => boolean) =>
  (message: MsrpMessage): boolean =>
    splitPath(headerOf(message, 'From-Path') ?? '').some((text) => {
      const uri = parseMsrpUri(text);
      return uri.ok && test(uri.value);
    });

export const msrpOccasions: readonly Occasion<MsrpMessage>[] = [
  when(always, 'RFC4975-9-01', 'RFC4975-9-10', 'RFC4975-9-24'),
  when(fromUri(always), 'RFC4975-6-02', 'RFC4975-6-10', 'RFC4975-9-07', 'RFC4975-9-08'),
  when(fromUri(hasNumericHost), 'RFC4975-6-04'),
  when(({ kind }) => kind === 'response', 'RFC4975-10.4-01', 'RFC4975-7.2-03'),
  when(request(always), 'RFC4975-9-03'),
  when(request(hasContent), 'RFC4975-7.1-05', 'RFC4975-7.1-07', 'RFC4975-7.1.1-40', 'RFC4975-9-18'),
  when(
    request(({ body }) => body === undefined),
    'RFC4975-7.1-11',
    'RFC4975-7.1-12',
    'RFC4975-7.1-13',
  ),
  when(
    request(({ method }) => method !== 'SEND'),
    'RFC4975-7.1-09',
    'RFC4975-5.1-05',
  ),
  when(
    request((message) => message.method !== 'SEND' && hasContent(message)),
    'RFC4975-7.1-10',
  ),
  when(send(always), 'RFC4975-5.3-04'),
  when(send(hasContent), 'RFC4975-7.1-20', 'RFC4975-7.1.1-04', 'RFC4975-7.1.1-17'),
  // That the count fits shows where the body begins and ends.
  when(send(counts('end')), 'RFC4975-7.1-08', 'RFC4975-7.1-16', 'RFC4975-7.1.1-16', 'RFC4975-7.1.1-20'),
  when(
    send((message) => message.flag === '$' && counts('total')(message)),
    'RFC4975-7.1.1-22',
  ),
  when(send(isLong), 'RFC4975-5.1-04', 'RFC4975-7.1.1-21', 'RFC4975-7.1.1-27'),
  when(
    send((message) => !hasContent(message)),
    'RFC4975-7.1.1-26',
  ),
  when(send(isBrokenOff), 'RFC4975-7.3.1-05'),
  when(report(isFailure), 'RFC4975-7.1.4-08', 'RFC4975-7.1.4-10', 'RFC4975-7.1.4-11'),
  when(report(always), 'RFC4975-7.1.2-01', 'RFC4975-7.1.2-02', 'RFC4975-7.1.2-08', 'RFC4975-9-17'),
];
