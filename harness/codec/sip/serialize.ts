import type { SipMessage } from './message.ts';

/** Writes a message exactly as given: no header is added, changed or moved (see `withContentLength`). */
export function serializeSip(message: SipMessage): Buffer {
  let head = `${startLine(message)}\r\n`;
  for (const { name, value } of message.headers) head += `${name}: ${value}\r\n`;
  head += '\r\n';
  const headLength = Buffer.byteLength(head);
  const octets = Buffer.allocUnsafe(headLength + message.body.length);
  octets.write(head);
  message.body.copy(octets, headLength);
  return octets;
}

function startLine(message: SipMessage): string {
  switch (message.kind) {
    case 'request':
      return `${message.method} ${message.uri} ${message.version}`;
    case 'response':
      return `${message.version} ${message.status} ${message.reason}`;
  }
}
