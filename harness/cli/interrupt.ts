/** The first Ctrl-C ends a run in good order; a second one ends the program. Returns how to stop listening. */
export function onInterrupt(stop: () => void): () => void {
  let asked = false;
  const listener = (): void => {
    if (asked) process.exit(130);
    asked = true;
    process.stderr.write('\nStopping; what has been judged is kept. Ctrl-C once more ends at once.\n');
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener);
  };
}
