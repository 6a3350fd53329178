import { validateSip } from '../codec/sip/validate.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { WireEntry } from '../wire/entry.ts';

/** Nothing is wrong with what was sent, or only what is tolerated. */
export const isClean = ({ content }: WireEntry): boolean =>
  content.protocol === 'sip' &&
  validateSip(content.message, content.defects).every(({ tolerated }) => tolerated === true);

/**
 * SIP that has been received, without what came on a connection or socket after something malformed had been sent there:
 * an answer can only repeat what it was given, and its form is open.
 */
export function* soundSip({ log }: Conversation): Iterable<WireEntry> {
  const broken = new Set<string>();
  for (const entry of log.entries) {
    const { content, direction, connection } = entry;
    if (content.protocol === 'connection' || content.protocol === 'msrp') continue;
    if (direction === 'received') {
      if (content.protocol === 'sip' && !broken.has(connection)) yield entry;
    } else if (!broken.has(connection) && !isClean(entry)) broken.add(connection);
  }
}
