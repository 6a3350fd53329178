import { describe, expect, test } from 'vitest';
import { effectNames, RESET, response, SETTINGS } from './machines.fixture.ts';
import { beginNonInviteClient, type NonInviteClientState, stepNonInviteClient } from './non-invite-client.ts';
import type { ClientEvent } from './transaction.ts';

const TRYING: NonInviteClientState = { name: 'trying', intervalMs: 500 };
const PROCEEDING: NonInviteClientState = { name: 'proceeding' };
const COMPLETED: NonInviteClientState = { name: 'completed' };
const timer = (name: 'E' | 'F' | 'K'): ClientEvent => ({ type: 'timer', timer: name });
const got = (status: number): ClientEvent => ({ type: 'response', response: response(status) });
const lost: ClientEvent = { type: 'transport-error', error: RESET };

/** One arrow of RFC 3261 figure 6: from, event, to, effects over UDP. */
const ARROWS: readonly (readonly [NonInviteClientState, ClientEvent, string, string])[] = [
  [TRYING, timer('E'), 'trying', 'send-request, start E 1000'],
  [TRYING, timer('F'), 'terminated', 'stop E, fail timed-out'],
  [TRYING, lost, 'terminated', 'stop E, stop F, fail transport-error'],
  [TRYING, got(100), 'proceeding', 'deliver 100'],
  [TRYING, got(200), 'completed', 'stop E, stop F, start K 5000, deliver 200'],
  [TRYING, got(481), 'completed', 'stop E, stop F, start K 5000, deliver 481'],
  [PROCEEDING, timer('E'), 'proceeding', 'send-request, start E 4000'],
  [PROCEEDING, timer('F'), 'terminated', 'stop E, fail timed-out'],
  [PROCEEDING, lost, 'terminated', 'stop E, stop F, fail transport-error'],
  [PROCEEDING, got(100), 'proceeding', 'deliver 100'],
  [PROCEEDING, got(200), 'completed', 'stop E, stop F, start K 5000, deliver 200'],
  [PROCEEDING, { type: 'abandon' }, 'terminated', 'stop E, stop F, fail timed-out'],
  [COMPLETED, got(200), 'completed', ''],
  [COMPLETED, timer('E'), 'completed', ''],
  [COMPLETED, timer('K'), 'terminated', ''],
  [{ name: 'terminated' }, got(200), 'terminated', ''],
];

describe('non-INVITE client transaction', () => {
  test('begins by sending; only UDP retransmits', () => {
    expect(effectNames(beginNonInviteClient(SETTINGS.udp)[1])).toBe('send-request, start E 500, start F 32000');
    expect(effectNames(beginNonInviteClient(SETTINGS.tcp)[1])).toBe('send-request, start F 32000');
  });

  for (const [from, event, to, effects] of ARROWS) {
    const name = effectNames([event]);
    test(`${from.name}: ${name} leads to ${to}`, () => {
      const [state, done] = stepNonInviteClient(from, event, SETTINGS.udp);
      expect([state.name, effectNames(done)]).toEqual([to, effects]);
    });
  }

  test('timer E doubles up to T2', () => {
    let state: NonInviteClientState = TRYING;
    const intervals: number[] = [];
    for (let i = 0; i < 5; i++) {
      [state] = stepNonInviteClient(state, timer('E'), SETTINGS.udp);
      if (state.name === 'trying') intervals.push(state.intervalMs);
    }
    expect(intervals).toEqual([1000, 2000, 4000, 4000, 4000]);
  });

  test('over a stream the transaction ends with its final response: timer K is 0', () => {
    const [, effects] = stepNonInviteClient(TRYING, got(200), SETTINGS.tcp);
    expect(effectNames(effects)).toBe('stop E, stop F, start K 0, deliver 200');
  });
});
