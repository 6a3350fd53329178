import { attributesNamed, attributeValue } from '../../codec/sdp/attribute.ts';
import type { SdpLine, SdpMedia, SessionDescription } from '../../codec/sdp/description.ts';
import { isMsrpMedia } from '../../codec/sdp/msrp-media.ts';
import { parseOrigin } from '../../codec/sdp/origin.ts';
import { always, type Occasion, when } from './occasion.ts';

const chat =
  (test: (media: SdpMedia) => boolean) =>
  ({ media }: SessionDescription): boolean =>
    media.some((section) => isMsrpMedia(section) && test(section));

const has =
  (name: string) =>
  ({ lines }: SdpMedia): boolean =>
    attributesNamed(lines, name).length > 0;

const hasEntry = (name: string): ((media: SdpMedia) => boolean) => {
  return ({ lines }) => (attributeValue(lines, name) ?? '') !== '';
};

const isOpen = ({ port }: SdpMedia): boolean => port !== 0;

/** Without a relay, c= and m= name the same place as the path (RFC 6714 §4.2). */
const isDirect = (media: SdpMedia): boolean =>
  isOpen(media) && hasEntry('path')(media) && !(attributeValue(media.lines, 'path') ?? '').includes(' ');

/** RFC 3264 §5: a first version below 2^62-1 leaves room to count; later ones may be above. */
const startsLow = (description: SessionDescription): boolean => {
  const origin = parseOrigin(firstValue(description, 'o'));
  return origin.ok && origin.value.version < 2n ** 62n - 1n;
};

const isConnection = ({ type }: SdpLine): boolean => type === 'c';

const chatroomToken =
  (test: (token: string) => boolean) =>
  ({ lines }: SdpMedia): boolean =>
    (attributeValue(lines, 'chatroom') ?? '').split(' ').some((token) => token !== '' && test(token));

const firstValue = ({ session }: SessionDescription, type: string): string =>
  session.find((line) => line.type === type)?.value ?? '';

export const sdpOccasions: readonly Occasion<SessionDescription>[] = [
  when(always, 'RFC8866-5-01', 'RFC8866-5.3-01'),
  when(startsLow, 'RFC3264-5-02'),
  when((description) => firstValue(description, 's') !== '' && firstValue(description, 't') !== '', 'RFC3264-5-01'),
  when(({ media }) => media.length > 0, 'RFC8866-5.7-01', 'RFC8866-5.14-01'),
  when(chat(always), 'RFC4975-8.1-03', 'RFC4975-8.1-04', 'RFC4975-15.6-01', 'RFC6135-4.4-01'),
  when(chat(isOpen), 'RFC4975-8-01', 'RFC4975-8-02', 'RFC4975-8.2-01', 'RFC4975-8.6-01'),
  when(
    chat((media) => isOpen(media) && hasEntry('path')(media)),
    'RFC4975-8.1-02',
    'RFC4975-8.2-02',
    'RFC4975-8.2-03',
    'RFC4975-8.3-01',
    'RFC4975-15.7.4-01',
  ),
  when(({ session, media }) => {
    const hasHost = session.some(isConnection);
    return media.some((one) => isMsrpMedia(one) && isDirect(one) && (hasHost || one.lines.some(isConnection)));
  }, 'RFC4975-8.1-01'),
  when(chat(isDirect), 'RFC4975-8.1-05'),
  when(chat(hasEntry('accept-types')), 'RFC4975-15.7.1-01', 'RFC4975-8.6-20'),
  when(chat(hasEntry('accept-wrapped-types')), 'RFC4975-15.7.2-01', 'RFC7701-5.2-19'),
  when(
    chat((media) => hasEntry('accept-types')(media) && hasEntry('accept-wrapped-types')(media)),
    'RFC4975-8.6-06',
    'RFC4975-8.6-09',
    'RFC4975-8.6-04',
  ),
  when(chat(has('max-size')), 'RFC4975-15.7.3-01', 'RFC4975-8.6-21'),
  when(chat(has('setup')), 'RFC6135-4.2.1-04'),
  when(chat(has('chatroom')), 'RFC7701-8-06', 'RFC7701-8-14', 'RFC7701-10.4-01'),
  when(chat(chatroomToken(always)), 'RFC7701-8-16', 'RFC7701-8-20', 'RFC7701-8-21'),
  when(chat(chatroomToken((token) => token.toLowerCase() === 'nickname')), 'RFC7701-8-15'),
  when(chat(chatroomToken((token) => token.includes('.'))), 'RFC7701-8-22'),
];
