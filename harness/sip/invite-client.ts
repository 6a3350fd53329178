import { TIMER_D_MS, type TransactionSettings, transactionTimeout } from './timers.ts';
import { type ClientEffect, type ClientEvent, failed, type Step, start, stop } from './transaction.ts';

/** RFC 3261 figure 5 with the Accepted state of RFC 6026 §8.4. */
export type InviteClientState =
  | { readonly name: 'calling'; readonly intervalMs: number }
  | { readonly name: 'proceeding' }
  | { readonly name: 'accepted' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' };

type InviteClientStep = Step<InviteClientState, ClientEffect>;

const TERMINATED: InviteClientState = { name: 'terminated' };

export function beginInviteClient({ timers, reliable }: TransactionSettings): InviteClientStep {
  const effects: ClientEffect[] = [{ type: 'send-request' }];
  if (!reliable) effects.push(start('A', timers.t1));
  effects.push(start('B', transactionTimeout(timers)));
  return [{ name: 'calling', intervalMs: timers.t1 }, effects];
}

export function stepInviteClient(
  state: InviteClientState,
  event: ClientEvent,
  settings: TransactionSettings,
): InviteClientStep {
  switch (state.name) {
    case 'calling':
      return calling(state, event, settings);
    case 'proceeding':
      return proceeding(state, event, settings);
    case 'accepted':
      return accepted(state, event);
    case 'completed':
      return completed(state, event);
    case 'terminated':
      return [state, []];
  }
}

function calling(
  state: InviteClientState & { name: 'calling' },
  event: ClientEvent,
  settings: TransactionSettings,
): InviteClientStep {
  if (event.type === 'timer' && event.timer === 'A') {
    const intervalMs = 2 * state.intervalMs;
    return [{ name: 'calling', intervalMs }, [{ type: 'send-request' }, start('A', intervalMs)]];
  }
  if (event.type === 'timer' && event.timer === 'B') return [TERMINATED, [stop('A'), failed({ kind: 'timed-out' })]];
  if (event.type === 'transport-error') return [TERMINATED, [stop('A'), stop('B'), failure(event.error)]];
  const [next, effects] = proceeding(state, event, settings);
  return next === state ? [state, effects] : [next, [stop('A'), stop('B'), ...effects]];
}

function proceeding(
  state: InviteClientState,
  event: ClientEvent,
  { timers, reliable }: TransactionSettings,
): InviteClientStep {
  if (event.type === 'abandon') return [TERMINATED, [failed({ kind: 'timed-out' })]];
  // A stream that breaks is learned of here too; RFC 3261 leaves that to the user, who would wait for ever.
  if (event.type === 'transport-error') return [TERMINATED, [failure(event.error)]];
  if (event.type !== 'response') return [state, []];
  const { response } = event;
  if (response.status < 200) return [{ name: 'proceeding' }, [{ type: 'deliver', response }]];
  if (response.status < 300) {
    return [{ name: 'accepted' }, [start('M', transactionTimeout(timers)), { type: 'deliver', response }]];
  }
  return [
    { name: 'completed' },
    [{ type: 'send-ack', response }, start('D', reliable ? 0 : TIMER_D_MS), { type: 'deliver', response }],
  ];
}

/** Each 2xx goes to the user, who sends the ACK (RFC 6026 §8.4). */
function accepted(state: InviteClientState, event: ClientEvent): InviteClientStep {
  if (event.type === 'timer' && event.timer === 'M') return [TERMINATED, []];
  if (event.type === 'response' && event.response.status >= 200 && event.response.status < 300) {
    return [state, [{ type: 'deliver', response: event.response }]];
  }
  return [state, []];
}

function completed(state: InviteClientState, event: ClientEvent): InviteClientStep {
  if (event.type === 'timer' && event.timer === 'D') return [TERMINATED, []];
  if (event.type === 'transport-error') return [TERMINATED, [stop('D'), failure(event.error)]];
  if (event.type === 'response' && event.response.status >= 300) {
    return [state, [{ type: 'send-ack', response: event.response }]];
  }
  return [state, []];
}

const failure = (error: (ClientEvent & { type: 'transport-error' })['error']): ClientEffect =>
  failed({ kind: 'transport-error', error });
