import type { Violation } from '../violation.ts';

/** A broken rule; `tolerated` marks what the catalogue's own verdict calls a warning although the rule is no SHOULD. */
export interface SdpViolation extends Violation {
  readonly tolerated?: true;
}

export type At = { readonly start: number; readonly end: number };

export function violation(requirement: string, message: string, at?: At): SdpViolation {
  return at === undefined ? { requirement, message } : { requirement, message, at };
}

export function tolerated(requirement: string, message: string, at?: At): SdpViolation {
  return { ...violation(requirement, message, at), tolerated: true };
}
