import { describe, expect, test } from 'vitest';
import { beginInviteServer, type InviteServerState, stepInviteServer } from './invite-server.ts';
import { ACK, effectNames, RESET, response, SETTINGS } from './machines.fixture.ts';
import type { ServerEvent, TimerName } from './transaction.ts';

const PROCEEDING: InviteServerState = { name: 'proceeding' };
const RINGING: InviteServerState = { name: 'proceeding', latest: response(180) };
const ACCEPTED: InviteServerState = { name: 'accepted' };
const COMPLETED: InviteServerState = { name: 'completed', response: response(486), intervalMs: 500 };
const CONFIRMED: InviteServerState = { name: 'confirmed' };
const timer = (name: TimerName): ServerEvent => ({ type: 'timer', timer: name });
const answer = (status: number): ServerEvent => ({ type: 'respond', response: response(status) });
const again: ServerEvent = { type: 'request' };
const ack: ServerEvent = { type: 'ack', ack: ACK };
const lost: ServerEvent = { type: 'transport-error', error: RESET };

/** One arrow of RFC 3261 figure 7 as RFC 6026 figure 5 has it: from, event, to, effects over UDP, over TCP if others. */
const ARROWS: readonly (readonly [InviteServerState, ServerEvent, string, string, string?])[] = [
  [PROCEEDING, timer('100'), 'proceeding', 'send-trying'],
  [PROCEEDING, again, 'proceeding', ''],
  [RINGING, again, 'proceeding', 'send-response 180'],
  [RINGING, timer('100'), 'proceeding', ''],
  [PROCEEDING, answer(180), 'proceeding', 'stop 100, send-response 180'],
  [PROCEEDING, answer(200), 'accepted', 'stop 100, send-response 200, start L 32000'],
  [
    PROCEEDING,
    answer(486),
    'completed',
    'stop 100, send-response 486, start G 500, start H 32000',
    'stop 100, send-response 486, start H 32000',
  ],
  [PROCEEDING, ack, 'proceeding', ''],
  [PROCEEDING, lost, 'proceeding', 'fail transport-error'],
  [ACCEPTED, again, 'accepted', ''],
  [ACCEPTED, ack, 'accepted', 'deliver-ack'],
  [ACCEPTED, answer(200), 'accepted', 'send-response 200'],
  [ACCEPTED, answer(486), 'accepted', ''],
  [ACCEPTED, lost, 'accepted', 'fail transport-error'],
  [ACCEPTED, timer('L'), 'terminated', ''],
  [COMPLETED, again, 'completed', 'send-response 486'],
  [COMPLETED, timer('G'), 'completed', 'send-response 486, start G 1000'],
  [COMPLETED, timer('H'), 'terminated', 'stop G, fail timed-out'],
  [COMPLETED, ack, 'confirmed', 'stop G, stop H, start I 5000', 'stop G, stop H, start I 0'],
  [COMPLETED, answer(200), 'completed', ''],
  [COMPLETED, lost, 'completed', 'fail transport-error'],
  [CONFIRMED, ack, 'confirmed', ''],
  [CONFIRMED, again, 'confirmed', ''],
  [CONFIRMED, timer('I'), 'terminated', ''],
  [{ name: 'terminated' }, answer(200), 'terminated', ''],
];

describe('INVITE server transaction', () => {
  test('begins to wait for 200 ms before it sends 100', () => {
    expect(effectNames(beginInviteServer()[1])).toBe('start 100 200');
  });

  for (const [from, event, to, udp, tcp = udp] of ARROWS) {
    const latest = from === RINGING ? ' (180)' : '';
    const name = effectNames([event]);
    test(`${from.name}${latest}: ${name} leads to ${to}`, () => {
      const [state, effects] = stepInviteServer(from, event, SETTINGS.udp);
      expect([state.name, effectNames(effects)]).toEqual([to, udp]);
      const [other, otherEffects] = stepInviteServer(from, event, SETTINGS.tcp);
      expect([other.name, effectNames(otherEffects)]).toEqual([to, tcp]);
    });
  }

  test('timer G doubles up to T2', () => {
    let state: InviteServerState = COMPLETED;
    const intervals: number[] = [];
    for (let i = 0; i < 5; i++) {
      [state] = stepInviteServer(state, timer('G'), SETTINGS.udp);
      if (state.name === 'completed') intervals.push(state.intervalMs);
    }
    expect(intervals).toEqual([1000, 2000, 4000, 4000, 4000]);
  });
});
