import type { FingerprintWord } from './fingerprints.ts';

/** What a participant says about itself in SDP. */
export interface MediaProfile {
  /** Tokens of a=chatroom; empty: the bare attribute; absent: none (RFC 7701 §8). */
  readonly chatroom?: readonly string[];
  readonly acceptTypes: readonly string[];
  readonly acceptWrappedTypes?: readonly string[];
  /** a=setup of offers; absent: no attribute, the base model of RFC 4975. */
  readonly setup?: 'active' | 'passive' | 'actpass';
  /** Octets. */
  readonly maxSize?: number;
  /** What is signalled of the own certificate over TLS; absent: its fingerprint. */
  readonly fingerprints?: readonly FingerprintWord[];
  /** Further lines at the end of the media section, e.g. `a=x-foo`. */
  readonly furtherLines?: readonly string[];
}

/** An aware participant that supports all of RFC 7701. */
export const FULL_MEDIA: MediaProfile = {
  chatroom: ['nickname', 'private-messages'],
  acceptTypes: ['message/cpim'],
  acceptWrappedTypes: ['text/plain', '*'],
  setup: 'actpass',
};
