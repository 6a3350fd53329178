/** A set of Unicode code points, kept as sorted ranges. */
export interface CodePointSet {
  has(codePoint: number): boolean;
}

/**
 * Reads ranges written as hexadecimal numbers, `620 626-628`, in ascending order and without overlap.
 * Throws on anything else: the texts are this project's own tables.
 */
export function codePointSet(ranges: string): CodePointSet {
  const firsts: number[] = [];
  const lasts: number[] = [];
  for (const range of ranges.trim().split(/\s+/)) {
    const match = /^([0-9A-F]+)(?:-([0-9A-F]+))?$/.exec(range);
    if (match?.[1] === undefined) throw new Error(`"${range}" is no range of code points`);
    const first = Number.parseInt(match[1], 16);
    const last = match[2] === undefined ? first : Number.parseInt(match[2], 16);
    if (last < first || first <= (lasts.at(-1) ?? -1)) throw new Error(`range "${range}" is out of order`);
    firsts.push(first);
    lasts.push(last);
  }
  return {
    has(codePoint) {
      let low = 0;
      let high = firsts.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((lasts[middle] ?? -1) < codePoint) low = middle + 1;
        else high = middle;
      }
      const first = firsts[low];
      return first !== undefined && first <= codePoint;
    },
  };
}
