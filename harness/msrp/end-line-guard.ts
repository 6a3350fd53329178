const HYPHENS = '-------';
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Keeps a chunk's own end-line out of its body while the body is still being written (RFC 4975 §7.1). Looks for the
 * hyphens and the transaction id alone: stricter than the grammar, so that no lenient receiver is led astray either.
 */
export class EndLineGuard {
  readonly #mark: Buffer;
  #tail: Buffer = NOTHING;

  constructor(transactionId: string) {
    this.#mark = Buffer.from(HYPHENS + transactionId);
  }

  /** How many of these octets may follow those passed before; fewer than all: the chunk has to end there. */
  pass(octets: Buffer): number {
    const safe = this.#safeLength(octets);
    this.#remember(octets.subarray(0, safe));
    return safe;
  }

  #safeLength(octets: Buffer): number {
    const reach = this.#mark.length - 1;
    if (this.#tail.length > 0) {
      const seam = Buffer.concat([this.#tail, octets.subarray(0, reach)]);
      const at = seam.indexOf(this.#mark);
      if (at >= 0) return at + reach - this.#tail.length;
    }
    const at = octets.indexOf(this.#mark);
    return at < 0 ? octets.length : at + reach;
  }

  #remember(passed: Buffer): void {
    const reach = this.#mark.length - 1;
    this.#tail =
      passed.length >= reach
        ? passed.subarray(passed.length - reach)
        : Buffer.concat([this.#tail, passed]).subarray(-reach);
  }
}

/** Whether a finished body leaves this transaction id free to be used (RFC 4975 §7.1). */
export function mayUse(transactionId: string, body: readonly Uint8Array[]): boolean {
  const guard = new EndLineGuard(transactionId);
  return body.every((part) => {
    const octets = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    return guard.pass(octets) === octets.length;
  });
}
