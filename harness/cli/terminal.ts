import type { Terminal } from '../../reports/console.ts';

/** Standard output, as reports see it. */
export function terminal(): Terminal {
  const { stdout, env } = process;
  return {
    write: (text) => stdout.write(text),
    isTty: stdout.isTTY === true,
    colours:
      (stdout.isTTY === true && env.NO_COLOR === undefined && env.TERM !== 'dumb') || env.FORCE_COLOR !== undefined,
    columns: stdout.columns ?? 80,
  };
}
