import type { Violation } from '../violation.ts';
import { broken } from './broken.ts';
import { headerOf, type MsrpMessage, type MsrpRequest } from './message.ts';
import { parseStatus } from './status.ts';
import { isIdentity } from './validate.ts';
import { longestPlainChunk } from './validate-byte-range.ts';

/** 67 characters make 6.07 bits each, so fewer cannot hold the 64 random bits of RFC 4975 §7.1. */
const shortestRandomIdent = 11;

/**
 * What one message shows that a strict reading forbids and the catalogue (or part 5 of the MSRP notes) lets pass with
 * a warning: never a failure in default mode. Disjoint from `validateMsrp`.
 */
export function msrpOddities(message: MsrpMessage): Violation[] {
  if (message.kind === 'request') return requestOddities(message);
  return message.status === 408 ? [broken('RFC4975-10.4-01', 'a response with code 408')] : [];
}

function requestOddities(request: MsrpRequest): Violation[] {
  const violations: Violation[] = [];
  const { length } = request.transactionId;
  if (length < shortestRandomIdent) {
    violations.push(
      broken('RFC4975-7.1-02', `a transaction identifier of ${length} characters cannot hold 64 random bits`),
    );
  }
  const encoding = headerOf(request, 'Content-Transfer-Encoding');
  if (encoding !== undefined && isIdentity(encoding)) {
    violations.push(broken('RFC4975-7.1.1-40', `Content-Transfer-Encoding is ${encoding}`));
  }
  switch (request.method) {
    case 'SEND':
      return [...violations, ...sendOddities(request)];
    case 'REPORT':
      return [...violations, ...reportOddities(request)];
    case 'NICKNAME':
      return [...violations, ...nicknameOddities(request)];
    default:
      return violations;
  }
}

function sendOddities(request: MsrpRequest): Violation[] {
  if (request.body === undefined) {
    const hasId = headerOf(request, 'Message-ID') !== undefined;
    return hasId ? [] : [broken('RFC4975-7.1.1-04', 'a SEND without body and without Message-ID')];
  }
  const { length } = request.body;
  return length > longestPlainChunk && headerOf(request, 'Byte-Range') === undefined
    ? [broken('RFC4975-5.1-04', `a chunk of ${length} octets without Byte-Range`)]
    : [];
}

function reportOddities(report: MsrpRequest): Violation[] {
  const status = parseStatus(headerOf(report, 'Status') ?? '');
  const success = status.ok && status.value.namespace === '000' && status.value.code === 200;
  return success && headerOf(report, 'Byte-Range') === undefined
    ? [broken('RFC4975-7.1.3-01', 'a success REPORT without Byte-Range, taken for the whole message')]
    : [];
}

function nicknameOddities(request: MsrpRequest): Violation[] {
  const count = request.headers.filter(({ name }) => name.toLowerCase() === 'use-nickname').length;
  return count > 1 ? [broken('RFC7701-7.1-04', `NICKNAME with ${count} Use-Nickname headers`)] : [];
}
