import type { Conversation } from '../conversation/conversation.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §7.1: seven hyphens, the identifier of the start line and a flag end each message, and nothing else does. */
export const framing: Rule = {
  id: 'framing',
  about: 'every message of the switch ends with the end-line of its own start line',
  judge(conversation, catalogue) {
    const ending = new Matter(
      ['RFC4975-7.1-15', 'RFC4975-5.1-01'],
      'the end-line repeats the transaction identifier of the start line',
      { breach: ['received', 'sent', 'everybody', 'history'] },
    );
    const choice = new Matter(
      ['RFC4975-7.1-21', 'RFC4975-7.1-20'],
      'no body holds the end-line of its own request, whatever the sender of its content wrote',
      { breach: ['received', 'sent', 'everybody', 'history'] },
    );
    const written = new Written(conversation);
    const previous = new Map<string, WireEntry>();
    for (const entry of conversation.log.entries) {
      if (entry.direction !== 'received') continue;
      const { content } = entry;
      if (content.protocol === 'msrp') {
        previous.set(entry.connection, entry);
        ending.right();
        if (content.message.body?.includes(END_LINE_BEGINS) === true) choice.right();
      } else if (content.protocol === 'unknown') {
        const before = previous.get(entry.connection);
        const cut = before === undefined ? undefined : cutShort(before, entry);
        if (cut !== undefined) {
          choice.broken({ message: cut, evidence: [before, entry] });
          continue;
        }
        const line = wrongEndLine(entry.octets, written);
        if (line !== undefined) {
          ending.broken({
            message: 'a message ends with an end-line that is not that of its start line',
            expected: `-------${transactionIdIn(entry.octets)} and a flag`,
            actual: line,
            evidence: [entry],
          });
        }
      }
    }
    return settle(framing.id, catalogue, [ending, choice]);
  },
};

const END_LINE_BEGINS = '\r\n-------';

/** What is meant as the end of a message: a new start line follows it, or nothing. */
const END_LINE = /\r?\n(-{5,9}[^\s-][^\r\n]{0,60})\r?\n(?=MSRP [^\s]{1,40} |$)/g;

const transactionIdIn = (octets: Buffer): string | undefined =>
  /^MSRP +(\S+)/.exec(octets.toString('latin1', 0, 100))?.[1];

/** A message that never ended holds the end-line that should have ended it; lines of content are none. */
function wrongEndLine(octets: Buffer, written: Written): string | undefined {
  if (transactionIdIn(octets) === undefined) return undefined;
  for (const [, line = ''] of octets.toString('latin1').matchAll(END_LINE)) {
    if (/[$+#] *$/.test(line) && !written.has(line)) return line;
  }
  return undefined;
}

/** Octets that belong to no message, behind one whose end-line stands in them once more. */
function cutShort({ content }: WireEntry, { octets }: WireEntry): string | undefined {
  if (content.protocol !== 'msrp' || content.message.kind !== 'request' || content.message.body === undefined)
    return undefined;
  const { transactionId } = content.message;
  const again = octets.includes(`\r\n-------${transactionId}`) && transactionIdIn(octets) === undefined;
  return again
    ? `the end-line of ${transactionId} stands in its body, so that the rest of it is no message`
    : undefined;
}

function contentOf({ content, octets }: WireEntry): Buffer | undefined {
  if (content.protocol === 'unknown') return octets;
  return content.protocol === 'msrp' ? content.message.body : undefined;
}

/** The lines of hyphens that the actors wrote, in content or by hand: they may come back in copies. */
class Written {
  readonly #lines = new Set<string>();

  constructor({ log }: Conversation) {
    for (const entry of log.entries) {
      const octets = entry.direction === 'sent' ? contentOf(entry) : undefined;
      if (octets?.includes('\n-----') !== true) continue;
      for (const [, line = ''] of octets.toString('latin1').matchAll(/\n(-{5,9}[^\r\n]*)/g)) this.#lines.add(line);
    }
  }

  has(line: string): boolean {
    return this.#lines.has(line);
  }
}
