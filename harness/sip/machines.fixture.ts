import type { SipRequest, SipResponse } from '../codec/sip/message.ts';
import type { NetError } from '../net/network.ts';
import { DEFAULT_TIMERS } from './timers.ts';
import type { ClientEffect, ClientEvent, ServerEffect, ServerEvent } from './transaction.ts';

/** For tests of the four state machines. */
export const SETTINGS = {
  udp: { timers: DEFAULT_TIMERS, reliable: false },
  tcp: { timers: DEFAULT_TIMERS, reliable: true },
} as const;

export const RESET: NetError = { kind: 'reset', message: 'gone' };

const NOTHING = Buffer.alloc(0);

export const response = (status: number): SipResponse => ({
  kind: 'response',
  version: 'SIP/2.0',
  status,
  reason: '',
  headers: [],
  body: NOTHING,
});

export const ACK: SipRequest = {
  kind: 'request',
  method: 'ACK',
  uri: 'sip:a@b',
  version: 'SIP/2.0',
  headers: [],
  body: NOTHING,
};

/** Effects or events in short, e.g. `stop A, deliver 180`. */
export function effectNames(list: readonly (ClientEffect | ServerEffect | ClientEvent | ServerEvent)[]): string {
  return list.map(nameOf).join(', ');
}

function nameOf(one: ClientEffect | ServerEffect | ClientEvent | ServerEvent): string {
  switch (one.type) {
    case 'start-timer':
      return `start ${one.timer} ${one.ms}`;
    case 'stop-timer':
      return `stop ${one.timer}`;
    case 'deliver':
    case 'send-response':
    case 'respond':
    case 'response':
      return `${one.type} ${one.response.status}`;
    case 'fail':
      return `fail ${one.failure.kind}`;
    case 'timer':
      return `timer ${one.timer}`;
    default:
      return one.type;
  }
}
