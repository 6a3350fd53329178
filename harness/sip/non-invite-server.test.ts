import { describe, expect, test } from 'vitest';
import { effectNames, RESET, response, SETTINGS } from './machines.fixture.ts';
import { beginNonInviteServer, type NonInviteServerState, stepNonInviteServer } from './non-invite-server.ts';
import type { ServerEvent } from './transaction.ts';

const TRYING: NonInviteServerState = { name: 'trying' };
const PROCEEDING: NonInviteServerState = { name: 'proceeding', latest: response(100) };
const COMPLETED: NonInviteServerState = { name: 'completed', response: response(200) };
const answer = (status: number): ServerEvent => ({ type: 'respond', response: response(status) });
const again: ServerEvent = { type: 'request' };
const lost: ServerEvent = { type: 'transport-error', error: RESET };

/** One arrow of RFC 3261 figure 8, errors as in RFC 6026 §8.7: from, event, to, effects over UDP. */
const ARROWS: readonly (readonly [NonInviteServerState, ServerEvent, string, string])[] = [
  [TRYING, again, 'trying', ''],
  [TRYING, answer(100), 'proceeding', 'send-response 100'],
  [TRYING, answer(200), 'completed', 'send-response 200, start J 32000'],
  [TRYING, lost, 'trying', 'fail transport-error'],
  [PROCEEDING, again, 'proceeding', 'send-response 100'],
  [PROCEEDING, answer(200), 'completed', 'send-response 200, start J 32000'],
  [PROCEEDING, { type: 'timer', timer: 'J' }, 'proceeding', ''],
  [COMPLETED, again, 'completed', 'send-response 200'],
  [COMPLETED, answer(500), 'completed', ''],
  [COMPLETED, lost, 'completed', 'fail transport-error'],
  [COMPLETED, { type: 'timer', timer: 'J' }, 'terminated', ''],
  [{ name: 'terminated' }, again, 'terminated', ''],
  [{ name: 'terminated' }, lost, 'terminated', ''],
];

describe('non-INVITE server transaction', () => {
  test('begins without a word', () => {
    expect(beginNonInviteServer()).toEqual([{ name: 'trying' }, []]);
  });

  for (const [from, event, to, effects] of ARROWS) {
    const name = effectNames([event]);
    test(`${from.name}: ${name} leads to ${to}`, () => {
      const [state, done] = stepNonInviteServer(from, event, SETTINGS.udp);
      expect([state.name, effectNames(done)]).toEqual([to, effects]);
    });
  }

  test('over a stream timer J is 0', () => {
    expect(effectNames(stepNonInviteServer(TRYING, answer(200), SETTINGS.tcp)[1])).toBe('send-response 200, start J 0');
  });
});
