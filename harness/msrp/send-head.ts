import { type ByteRange, parseByteRange } from '../codec/msrp/byte-range.ts';
import { headerOf, type MsrpHead } from '../codec/msrp/message.ts';
import { err, ok, type Result } from '../result.ts';
import type { FailureReport, SuccessReport } from './reports.ts';

/** What a SEND says of itself. */
export interface SendHead {
  /** Empty only in a SEND without body, which need not have one. */
  readonly messageId: string;
  readonly range: ByteRange | undefined;
  readonly contentType: string | undefined;
  readonly failureReport: FailureReport;
  readonly successReport: SuccessReport;
}

/** Unknown values count as the default: `yes` (RFC 4975 §7.1). */
export function failureReportOf(head: MsrpHead): FailureReport {
  const value = headerOf(head, 'Failure-Report')?.trim().toLowerCase();
  return value === 'no' || value === 'partial' ? value : 'yes';
}

/** Unknown values count as the default: `no` (RFC 4975 §7.1). */
export function successReportOf(head: MsrpHead): SuccessReport {
  return headerOf(head, 'Success-Report')?.trim().toLowerCase() === 'yes' ? 'yes' : 'no';
}

/** An error is the comment for a 400. */
export function readSendHead(head: MsrpHead, hasBody: boolean): Result<SendHead, string> {
  const messageId = headerOf(head, 'Message-ID') ?? '';
  if (messageId === '' && hasBody) return err('Message-ID missing');
  const rangeText = headerOf(head, 'Byte-Range');
  const range = rangeText === undefined ? undefined : parseByteRange(rangeText);
  if (range !== undefined && !range.ok) return err('Byte-Range not understood');
  if (range !== undefined && range.value.start < 1n) return err('Byte-Range begins before 1');
  const contentType = headerOf(head, 'Content-Type');
  if (hasBody && contentType === undefined) return err('Content-Type missing');
  if (contentType !== undefined && !/^[^\s/;]+\/[^\s/;]+/.test(contentType)) return err('Content-Type not understood');
  return ok({
    messageId,
    range: range?.value,
    contentType,
    failureReport: failureReportOf(head),
    successReport: successReportOf(head),
  });
}
