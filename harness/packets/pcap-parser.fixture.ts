import parser, { type ParsedPacket } from 'pcap-parser';

/** Hands out the packets of a classic capture in microseconds that is not damaged, one by one. */
export function parsePackets(path: string, take: (packet: ParsedPacket) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    parser
      .parse(path)
      .on('packet', take)
      .on('error', reject)
      .on('end', () => resolve());
  });
}

/** All of them. */
export async function parsedPackets(path: string): Promise<ParsedPacket[]> {
  const packets: ParsedPacket[] = [];
  await parsePackets(path, (packet) => packets.push(packet));
  return packets;
}
