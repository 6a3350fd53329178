import type { Defect } from '../violation.ts';

export type StateAttribute = 'full' | 'partial' | 'deleted';

/** One stream between focus and endpoint, seen from the participant (RFC 4575 §5.8). */
export interface ConferenceMedia {
  readonly id: string;
  readonly type?: string;
  readonly label?: string;
  readonly status?: string;
}

/** When, why and by whom something was done (RFC 4575 §5.7.7). */
export interface ConferenceExecution {
  /** As written: xs:dateTime. */
  readonly when?: string;
  readonly reason?: string;
  readonly by?: string;
}

/** The SIP dialog of an endpoint (RFC 4575 §5.7.9). */
export interface ConferenceCall {
  readonly callId: string;
  readonly fromTag: string;
  readonly toTag: string;
}

export interface ConferenceEndpoint {
  readonly entity: string;
  /** As written; absent means full (RFC 4575 §4.4). */
  readonly state?: StateAttribute;
  readonly status?: string;
  readonly displayText?: string;
  readonly referred?: ConferenceExecution;
  readonly joiningMethod?: string;
  readonly joiningInfo?: ConferenceExecution;
  readonly disconnectionMethod?: string;
  readonly disconnectionInfo?: ConferenceExecution;
  readonly media?: readonly ConferenceMedia[];
  readonly call?: ConferenceCall;
}

export interface ConferenceUser {
  readonly entity: string;
  readonly state?: StateAttribute;
  readonly displayText?: string;
  /** Where the nickname stood: RFC 7701 §9.6 shows the XCON-qualified attribute. */
  readonly nickname?: { readonly value: string; readonly form: 'xcon' | 'unqualified' };
  /** Further URIs of the user (RFC 4575 §5.6.2). */
  readonly associatedAors?: readonly string[];
  readonly roles: readonly string[];
  readonly endpoints: readonly ConferenceEndpoint[];
}

/** An entry of conf-uris or service-uris (RFC 4575 §5.3.1, §5.3.2). */
export interface ConferenceUri {
  readonly uri: string;
  readonly displayText?: string;
  readonly purpose?: string;
}

/** A kind of stream that the conference has (RFC 4575 §5.3.4); `status` is seen from the participant. */
export interface AvailableMedia {
  readonly label: string;
  readonly type?: string;
  readonly status?: string;
}

/** A conference-info document as it was written, full or partial (RFC 4575 §4, §5). */
export interface ConferenceDocument {
  readonly entity: string;
  readonly state?: StateAttribute;
  /** Absent when missing or no number. */
  readonly version?: number;
  readonly displayText?: string;
  readonly subject?: string;
  readonly conferenceUris?: readonly ConferenceUri[];
  readonly serviceUris?: readonly ConferenceUri[];
  readonly maximumUserCount?: number;
  readonly availableMedia?: readonly AvailableMedia[];
  readonly userCount?: number;
  readonly active?: boolean;
  readonly locked?: boolean;
  /** Absent when the document has no users element. */
  readonly users?: { readonly state?: StateAttribute; readonly list: readonly ConferenceUser[] };
  readonly defects: readonly Defect[];
}
