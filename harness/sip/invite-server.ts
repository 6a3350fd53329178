import type { SipResponse } from '../codec/sip/message.ts';
import { TRYING_MS, type TransactionSettings, transactionTimeout } from './timers.ts';
import { failed, type ServerEffect, type ServerEvent, type Step, start, stop } from './transaction.ts';

/** RFC 3261 figure 7 as replaced by RFC 6026 figure 5 (§7.1, §8.5): with Accepted, and without loss by a transport error. */
export type InviteServerState =
  | { readonly name: 'proceeding'; readonly latest?: SipResponse }
  | { readonly name: 'accepted' }
  | { readonly name: 'completed'; readonly response: SipResponse; readonly intervalMs: number }
  | { readonly name: 'confirmed' }
  | { readonly name: 'terminated' };

type InviteServerStep = Step<InviteServerState, ServerEffect>;

const TERMINATED: InviteServerState = { name: 'terminated' };

export function beginInviteServer(): InviteServerStep {
  return [{ name: 'proceeding' }, [start('100', TRYING_MS)]];
}

export function stepInviteServer(
  state: InviteServerState,
  event: ServerEvent,
  settings: TransactionSettings,
): InviteServerStep {
  if (event.type === 'transport-error') {
    const lost = state.name === 'confirmed' || state.name === 'terminated';
    return [state, lost ? [] : [failed({ kind: 'transport-error', error: event.error })]];
  }
  switch (state.name) {
    case 'proceeding':
      return proceeding(state, event, settings);
    case 'accepted':
      return accepted(state, event);
    case 'completed':
      return completed(state, event, settings);
    case 'confirmed':
      return event.type === 'timer' && event.timer === 'I' ? [TERMINATED, []] : [state, []];
    case 'terminated':
      return [state, []];
  }
}

function proceeding(
  state: InviteServerState & { name: 'proceeding' },
  event: ServerEvent,
  { timers, reliable }: TransactionSettings,
): InviteServerStep {
  if (event.type === 'request') {
    return [state, state.latest === undefined ? [] : [{ type: 'send-response', response: state.latest }]];
  }
  if (event.type === 'timer' && event.timer === '100') {
    return [state, state.latest === undefined ? [{ type: 'send-trying' }] : []];
  }
  if (event.type !== 'respond') return [state, []];
  const { response } = event;
  const send: ServerEffect[] = [stop('100'), { type: 'send-response', response }];
  if (response.status < 200) return [{ name: 'proceeding', latest: response }, send];
  if (response.status < 300) return [{ name: 'accepted' }, [...send, start('L', transactionTimeout(timers))]];
  if (!reliable) send.push(start('G', timers.t1));
  send.push(start('H', transactionTimeout(timers)));
  return [{ name: 'completed', response, intervalMs: timers.t1 }, send];
}

/** The user repeats the 2xx (RFC 3261 §13.3.1.4); repeated requests are absorbed (RFC 6026 §7.1). */
function accepted(state: InviteServerState, event: ServerEvent): InviteServerStep {
  if (event.type === 'timer' && event.timer === 'L') return [TERMINATED, []];
  if (event.type === 'ack') return [state, [{ type: 'deliver-ack', ack: event.ack }]];
  if (event.type === 'respond' && event.response.status >= 200 && event.response.status < 300) {
    return [state, [{ type: 'send-response', response: event.response }]];
  }
  return [state, []];
}

function completed(
  state: InviteServerState & { name: 'completed' },
  event: ServerEvent,
  { timers, reliable }: TransactionSettings,
): InviteServerStep {
  const again: ServerEffect = { type: 'send-response', response: state.response };
  if (event.type === 'request') return [state, [again]];
  if (event.type === 'ack') {
    return [{ name: 'confirmed' }, [stop('G'), stop('H'), start('I', reliable ? 0 : timers.t4)]];
  }
  if (event.type === 'timer' && event.timer === 'G') {
    const intervalMs = Math.min(2 * state.intervalMs, timers.t2);
    return [{ ...state, intervalMs }, [again, start('G', intervalMs)]];
  }
  if (event.type === 'timer' && event.timer === 'H') return [TERMINATED, [stop('G'), failed({ kind: 'timed-out' })]];
  return [state, []];
}
