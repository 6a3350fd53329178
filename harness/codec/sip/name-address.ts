import { err, ok, type Result } from '../../result.ts';
import { formatParameters, type Parameters, parameterOf, parseParameters } from './parameters.ts';
import { quote, unquote } from './quoted.ts';
import { quotedEnd } from './split.ts';

/** Value of From, To, Contact, Route, Refer-To and their kind (RFC 3261 §20.10). */
export interface NameAddress {
  /** Without quotes and escapes. */
  readonly displayName?: string;
  /** As between the brackets; any scheme. */
  readonly uri: string;
  /** Parameters of the header, never those of the URI. */
  readonly parameters: Parameters;
}

/**
 * Reads one value. Without brackets everything behind the first semicolon belongs to the header (RFC 3261 §20.10). `*` is no
 * address. Error: one line saying what is wrong.
 */
export function parseNameAddress(value: string): Result<NameAddress, string> {
  const text = value.trim();
  if (text.startsWith('"')) {
    const end = quotedEnd(text, 0);
    if (end === undefined) return err('the quoted display name is not closed');
    const rest = text.slice(end).trimStart();
    if (!rest.startsWith('<')) return err('the display name is not followed by "<"');
    return readBracketed(rest, unquote(text.slice(0, end)));
  }
  const open = text.indexOf('<');
  if (open === -1) return readBare(text);
  const name = text.slice(0, open).trim();
  // A bracket further back belongs to a parameter, and the URI has none: sip:a@b;x="<".
  if (/["]/.test(name)) return readBare(text);
  if (/[;]/.test(name)) return err('an address is followed by another one');
  return readBracketed(text.slice(open), name === '' ? undefined : name.replace(/\s+/g, ' '));
}

function readBracketed(text: string, displayName: string | undefined): Result<NameAddress, string> {
  const close = text.indexOf('>');
  if (close === -1) return err('the angle bracket is not closed');
  const uri = text.slice(1, close).trim();
  if (uri === '') return err('the angle brackets are empty');
  const rest = text.slice(close + 1).trim();
  if (rest !== '' && !rest.startsWith(';')) return err('something other than parameters follows the address');
  const parameters = parseParameters(rest);
  return ok(displayName === undefined ? { uri, parameters } : { displayName, uri, parameters });
}

function readBare(text: string): Result<NameAddress, string> {
  const semicolon = text.indexOf(';');
  const uri = (semicolon === -1 ? text : text.slice(0, semicolon)).trim();
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>]+$/.test(uri)) return err('no URI');
  return ok({ uri, parameters: semicolon === -1 ? [] : parseParameters(text.slice(semicolon)) });
}

/** Writes the value, always with brackets, and with quotes around any display name that is not plain words. */
export function formatNameAddress({ displayName, uri, parameters }: NameAddress): string {
  const name = displayName === undefined ? '' : `${isWords(displayName) ? displayName : quote(displayName)} `;
  return `${name}<${uri}>${formatParameters(parameters)}`;
}

const isWords = (text: string): boolean => /^[!%'*+\-.0-9A-Z_`a-z~]+(?: [!%'*+\-.0-9A-Z_`a-z~]+)*$/.test(text);

/** The `tag` parameter; undefined when there is none or it is empty. */
export function tagOf(address: NameAddress): string | undefined {
  return parameterOf(address.parameters, 'tag') || undefined;
}
