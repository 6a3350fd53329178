import type { Defect } from '../violation.ts';

export type StateAttribute = 'full' | 'partial' | 'deleted';

/** One stream between focus and endpoint, seen from the participant (RFC 4575 §5.8). */
export interface ConferenceMedia {
  readonly id: string;
  readonly type?: string;
  readonly label?: string;
  readonly status?: string;
}

export interface ConferenceEndpoint {
  readonly entity: string;
  /** As written; absent means full (RFC 4575 §4.4). */
  readonly state?: StateAttribute;
  readonly status?: string;
  readonly displayText?: string;
  readonly joiningMethod?: string;
  readonly disconnectionMethod?: string;
  readonly media?: readonly ConferenceMedia[];
}

export interface ConferenceUser {
  readonly entity: string;
  readonly state?: StateAttribute;
  readonly displayText?: string;
  /** Where the nickname stood: RFC 7701 §9.6 shows the XCON-qualified attribute. */
  readonly nickname?: { readonly value: string; readonly form: 'xcon' | 'unqualified' };
  readonly roles: readonly string[];
  readonly endpoints: readonly ConferenceEndpoint[];
}

/** A conference-info document as it was written, full or partial (RFC 4575 §4, §5). */
export interface ConferenceDocument {
  readonly entity: string;
  readonly state?: StateAttribute;
  /** Absent when missing or no number. */
  readonly version?: number;
  readonly displayText?: string;
  readonly subject?: string;
  readonly userCount?: number;
  readonly active?: boolean;
  readonly locked?: boolean;
  /** Absent when the document has no users element. */
  readonly users?: { readonly state?: StateAttribute; readonly list: readonly ConferenceUser[] };
  readonly defects: readonly Defect[];
}
