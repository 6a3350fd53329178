import type { Violation } from '../violation.ts';
import { methodOf, singleFault } from './core-headers.ts';
import { parseEvent } from './event.ts';
import { header } from './headers.ts';
import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { parseSeconds } from './seconds.ts';
import { readStartLine } from './start-line.ts';
import { parseSubscriptionState } from './subscription-state.ts';

/** Rules of RFC 6665 and RFC 3515 on SUBSCRIBE, NOTIFY, REFER and their responses. */
export function validateEvents(message: SipMessage): Violation[] {
  switch (methodOf(message)) {
    case 'SUBSCRIBE':
      return message.kind === 'request' ? validateSubscribe(message) : validateSubscribeResponse(message);
    case 'NOTIFY':
      return message.kind === 'request' ? validateNotify(message) : [];
    case 'REFER':
      return message.kind === 'response' ? validateReferResponse(message) : [];
    default:
      return [];
  }
}

function validateSubscribe(request: SipRequest): Violation[] {
  return [
    ...eventFaults(request).map((message) => ({ requirement: 'RFC6665-3.1.2-01', message })),
    ...expiresFaults(request).map((message) => ({ requirement: 'RFC6665-3.1.1-01', message })),
  ];
}

function validateSubscribeResponse(response: SipResponse): Violation[] {
  if (response.status >= 200 && response.status <= 299) {
    return expiresFaults(response).map((message) => ({ requirement: 'RFC6665-3.1.1-02', message }));
  }
  if (response.status !== 423 || header(response, 'Min-Expires') !== undefined) return [];
  return [{ requirement: 'RFC6665-4.2.1.1-02', message: '423 has no Min-Expires' }];
}

function validateReferResponse(response: SipResponse): Violation[] {
  const { status } = response;
  if (status < 200 || status > 299 || status === 200 || status === 202) return [];
  return [{ requirement: 'RFC3515-2.4.2-02', message: `${status} to REFER` }];
}

function validateNotify(request: SipRequest): Violation[] {
  return [
    ...eventFaults(request).map((message) => ({ requirement: 'RFC6665-3.2.1-01', message })),
    ...validateState(request),
    ...validateSipFragment(request),
  ];
}

function eventFaults(request: SipRequest): string[] {
  return singleFault(request, 'Event', (value) => {
    const read = parseEvent(value);
    return read.ok ? undefined : read.error;
  });
}

function expiresFaults(message: SipMessage): string[] {
  return singleFault(message, 'Expires', (value) => {
    const read = parseSeconds(value);
    return read.ok ? undefined : read.error;
  });
}

function validateState(request: SipRequest): Violation[] {
  const value = header(request, 'Subscription-State');
  if (value === undefined) return [{ requirement: 'RFC6665-4.2.2-04', message: 'no Subscription-State' }];
  const read = parseSubscriptionState(value);
  if (!read.ok) return [{ requirement: 'RFC6665-4.2.2-04', message: `Subscription-State: ${read.error}` }];
  const { state, expires, reason } = read.value;
  switch (state) {
    case 'active':
    case 'pending':
      return expires === undefined ? [{ requirement: 'RFC6665-4.2.2-05', message: `${state} without expires` }] : [];
    case 'terminated':
      return [
        ...(reason ? [] : [{ requirement: 'RFC6665-4.2.2-06', message: 'terminated without reason' }]),
        ...(expires === undefined ? [] : [{ requirement: 'RFC6665-4.1.3-06', message: 'terminated with expires' }]),
      ];
    default:
      return [{ requirement: 'RFC6665-4.2.2-04', message: `Subscription-State is ${state.slice(0, 40)}` }];
  }
}

/** RFC 3515 §2.4.4 and §2.4.5: the progress of a REFER is told by a fragment that begins with a status line. */
function validateSipFragment(request: SipRequest): Violation[] {
  const event = parseEvent(header(request, 'Event') ?? '');
  if (!event.ok || event.value.package !== 'refer') return [];
  const type = header(request, 'Content-Type') ?? '';
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'message/sipfrag') {
    return [
      { requirement: 'RFC3515-2.4.4-01', message: `the body is ${type === '' ? 'of no type' : type.slice(0, 40)}` },
    ];
  }
  const [line = ''] = request.body.toString('latin1', 0, 1024).split(/\r?\n/, 1);
  const read = readStartLine(line);
  if (read.ok && read.value.start.kind === 'response') return [];
  return [{ requirement: 'RFC3515-2.4.5-01', message: `the fragment begins with: ${line.slice(0, 40)}` }];
}
