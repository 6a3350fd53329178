import { describe, expect, test } from 'vitest';
import { beginInviteClient, type InviteClientState, stepInviteClient } from './invite-client.ts';
import { effectNames, RESET, response, SETTINGS } from './machines.fixture.ts';
import type { ClientEvent } from './transaction.ts';

const CALLING: InviteClientState = { name: 'calling', intervalMs: 500 };
const PROCEEDING: InviteClientState = { name: 'proceeding' };
const ACCEPTED: InviteClientState = { name: 'accepted' };
const COMPLETED: InviteClientState = { name: 'completed' };
const timer = (name: 'A' | 'B' | 'D' | 'M'): ClientEvent => ({ type: 'timer', timer: name });
const got = (status: number): ClientEvent => ({ type: 'response', response: response(status) });
const lost: ClientEvent = { type: 'transport-error', error: RESET };

/** One arrow of RFC 3261 figure 5 or RFC 6026 figure 3: from, event, to, effects over UDP, effects over TCP. */
const ARROWS: readonly (readonly [InviteClientState, ClientEvent, string, string, string])[] = [
  [CALLING, timer('A'), 'calling', 'send-request, start A 1000', 'send-request, start A 1000'],
  [CALLING, timer('B'), 'terminated', 'stop A, fail timed-out', 'stop A, fail timed-out'],
  [CALLING, lost, 'terminated', 'stop A, stop B, fail transport-error', 'stop A, stop B, fail transport-error'],
  [CALLING, got(180), 'proceeding', 'stop A, stop B, deliver 180', 'stop A, stop B, deliver 180'],
  [
    CALLING,
    got(200),
    'accepted',
    'stop A, stop B, start M 32000, deliver 200',
    'stop A, stop B, start M 32000, deliver 200',
  ],
  [
    CALLING,
    got(486),
    'completed',
    'stop A, stop B, send-ack, start D 32000, deliver 486',
    'stop A, stop B, send-ack, start D 0, deliver 486',
  ],
  [PROCEEDING, got(183), 'proceeding', 'deliver 183', 'deliver 183'],
  [PROCEEDING, got(200), 'accepted', 'start M 32000, deliver 200', 'start M 32000, deliver 200'],
  [PROCEEDING, got(603), 'completed', 'send-ack, start D 32000, deliver 603', 'send-ack, start D 0, deliver 603'],
  [PROCEEDING, timer('A'), 'proceeding', '', ''],
  [PROCEEDING, timer('B'), 'proceeding', '', ''],
  [PROCEEDING, { type: 'abandon' }, 'terminated', 'fail timed-out', 'fail timed-out'],
  [ACCEPTED, got(200), 'accepted', 'deliver 200', 'deliver 200'],
  [ACCEPTED, got(180), 'accepted', '', ''],
  [ACCEPTED, got(486), 'accepted', '', ''],
  [ACCEPTED, timer('M'), 'terminated', '', ''],
  [COMPLETED, got(486), 'completed', 'send-ack', 'send-ack'],
  [COMPLETED, got(180), 'completed', '', ''],
  [COMPLETED, got(200), 'completed', '', ''],
  [COMPLETED, lost, 'terminated', 'stop D, fail transport-error', 'stop D, fail transport-error'],
  [COMPLETED, timer('D'), 'terminated', '', ''],
  [{ name: 'terminated' }, got(200), 'terminated', '', ''],
];

describe('INVITE client transaction', () => {
  test('begins by sending; only UDP retransmits', () => {
    expect(effectNames(beginInviteClient(SETTINGS.udp)[1])).toBe('send-request, start A 500, start B 32000');
    expect(effectNames(beginInviteClient(SETTINGS.tcp)[1])).toBe('send-request, start B 32000');
  });

  for (const [from, event, to, udp, tcp] of ARROWS) {
    const name = effectNames([event]);
    test(`${from.name}: ${name} leads to ${to}`, () => {
      const [state, effects] = stepInviteClient(from, event, SETTINGS.udp);
      expect([state.name, effectNames(effects)]).toEqual([to, udp]);
      const [other, otherEffects] = stepInviteClient(from, event, SETTINGS.tcp);
      expect([other.name, effectNames(otherEffects)]).toEqual([to, tcp]);
    });
  }

  test('timer A doubles without bound (RFC 3261 §17.1.1.2)', () => {
    let state: InviteClientState = CALLING;
    const intervals: number[] = [];
    for (let i = 0; i < 6; i++) {
      [state] = stepInviteClient(state, timer('A'), SETTINGS.udp);
      if (state.name === 'calling') intervals.push(state.intervalMs);
    }
    expect(intervals).toEqual([1000, 2000, 4000, 8000, 16000, 32000]);
  });
});
