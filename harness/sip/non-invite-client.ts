import { type TransactionSettings, transactionTimeout } from './timers.ts';
import { type ClientEffect, type ClientEvent, failed, type Step, start, stop } from './transaction.ts';

/** RFC 3261 figure 6. */
export type NonInviteClientState =
  | { readonly name: 'trying'; readonly intervalMs: number }
  | { readonly name: 'proceeding' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' };

type NonInviteClientStep = Step<NonInviteClientState, ClientEffect>;

const TERMINATED: NonInviteClientState = { name: 'terminated' };

export function beginNonInviteClient({ timers, reliable }: TransactionSettings): NonInviteClientStep {
  const effects: ClientEffect[] = [{ type: 'send-request' }];
  if (!reliable) effects.push(start('E', timers.t1));
  effects.push(start('F', transactionTimeout(timers)));
  return [{ name: 'trying', intervalMs: timers.t1 }, effects];
}

export function stepNonInviteClient(
  state: NonInviteClientState,
  event: ClientEvent,
  settings: TransactionSettings,
): NonInviteClientStep {
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      return waiting(state, event, settings);
    case 'completed':
      return event.type === 'timer' && event.timer === 'K' ? [TERMINATED, []] : [state, []];
    case 'terminated':
      return [state, []];
  }
}

function waiting(
  state: NonInviteClientState & { name: 'trying' | 'proceeding' },
  event: ClientEvent,
  { timers, reliable }: TransactionSettings,
): NonInviteClientStep {
  switch (event.type) {
    case 'timer': {
      if (event.timer === 'F') return [TERMINATED, [stop('E'), failed({ kind: 'timed-out' })]];
      if (event.timer !== 'E') return [state, []];
      if (state.name === 'proceeding') return [state, [{ type: 'send-request' }, start('E', timers.t2)]];
      const intervalMs = Math.min(2 * state.intervalMs, timers.t2);
      return [{ name: 'trying', intervalMs }, [{ type: 'send-request' }, start('E', intervalMs)]];
    }
    case 'transport-error':
      return [TERMINATED, [stop('E'), stop('F'), failed({ kind: 'transport-error', error: event.error })]];
    case 'abandon':
      return [TERMINATED, [stop('E'), stop('F'), failed({ kind: 'timed-out' })]];
    case 'response': {
      const { response } = event;
      if (response.status < 200) return [{ name: 'proceeding' }, [{ type: 'deliver', response }]];
      return [
        { name: 'completed' },
        [stop('E'), stop('F'), start('K', reliable ? 0 : timers.t4), { type: 'deliver', response }],
      ];
    }
  }
}
