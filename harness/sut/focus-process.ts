import { z } from 'zod';
import type { Clock } from '../net/clock.ts';
import { ok, type Result } from '../result.ts';
import { ChildProgram } from './child-program.ts';
import { TEST_ROSTER_INTERVAL_MS } from './focus-rooms.ts';
import { OwnRooms, type RoomPattern } from './own-rooms.ts';
import { formatPolicyWords } from './policy-words.ts';
import type { Sut } from './sut.ts';

/** The line that `msrpspec focus --ready` prints once it listens. */
export const readyLineSchema = z.object({
  ready: z.literal('msrpspec-focus'),
  host: z.string(),
  domain: z.string(),
  udp: z.int(),
  tcp: z.int(),
  msrp: z.int(),
});

export interface FocusProcessOptions {
  readonly clock: Clock;
  /** Program and arguments in front of `focus …`. */
  readonly command: readonly [string, ...string[]];
  readonly patterns: readonly RoomPattern[];
  /** Scenarios at the same time. */
  readonly jobs: number;
}

const START_MS = 20_000;

/** Starts the reference focus as a process of its own and waits until it listens. */
export async function focusProcess(options: FocusProcessOptions): Promise<Result<Sut, string>> {
  const [program, ...before] = options.command;
  const onDemand = options.patterns.flatMap(({ prefix, need }) => [
    '--on-demand',
    `${prefix}:${formatPolicyWords(need)}`,
  ]);
  const args = [
    ...before,
    'focus',
    '--ready',
    '--host',
    '127.0.0.1',
    '--sip-port',
    '0',
    '--msrp-port',
    '0',
    '--tls',
    '--sips-port',
    '0',
    '--msrps-port',
    '0',
    '--roster-interval',
    String(TEST_ROSTER_INTERVAL_MS),
    ...onDemand,
  ];
  const child = new ChildProgram([program, ...args], { clock: options.clock, called: 'the focus' });
  const ready = await child.line(readyLine, START_MS);
  if (!ready.ok) {
    await child.stop();
    return ready;
  }
  const { host, tcp, domain } = ready.value;
  return ok({
    name: 'the built-in focus',
    kind: 'built-in',
    target: 'builtin',
    ...(child.processId === undefined ? {} : { processId: child.processId }),
    sip: { transport: 'tcp', address: { host, port: tcp } },
    domain,
    localHost: host,
    rooms: new OwnRooms(options.patterns, domain, options.jobs),
    onExit: (listener) => child.onExit(listener),
    stop: () => child.stop(),
  });
}

function readyLine(line: string): z.infer<typeof readyLineSchema> | undefined {
  const parsed = readyLineSchema.safeParse(parseJson(line));
  return parsed.success ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
