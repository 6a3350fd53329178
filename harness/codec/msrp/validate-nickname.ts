import type { Violation } from '../violation.ts';
import { broken } from './broken.ts';
import { headerOf, type MsrpRequest } from './message.ts';
import { type NicknameProblem, readUseNickname } from './nickname.ts';

/** What RFC 7701 §7 demands of a NICKNAME request, and of others concerning its header. */
export function checkNickname(request: MsrpRequest): Violation[] {
  const value = headerOf(request, 'Use-Nickname');
  if (request.method !== 'NICKNAME') {
    return value === undefined ? [] : [broken('RFC7701-7.1-30', `${request.method} with Use-Nickname`)];
  }
  const violations: Violation[] = [];
  if (headerOf(request, 'Success-Report') !== undefined) {
    violations.push(broken('RFC7701-7.1-07', 'NICKNAME with Success-Report'));
  }
  if (headerOf(request, 'Failure-Report') !== undefined) {
    violations.push(broken('RFC7701-7.1-08', 'NICKNAME with Failure-Report'));
  }
  return [...violations, ...(value === undefined ? [missing] : checkValue(value))];
}

const requirements: Readonly<Record<NicknameProblem['kind'], string>> = {
  form: 'RFC7701-7.1-33',
  escape: 'RFC7701-7.1-34',
  length: 'RFC7701-7.1-06',
};

const missing = broken('RFC7701-7.1-04', 'NICKNAME without Use-Nickname');

function checkValue(value: string): Violation[] {
  if (value === '') return [broken('RFC7701-7.1-33', 'Use-Nickname without a value, not even an empty quoted string')];
  const nickname = readUseNickname(value);
  if (nickname.ok) return [];
  const requirement = requirements[nickname.error.kind];
  return [broken(requirement, `Use-Nickname has ${nickname.error.reason}`)];
}
