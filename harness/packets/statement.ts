/** What a recording says of itself. */
export interface Statement {
  readonly packets: number;
  /** Connections, and for each socket for datagrams those with whom it speaks: what is introduced. */
  readonly connections: number;
  readonly actors: number;
}

/** Stands in the comment of a section of which nothing is left out, so that a reader can tell whether it still has all. */
export const statementText = ({ packets, connections, actors }: Statement): string =>
  `Whole: ${packets} packets, ${connections} connections, ${actors} actors; nothing is left out.`;

/** Undefined: the section does not say that it is whole. */
export function readStatement(comments: readonly string[]): Statement | undefined {
  for (const comment of comments) {
    const found = /^Whole: (\d+) packets, (\d+) connections, (\d+) actors; nothing is left out\.$/m.exec(comment);
    if (found === null) continue;
    const [packets = 0, connections = 0, actors = 0] = found.slice(1).map(Number);
    return { packets, connections, actors };
  }
  return undefined;
}
