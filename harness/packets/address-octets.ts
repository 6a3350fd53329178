import { isIP } from 'node:net';

/** An IPv4 or IPv6 literal as the 4 or 16 octets of a packet. Undefined: it is a name. */
export function addressOctets(host: string): Buffer | undefined {
  const [literal = ''] = host.split('%', 1);
  switch (isIP(literal)) {
    case 4:
      return fourOctets(literal);
    case 6:
      return sixteenOctets(literal);
    default:
      return undefined;
  }
}

const fourOctets = (literal: string): Buffer => Buffer.from(literal.split('.').map(Number));

/** RFC 4291 §2.2: `::` stands for as many zeros as are missing; the last 32 bits may be written as of IPv4. */
function sixteenOctets(literal: string): Buffer {
  const [before = '', after] = literal.split('::').map(groupsOf);
  const head = Buffer.concat(before === '' ? [] : before);
  const tail = Buffer.concat(after ?? []);
  return Buffer.concat([head, Buffer.alloc(16 - head.length - tail.length), tail]);
}

const groupsOf = (text: string): Buffer[] =>
  text === ''
    ? []
    : text.split(':').map((group) => {
        if (group.includes('.')) return fourOctets(group);
        const value = Number.parseInt(group, 16);
        return Buffer.from([value >>> 8, value & 0xff]);
      });
