import type { Violation } from '../violation.ts';
import { broken } from './broken.ts';
import type { MsrpHeader } from './message.ts';
import { hasNumericHost, type MsrpUriPart, readMsrpUri, splitPath } from './uri.ts';

/** Order and form of To-Path and From-Path (RFC 4975 §9) and of the URIs in them (§6). */
export function checkPaths(headers: readonly MsrpHeader[]): Violation[] {
  return [
    ...checkPlace(headers, 0, 'To-Path'),
    ...checkPlace(headers, 1, 'From-Path'),
    ...headers.flatMap((header) => (isPath(header.name) ? checkPath(header) : [])),
  ];
}

function checkPlace(headers: readonly MsrpHeader[], place: number, wanted: string): Violation[] {
  const places = headers.flatMap(({ name }, index) => (sameName(name, wanted) ? [index] : []));
  const [first] = places;
  if (first === undefined) return [broken('RFC4975-9-10', `no ${wanted}`)];
  const violations: Violation[] = [];
  if (first !== place) violations.push(broken('RFC4975-9-10', `${wanted} is header ${first + 1}, not ${place + 1}`));
  if (places.length > 1) violations.push(broken('RFC4975-9-10', `${wanted} stands ${places.length} times`));
  return violations;
}

function checkPath({ name, value }: MsrpHeader): Violation[] {
  const uris = splitPath(value);
  const violations: Violation[] = [];
  if (uris.length === 0 || uris.join(' ') !== value) {
    violations.push(broken('RFC4975-9-10', `${name} is not a list of URIs with one space between them`));
  }
  return [...violations, ...uris.flatMap((uri) => checkUri(uri, name))];
}

function checkUri(text: string, header: string): Violation[] {
  const uri = readMsrpUri(text);
  if (!uri.ok)
    return [broken(requirements[uri.error.part], `${header} has ${uri.error.reason}: ${JSON.stringify(text)}`)];
  const violations: Violation[] = [];
  if (hasNumericHost(uri.value) && uri.value.port === undefined) {
    violations.push(broken('RFC4975-6-04', `${header} has a numeric address without port: ${text}`));
  }
  if (uri.value.userinfo?.includes(':') === true) {
    violations.push(broken('RFC4975-6-10', `${header} has a password in a userinfo part: ${text}`));
  }
  return violations;
}

const requirements: Readonly<Record<MsrpUriPart, string>> = {
  characters: 'RFC4975-6-02',
  scheme: 'RFC4975-9-07',
  authority: 'RFC4975-9-07',
  'session-id': 'RFC4975-9-08',
  transport: 'RFC4975-9-09',
  parameter: 'RFC4975-9-07',
};

function isPath(name: string): boolean {
  return sameName(name, 'To-Path') || sameName(name, 'From-Path');
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
