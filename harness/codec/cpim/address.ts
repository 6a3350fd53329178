import { err, ok, type Result } from '../../result.ts';
import { escapeText, quoteText, unescapeText } from './escape.ts';
import type { CpimAddress } from './message.ts';

const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/;
const TOKENS = /^[A-Za-z0-9!#$%&'*+\-^_`|~.\u0080-\uffff]+(?: [A-Za-z0-9!#$%&'*+\-^_`|~.\u0080-\uffff]+)*$/;

/**
 * Reads the value of From, To or cc (RFC 3862 §4.1): an optional name, then the URI in angle brackets and nothing behind.
 * Any blanks between name and bracket are taken. Error: one line saying what is wrong.
 */
export function parseCpimAddress(value: string): Result<CpimAddress, string> {
  const text = value.trim();
  const open = text.startsWith('"') ? bracketAfterQuoted(text) : text.indexOf('<');
  if (open === undefined) return err('the quoted name is not followed by "<"');
  if (open === -1) return err('the URI does not stand in angle brackets');
  const close = text.indexOf('>', open);
  if (close === -1) return err('the angle bracket is not closed');
  if (close !== text.length - 1) return err('something stands behind the closing bracket');
  const uri = text.slice(open + 1, close);
  if (!ABSOLUTE_URI.test(uri)) return err('no absolute URI stands between the brackets');
  const written = text.slice(0, open).trimEnd();
  if (written === '') return ok({ uri });
  const name = unescapeText(written.startsWith('"') ? written.slice(1, -1) : written);
  return ok({ name, uri });
}

/** Index of `<` behind the quoted string that `text` begins with. */
function bracketAfterQuoted(text: string): number | undefined {
  for (let index = 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') {
      let open = index + 1;
      while (text[open] === ' ') open += 1;
      return text[open] === '<' ? open : undefined;
    }
  }
  return undefined;
}

/** Writes an address; the name goes without quotes where tokens suffice (RFC 3862 §4.1), as software commonly does. */
export function formatCpimAddress({ name, uri }: CpimAddress): string {
  if (name === undefined) return `<${uri}>`;
  return `${TOKENS.test(name) ? escapeText(name) : quoteText(name)} <${uri}>`;
}

/** Whether an address value that can be read also keeps to the letter of the grammar (RFC 3862 §4.1). */
export function hasAddressGrammar(value: string): boolean {
  return GRAMMAR.test(value);
}

const GRAMMAR =
  /^(?:(?:[A-Za-z0-9!#$%&'*+\-^_`|~.\u0080-\uffff]+ )+|"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*" ?)?<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+>$/;
