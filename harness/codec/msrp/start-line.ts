import type { MsrpDefectKind } from './defect.ts';
import { isIdent } from './ident.ts';

export type StartLine = (
  | { readonly kind: 'request'; readonly transactionId: string; readonly method: string }
  | { readonly kind: 'response'; readonly transactionId: string; readonly status: number; readonly comment?: string }
) & { readonly defects: readonly MsrpDefectKind[] };

// Nobody can be sure where a frame with a longer identifier ends without holding back as much of each body.
const longestTransactionId = 8192;

const flawless: readonly MsrpDefectKind[] = [];

/**
 * Reads a start line without its line end (RFC 4975 §9). Refuses only what is neither request nor response;
 * odd letter case and blanks come back as defects. The identifier and the method are not judged.
 */
export function readStartLine(line: string): StartLine | undefined {
  const idEnd = line.indexOf(' ', 5);
  const tab = line.indexOf('\t');
  const exact = idEnd > 5 && line.startsWith('MSRP ') && line.charCodeAt(idEnd + 1) > 0x20 && (tab < 0 || tab > idEnd);
  return exact ? tokens(line.slice(5, idEnd), line.slice(idEnd + 1), flawless) : oddLine(line);
}

/** Whether a line found among garbage is a start line: nothing but the grammar is believed there. */
export function isPlausible(line: StartLine | undefined): boolean {
  if (line === undefined || line.defects.length > 0 || !isIdent(line.transactionId)) return false;
  return line.kind === 'response' || /^[A-Z]+$/.test(line.method);
}

function oddLine(line: string): StartLine | undefined {
  const parts = /^(MSRP)([ \t]+)([^ \t]+)([ \t]+)(.+)$/isu.exec(line);
  if (parts === null) return undefined;
  const [, protocol = '', before = '', id = '', after = '', rest = ''] = parts;
  const defects: MsrpDefectKind[] = [];
  if (protocol !== 'MSRP') defects.push('start-line-letter-case');
  if (before !== ' ' || after !== ' ') defects.push('start-line-blanks');
  return tokens(id, rest, defects);
}

function tokens(transactionId: string, rest: string, defects: readonly MsrpDefectKind[]): StartLine | undefined {
  if (transactionId.length > longestTransactionId) return undefined;
  const space = rest.indexOf(' ');
  const token = space < 0 ? rest : rest.slice(0, space);
  if (isStatus(token)) {
    const status = Number(token);
    return space < 0
      ? { kind: 'response', transactionId, status, defects }
      : { kind: 'response', transactionId, status, comment: rest.slice(space + 1), defects };
  }
  if (space < 0 && !rest.includes('\t')) return { kind: 'request', transactionId, method: rest, defects };
  const method = rest.replace(/[ \t]+$/u, '');
  if (/[ \t]/u.test(method)) return undefined;
  return { kind: 'request', transactionId, method, defects: [...defects, 'start-line-blanks'] };
}

function isStatus(token: string): boolean {
  return token.length === 3 && isDigit(token, 0) && isDigit(token, 1) && isDigit(token, 2);
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
