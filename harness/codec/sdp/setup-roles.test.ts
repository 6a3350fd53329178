import { describe, expect, it } from 'vitest';
import type { SetupRole } from './description.ts';
import { answerSetup, decideActive } from './setup-roles.ts';

const none = undefined;
const roles: readonly (SetupRole | undefined)[] = [none, 'active', 'passive', 'actpass', 'holdconn', 'unknown'];

describe('decideActive', () => {
  it.each<[SetupRole | undefined, SetupRole | undefined, string]>([
    [none, none, 'offerer'],
    [none, 'passive', 'offerer'],
    [none, 'active', 'invalid-answer'],
    [none, 'actpass', 'invalid-answer'],
    ['active', 'passive', 'offerer'],
    ['active', none, 'offerer'],
    ['active', 'active', 'invalid-answer'],
    ['active', 'actpass', 'invalid-answer'],
    ['actpass', 'passive', 'offerer'],
    ['actpass', none, 'offerer'],
    ['actpass', 'active', 'answerer'],
    ['actpass', 'actpass', 'invalid-answer'],
    ['passive', 'active', 'answerer'],
    ['passive', none, 'nobody-connects'],
    ['passive', 'passive', 'invalid-answer'],
    ['passive', 'actpass', 'invalid-answer'],
    ['holdconn', none, 'offerer'],
    ['holdconn', 'passive', 'offerer'],
    ['holdconn', 'active', 'invalid-answer'],
  ])('offer %s, answer %s: %s', (offer, answer, outcome) => {
    const side = decideActive(offer, answer);
    expect(side.active === 'nobody' ? side.why : side.active).toBe(outcome);
  });

  it.each<SetupRole>(['holdconn', 'unknown'])('takes %s for no attribute on both sides', (ignored) => {
    for (const other of roles) {
      expect(decideActive(ignored, other)).toEqual(decideActive(none, other));
      expect(decideActive(other, ignored)).toEqual(decideActive(other, none));
    }
  });
});

describe('answerSetup', () => {
  it.each<[SetupRole | undefined, string, string]>([
    [none, 'passive', 'passive'],
    ['holdconn', 'passive', 'passive'],
    ['active', 'passive', 'passive'],
    ['passive', 'active', 'active'],
    ['actpass', 'active', 'passive'],
  ])('to %s: %s or %s by choice', (offer, whenActive, whenPassive) => {
    expect(answerSetup(offer, 'active')).toBe(whenActive);
    expect(answerSetup(offer, 'passive')).toBe(whenPassive);
  });

  it('always lets one side connect', () => {
    for (const offer of roles)
      for (const choice of ['active', 'passive'] as const)
        expect(decideActive(offer, answerSetup(offer, choice)).active).not.toBe('nobody');
  });
});
