import { quote, unquote } from './quoted.ts';
import { splitOutside } from './split.ts';

/** One `;name=value`. The value is as on the wire, quotes included; a parameter without `=` has none. */
export interface Parameter {
  readonly name: string;
  readonly value?: string;
}

export type Parameters = readonly Parameter[];

/** Reads what follows a header's main value, with or without the first semicolon (RFC 3261 §25.1 generic-param). */
export function parseParameters(text: string): Parameter[] {
  return splitOutside(text, ';').map(parseParameter);
}

export function formatParameters(parameters: Parameters): string {
  return parameters.map(({ name, value }) => (value === undefined ? `;${name}` : `;${name}=${value}`)).join('');
}

/** Reads one `name[=value]`, with white space around the equals sign or not. */
export function parseParameter(text: string): Parameter {
  const equals = text.indexOf('=');
  if (equals === -1) return { name: text };
  return { name: text.slice(0, equals).trimEnd(), value: text.slice(equals + 1).trimStart() };
}

/** Value of the first parameter of that name (any case) without its quotes; `''` when it stands alone. */
export function parameterOf(parameters: Parameters, name: string): string | undefined {
  const found = parameters.find((parameter) => sameName(parameter.name, name));
  return found === undefined ? undefined : unquote(found.value ?? '');
}

export function hasParameter(parameters: Parameters, name: string): boolean {
  return parameters.some((parameter) => sameName(parameter.name, name));
}

const TOKEN_OR_HOST = /^[!%'*+\-.0-9A-Z_`a-z~[\]:]+$/;

/** Sets a parameter at its place or at the end; the value is quoted where it has to be, `undefined` stands for none. */
export function withParameter(parameters: Parameters, name: string, value?: string): Parameter[] {
  const written = value === undefined ? { name } : { name, value: TOKEN_OR_HOST.test(value) ? value : quote(value) };
  return hasParameter(parameters, name)
    ? parameters.map((parameter) => (sameName(parameter.name, name) ? written : parameter))
    : [...parameters, written];
}

export function withoutParameter(parameters: Parameters, name: string): Parameter[] {
  return parameters.filter((parameter) => !sameName(parameter.name, name));
}

/** Parameter names compare without case (RFC 3261 §7.3.1). */
export function sameName(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase();
}
