/** No quote, ampersand, angle bracket or backslash: it can stand in any place of an HTML document. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+,-./:;=?@[]^_{|}~';

const DIGITS = Buffer.from(ALPHABET.slice(0, 85));

/** Four octets in five characters, where base64 would take five and a third. `page/unpack.js` reads it. */
export function base85(octets: Buffer): string {
  const padded = octets.length % 4 === 0 ? octets : Buffer.concat([octets, Buffer.alloc(4 - (octets.length % 4))]);
  const text = Buffer.allocUnsafe((padded.length / 4) * 5);
  for (let at = 0, to = 0; at < padded.length; at += 4, to += 5) {
    let value = padded.readUInt32BE(at);
    for (let digit = 4; digit >= 0; digit -= 1) {
      text[to + digit] = DIGITS[value % 85] ?? 0;
      value = Math.floor(value / 85);
    }
  }
  return text.toString('latin1', 0, text.length - (padded.length - octets.length));
}
