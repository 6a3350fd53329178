import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { serializeMsrp } from '../codec/msrp/serialize.ts';
import { serializeSip } from '../codec/sip/serialize.ts';
import { token } from '../net/random.ts';
import { type SeededRandom, seededRandom } from '../net/seeded-random.ts';
import type { End } from '../packets/flow.ts';
import { type WrittenPacket, writeCapture } from '../packets/write-capture.ts';
import { WrittenConnection } from '../packets/write-connection.ts';

const PARTICIPANTS = 8;
/** Rooms in which people talk at the same time. */
const ROOMS = 6;
const TURNS_OF_A_ROOM = 120;
/** One message in so many is a file, in chunks. */
const FILES = 25;
const CHUNK = 2048;
/** Octets that are gathered before they are written. */
const PIECE = 8 * 1024 * 1024;
const PCAP_HEADER = 24;

const roomUri = (number: number): string => `sip:chat${number}@focus.example.com`;

/**
 * Writes a classic pcap of at least so many octets, the same for the same size: rooms of eight participants who set up
 * sessions by SIP over TCP, send CPIM messages and files in chunks, and leave; what happens at the same time is interleaved
 * packet by packet. Memory does not depend on the size. Returns how many messages of SIP and MSRP are in it.
 */
export async function writeLargeCapture(path: string, octets: number): Promise<number> {
  const file = createWriteStream(path);
  const crowd = new Crowd();
  let written = 0;
  for (let isLast = false; !isLast; ) {
    while (crowd.octets < PIECE && written + crowd.octets < octets) crowd.act();
    isLast = written + crowd.octets >= octets;
    if (isLast) crowd.leave();
    const piece = writeCapture({ packets: crowd.takePackets(), names: [], application: '', comment: '' }, 'pcap');
    const part = written === 0 ? piece : piece.subarray(PCAP_HEADER);
    written += part.length;
    if (!file.write(part)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return crowd.messages;
}

/** What all rooms send, as packets. */
class Crowd {
  readonly #random = seededRandom('large capture');
  readonly #rooms: Room[] = [];
  /** What those send who leave. */
  #left: Unsent[][] = [];
  #packets: WrittenPacket[] = [];
  #time = Date.UTC(2026, 0, 1);
  #count = 0;
  octets = 0;
  messages = 0;

  /** A turn in each room; a room that has said all makes place for another. */
  act(): void {
    for (let index = 0; index < ROOMS; index += 1) {
      const room = this.#rooms[index];
      if (room === undefined || room.turns >= TURNS_OF_A_ROOM) {
        if (room !== undefined) this.#leave(room);
        this.#count += 1;
        this.#rooms[index] = new Room(this.#count, this.#random.fork(`room ${this.#count}`), () => {
          this.messages += 1;
        });
      } else room.turn();
    }
    this.#mix();
  }

  leave(): void {
    for (const room of this.#rooms) this.#leave(room);
    this.#mix();
  }

  #leave(room: Room): void {
    room.leave();
    this.#left.push(...room.takeQueues());
  }

  takePackets(): WrittenPacket[] {
    const packets = this.#packets;
    this.#packets = [];
    this.octets = 0;
    return packets;
  }

  /** What was sent on several connections at the same time passes packet by packet. */
  #mix(): void {
    const queues = [...this.#left, ...this.#rooms.flatMap((room) => room.takeQueues())];
    this.#left = [];
    const longest = Math.max(...queues.map(({ length }) => length));
    for (let index = 0; index < longest; index += 1) {
      for (const queue of queues) {
        const packet = queue[index];
        if (packet === undefined) continue;
        this.#time += 0.02;
        this.#packets.push({ ...packet, time: this.#time });
        this.octets += packet.lane.lengthOf(packet.content) + 16;
      }
    }
  }
}

type Unsent = Omit<WrittenPacket, 'time'>;

/** A connection whose packets wait to be mixed with those of others. */
class Line {
  readonly connection: WrittenConnection;
  queue: Unsent[] = [];

  constructor(host: Buffer, port: number, focusPort: number, sequence: number) {
    const focus = { address: Buffer.from([10, 1, 0, 1]), port: focusPort };
    const take = (lane: Unsent['lane'], content: Unsent['content']): number => this.queue.push({ lane, content });
    this.connection = new WrittenConnection({ address: host, port }, focus, sequence, take);
    this.connection.open('');
  }
}

interface Member {
  readonly name: string;
  readonly uri: string;
  /** The room that it is in. */
  readonly room: string;
  readonly sip: Line;
  readonly msrp: Line;
  /** Of the member's end, and of the end of the switch. */
  readonly paths: { readonly own: string; readonly focus: string };
  readonly callId: string;
}

class Room {
  readonly #random: SeededRandom;
  readonly #count: () => void;
  readonly #members: Member[];
  turns = 0;

  constructor(number: number, random: SeededRandom, count: () => void) {
    this.#random = random;
    this.#count = count;
    this.#members = Array.from({ length: PARTICIPANTS }, (_, index) => this.#join(number, index));
  }

