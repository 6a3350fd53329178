/** The only source of randomness, so that a seed repeats a run. */
export interface Random {
  bytes(count: number): Buffer;
  /** A whole number from 0 up to but without `below`. */
  integer(below: number): number;
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` letters and digits: 5.95 bits of randomness each. */
export function token(random: Random, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += LETTERS_AND_DIGITS[random.integer(LETTERS_AND_DIGITS.length)];
  return text;
}
