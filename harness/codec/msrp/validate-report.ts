import type { Violation } from '../violation.ts';
import { broken } from './broken.ts';
import { parseByteRange } from './byte-range.ts';
import { headerOf, type MsrpRequest } from './message.ts';
import { parseStatus } from './status.ts';
import { isUtf8Text } from './token.ts';

/** What RFC 4975 §7.1.2 to §7.1.4 demand of a REPORT. */
export function checkReport(report: MsrpRequest): Violation[] {
  const violations: Violation[] = [];
  for (const name of ['Success-Report', 'Failure-Report']) {
    if (headerOf(report, name) !== undefined) violations.push(broken('RFC4975-7.1.2-01', `a REPORT with ${name}`));
  }
  if (headerOf(report, 'Message-ID') === undefined) {
    violations.push(broken('RFC4975-7.1.2-03', 'a REPORT without Message-ID'));
  }
  if (report.flag !== '$') violations.push(broken('RFC4975-7.1.2-08', `a REPORT that ends with ${report.flag}`));
  const range = headerOf(report, 'Byte-Range');
  if (range !== undefined && !parseByteRange(range).ok) {
    violations.push(broken('RFC4975-9-16', `Byte-Range is ${JSON.stringify(range)}`));
  }
  return [...violations, ...checkStatus(report, range)];
}

function checkStatus(report: MsrpRequest, range: string | undefined): Violation[] {
  const value = headerOf(report, 'Status');
  if (value === undefined) return [broken('RFC4975-7.1.2-02', 'a REPORT without Status')];
  const status = parseStatus(value);
  if (!status.ok || !isUtf8Text(status.value.comment ?? '')) {
    return [broken('RFC4975-9-17', `Status is ${JSON.stringify(value)}`)];
  }
  // Codes of another namespace mean what its own definition says (RFC 4975 §7.1.3).
  if (status.value.namespace !== '000') return [];
  const { code } = status.value;
  if (code === 200) return [];
  if (code >= 400 && code < 600) return checkFailure(range);
  const requirement = code >= 200 && code < 300 ? 'RFC4975-7.1.3-07' : 'RFC4975-7.1.4-08';
  return [broken(requirement, `Status is ${JSON.stringify(value)}, neither 200 nor an error`)];
}

function checkFailure(value: string | undefined): Violation[] {
  if (value === undefined) return [broken('RFC4975-7.1.4-10', 'a failure REPORT without Byte-Range')];
  const range = parseByteRange(value);
  return range.ok && range.value.end === '*'
    ? [broken('RFC4975-7.1.4-11', `a failure REPORT whose Byte-Range ${value} has no number as its end`)]
    : [];
}
