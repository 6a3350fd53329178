import type { Launch, LaunchOptions } from '../cli/launch.ts';
import { loadSuite } from '../cli/suite.ts';
import { UsageError } from '../cli/usage.ts';
import type { Alteration } from '../focus/alteration.ts';
import { parseShard } from '../runner/shard.ts';

/** Whom to test. None of these: the built-in focus, as a process of its own. */
export interface TargetOptions {
  /** The SIP URI of a room on a server, `sip:room@10.0.0.5:5060;transport=tcp`; or `command:PROGRAM …`, `image:NAME …`. */
  readonly sut?: string;
  /** With `sut`: URIs of rooms to use instead of the one in it, or of rooms that the SUT makes. */
  readonly rooms?: readonly string[];
  /** With `sut`: MSRP over TLS. */
  readonly msrpTls?: true;
  /** With `sut`: `any`, or the path of a PEM file with the certificates that are trusted; the system's if absent. */
  readonly tlsTrust?: string;
  /** Path of a profile that describes the SUT and, where it says so, how to start it. */
  readonly profile?: string;
  /** The built-in focus and all participants in this process, in simulated time: the same seed, the same octets. */
  readonly inMemory?: true;
  /** With `inMemory`: how the focus differs from the reference. */
  readonly alteration?: Alteration;
}

/** What to play, and how to read it. */
export interface PlayOptions extends TargetOptions {
  /** Ids, beginnings of ids, globs, tags, requirement ids, sections (`RFC7701-7.1`) or RFCs; absent: all scenarios. */
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  /** Another folder of scenarios. */
  readonly scenarios?: string;
  /** True: what the notes let pass with a warning is a failure. */
  readonly strict?: boolean;
  /** What all chance comes from; a new one if absent. */
  readonly seed?: string;
  /** Scenarios at the same time, no more than the SUT has rooms for; 8, or what the profile says, if absent. */
  readonly jobs?: number;
}

export interface RunOptions extends PlayOptions {
  /** How many times everything is played; once if absent. */
  readonly repeat?: number;
  /** `2/3`: only the second of three parts of what is selected. */
  readonly shard?: string;
  /**
   * A folder below which the folder of this run is made, with `run.json`, the wire logs and the captures; absent: nothing
   * is written.
   */
  readonly out?: string;
  /** With `out`: what captures are written as; pcapng if absent. */
  readonly capture?: 'pcapng' | 'pcap' | 'none';
  /** Ends the run early; what has been judged is kept. */
  readonly signal?: AbortSignal;
}

/** What the options come to. @throws UsageError for options that do not go together, selectors that match nothing */
export function launchOf(options: RunOptions): Launch {
  const { select = [], exclude, scenarios, strict, seed, jobs, repeat, shard, out, capture, signal } = options;
  const { sut, rooms, msrpTls, tlsTrust, profile, inMemory, alteration } = options;
  if (sut !== undefined && profile !== undefined) throw new UsageError('sut and profile exclude each other');
  if (alteration !== undefined && inMemory === undefined) throw new UsageError('alteration goes with inMemory only');
  for (const [name, value] of Object.entries({ jobs, repeat }))
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw new UsageError(`${name}: a whole number above 0 is due`);
  const part = shard === undefined ? undefined : parseShard(shard);
  if (part?.ok === false) throw new UsageError(`shard: ${part.error}`);
  const launch: LaunchOptions = {
    ...given({ exclude, scenarios, seed, jobs, repeat, out, capture, sut, room: rooms, msrpTls, tlsTrust, profile }),
    ...given({ inMemory, alteration, shard: part?.value }),
    ...(strict === true ? { strict } : {}),
  };
  return {
    suite: loadSuite(launch),
    selectors: select,
    options: launch,
    argv: [],
    signal: signal ?? new AbortController().signal,
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined. */
const given = <T extends object>(options: T): Given<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
