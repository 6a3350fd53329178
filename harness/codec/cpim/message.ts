import type { Defect } from '../violation.ts';

/** One CPIM metadata header; the value is as written, escapes not decoded (RFC 3862 §2.3). */
export interface CpimHeader {
  /** With its prefix, e.g. `imdn.Message-ID`. Letter case matters. */
  readonly name: string;
  /** Parameters between the colon and the space, e.g. `;lang=fr`, as written. */
  readonly parameters?: string;
  readonly value: string;
}

export interface MimeHeader {
  readonly name: string;
  readonly value: string;
}

/** A Message/CPIM entity (RFC 3862 §2): metadata, MIME headers, content. */
export interface CpimMessage {
  readonly headers: readonly CpimHeader[];
  readonly mimeHeaders: readonly MimeHeader[];
  readonly content: Buffer;
}

/** Octets of one metadata header, its line end excluded, counted from the first octet of the entity. */
export interface CpimSpan {
  readonly start: number;
  readonly end: number;
}

export interface ParsedCpim extends CpimMessage {
  readonly defects: readonly Defect[];
  /** Where each of `headers` stands, index by index. */
  readonly spans: readonly CpimSpan[];
}

/** `[formal-name] <URI>` of From, To and cc (RFC 3862 §4.1). */
export interface CpimAddress {
  readonly name?: string;
  readonly uri: string;
}
