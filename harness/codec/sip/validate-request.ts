import type { Violation } from '../violation.ts';
import { coreHeaderFaults, singleFault } from './core-headers.ts';
import { parseCSeq } from './cseq.ts';
import { header, headerLines, headerValues } from './headers.ts';
import type { SipRequest } from './message.ts';
import { parseNameAddress, tagOf } from './name-address.ts';
import { branchOf, MAGIC_COOKIE, topVia } from './via.ts';

export function validateRequest(request: SipRequest): Violation[] {
  return [
    ...mandatoryFaults(request).map((message) => ({ requirement: 'RFC3261-8.1.1-01', message })),
    ...validateCSeq(request),
    ...validateCancel(request),
    ...validateBye(request),
    ...validateReferTo(request),
  ];
}

function mandatoryFaults(request: SipRequest): string[] {
  const faults = coreHeaderFaults(request);
  faults.push(...singleFault(request, 'Max-Forwards', maxForwardsFault));
  const from = tagIn(request, 'From');
  if (from === 'absent') faults.push('From has no tag');
  const via = topVia(request);
  if (via?.ok === true && branchOf(via.value)?.startsWith(MAGIC_COOKIE) !== true) {
    faults.push(`the branch of the top Via does not begin with ${MAGIC_COOKIE}`);
  }
  return faults;
}

/** RFC 3261 §20.22: 0 to 255. */
function maxForwardsFault(value: string): string | undefined {
  return /^[0-9]+$/.test(value) && Number(value) <= 255
    ? undefined
    : `${value.slice(0, 20)} is no number from 0 to 255`;
}

function tagIn(request: SipRequest, name: 'To' | 'From'): 'present' | 'absent' | 'unreadable' {
  const address = parseNameAddress(header(request, name) ?? '');
  if (!address.ok) return 'unreadable';
  return tagOf(address.value) === undefined ? 'absent' : 'present';
}

function validateCSeq(request: SipRequest): Violation[] {
  const cseq = parseCSeq(header(request, 'CSeq') ?? '');
  if (!cseq.ok) return [];
  const violations: Violation[] = [];
  const blame = (message: string): number => violations.push({ requirement: 'RFC3261-21.4.1-01', message });
  const { number, method } = cseq.value;
  if (method !== request.method) blame(`CSeq names ${method}, the request is ${request.method}`);
  // Later requests of a dialog may get there by counting (RFC 3261 §12.2.1.1).
  if (number >= 2 ** 31 && tagIn(request, 'To') === 'absent') blame(`CSeq number ${number} is not below 2^31`);
  return violations;
}

function validateCancel(request: SipRequest): Violation[] {
  if (request.method !== 'CANCEL') return [];
  const violations: Violation[] = [];
  const blame = (message: string): number => violations.push({ requirement: 'RFC3261-9.1-01', message });
  if (header(request, 'Require') !== undefined) blame('CANCEL has Require');
  const count = headerValues(request, 'Via').length;
  if (count > 1) blame(`CANCEL has ${count} Via values`);
  return violations;
}

function validateBye(request: SipRequest): Violation[] {
  if (request.method !== 'BYE' || tagIn(request, 'To') !== 'absent') return [];
  return [{ requirement: 'RFC3261-15-01', message: 'BYE without a To tag belongs to no dialog' }];
}

function validateReferTo(request: SipRequest): Violation[] {
  if (request.method !== 'REFER') return [];
  const requirement = 'RFC3515-2.4.1-01';
  const lines = headerLines(request, 'Refer-To');
  const [only = ''] = lines;
  if (lines.length !== 1) return [{ requirement, message: `REFER has ${lines.length} Refer-To headers` }];
  const read = parseNameAddress(only);
  return read.ok ? [] : [{ requirement, message: `Refer-To cannot be read: ${read.error}` }];
}
