import type { ComposedMessage } from '../../participant/compose.ts';
import type { MessageSpec } from '../schema.ts';
import { type Actor, actorNamed, clientUri, type Stage, type TrackedMessage } from '../stage.ts';

export type MessageWords = Exclude<MessageSpec, string>;

/** Builds a message as a step words it, with a canary in its content, and keeps track of it under the label. */
export function composeTracked(
  stage: Stage,
  sender: Actor,
  words: MessageWords,
  label: string | undefined,
): TrackedMessage {
  const canary = stage.values.canary();
  const uris = {
    from: uriOf(stage, sender, words.from ?? sender.name),
    to: recipientsOf(stage, sender, words.to).join(' '),
  };
  const fill = (text: string): string => stage.values.fill(text, uris);
  const composed: ComposedMessage = sender.participant.compose({
    content: contentOf(words, fill, canary),
    to: recipientsOf(stage, sender, words.to),
    from: uris.from,
    ...(words['cpim-headers'] === undefined ? {} : { furtherHeaders: words['cpim-headers'].map(fill) }),
    ...(words['cpim-block'] === undefined ? {} : { block: words['cpim-block'].map(fill) }),
    ...(words['wrapped-type'] === undefined ? {} : { wrappedType: words['wrapped-type'] }),
    ...(words['content-type'] === undefined ? {} : { contentType: words['content-type'] }),
    ...(words.unwrapped === undefined ? {} : { unwrapped: words.unwrapped }),
    ...(words['message-id'] === undefined ? {} : { messageId: fill(words['message-id']) }),
  });
  const tracked: TrackedMessage = {
    label: label ?? canary,
    canary,
    sender,
    composed,
    transactionIds: [],
    sent: 0,
    ...(words['success-report'] === undefined ? {} : { successReport: words['success-report'] }),
    ...(words['failure-report'] === undefined ? {} : { failureReport: words['failure-report'] }),
    rivals: [],
    receivers: new Set(),
    refused: false,
  };
  stage.messages.set(tracked.label, tracked);
  return tracked;
}

interface OctetsByHand {
  readonly label: string;
  readonly canary: string;
  readonly messageId: string;
  readonly transactionId: string;
  /** The content; empty when it has none that can be told. */
  readonly octets: Buffer;
}

/** Keeps track of a request made by hand, so that its content can be looked for at the others. */
export function trackOctets(stage: Stage, sender: Actor, sent: OctetsByHand): TrackedMessage {
  const { label, canary, messageId, transactionId, octets } = sent;
  const tracked: TrackedMessage = {
    label,
    canary,
    sender,
    composed: { messageId, octets, contentType: '', cpimHeaderOctets: 0 },
    transactionIds: [transactionId],
    sent: octets.length,
    rivals: [],
    receivers: new Set(),
    refused: false,
  };
  stage.messages.set(label, tracked);
  return tracked;
}

function contentOf(words: MessageWords, fill: (text: string) => string, canary: string): Buffer {
  const text = Buffer.from(words.text === undefined ? canary : `${fill(words.text)} ${canary}`);
  const binary = words['content-base64'] === undefined ? undefined : Buffer.from(words['content-base64'], 'base64');
  const content = binary === undefined ? text : Buffer.concat([text, Buffer.from('\r\n'), binary]);
  const missing = (words.size ?? 0) - content.length;
  return missing <= 0 ? content : Buffer.concat([content, filling(missing, canary.slice(-MARK_LENGTH))]);
}

const MARK_LENGTH = 6;

/** Text that shows where an octet is missing, doubled, out of place, or out of another message. */
function filling(octets: number, mark: string): Buffer {
  const parts: string[] = [];
  for (let length = 0, n = 1; length < octets; n++) {
    const part = ` ${mark}${n}`;
    parts.push(part);
    length += part.length;
  }
  return Buffer.from(parts.join('').slice(0, octets), 'latin1');
}

function recipientsOf(stage: Stage, sender: Actor, to: string | readonly string[] = 'room'): string[] {
  return (typeof to === 'string' ? [to] : [...to]).map((name) => uriOf(stage, sender, name));
}

/** `room`, a cast member, or any URI in angle brackets. */
function uriOf(stage: Stage, sender: Actor, name: string): string {
  if (name === 'room') return sender.room;
  if (name.startsWith('<') && name.endsWith('>')) return stage.values.fill(name.slice(1, -1));
  if (name === 'client' && stage.client !== undefined) return clientUri(stage);
  return actorNamed(stage, name).uri;
}
