import { parseCpimAddress } from '../codec/cpim/address.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter } from './matter.ts';
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
  judge({ messages }, catalogue) {
    const matter = new Matter(['RFC7701-6.1-16', 'RFC7701-2-02'], noEcho.about, { kept: ['received'] });
    const sent = new Map<string, ChatMessage>();
    // Whether a private message to oneself is delivered is open (ambiguity 16 of the notes).
    for (const one of complete(messages.list, 'sent')) {
      if (isToSelf(one)) continue;
      matter.right();
      if (!sent.has(inSession(one))) sent.set(inSession(one), one);
    }
    for (const echo of complete(messages.list, 'received')) {
      const original = sent.get(inSession(echo));
      if (original === undefined) continue;
      matter.broken({
        message: `${titleOf(original)} came back to the session that sent it`,
        evidence: [original.chunks[0], ...endsOf(echo)],
      });
    }
    return matter.findings(noEcho.id, catalogue);
  },
};

/** RFC 7701 §2, §6.1: one copy for each session. */
const exactlyOnce: Rule = {
  id: 'exactly-once',
  about: 'a session receives a message once',
  judge({ messages }, catalogue) {
    const matter = new Matter(['RFC7701-6.1-15', 'RFC7701-2-02'], exactlyOnce.about, {
      breach: ['sent', 'everybody'],
      kept: ['received'],
    });
    const originals = byKey(complete(messages.list, 'sent'), ({ digest = '' }) => digest);
    for (const copies of byKey(complete(messages.list, 'received'), inSession).values()) {
      const [first] = copies;
      if (first === undefined) continue;
      const sent = originals.get(first.digest ?? '') ?? [];
      // Under the Message-ID of the first it is the same message, a second time.
      const surplus = copies[timesOf(sent)] ?? first;
      matter.judge(timesOf(sent) === 0 || timesOf(copies) <= timesOf(sent), () => ({
        message: `${titleOf(sent[0] ?? first)} came to ${first.actor} ${timesOf(copies)} times, not ${timesOf(sent)}`,
        evidence: [sent[0]?.chunks[0], first.chunks[0], surplus.chunks.at(-1)],
      }));
    }
    return matter.findings(exactlyOnce.id, catalogue);
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

function byKey(messages: readonly ChatMessage[], key: (message: ChatMessage) => string): Map<string, ChatMessage[]> {
  const groups = new Map<string, ChatMessage[]>();
  for (const message of messages) {
    const known = groups.get(key(message));
    if (known === undefined) groups.set(key(message), [message]);
    else known.push(message);
  }
  return groups;
}

const timesOf = (messages: readonly ChatMessage[]): number => messages.reduce((sum, { times }) => sum + times, 0);

const titleOf = ({ actor, messageId }: ChatMessage): string => `a message of ${actor} (Message-ID ${messageId})`;

const endsOf = ({ chunks }: ChatMessage): (WireEntry | undefined)[] => [chunks[0], chunks.at(-1)];

const indexes = (message: ChatMessage): number[] => message.chunks.map((entry) => entry.index);

export const distributionRules: readonly Rule[] = [onlyCpim, noEcho, exactlyOnce];
