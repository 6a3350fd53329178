import { attributeValue } from '../../codec/sdp/attribute.ts';
import type { MsrpMediaDescription, SdpMedia } from '../../codec/sdp/description.ts';
import { findMsrpMedia, readMsrpMedia } from '../../codec/sdp/msrp-media.ts';
import { parseSdp } from '../../codec/sdp/parse.ts';
import type { SipMessage } from '../../codec/sip/message.ts';
import type { Action, CastMember } from '../../scenario/schema.ts';

type Media = Pick<
  CastMember,
  'chatroom' | 'accept-types' | 'accept-wrapped-types' | 'setup' | 'max-size' | 'sdp-lines'
>;
type Join = NonNullable<Action['join']>;

/** What participants of the language offer where nothing else is said. */
const USUAL: Required<Omit<Media, 'max-size' | 'sdp-lines'>> = {
  chatroom: ['nickname', 'private-messages'],
  'accept-types': ['message/cpim'],
  'accept-wrapped-types': ['text/plain', '*'],
  setup: 'actpass',
};

/** Attributes that participants write by themselves, or that say who and where they are. */
const OWN_ATTRIBUTES =
  /^(?:path|accept-types|accept-wrapped-types|chatroom|setup|max-size|fingerprint|msrp-cema|connection|sendrecv)\b/i;

/**
 * How the language words the offer in a request, as far as it differs from the usual one and from `base`. Other streams
 * beside MSRP are offered by a whole description.
 */
export function offerWords(message: SipMessage, base: Media = {}): Join {
  if (message.body.length === 0) return { offer: 'late' };
  const text = message.body.toString('utf8');
  const description = parseSdp(text);
  const stream = findMsrpMedia(description);
  const isPlain = description.media.length === 1 && description.defects.length === 0;
  if (stream === undefined || !isPlain || !isUsual(stream)) return { sdp: wholeOf(text) };
  const media = readMsrpMedia(description, stream);
  const further = stream.lines.flatMap(({ type, value }) =>
    type === 'a' && (!OWN_ATTRIBUTES.test(value) || /^max-size:0+$/.test(value)) ? [`a=${value}`] : [],
  );
  return { ...mediaWords(media, base), ...(further.length === 0 ? {} : { 'sdp-lines': further }) };
}

/** A section such as participants write, whatever it says. */
function isUsual({ media, port, formats, lines }: SdpMedia): boolean {
  const count = (name: string): number =>
    lines.filter(({ type, value }) => type === 'a' && value.split(':', 1)[0] === name).length;
  const once = ['accept-types', 'accept-wrapped-types', 'chatroom', 'setup', 'max-size'];
  return (
    media === 'message' &&
    port > 0 &&
    formats.join(' ') === '*' &&
    /^\S/.test(attributeValue(lines, 'path') ?? '') &&
    count('path') === 1 &&
    once.every((name) => count(name) <= 1)
  );
}

function mediaWords(media: MsrpMediaDescription, base: Media): Media {
  const { chatroom, acceptTypes = [], acceptWrappedTypes, setup, maxSize } = media;
  const said: Media = {
    chatroom: chatroom === undefined ? 'none' : chatroom.length === 0 ? 'bare' : [...chatroom],
    'accept-types': [...acceptTypes],
    'accept-wrapped-types': acceptWrappedTypes === undefined ? 'none' : [...acceptWrappedTypes],
    setup: setup === undefined ? 'none' : setup === 'active' || setup === 'passive' ? setup : 'actpass',
  };
  const words = Object.entries(said).filter(([key, value]) => {
    const known = base[key as keyof typeof USUAL] ?? USUAL[key as keyof typeof USUAL];
    return JSON.stringify(known) !== JSON.stringify(value);
  });
  return {
    ...Object.fromEntries(words),
    ...(maxSize === undefined || maxSize === 0n || maxSize > Number.MAX_SAFE_INTEGER
      ? {}
      : { 'max-size': Number(maxSize) }),
  };
}

/** A description with its own places left to be filled in. */
function wholeOf(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(/^(c=IN IP[46] |o=.* IN IP[46] )\S+/gm, '$1{host}')
    .replace(/^a=path:.*\S.*$/gm, 'a=path:{path}')
    .replace(/^(m=\S+ )[1-9]\d*( TCP\/(?:TLS\/)?MSRP )/gim, '$1{port}$2');
}
