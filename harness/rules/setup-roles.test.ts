import { describe, expect, it } from 'vitest';
import { ScriptedRoom } from './scripted-room.fixture.ts';
import { setupRoles } from './setup-roles.ts';

describe('a=setup of the focus', () => {
  it('is passive where the offer leaves it open, and then the actor connects', () => {
    const script = new ScriptedRoom().joins('alice', { offers: { setup: 'actpass' } });
    expect(script.verdicts(setupRoles)).toEqual({
      'RFC6135-4.2.1-01': 'pass',
      'RFC6135-4.2.1-02': 'pass',
      'RFC6135-4.2.2-08': 'pass',
    });
  });

  it('may be active there, with a warning', () => {
    const script = new ScriptedRoom().joins('alice', {
      offers: { setup: 'actpass' },
      answers: { setup: 'active' },
      binds: false,
    });
    expect(script.isCalled('alice').verdicts(setupRoles)).toEqual({
      'RFC6135-4.2.1-02': 'pass',
      'RFC6135-4.2.2-02': 'pass',
      'RFC6135-4.2.2-08': 'warn',
    });
  });

  it('stands everywhere or nowhere', () => {
    const none = { answers: { setup: undefined } };
    const never = new ScriptedRoom().joins('alice', none).joins('bob', none);
    expect(never.verdicts(setupRoles)).toEqual({ 'RFC6135-4.2.1-01': 'pass' });
    const once = new ScriptedRoom().joins('alice').joins('bob', none);
    expect(once.verdicts(setupRoles)).toMatchObject({ 'RFC6135-4.2.1-02': 'fail' });
  });

  it('binds the focus: where it is passive it does not connect', () => {
    const script = new ScriptedRoom().joins('alice').isCalled('alice');
    expect(script.verdicts(setupRoles)).toMatchObject({ 'RFC6135-4.2.1-01': 'fail' });
  });
});
