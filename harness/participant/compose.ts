import { serializeCpim } from '../codec/cpim/serialize.ts';

/** What a message is to say; everything may be wrong on purpose. */
export interface OutgoingSpec {
  readonly content: Buffer | string;
  /** URIs; several give several To headers. */
  readonly to: readonly string[];
  /** URI. */
  readonly from: string;
  /** CPIM lines below To and From, as they will stand on the wire. */
  readonly furtherHeaders?: readonly string[];
  /** All CPIM lines, instead of those that follow from the rest. */
  readonly block?: readonly string[];
  /** Content-Type inside the wrapper. */
  readonly wrappedType?: string;
  /** Content-Type of the SEND. */
  readonly contentType?: string;
  /** The content alone, without a CPIM wrapper. */
  readonly unwrapped?: boolean;
  readonly messageId?: string;
}

/** A message ready to be sent, whole or piece by piece. */
export interface ComposedMessage {
  readonly messageId: string;
  /** The whole body of the SENDs together. */
  readonly octets: Buffer;
  readonly contentType: string;
  /** Octets in front of the wrapped content: CPIM metadata and MIME headers with their empty lines. */
  readonly cpimHeaderOctets: number;
}

const WRAPPED_TYPE = 'text/plain; charset=utf-8';

/** Wraps a content for a chat room (RFC 7701 §6.1, RFC 3862 §2). Unwrapped text goes as text/plain. */
export function composeMessage(spec: OutgoingSpec, newMessageId: () => string): ComposedMessage {
  const content = typeof spec.content === 'string' ? Buffer.from(spec.content) : spec.content;
  const messageId = spec.messageId ?? newMessageId();
  if (spec.unwrapped === true) {
    return { messageId, octets: content, contentType: spec.contentType ?? 'text/plain', cpimHeaderOctets: 0 };
  }
  const wrapper = wrapperOf(spec);
  return {
    messageId,
    octets: Buffer.concat([wrapper, content]),
    contentType: spec.contentType ?? 'message/cpim',
    cpimHeaderOctets: wrapper.length,
  };
}

function wrapperOf({ block, to, from, furtherHeaders = [], wrappedType = WRAPPED_TYPE }: OutgoingSpec): Buffer {
  const lines = block ?? [...to.map((uri) => `To: <${uri}>`), `From: <${from}>`, ...furtherHeaders];
  const mimeHeaders = [{ name: 'Content-Type', value: wrappedType }];
  const rest = serializeCpim({ headers: [], mimeHeaders, content: Buffer.alloc(0) });
  return Buffer.concat([Buffer.from(lines.map((line) => `${line}\r\n`).join('')), rest]);
}
