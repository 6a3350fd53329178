import { existsSync, readFileSync } from 'node:fs';
import { realClock } from '../net/real-clock.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { socketNetwork } from '../net/sockets.ts';
import { FULL_MEDIA } from '../participant/media.ts';
import { Participant } from '../participant/participant.ts';
import { focusProcess } from '../sut/focus-process.ts';
import type { BenchRow } from './msrp.bench.ts';

const PARTICIPANTS = 100;
/** A million copies and some. */
const MESSAGES = 10_200;
/** Messages under way at the same time. */
const WINDOW = 50;

/** How many copies a second the focus delivers over real sockets, in a process of its own, to a full room. */
export async function fanOutBenchmark(command: readonly [string, ...string[]]): Promise<BenchRow> {
  const patterns = [{ prefix: 'bench', need: {} }];
  const [program, ...before] = command;
  // A bounded heap, so that memory tells what is kept and not how lazily garbage is collected.
  const bounded: [string, ...string[]] = [program, '--max-old-space-size=512', ...before];
  const started = await focusProcess({ clock: realClock, command: bounded, patterns, jobs: 1 });
  if (!started.ok) throw new Error(started.error);
  const sut = started.value;
  const random = seededRandom('fan-out');
  const network = socketNetwork(realClock);
  const room = `sip:bench@${sut.domain}`;
  const participants = Array.from(
    { length: PARTICIPANTS },
    (_, i) =>
      new Participant({
        name: `p${i}`,
        uri: `sip:p${i}@${sut.domain}`,
        network,
        clock: realClock,
        random: random.fork(`p${i}`),
        host: sut.localHost,
        sip: { transport: sut.sip.transport, target: sut.sip.address },
        room,
        media: FULL_MEDIA,
        msrpSecurity: 'plain',
        answerMs: 30_000,
      }),
  );
  try {
    for (const participant of participants) {
      const outcome = await participant.join();
      if (outcome.kind !== 'joined') throw new Error(`a participant of the benchmark could not join: ${outcome.kind}`);
    }
    return await measure(participants, () => residentMegabytes(sut.processId));
  } finally {
    for (const participant of participants) participant.vanish();
    await Promise.all(participants.map((participant) => participant.close()));
    await sut.stop();
  }
}

async function measure(participants: readonly Participant[], memory: () => number | undefined): Promise<BenchRow> {
  const expected = MESSAGES * (PARTICIPANTS - 1);
  let delivered = 0;
  let early: number | undefined;
  const all = new Promise<void>((resolve) => {
    for (const participant of participants) {
      participant.onMessage = () => {
        delivered += 1;
        if (delivered === Math.round(expected / 10)) early = memory();
        if (delivered === expected) resolve();
      };
    }
  });
  const started = realClock.now();
  let next = 0;
  const talk = async (): Promise<void> => {
    while (next < MESSAGES) {
      const sender = participants[next++ % PARTICIPANTS];
      if (sender === undefined) return;
      await sender.send(sender.compose({ content: 'a message of about a line, as people write them' })).outcome;
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, talk));
  await all;
  const seconds = (realClock.now() - started) / 1000;
  const late = memory();
  const note =
    early === undefined || late === undefined
      ? {}
      : { note: `focus: ${early} MB after a tenth, ${late} MB after ${expected.toLocaleString('en')} copies` };
  return { name: `deliver to a room of ${PARTICIPANTS}, sockets`, opsPerSecond: expected / seconds, ...note };
}

/** Where the operating system tells it. */
function residentMegabytes(processId: number | undefined): number | undefined {
  if (processId === undefined || !existsSync(`/proc/${processId}/status`)) return undefined;
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
}
