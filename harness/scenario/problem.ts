/** Something wrong in a file a person wrote. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

export const formatProblem = ({ file, line, column, message }: Problem): string =>
  `${file}:${line}:${column} ${message}`;
