import { parseCpimAddress } from '../../codec/cpim/address.ts';
import type { ParsedCpim } from '../../codec/cpim/message.ts';
import type { MessageWords } from '../../scenario/acts/compose.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';

/** Content that a person reads in one line; longer text is told by its size alone. */
const LONGEST_TEXT = 240;

/** What the language adds to a text, so that it can be followed. */
const OWN_MARK = / ?canary-[A-Za-z0-9]{16}$/;

/**
 * How the language words a message in a wrapper. Undefined: it has no words for it. What a participant fills in by itself,
 * such as the time or its display name, is left to it.
 */
export function wrapperWords(
  scene: Scene,
  player: Player,
  { defects, headers, mimeHeaders, content }: ParsedCpim,
): MessageWords | undefined {
  const { renewal, room, rooms } = scene.troupe;
  const [type, ...others] = mimeHeaders;
  if (defects.length > 0 || others.length > 0 || type?.name.toLowerCase() !== 'content-type') return undefined;
  if (headers.some(({ parameters }) => parameters !== undefined && parameters !== '')) return undefined;
  const to = headers.filter(({ name }) => name === 'To').map(({ value }) => addressed(value));
  const from = headers.filter(({ name }) => name === 'From').map(({ value }) => addressed(value));
  if (to.length === 0 || from.length !== 1 || [...to, ...from].includes(undefined)) return undefined;
  const own = (player.room === 'second' ? rooms[1] : room) ?? '';
  const recipients = to.map((uri) => scene.troupe.written(uri ?? '', own));
  const [sender = ''] = from;
  const further = headers
    .filter(({ name, value }) => name !== 'To' && name !== 'From' && !(name === 'DateTime' && IN_ORDER.test(value)))
    .map(({ name, value }) => renewal.write(`${name}: ${value}`));
  return {
    ...contentWords(scene, content),
    ...(recipients.length === 1 ? (recipients[0] === 'room' ? {} : { to: recipients[0] }) : { to: recipients }),
    ...(sender === player.uri ? {} : { from: scene.troupe.written(sender, own) }),
    ...(further.length === 0 ? {} : { 'cpim-headers': further }),
    ...(USUAL_TYPE.test(type.value) ? {} : { 'wrapped-type': type.value }),
  };
}

/** RFC 3339, as RFC 3862 §4.3 has it. */
const IN_ORDER = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

const USUAL_TYPE = /^text\/plain(?:;\s*charset="?utf-8"?)?$/i;

function addressed(value: string): string | undefined {
  const address = parseCpimAddress(value);
  return address.ok ? address.value.uri : undefined;
}

/** Text where it is short and can be read, else its size. */
export function contentWords({ troupe }: Scene, content: Buffer): Pick<MessageWords, 'text' | 'size'> {
  if (content.length > 4 * LONGEST_TEXT) return { size: content.length };
  const text = content.toString('utf8');
  const own = text.replace(OWN_MARK, '');
  const readable = !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/.test(own);
  if (!readable || own.length > LONGEST_TEXT) return { size: content.length };
  return own === '' ? {} : { text: troupe.renewal.write(own) };
}
