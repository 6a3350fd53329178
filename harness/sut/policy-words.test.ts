import { describe, expect, it } from 'vitest';
import type { RoomPolicyNeed } from '../scenario/schema.ts';
import { formatPolicyWords, parsePolicyWords } from './policy-words.ts';

describe('a room policy in one argument', () => {
  it.each<RoomPolicyNeed>([
    {},
    { nicknames: 'forbidden' },
    { 'private-messages': 'forbidden', 'reserved-nicknames': ['Admin, the', 'Gäst%'] },
  ])('%j comes back', (need) => {
    expect(parsePolicyWords(formatPolicyWords(need))).toEqual({ ok: true, value: need });
  });

  it('says what was meant', () => {
    expect(parsePolicyWords('no-nickname')).toEqual({
      ok: false,
      error: 'no room policy is called "no-nickname" (did you mean "no-nicknames"?)',
    });
    expect(parsePolicyWords('reserved=%zz').ok).toBe(false);
  });
});
