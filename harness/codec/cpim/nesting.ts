import { err, ok, type Result } from '../../result.ts';
import type { CpimMessage, ParsedCpim } from './message.ts';
import { wrappedType } from './mime.ts';
import { parseCpim } from './parse.ts';

/** Whether the content is itself a Message/CPIM entity; parameters and letter case do not count (RFC 3862 §2.1). */
export function wrapsCpim(message: Pick<CpimMessage, 'headers' | 'mimeHeaders'>): boolean {
  const type = wrappedType(message)?.split(';', 1)[0];
  return type !== undefined && type.trim().toLowerCase() === 'message/cpim';
}

/**
 * The entity and those nested in it, outermost first, as RFC 4975 §14.5 wants them shown to a user. Error: one line, when a
 * level is no CPIM or there are more than `maxDepth` levels.
 */
export function nestedCpim(octets: Buffer, maxDepth = 32): Result<readonly ParsedCpim[], string> {
  const levels: ParsedCpim[] = [];
  let rest = octets;
  for (;;) {
    if (levels.length === maxDepth) return err(`more than ${maxDepth} levels of message/cpim`);
    const level = parseCpim(rest);
    if (!level.ok) return err(`level ${levels.length + 1}: ${level.error}`);
    levels.push(level.value);
    if (!wrapsCpim(level.value)) return ok(levels);
    rest = level.value.content;
  }
}