  turn(): void {
    this.turns += 1;
    const speaker = this.#members[this.#random.integer(PARTICIPANTS)];
    if (speaker === undefined) return;
    const isFile = this.#random.integer(FILES) === 0;
    const content = isFile ? this.#file() : Buffer.from(this.#text());
    const type = isFile ? 'image/jpeg' : 'text/plain; charset=utf-8';
    const head = `From: <${speaker.uri}>\r\nTo: <${speaker.room}>\r\nDateTime: 2026-01-01T00:00:00Z\r\n\r\nContent-Type: ${type}\r\n\r\n`;
    const wrapped = Buffer.concat([Buffer.from(head), content]);
    this.#deliver(speaker, 'opener', wrapped);
    for (const member of this.#members) if (member !== speaker) this.#deliver(member, 'other', wrapped);
  }

  leave(): void {
    for (const member of this.#members) {
      this.#sip(member, 'opener', 'BYE', 2, '');
      this.#sip(member, 'other', 'BYE', 2, '', 200);
      member.sip.connection.close('opener', 'ended');
      member.msrp.connection.close('opener', 'ended');
    }
  }

  takeQueues(): Unsent[][] {
    return this.#members.flatMap(({ sip, msrp }) => {
      const queues = [sip.queue, msrp.queue];
      sip.queue = [];
      msrp.queue = [];
      return queues;
    });
  }

  #join(number: number, index: number): Member {
    const host = Buffer.from([10, 2 + ((number >> 16) & 63), (number >> 8) & 255, number & 255]);
    const [name, port] = [`p${index}`, 20_000 + 2 * index];
    const sequence = this.#random.integer(2 ** 32);
    const address = host.join('.');
    const member: Member = {
      name,
      uri: `sip:${name}.${number}@example.com`,
      room: roomUri(number),
      sip: new Line(host, port, 5060, sequence),
      msrp: new Line(host, port + 1, 2855, ~sequence >>> 0),
      paths: {
        own: `msrp://${address}:${port + 1}/${token(this.#random, 16)};tcp`,
        focus: `msrp://10.1.0.1:2855/${token(this.#random, 16)};tcp`,
      },
      callId: token(this.#random, 20),
    };
    this.#sip(member, 'opener', 'INVITE', 1, description(address, member.paths.own));
    this.#sip(member, 'other', 'INVITE', 1, '', 100);
    this.#sip(member, 'other', 'INVITE', 1, description('10.1.0.1', member.paths.focus), 200);
    this.#sip(member, 'opener', 'ACK', 1, '');
    return member;
  }

  #sip(
    { sip, uri, room, name, callId }: Member,
    from: End,
    method: string,
    cseq: number,
    body: string,
    status?: number,
  ): void {
    const tag = status === 100 || (method === 'INVITE' && status === undefined) ? '' : ';tag=focus1';
    const headers = [
      { name: 'Via', value: `SIP/2.0/TCP ${name}.example.com;branch=z9hG4bK${callId}${method}` },
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `<${uri}>;tag=${callId.slice(0, 8)}` },
      { name: 'To', value: `<${room}>${tag}` },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${cseq} ${method}` },
      { name: 'Contact', value: from === 'opener' ? `<${uri};transport=tcp>` : `<${room};transport=tcp>;isfocus` },
      ...(body === '' ? [] : [{ name: 'Content-Type', value: 'application/sdp' }]),
      { name: 'Content-Length', value: String(Buffer.byteLength(body)) },
    ];
    const rest = { version: 'SIP/2.0', headers, body: Buffer.from(body) };
    const message =
      status === undefined
        ? ({ kind: 'request', method, uri: room, ...rest } as const)
        : ({ kind: 'response', status, reason: status === 100 ? 'Trying' : 'OK', ...rest } as const);
    sip.connection.send(from, serializeSip(message));
    this.#count();
  }

  /** A message in one chunk or several, each with its answer. */
  #deliver({ msrp, paths }: Member, from: End, content: Buffer): void {
    const [to, own] = from === 'opener' ? [paths.focus, paths.own] : [paths.own, paths.focus];
    const messageId = token(this.#random, 12);
    for (let at = 0; at < content.length; at += CHUNK) {
      const body = content.subarray(at, at + CHUNK);
      const end = at + body.length;
      const transactionId = token(this.#random, 12);
      const isLast = end === content.length;
      const request = serializeMsrp({
        kind: 'request',
        transactionId,
        method: 'SEND',
        headers: [
          { name: 'To-Path', value: to },
          { name: 'From-Path', value: own },
          { name: 'Message-ID', value: messageId },
          { name: 'Byte-Range', value: `${at + 1}-${end}/${content.length}` },
          { name: 'Content-Type', value: 'message/cpim' },
        ],
        body,
        flag: isLast ? '$' : '+',
      });
      msrp.connection.send(from, request);
      const answer = serializeMsrp({
        kind: 'response',
        transactionId,
        status: 200,
        comment: 'OK',
        headers: [
          { name: 'To-Path', value: own },
          { name: 'From-Path', value: to },
        ],
        flag: '$',
      });
      msrp.connection.send(from === 'opener' ? 'other' : 'opener', answer);
      this.#count();
      this.#count();
    }
  }

  #text(): string {
    const words = Array.from({ length: 3 + this.#random.integer(60) }, () => WORDS[this.#random.integer(WORDS.length)]);
    return words.join(' ');
  }

  #file(): Buffer {
    return this.#random.bytes(4000 + this.#random.integer(40_000));
  }
}

const WORDS = 'the quick brown fox jumps over the lazy dog and nobody knows why at höhe of the naïve café'.split(' ');

const description = (host: string, path: string): string =>
  [
    'v=0',
    `o=- 1 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    'm=message 2855 TCP/MSRP *',
    'a=accept-types:message/cpim',
    'a=accept-wrapped-types:*',
    'a=chatroom:nickname private-messages',
    `a=path:${path}`,
    '',
  ].join('\r\n');
