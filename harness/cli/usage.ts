/** Wrong arguments, an invalid scenario or profile: exit status 2, and these lines. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The SUT could not be reached or nothing was judged: exit status 3. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** What went wrong, on one line: what a parser says quotes what it has read, line breaks and all. */
export const inLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
