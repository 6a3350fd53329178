import type { Violation } from '../violation.ts';
import { coreHeaderFaults, methodOf } from './core-headers.ts';
import { header } from './headers.ts';
import type { SipResponse } from './message.ts';
import { parseNameAddress, tagOf } from './name-address.ts';

export function validateResponse(response: SipResponse): Violation[] {
  return [
    ...coreHeaderFaults(response).map((message) => ({ requirement: 'RFC3261-8.2.6.2-01', message })),
    ...validateToTag(response),
    ...validateProvisional(response),
    ...validateExplanation(response),
    ...validateAbilities(response),
  ];
}

/** RFC 3261 §8.2.6.2: only 100 may do without. */
function validateToTag(response: SipResponse): Violation[] {
  const to = parseNameAddress(header(response, 'To') ?? '');
  if (response.status === 100 || !to.ok || tagOf(to.value) !== undefined) return [];
  return [{ requirement: 'RFC3261-8.2.6.2-02', message: `${response.status} has no To tag` }];
}

/** REFER is left out because RFC 3515 §2.4.2 lets 100 pass there. */
function validateProvisional(response: SipResponse): Violation[] {
  const method = methodOf(response);
  if (response.status >= 200 || method === undefined || method === 'INVITE' || method === 'REFER') return [];
  return [{ requirement: 'RFC3261-8.2.6.1-01', message: `${response.status} to ${method}` }];
}

/** Refusals that have to say what would do instead. */
function validateExplanation(response: SipResponse): Violation[] {
  const lacks = (...names: readonly string[]): boolean => names.every((name) => header(response, name) === undefined);
  const blame = (requirement: string, message: string): Violation[] => [{ requirement, message }];
  switch (response.status) {
    case 405:
      return lacks('Allow') ? blame('RFC3261-8.2.1-01', '405 has no Allow') : [];
    case 415:
      return lacks('Accept', 'Accept-Encoding', 'Accept-Language')
        ? blame('RFC3261-8.2.3-01', '415 has no Accept, Accept-Encoding or Accept-Language')
        : [];
    case 420:
      return lacks('Unsupported') ? blame('RFC3261-8.2.2.3-01', '420 has no Unsupported') : [];
    case 488:
      return methodOf(response) === 'INVITE' && lacks('Warning')
        ? blame('RFC3261-13.3.1.3-01', '488 to INVITE has no Warning')
        : [];
    default:
      return [];
  }
}

const SHOULD_LIST: Readonly<Record<string, { readonly requirement: string; readonly names: readonly string[] }>> = {
  INVITE: { requirement: 'RFC3261-13.3.1.4-01', names: ['Allow', 'Supported'] },
  OPTIONS: {
    requirement: 'RFC3261-11.2-02',
    names: ['Allow', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Supported'],
  },
};

/** What a 2xx to INVITE or OPTIONS should tell about its sender. */
function validateAbilities(response: SipResponse): Violation[] {
  const method = methodOf(response) ?? '';
  const wanted = SHOULD_LIST[method];
  if (wanted === undefined || response.status < 200 || response.status > 299) return [];
  const missing = wanted.names.filter((name) => header(response, name) === undefined);
  if (missing.length === 0) return [];
  return [{ requirement: wanted.requirement, message: `${response.status} to ${method} has no ${missing.join(', ')}` }];
}
