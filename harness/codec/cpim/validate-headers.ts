import { hasAddressGrammar, parseCpimAddress } from './address.ts';
import { parseDateTime } from './date-time.ts';
import { escapeFaults } from './escape.ts';
import { type At, type CpimViolation, tolerated, violation } from './judgement.ts';
import type { CpimHeader, ParsedCpim } from './message.ts';
import { CPIM_NAMESPACE, parseNamespace, type ResolvedHeader, resolveHeaders } from './namespace.ts';

const KNOWN_NAMES = ['From', 'To', 'cc', 'DateTime', 'Subject', 'NS', 'Require'];
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const NAME_LIST = /^[A-Za-z0-9!#$%&'*+\-^_`|~.]+(?:,[A-Za-z0-9!#$%&'*+\-^_`|~.]+)*$/;

/** Rules on the single metadata headers: spelling, prefix, value, escapes. */
export function validateHeaders(parsed: Pick<ParsedCpim, 'headers' | 'spans'>): readonly CpimViolation[] {
  return resolveHeaders(parsed.headers).flatMap((resolved, index) => {
    const at = parsed.spans[index];
    return [...validateName(resolved, at), ...validateValue(resolved, at), ...validateEscapes(resolved.header, at)];
  });
}

function validateName({ header, namespace, localName }: ResolvedHeader, at: At | undefined): readonly CpimViolation[] {
  const { name } = header;
  if (namespace === undefined) return [violation('RFC3862-3.4-04', `prefix of "${name}" is not declared above it`, at)];
  if (namespace !== CPIM_NAMESPACE) return [];
  if (localName === 'Required') return [violation('RFC3862-4.7-01', 'Required stands where Require is meant', at)];
  if (/^Subject;lang=/.test(localName))
    return [violation('RFC3862-3.3-01', 'the language tag stands in front of the colon', at)];
  const folded = localName.toLowerCase();
  const meant = KNOWN_NAMES.find((known) => known !== localName && known.toLowerCase() === folded);
  // Deployed parsers are often blind to case, and to the format it is just another header.
  return meant === undefined ? [] : [tolerated('RFC3862-3-01', `"${name}" is not spelt ${meant}`, at)];
}

function validateValue({ header, namespace, localName }: ResolvedHeader, at: At | undefined): readonly CpimViolation[] {
  if (namespace !== CPIM_NAMESPACE) return [];
  switch (localName) {
    case 'From':
    case 'To':
    case 'cc':
      return validateAddress(header, localName, at);
    case 'DateTime':
      return validateDateTime(header.value, at);
    case 'Subject':
      if (!header.value.startsWith(';lang=')) return [];
      return [violation('RFC3862-3.3-01', 'a space stands in front of the language tag', at)];
    case 'NS':
      return validateNamespace(header.value, at);
    case 'Require':
      return validateRequire(header.value, at);
    default:
      return [];
  }
}

function validateAddress({ value }: CpimHeader, name: string, at: At | undefined): readonly CpimViolation[] {
  const requirement = name === 'From' ? 'RFC3862-4.1-01' : 'RFC3862-3.2-01';
  if (isAddressList(value)) return [violation('RFC3862-2.2-04', `${name} holds several addresses in one line`, at)];
  if (value.startsWith('\\"'))
    return [violation('RFC3862-2.3.1-04', `${name}: the quotes around the name are escaped`, at)];
  const address = parseCpimAddress(value);
  if (!address.ok) return [violation(requirement, `${name}: ${address.error}`, at)];
  if (hasAddressGrammar(value)) return [];
  return [violation(requirement, `${name}: the name is neither tokens nor one quoted string`, at)];
}

function isAddressList(value: string): boolean {
  const comma = value.indexOf('>,');
  return comma !== -1 && value.includes('<', comma);
}

function validateDateTime(value: string, at: At | undefined): readonly CpimViolation[] {
  const read = parseDateTime(value);
  if (!read.ok) return [violation('RFC3862-4.4-01', `DateTime: ${read.error}`, at)];
  return /[tz]/.test(value) ? [tolerated('RFC3862-4.4-01', 'DateTime has a lower-case t or z', at)] : [];
}

function validateNamespace(value: string, at: At | undefined): readonly CpimViolation[] {
  const read = parseNamespace(value);
  if (!read.ok) return [violation('RFC3862-4.6-01', `NS: ${read.error}`, at)];
  const { prefix, uri } = read.value;
  const found: CpimViolation[] = [];
  if (!ABSOLUTE.test(uri)) found.push(violation('RFC3862-3.4-02', `NS: "${uri}" is no absolute URI`, at));
  if (uri.includes('#')) found.push(violation('RFC3862-3.4-03', `NS: "${uri}" has a fragment`, at));
  // Grammar and examples disagree about this space.
  if (prefix !== undefined && value !== `${prefix} <${uri}>`)
    found.push(tolerated('RFC3862-4.6-01', 'NS: prefix and bracket are not one space apart', at));
  return found;
}

function validateRequire(value: string, at: At | undefined): readonly CpimViolation[] {
  if (NAME_LIST.test(value)) return [];
  const spaced = NAME_LIST.test(
    value
      .split(',')
      .map((name) => name.trim())
      .join(','),
  );
  const judge = spaced ? tolerated : violation;
  return [judge('RFC3862-4.7-01', 'Require is no list of names with commas alone between them', at)];
}

function validateEscapes({ name, value }: CpimHeader, at: At | undefined): readonly CpimViolation[] {
  return escapeFaults(value).map((fault) =>
    fault.kind === 'needless'
      ? violation('RFC3862-2.3.1-06', `${name}: ${fault.written} needs no escape`, at)
      : violation('RFC3862-2.3.1-01', `${name}: a lone backslash ends the value`, at),
  );
}
