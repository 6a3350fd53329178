import { FULL_MEDIA, type MediaProfile } from '../../participant/media.ts';
import type { CastMember } from '../schema.ts';

type MediaWords = Pick<
  CastMember,
  'chatroom' | 'accept-types' | 'accept-wrapped-types' | 'setup' | 'fingerprints' | 'max-size' | 'sdp-lines'
>;

/** The media description that a cast entry or a join step asks for, on top of what the participant says otherwise. */
export function mediaOf(words: MediaWords, base: MediaProfile = FULL_MEDIA): MediaProfile {
  const { chatroom, acceptWrappedTypes, setup, maxSize, furtherLines, ...rest } = base;
  const tokens = words.chatroom === undefined ? chatroom : tokensOf(words.chatroom);
  const wrapped =
    words['accept-wrapped-types'] === undefined
      ? acceptWrappedTypes
      : words['accept-wrapped-types'] === 'none'
        ? undefined
        : words['accept-wrapped-types'];
  const role = words.setup === undefined ? setup : words.setup === 'none' ? undefined : words.setup;
  const size = words['max-size'] ?? maxSize;
  const lines = words['sdp-lines'] ?? furtherLines;
  return {
    ...rest,
    acceptTypes: words['accept-types'] ?? rest.acceptTypes,
    ...(tokens === undefined ? {} : { chatroom: tokens }),
    ...(wrapped === undefined ? {} : { acceptWrappedTypes: wrapped }),
    ...(role === undefined ? {} : { setup: role }),
    ...(size === undefined ? {} : { maxSize: size }),
    ...(words.fingerprints === undefined ? {} : { fingerprints: words.fingerprints }),
    ...(lines === undefined ? {} : { furtherLines: lines }),
  };
}

function tokensOf(chatroom: readonly string[] | 'none' | 'bare'): readonly string[] | undefined {
  if (chatroom === 'none') return undefined;
  return chatroom === 'bare' ? [] : chatroom;
}
