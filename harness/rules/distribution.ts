import { parseCpimAddress } from '../codec/cpim/address.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Finding } from './finding.ts';
import type { Rule } from './rule.ts';

/** RFC 7701 §4, §5.2: nothing but a Message/CPIM wrapper stands at the top level. */
const onlyCpim: Rule = {
  id: 'only-cpim',
  about: 'every message of the room travels in a Message/CPIM wrapper',
  judge({ messages }) {
    const received = messages.list.filter((one) => one.direction === 'received');
    const others = received.filter((one) => !/^\s*message\/cpim\s*(;|$)/i.test(one.contentType));
    const requirements = ['RFC7701-5.2-14', 'RFC7701-4-07'];
    if (received.length === 0) return [];
    return [
      others.length === 0
        ? { requirements, verdict: 'pass', message: onlyCpim.about, rule: onlyCpim.id, evidence: [] }
        : {
            requirements,
            verdict: 'fail',
            message: 'a message without wrapper',
            expected: 'Content-Type: message/cpim',
            actual: others[0]?.contentType ?? '',
            rule: onlyCpim.id,
            evidence: others.flatMap(indexes),
          },
    ];
  },
};

/** RFC 7701 §2, §6.1: the session that sent a message does not get it back. */
const noEcho: Rule = {
  id: 'no-echo',
  about: 'the sender of a room message is left out of its distribution',
  judge({ messages }) {
    // Whether a private message to oneself is delivered is open (ambiguity 16 of the notes).
    const sent = new Set(
      complete(messages.list, 'sent')
        .filter((one) => !isToSelf(one))
        .map(inSession),
    );
    const echoed = complete(messages.list, 'received').filter((one) => sent.has(inSession(one)));
    const message = 'a message came back to the session that sent it';
    return findings(noEcho, ['RFC7701-6.1-16', 'RFC7701-2-02'], sent.size > 0, echoed, message);
  },
};

/** RFC 7701 §2, §6.1: one copy for each session. */
const exactlyOnce: Rule = {
  id: 'exactly-once',
  about: 'a session receives a message once',
  judge({ messages }) {
    const originals = timesBy(complete(messages.list, 'sent'), ({ digest = '' }) => digest);
    const received = complete(messages.list, 'received');
    const copies = timesBy(received, inSession);
    const doubled = received.filter((one) => {
      const sent = originals.get(one.digest ?? '');
      return sent !== undefined && (copies.get(inSession(one)) ?? 0) > sent;
    });
    const message = 'a session got a message more often than it was sent';
    return findings(exactlyOnce, ['RFC7701-6.1-15', 'RFC7701-2-02'], received.length > 0, doubled, message);
  },
};

const complete = (messages: readonly ChatMessage[], direction: ChatMessage['direction']): ChatMessage[] =>
  messages.filter((one) => one.digest !== undefined && one.direction === direction);

function isToSelf({ cpim }: ChatMessage): boolean {
  const uri = (name: string): string | undefined => {
    const value = cpim?.headers.find((one) => one.name === name)?.value;
    const address = value === undefined ? undefined : parseCpimAddress(value);
    return address?.ok === true ? address.value.uri : undefined;
  };
  return uri('To') !== undefined && uri('To') === uri('From');
}

const inSession = ({ session, digest }: ChatMessage): string => `${session} ${digest}`;

function timesBy(messages: readonly ChatMessage[], key: (message: ChatMessage) => string): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const message of messages) times.set(key(message), (times.get(key(message)) ?? 0) + message.times);
  return times;
}

const indexes = (message: ChatMessage): number[] => message.chunks.map((entry) => entry.index);

function findings(
  rule: Rule,
  requirements: readonly string[],
  judged: boolean,
  breaches: readonly ChatMessage[],
  message: string,
): Finding[] {
  if (!judged) return [];
  return breaches.length === 0
    ? [{ requirements, verdict: 'pass', message: rule.about, rule: rule.id, evidence: [] }]
    : [{ requirements, verdict: 'fail', message, rule: rule.id, evidence: breaches.flatMap(indexes) }];
}

export const distributionRules: readonly Rule[] = [onlyCpim, noEcho, exactlyOnce];
