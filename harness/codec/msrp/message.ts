import type { Defect } from '../violation.ts';

/** Name and value as they stand on the wire: letter case, order and repetition are kept. */
export interface MsrpHeader {
  readonly name: string;
  readonly value: string;
  /** The value as octets, only when they are no UTF-8; `value` then shows U+FFFD in their place. */
  readonly octets?: Buffer;
}

/** RFC 4975 §7.1: `$` the message ends here, `+` more will come, `#` given up. */
export type ContinuationFlag = '$' | '+' | '#';

export interface MsrpRequestHead {
  readonly kind: 'request';
  readonly transactionId: string;
  readonly method: string;
  readonly headers: readonly MsrpHeader[];
}

export interface MsrpResponseHead {
  readonly kind: 'response';
  readonly transactionId: string;
  readonly status: number;
  /** Absent when nothing follows the status code, empty when only its space does. */
  readonly comment?: string;
  readonly headers: readonly MsrpHeader[];
}

/** Everything before the body. */
export type MsrpHead = MsrpRequestHead | MsrpResponseHead;

interface Framed {
  /** Absent: no body and no empty line. Empty buffer: a body of zero octets (RFC 4975 §9). */
  readonly body?: Buffer;
  readonly flag: ContinuationFlag;
}

export type MsrpRequest = MsrpRequestHead & Framed;
export type MsrpResponse = MsrpResponseHead & Framed;
export type MsrpMessage = MsrpRequest | MsrpResponse;

/** What the streaming parser reports, in wire order. Offsets count from the first octet of the stream. */
export type MsrpEvent =
  | {
      readonly type: 'head';
      readonly head: MsrpHead;
      readonly hasBody: boolean;
      readonly start: number;
      /** Offset of the first octet behind the head: behind the empty line, or where the end-line begins. */
      readonly end: number;
      readonly defects: readonly Defect[];
    }
  /** A view into the segment that was fed, never a copy unless octets had to be held back across segments. */
  | { readonly type: 'body'; readonly octets: Buffer }
  | {
      readonly type: 'end';
      readonly flag: ContinuationFlag;
      readonly bodyLength: number;
      /** Offset of the first octet behind the end-line. */
      readonly end: number;
      readonly defects: readonly Defect[];
    }
  /** Octets that are no MSRP; the parser has skipped them and looks for the next start line. */
  | { readonly type: 'garbage'; readonly octets: Buffer; readonly start: number; readonly reason: string };

/** First value of a header; names match in any letter case (RFC 4975 §9). */
export function headerOf(head: { readonly headers: readonly MsrpHeader[] }, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return head.headers.find((header) => header.name.toLowerCase() === wanted)?.value;
}
