import { readMessages } from '../capture/messages.ts';

/** A process of its own for `capture.bench.ts`: reads a capture and writes what it found and took as JSON. */
export interface Reading {
  readonly messages: number;
  /** Of this process, in 10^6 octets. */
  readonly peakMegabytes: number;
}

const [path = ''] = process.argv.slice(2);
let messages = 0;
const read = await readMessages(path, (item) => {
  if (item.type === 'message') messages += 1;
});
if (!read.ok) throw new Error(read.error);
const reading: Reading = { messages, peakMegabytes: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6) };
process.stdout.write(JSON.stringify(reading));
