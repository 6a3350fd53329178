import type { Violation } from '../violation.ts';

export function broken(requirement: string, message: string): Violation {
  return { requirement, message };
}
