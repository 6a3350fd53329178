import { Bench } from 'tinybench';
import { MsrpCollector } from '../codec/msrp/collect.ts';
import type { MsrpMessage } from '../codec/msrp/message.ts';
import { MsrpParser } from '../codec/msrp/parser.ts';
import { serializeMsrp } from '../codec/msrp/serialize.ts';
import { validateMsrp } from '../codec/msrp/validate.ts';

export interface BenchRow {
  readonly name: string;
  /** Messages per second. */
  readonly opsPerSecond: number;
  /** Octets of the stream per second, in 10^6. */
  readonly megabytesPerSecond?: number;
  readonly note?: string;
}

interface Job {
  readonly name: string;
  readonly run: () => void;
  readonly messages: number;
  readonly octets: number;
}

const segmentOctets = 65_536;

/** Speed of the MSRP codec: small and large messages, friendly and hostile bodies. Takes about ten seconds. */
export async function msrpBenchmarks(): Promise<BenchRow[]> {
  const bench = new Bench({ time: 500, warmupTime: 200 });
  const all = jobs();
  for (const { name, run } of all) bench.add(name, run);
  await bench.run();
  return all.map(({ name, messages, octets }) => {
    const result = bench.getTask(name)?.result;
    if (result === undefined || !('throughput' in result)) throw new Error(`benchmark ${name} gave no result`);
    const perSecond = result.throughput.mean;
    return { name, opsPerSecond: perSecond * messages, megabytesPerSecond: (perSecond * octets) / 1e6 };
  });
}

function jobs(): Job[] {
  const small = send(Buffer.from('a small message'));
  const text = send(Buffer.alloc(segmentOctets, 'The quick brown fox jumps over the lazy dog.\r\n'));
  const hyphens = send(Buffer.alloc(segmentOctets, '-'));
  const nearMatches = send(Buffer.alloc(segmentOctets, '\r\n-------a786hjs2dz'));
  return [
    parse('parse small messages', small, 1000),
    parse('parse bodies of 64 KiB', text, 16),
    parse('parse bodies of hyphens', hyphens, 16),
    parse('parse bodies of near matches', nearMatches, 16),
    collect('collect small messages', small, 1000),
    collect('collect bodies of 64 KiB', text, 16),
    serialize('serialize small messages', small, 1000),
    serialize('serialize bodies of 64 KiB', text, 16),
    {
      name: 'validate small messages',
      run: () => {
        if (validateMsrp(small, []).length > 0) throw new Error('the benchmark message is invalid');
      },
      messages: 1,
      octets: serializeMsrp(small).length,
    },
  ];
}

function send(body: Buffer): MsrpMessage {
  return {
    kind: 'request',
    transactionId: 'a786hjs2dzq',
    method: 'SEND',
    headers: [
      { name: 'To-Path', value: 'msrp://focus.example.com:2855/kjfjan01lqke;tcp' },
      { name: 'From-Path', value: 'msrp://alice.example.com:7777/iau39soe2843z;tcp' },
      { name: 'Message-ID', value: '87652491' },
      { name: 'Byte-Range', value: `1-*/${body.length}` },
      { name: 'Content-Type', value: 'text/plain' },
    ],
    body,
    flag: '$',
  };
}

function parse(name: string, message: MsrpMessage, messages: number): Job {
  const segments = stream(message, messages);
  let ended = 0;
  const parser = new MsrpParser((event) => {
    if (event.type === 'end') ended += 1;
  });
  const run = () => {
    ended = 0;
    for (const segment of segments) parser.feed(segment);
    if (ended !== messages) throw new Error(`${ended} of ${messages} messages were parsed`);
  };
  return { name, run, messages, octets: octetsOf(segments) };
}

function collect(name: string, message: MsrpMessage, messages: number): Job {
  const segments = stream(message, messages);
  let ended = 0;
  const collector = new MsrpCollector(
    () => {
      ended += 1;
    },
    ({ reason }) => {
      throw new Error(reason);
    },
  );
  const run = () => {
    ended = 0;
    for (const segment of segments) collector.feed(segment);
    if (ended !== messages) throw new Error(`${ended} of ${messages} messages were collected`);
  };
  return { name, run, messages, octets: octetsOf(segments) };
}

function serialize(name: string, message: MsrpMessage, messages: number): Job {
  const { length } = serializeMsrp(message);
  const run = () => {
    for (let count = 0; count < messages; count += 1) {
      if (serializeMsrp(message).length !== length) throw new Error('a message changed its length');
    }
  };
  return { name, run, messages, octets: messages * length };
}

/** The message over and over, cut as a socket would hand it over. */
function stream(message: MsrpMessage, messages: number): Buffer[] {
  const octets = Buffer.concat(Array.from({ length: messages }, () => serializeMsrp(message)));
  const count = Math.ceil(octets.length / segmentOctets);
  return Array.from({ length: count }, (_, index) =>
    octets.subarray(index * segmentOctets, (index + 1) * segmentOctets),
  );
}

function octetsOf(segments: readonly Buffer[]): number {
  return segments.reduce((sum, { length }) => sum + length, 0);
}
