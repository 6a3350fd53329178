import { parseCSeq } from '../codec/sip/cseq.ts';
import { header, headerLines } from '../codec/sip/headers.ts';
import type { SipRequest } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import type { Defect } from '../codec/violation.ts';

/** A request that cannot be worked on, and what it is answered. */
export interface Fault {
  readonly status: 400 | 505;
  /** Names the fault (RFC 3261 §21.4.1). */
  readonly reason: string;
}

const FATAL: Readonly<Record<string, string>> = {
  'body-shorter-than-content-length': 'Body Shorter Than Content-Length',
  'malformed-content-length': 'Malformed Content-Length',
  'conflicting-content-length': 'Conflicting Content-Length',
  'missing-empty-line': 'Unterminated Header',
  'space-in-request-uri': 'Space In Request-URI',
  unframed: 'Malformed Content-Length',
};

/** What every request needs (RFC 3261 §8.1.1, §18.3, §21.5.6), apart from Via, without which there is no answer. */
export function requestFault(request: SipRequest, defects: readonly Defect[]): Fault | undefined {
  if (request.version.toUpperCase() !== 'SIP/2.0') return { status: 505, reason: 'Version Not Supported' };
  for (const { kind } of defects) {
    const reason = FATAL[kind];
    if (reason !== undefined) return bad(reason);
  }
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    const count = headerLines(request, name).length;
    if (count === 0 || header(request, name) === '') return bad(`Missing ${name}`);
    if (count > 1) return bad(`Repeated ${name}`);
  }
  for (const name of ['From', 'To']) {
    if (!parseNameAddress(header(request, name) ?? '').ok) return bad(`Malformed ${name}`);
  }
  const cseq = parseCSeq(header(request, 'cseq') ?? '');
  if (!cseq.ok) return bad('Malformed CSeq');
  return cseq.value.method === request.method ? undefined : bad('CSeq Method Differs');
}

const bad = (reason: string): Fault => ({ status: 400, reason });
