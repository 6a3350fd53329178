import { err, ok, type Result } from '../../result.ts';

/** RFC 3261 §20.16. */
export interface CSeq {
  /** 0 to 2^32-1; first requests stay below 2^31 (RFC 3261 §8.1.1.5). */
  readonly number: number;
  readonly method: string;
}

export function parseCSeq(value: string): Result<CSeq, string> {
  const match = /^0*([0-9]{1,10})[ \t]+([!%'*+\-.0-9A-Z_`a-z~]+)$/.exec(value);
  if (match === null) return err('no number and method');
  const [, digits = '', method = ''] = match;
  const number = Number(digits);
  return number > 0xffff_ffff ? err('the number does not fit 32 bits') : ok({ number, method });
}

export const formatCSeq = ({ number, method }: CSeq): string => `${number} ${method}`;
