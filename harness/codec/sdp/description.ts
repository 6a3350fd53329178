import type { Defect } from '../violation.ts';

/** One line `type=value`, in the order of the text. */
export interface SdpLine {
  readonly type: string;
  readonly value: string;
}

export interface SdpMedia {
  readonly media: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** All lines of this section, the m= line first. */
  readonly lines: readonly SdpLine[];
}

export interface SessionDescription {
  /** Lines above the first m= line. */
  readonly session: readonly SdpLine[];
  readonly media: readonly SdpMedia[];
  readonly defects: readonly Defect[];
}

/** Roles of `a=setup` (RFC 4145 §4, RFC 6135 §4.2); `unknown` for any other word. */
export type SetupRole = 'active' | 'passive' | 'actpass' | 'holdconn' | 'unknown';

/** What an MSRP media section says (RFC 4975 §8, RFC 6135, RFC 7701 §8). */
export interface MsrpMediaDescription {
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** Host of the c= line that applies. */
  readonly connectionHost?: string;
  readonly path: readonly string[];
  readonly acceptTypes?: readonly string[];
  readonly acceptWrappedTypes?: readonly string[];
  readonly maxSize?: bigint;
  readonly setup?: SetupRole;
  readonly fingerprints: readonly { readonly algorithm: string; readonly value: string }[];
  /** Absent: no attribute. Empty: `a=chatroom` without tokens. */
  readonly chatroom?: readonly string[];
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
}
