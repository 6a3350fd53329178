import { describe, expect, it } from 'vitest';
import { hiddenAmong } from './hidden-among.ts';

const bob = 'sip:bob-12345678@chat.example';
const left = 'sip:dave-87654321@chat.example';
const anonymous = 'sip:anonymous7@anonymous.invalid';

describe('who a hidden participant is', () => {
  it('is the one whom nobody knows', () => {
    expect(hiddenAmong([bob, 'sip:guest7@chat.example'], new Set([bob]))).toBe('sip:guest7@chat.example');
    expect(hiddenAmong([bob], new Set([bob]))).toBeUndefined();
  });

  it('is not somebody who was left in the room', () => {
    for (const users of [
      [left, bob, anonymous],
      [bob, anonymous, left],
    ])
      expect(hiddenAmong(users, new Set([bob]))).toBe(anonymous);
  });
});
