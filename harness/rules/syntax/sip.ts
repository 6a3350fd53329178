import { methodOf } from '../../codec/sip/core-headers.ts';
import { header, headerLines } from '../../codec/sip/headers.ts';
import type { SipMessage } from '../../codec/sip/message.ts';
import { parseSubscriptionState } from '../../codec/sip/subscription-state.ts';
import type { Transport } from '../../net/network.ts';
import { type Occasion, when } from './occasion.ts';

export interface SipSubject {
  readonly message: SipMessage;
  readonly transport: Transport;
}

const sipRequest =
  (...methods: readonly string[]) =>
  ({ message }: SipSubject): boolean =>
    message.kind === 'request' && methods.includes(message.method);

const success =
  (method: string) =>
  ({ message }: SipSubject): boolean =>
    message.kind === 'response' && message.status >= 200 && message.status <= 299 && methodOf(message) === method;

const status =
  (code: number) =>
  ({ message }: SipSubject): boolean =>
    message.kind === 'response' && message.status === code;

const responseTo =
  (test: (method: string) => boolean) =>
  ({ message }: SipSubject): boolean => {
    const method = message.kind === 'response' ? methodOf(message) : undefined;
    return method !== undefined && test(method);
  };

/** Provisional responses to REFER are borne by RFC 3515 §2.4.2. */
const isSpared = (method: string): boolean => method === 'INVITE' || method === 'REFER';

const challengesByDigest = ({ message }: SipSubject): boolean =>
  message.kind === 'response' &&
  [...headerLines(message, 'WWW-Authenticate'), ...headerLines(message, 'Proxy-Authenticate')].some((value) =>
    /^\s*Digest\s/i.test(value),
  );

const endsSubscription = ({ message }: SipSubject): boolean => {
  if (message.kind !== 'request' || message.method !== 'NOTIFY') return false;
  const state = parseSubscriptionState(header(message, 'Subscription-State') ?? '');
  return state.ok && state.value.state === 'terminated';
};

export const sipOccasions: readonly Occasion<SipSubject>[] = [
  // Datagrams may do without (RFC 3261 §18.3).
  when(({ transport }) => transport === 'tcp' || transport === 'tls', 'RFC3261-18.3-02'),
  when(({ message }) => message.kind === 'request', 'RFC3261-8.1.1-01'),
  when(sipRequest('INVITE', 'SUBSCRIBE'), 'RFC3261-8.1.1.8-01'),
  when(success('INVITE'), 'RFC3261-13.3.1.4-01'),
  when(success('OPTIONS'), 'RFC3261-11.2-02'),
  when((subject) => success('INVITE')(subject) || success('SUBSCRIBE')(subject), 'RFC3261-12.1.1-02'),
  when(({ message }) => header(message, 'Contact') !== undefined, 'RFC3261-20.10-01'),
  when(({ message }) => message.kind === 'response' && [300, 301, 302].includes(message.status), 'RFC3261-13.3.1.2-01'),
  when(status(415), 'RFC3261-8.2.3-01'),
  when(status(405), 'RFC3261-8.2.1-01'),
  when(
    responseTo((method) => !isSpared(method)),
    'RFC3261-8.2.6.1-01',
  ),
  when(
    responseTo((method) => method === 'CANCEL'),
    'RFC3261-22.1-02',
  ),
  when(challengesByDigest, 'RFC3261-22.4-01'),
  when(({ message }) => header(message, 'P-Asserted-Identity') !== undefined, 'RFC3325-9.1-01'),
  when(sipRequest('NOTIFY'), 'RFC6665-4.2.2-04'),
  when(endsSubscription, 'RFC6665-4.1.3-06', 'RFC6665-4.2.2-06'),
];
