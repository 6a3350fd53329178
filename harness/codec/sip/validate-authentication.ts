import type { Violation } from '../violation.ts';
import { parseAuthValue } from './auth-parameters.ts';
import { methodOf } from './core-headers.ts';
import { headerLines } from './headers.ts';
import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { hasParameter, parameterOf } from './parameters.ts';

/** Rules of RFC 3261 §22 on challenges and credentials. */
export function validateAuthentication(message: SipMessage): Violation[] {
  return message.kind === 'request' ? validateCredentials(message) : validateChallenges(message);
}

function validateChallenges(response: SipResponse): Violation[] {
  if (response.status !== 401 && response.status !== 407) return [];
  const values = [...headerLines(response, 'WWW-Authenticate'), ...headerLines(response, 'Proxy-Authenticate')];
  const violations = values.flatMap(validateChallenge);
  if (response.status === 401 && headerLines(response, 'WWW-Authenticate').length === 0) {
    violations.push({ requirement: 'RFC3261-22.1-01', message: '401 has no WWW-Authenticate' });
  }
  const method = methodOf(response);
  if (method === 'ACK' || method === 'CANCEL') {
    violations.push({ requirement: 'RFC3261-22.1-02', message: `${response.status} to ${method}` });
  }
  return violations;
}

function validateChallenge(value: string): Violation[] {
  const read = parseAuthValue(value);
  if (!read.ok) return [{ requirement: 'RFC3261-22.1-01', message: `the challenge cannot be read: ${read.error}` }];
  const { scheme, parameters } = read.value;
  switch (scheme.toLowerCase()) {
    case 'basic':
      return [{ requirement: 'RFC3261-22.4-03', message: 'challenge of the Basic scheme' }];
    case 'digest': {
      const missing = ['realm', 'nonce'].filter((name) => !hasParameter(parameters, name));
      return [
        ...missing.map((name) => ({ requirement: 'RFC3261-22.1-01', message: `Digest challenge without ${name}` })),
        ...(parameterOf(parameters, 'qop')
          ? []
          : [{ requirement: 'RFC3261-22.4-01', message: 'Digest challenge without qop' }]),
      ];
    }
    default:
      return [];
  }
}

/** A client that answers with qop also sends cnonce and nc; whether qop was called for only the challenge tells. */
function validateCredentials(request: SipRequest): Violation[] {
  const values = [...headerLines(request, 'Authorization'), ...headerLines(request, 'Proxy-Authorization')];
  return values.flatMap((value) => {
    const read = parseAuthValue(value);
    if (!read.ok || read.value.scheme.toLowerCase() !== 'digest' || !hasParameter(read.value.parameters, 'qop'))
      return [];
    return ['cnonce', 'nc']
      .filter((name) => !hasParameter(read.value.parameters, name))
      .map((name) => ({ requirement: 'RFC3261-22.4-01', message: `credentials with qop and without ${name}` }));
  });
}
