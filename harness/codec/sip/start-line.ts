import { err, ok, type Result } from '../../result.ts';

export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly version: string }
  | { readonly kind: 'response'; readonly version: string; readonly status: number; readonly reason: string };

export interface ReadStartLine {
  readonly start: StartLine;
  /** Kinds of defects seen; all concern the line as a whole. */
  readonly defects: readonly string[];
}

const STATUS_LINE = /^(SIP\/[^ \t]+)([ \t]+)([0-9]{1,9})(?:([ \t])(.*))?$/is;
const REQUEST_LINE = /^([!%'*+\-.0-9A-Z_`a-z~]+)([ \t]+)([^ \t](?:.*[^ \t])?)([ \t]+)(SIP\/[^ \t]+)([ \t]*)$/is;

/**
 * Reads a request line or status line (RFC 3261 §7.1, §7.2) without its line end. Any SIP version passes, so that it can be
 * answered with 505; a line without `SIP/` in its place is an error, for then nothing says that this is SIP at all.
 */
export function readStartLine(line: string): Result<ReadStartLine, string> {
  const status = STATUS_LINE.exec(line);
  if (status !== null) return ok(readStatusLine(status));
  const request = REQUEST_LINE.exec(line);
  if (request === null) return err('the first line is neither a request line nor a status line of SIP');
  const [, method = '', first, uri = '', second, version = '', trailing] = request;
  const defects: string[] = [];
  if (first !== ' ' || second !== ' ' || trailing !== '') defects.push('start-line-spacing');
  if (/[ \t]/.test(uri)) defects.push('space-in-request-uri');
  return ok({ start: { kind: 'request', method, uri, version }, defects });
}

function readStatusLine(match: RegExpExecArray): ReadStartLine {
  const [, version = '', space, code = '', separator, reason = ''] = match;
  const defects: string[] = [];
  if (space !== ' ' || separator === '\t') defects.push('start-line-spacing');
  if (separator === undefined) defects.push('missing-reason-space');
  if (!/^[1-6][0-9]{2}$/.test(code)) defects.push('malformed-status-code');
  return { start: { kind: 'response', version, status: Number(code), reason }, defects };
}
