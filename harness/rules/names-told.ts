import { unescapeUri } from '../codec/sip/uri.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { urisIn } from '../conversation/envelope.ts';
import type { WireEntry } from '../wire/entry.ts';

/** The user part of a URI of any scheme, up to its parameters, or of what a challenge was answered with. */
const NAMES = /(?:\b(?:sips?|tel|im|pres|xmpp|mailto):|\busername=")([^\s"'<>;@,?&]+)/gi;

/**
 * One name for all URIs that may be of one user: the user part alone, whatever the domain, parameters (`user=phone`, `gr`) and
 * escapes. Undefined where a URI has none.
 */
export function nameOf(uri: string): string | undefined {
  const [, user] = /^[a-z][a-z0-9+.-]*:([^;@?]+)/i.exec(uri) ?? [];
  return user === undefined ? undefined : normal(user);
}

/** All names in a text. */
export const namesIn = (octets: Buffer): string[] =>
  [...octets.toString('utf8').matchAll(NAMES)].map(([, user = '']) => normal(user));

/** Visual separators of telephone numbers do not count (RFC 3966 §4). */
function normal(user: string): string {
  const text = unescapeUri(user).toLowerCase();
  return /^\+?[\d().-]+$/.test(text) ? text.replace(/[().-]/g, '') : text;
}

/** Whose names the signalling, the rosters and the messages of others had told, and from when on. */
export class NamesTold {
  readonly #first = new Map<string, WireEntry>();

  constructor({ log, messages }: Conversation) {
    for (const entry of log.entries)
      if (entry.content.protocol === 'sip') for (const name of namesIn(entry.octets)) this.#note(name, entry);
    for (const message of messages.list) {
      const entry = message.chunks.at(-1);
      if (message.direction === 'sent' || entry === undefined) continue;
      for (const uri of [...urisIn(message, 'From'), ...urisIn(message, 'To')]) this.#note(nameOf(uri), entry);
    }
  }

  /** Where a name occurred first; what was only sent in messages does not count. */
  first(name: string): WireEntry | undefined {
    return this.#first.get(name);
  }

  #note(name: string | undefined, entry: WireEntry): void {
    if (name === undefined) return;
    const known = this.#first.get(name);
    if (known === undefined || known.index > entry.index) this.#first.set(name, entry);
  }
}
