import { parseByteRange } from '../../codec/msrp/byte-range.ts';
import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import type { ChatMessage } from '../../conversation/chat-messages.ts';
import type { MessageWords } from '../../scenario/acts/compose.ts';
import { torso } from './message-form.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';
import { contentWords, wrapperWords } from './wrapper-words.ts';

/** How the language words a message, chunks apart. Undefined: it has no words for it. */
export function messageWords(scene: Scene, player: Player, message: ChatMessage): MessageWords | undefined {
  const [first] = message.chunks;
  const head = first?.content.protocol === 'msrp' ? first.content.message : undefined;
  if (head?.kind !== 'request') return undefined;
  const known = new Set([
    'to-path',
    'from-path',
    'message-id',
    'byte-range',
    'content-type',
    'success-report',
    'failure-report',
  ]);
  if (head.headers.some(({ name }) => !known.has(name.toLowerCase()))) return undefined;
  const wishes = reportWishes(head);
  if (wishes === undefined) return undefined;
  const type = message.contentType.trim();
  if (message.cpim !== undefined) {
    const words = wrapperWords(scene, player, message.cpim);
    if (words === undefined) return undefined;
    return { ...words, ...wishes, ...(/^message\/cpim$/i.test(type) ? {} : { 'content-type': type }) };
  }
  // What is no whole wrapper cannot be told from the beginning of one.
  if (/^message\/cpim\b/i.test(type)) return hasWrapper(message) ? tornWords(message, wishes) : undefined;
  const content = message.octets ?? torso(message);
  const bare = /^text\/plain$/i.test(type) ? {} : { 'content-type': type };
  return { ...contentWords(scene, content), unwrapped: true, ...wishes, ...bare };
}

/** The beginning of a message, with a wrapper such as participants write. */
const hasWrapper = (message: ChatMessage): boolean =>
  message.octets === undefined &&
  /^To: <[^>]*>\r\nFrom: <[^>]*>\r\n\r\nContent-Type: [^\r]*\r\n\r\n/.test(torso(message).toString('latin1', 0, 2000));

type Wishes = Pick<MessageWords, 'success-report' | 'failure-report'>;

function reportWishes(head: MsrpRequest): Wishes | undefined {
  const success = headerOf(head, 'Success-Report');
  const failure = headerOf(head, 'Failure-Report');
  if (success !== undefined && success !== 'yes' && success !== 'no') return undefined;
  if (failure !== undefined && failure !== 'yes' && failure !== 'no' && failure !== 'partial') return undefined;
  return {
    ...(success === undefined ? {} : { 'success-report': success }),
    ...(failure === undefined ? {} : { 'failure-report': failure }),
  };
}

/** A message to the room of which the end was never sent, as large as its sender said, or a bit larger than what came. */
function tornWords(message: ChatMessage, wishes: Wishes): MessageWords {
  const [first] = message.chunks;
  const head = first?.content.protocol === 'msrp' ? first.content.message : undefined;
  const range = parseByteRange((head === undefined ? undefined : headerOf(head, 'Byte-Range')) ?? '');
  const total = range.ok && range.value.total !== '*' ? Number(range.value.total) : torso(message).length + 1000;
  return { size: Math.min(total, 2 ** 20), ...wishes };
}
