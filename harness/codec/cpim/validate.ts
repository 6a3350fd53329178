import type { Defect } from '../violation.ts';
import { type CpimViolation, tolerated, violation } from './judgement.ts';
import type { ParsedCpim } from './message.ts';
import { cpimHeaders } from './namespace.ts';
import { validateHeaders } from './validate-headers.ts';

const REQUIREMENT_OF_DEFECT: Readonly<Record<string, string>> = {
  'no-metadata': 'RFC3862-2-01',
  'metadata-unterminated': 'RFC3862-2-01',
  'mime-headers-missing': 'RFC3862-2-01',
  'mime-headers-unterminated': 'RFC3862-2-01',
  'malformed-mime-line': 'RFC3862-2-01',
  'bare-line-feed-in-mime': 'RFC3862-2-01',
  'compact-form': 'RFC3862-2-01',
  'no-content-type': 'RFC3862-2.4-01',
  'folded-line': 'RFC3862-2.2-03',
  'line-without-colon': 'RFC3862-2.2-04',
  'leading-space': 'RFC3862-2.2-06',
  'trailing-space': 'RFC3862-2.2-06',
  'empty-value': 'RFC3862-2.2-06',
  'invalid-utf-8': 'RFC3862-2.2-07',
  'old-utf-8': 'RFC3862-3.6-01',
  'bare-line-feed': 'RFC3862-2.2-08',
  'bare-carriage-return': 'RFC3862-2.2-08',
  'unterminated-line': 'RFC3862-2.2-08',
  'control-octet': 'RFC3862-2.2-09',
  'no-space-after-colon': 'RFC3862-2.2-10',
  'tab-after-colon': 'RFC3862-2.2-10',
  'extra-space-after-colon': 'RFC3862-2.2-10',
  'malformed-name': 'RFC3862-3.1-01',
  'empty-name': 'RFC3862-3.1-01',
  'malformed-parameters': 'RFC3862-3.3-01',
};

/** Forms in which the inner Content-Type is not where it belongs (RFC 3862 §2.4). */
const WITHOUT_CONTENT_TYPE = new Set(['compact-form', 'mime-headers-missing']);
/** The limits that RFC 3862 §3.2 sets for every header, whatever its own definition says. */
const LIMITS = new Set(['folded-line', 'invalid-utf-8', 'control-octet']);
/** RFC 4975 §13: NS, To and cc may be repeated, the other headers of RFC 3862 may not. */
const AT_MOST_ONCE = ['From', 'DateTime', 'Subject', 'Require'];

/** Rules that an entity breaks as sent (RFC 3862, RFC 4975 §13), whoever sent it. */
export function validateCpim(parsed: ParsedCpim): CpimViolation[] {
  return [...parsed.defects.flatMap(ofDefect), ...validateCounts(parsed), ...validateHeaders(parsed)];
}

function ofDefect({ kind, offset, detail }: Defect): readonly CpimViolation[] {
  const requirement = REQUIREMENT_OF_DEFECT[kind];
  if (requirement === undefined) throw new Error(`defect ${kind} has no requirement`);
  const message = detail === undefined ? kind : `${kind}: ${detail}`;
  const at = { start: offset, end: offset + 1 };
  // A header without a value cannot but end in its one space.
  if (kind === 'empty-value') return [tolerated(requirement, message, at)];
  const found = [violation(requirement, message, at)];
  if (LIMITS.has(kind)) found.push(violation('RFC3862-3.2-02', message, at));
  if (WITHOUT_CONTENT_TYPE.has(kind)) found.push(violation('RFC3862-2.4-01', 'no Content-Type in the MIME block', at));
  return found;
}

function validateCounts({ headers }: ParsedCpim): readonly CpimViolation[] {
  const count = (name: string): number => cpimHeaders(headers, name).length;
  const found: CpimViolation[] = [];
  for (const name of ['From', 'To'])
    if (count(name) === 0) found.push(violation('RFC4975-13-13', `${name} is missing`));
  for (const name of AT_MOST_ONCE)
    if (count(name) > 1) found.push(violation('RFC4975-13-16', `${name} stands ${count(name)} times`));
  // Several are legal in CPIM at large, a room takes one.
  if (count('To') > 1) found.push(violation('RFC3862-4.2-01', `To stands ${count('To')} times`));
  return found;
}
