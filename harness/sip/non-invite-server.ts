import type { SipResponse } from '../codec/sip/message.ts';
import { type TransactionSettings, transactionTimeout } from './timers.ts';
import { failed, type ServerEffect, type ServerEvent, type Step, start } from './transaction.ts';

/** RFC 3261 figure 8; a transport error does not end it (RFC 6026 §8.7). */
export type NonInviteServerState =
  | { readonly name: 'trying' }
  | { readonly name: 'proceeding'; readonly latest: SipResponse }
  | { readonly name: 'completed'; readonly response: SipResponse }
  | { readonly name: 'terminated' };

type NonInviteServerStep = Step<NonInviteServerState, ServerEffect>;

export function beginNonInviteServer(): NonInviteServerStep {
  return [{ name: 'trying' }, []];
}

export function stepNonInviteServer(
  state: NonInviteServerState,
  event: ServerEvent,
  settings: TransactionSettings,
): NonInviteServerStep {
  switch (event.type) {
    case 'request':
      if (state.name === 'proceeding') return [state, [{ type: 'send-response', response: state.latest }]];
      if (state.name === 'completed') return [state, [{ type: 'send-response', response: state.response }]];
      return [state, []];
    case 'respond':
      return respond(state, event.response, settings);
    case 'timer':
      return event.timer === 'J' && state.name === 'completed' ? [{ name: 'terminated' }, []] : [state, []];
    case 'transport-error':
      if (state.name === 'terminated') return [state, []];
      return [state, [failed({ kind: 'transport-error', error: event.error })]];
    case 'ack':
      return [state, []];
  }
}

function respond(
  state: NonInviteServerState,
  response: SipResponse,
  { timers, reliable }: TransactionSettings,
): NonInviteServerStep {
  if (state.name === 'completed' || state.name === 'terminated') return [state, []];
  const send: ServerEffect = { type: 'send-response', response };
  if (response.status < 200) return [{ name: 'proceeding', latest: response }, [send]];
  return [{ name: 'completed', response }, [send, start('J', reliable ? 0 : transactionTimeout(timers))]];
}
