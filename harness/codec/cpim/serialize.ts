import type { CpimHeader, CpimMessage } from './message.ts';

/**
 * The octets of a Message/CPIM entity (RFC 3862 §2): metadata, empty line, MIME headers, empty line, content. Names and
 * values go out exactly as given, so a tester can write what the rules forbid; escaping is the caller's (`escape.ts`).
 */
export function serializeCpim(message: CpimMessage): Buffer {
  const metadata = message.headers.map(headerLine).join('');
  const mime = message.mimeHeaders.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${metadata}\r\n${mime}\r\n`), message.content]);
}

/** One metadata line with its CRLF (RFC 3862 §2.2). */
export function headerLine({ name, parameters = '', value }: CpimHeader): string {
  return `${name}:${parameters} ${value}\r\n`;
}
