import { formatEndLine } from './end-line.ts';
import type { ContinuationFlag, MsrpHead, MsrpMessage } from './message.ts';

/** Octets of a whole message. Writes what it is given, right or wrong, since a tester has to send wrong messages too. */
export function serializeMsrp(message: MsrpMessage): Buffer {
  if (message.headers.some((header) => header.octets !== undefined)) return serializeParts(message);
  const head = headText(message, message.body !== undefined);
  const end = endText(message.transactionId, message.flag, message.body !== undefined);
  if (message.body === undefined) return Buffer.from(head + end, 'utf8');
  const headLength = Buffer.byteLength(head);
  const bodyEnd = headLength + message.body.length;
  const octets = Buffer.allocUnsafe(bodyEnd + Buffer.byteLength(end));
  octets.write(head, 0, 'utf8');
  message.body.copy(octets, headLength);
  octets.write(end, bodyEnd, 'utf8');
  return octets;
}

/** Start line and headers, and with a body the empty line too. */
export function serializeHead(head: MsrpHead, hasBody: boolean): Buffer {
  if (!head.headers.some((header) => header.octets !== undefined)) return Buffer.from(headText(head, hasBody), 'utf8');
  const lines = head.headers.map(({ name, value, octets }) =>
    Buffer.concat([Buffer.from(`${name}: `), octets ?? Buffer.from(value), Buffer.from('\r\n')]),
  );
  return Buffer.concat([Buffer.from(startLine(head)), ...lines, Buffer.from(hasBody ? '\r\n' : '')]);
}

/** The rare message with header values that are no text. */
function serializeParts(message: MsrpMessage): Buffer {
  const hasBody = message.body !== undefined;
  const end = serializeEnd(message.transactionId, message.flag, hasBody);
  return Buffer.concat([serializeHead(message, hasBody), ...(hasBody ? [message.body] : []), end]);
}

/** The end-line, after a body with the CRLF in front that is no part of the body (RFC 4975 §7.1). */
export function serializeEnd(transactionId: string, flag: ContinuationFlag, hasBody: boolean): Buffer {
  return Buffer.from(endText(transactionId, flag, hasBody), 'utf8');
}

function headText(head: MsrpHead, hasBody: boolean): string {
  let text = startLine(head);
  for (const { name, value } of head.headers) text += `${name}: ${value}\r\n`;
  return hasBody ? `${text}\r\n` : text;
}

function startLine(head: MsrpHead): string {
  if (head.kind === 'request') return `MSRP ${head.transactionId} ${head.method}\r\n`;
  const status = String(head.status).padStart(3, '0');
  const comment = head.comment === undefined ? '' : ` ${head.comment}`;
  return `MSRP ${head.transactionId} ${status}${comment}\r\n`;
}

function endText(transactionId: string, flag: ContinuationFlag, hasBody: boolean): string {
  return hasBody ? `\r\n${formatEndLine(transactionId, flag)}` : formatEndLine(transactionId, flag);
}
