/** Octets in pieces as they came: appending is cheap and leaves the earlier value as it was. */
export interface Pieces {
  readonly length: number;
  readonly last: Buffer | undefined;
  readonly before: Pieces | undefined;
}

export const NO_PIECES: Pieces = { length: 0, last: undefined, before: undefined };

export function append(pieces: Pieces, octets: Buffer): Pieces {
  if (octets.length === 0) return pieces;
  return { length: pieces.length + octets.length, last: octets, before: pieces.length === 0 ? undefined : pieces };
}

/** In the order in which they were appended. */
export function toBuffers(pieces: Pieces): Buffer[] {
  const buffers: Buffer[] = [];
  for (let at: Pieces | undefined = pieces; at?.last !== undefined; at = at.before) buffers.push(at.last);
  return buffers.reverse();
}

export function join(pieces: Pieces): Buffer {
  const buffers = toBuffers(pieces);
  return buffers.length === 1 && buffers[0] !== undefined ? buffers[0] : Buffer.concat(buffers, pieces.length);
}
