/** Wrong arguments, an invalid scenario or profile: exit status 2, and these lines. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The SUT could not be reached or nothing was judged: exit status 3. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}
