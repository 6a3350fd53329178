import { err, ok, type Result } from '../../result.ts';

/** Value of the Status header of a REPORT (RFC 4975 §7.1.2, §9). */
export interface MsrpStatus {
  /** Three digits; only `000` is defined: read the code like that of a response. */
  readonly namespace: string;
  readonly code: number;
  /** Absent when nothing follows the code, empty when only its space does. */
  readonly comment?: string;
}

export function parseStatus(value: string): Result<MsrpStatus, string> {
  const [, namespace, code, comment] = /^([0-9]{3}) ([0-9]{3})(?: (.*))?$/s.exec(value) ?? [];
  if (namespace === undefined || code === undefined) {
    return err('a status is three digits, a space, three digits and perhaps a space and a comment');
  }
  const status = { namespace, code: Number(code) };
  return ok(comment === undefined ? status : { ...status, comment });
}

export function formatStatus(status: MsrpStatus): string {
  const comment = status.comment === undefined ? '' : ` ${status.comment}`;
  return `${status.namespace} ${String(status.code).padStart(3, '0')}${comment}`;
}
