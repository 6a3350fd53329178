import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { token } from '../net/random.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { systemRandom } from '../net/system-random.ts';
import { Ending } from '../runner/ending.ts';
import { type Preflight, preflight } from '../runner/preflight.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { draftProfile } from '../sut/profile/draft.ts';
import { collect, loadSuite } from './suite.ts';
import { arenaFor, type Target, type TargetArguments, targetOf } from './target.ts';
import { withTls } from './tls.ts';
import { UnreachableError, UsageError } from './usage.ts';

interface ProbeOptions extends TargetArguments {
  readonly write?: string;
}

/** `msrpspec probe`: join once, see what there is, and write a first profile. */
export function probeCommand(): Command {
  return withTls(
    new Command('probe').description('join a SUT once, see what it offers, and write a first profile of it'),
  )
    .argument('[target]', 'the SIP URI of a room: sip:room@host:5060;transport=tcp; or command:PROGRAM …, image:NAME …')
    .option('--profile <file>', 'instead of a target: a profile to go on from')
    .option('--room <uri>', 'with a target: a room to use; may be given again', collect)
    .option('--write <file>', 'write the profile there, instead of to standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec probe "sip:room@10.0.0.5:5060;transport=tcp"\n  msrpspec probe "sip:room@10.0.0.5" --write my-server.yaml\n  msrpspec probe --profile my-server.yaml\n\nExit status: 0 written, 2 wrong usage, 3 nobody is there.',
    )
    .action(action);
}

async function action(target: string | undefined, options: ProbeOptions): Promise<void> {
  if ((target === undefined) === (options.profile === undefined))
    throw new UsageError('either a target or --profile is due');
  const named = targetOf({ ...options, ...(target === undefined ? {} : { sut: target }) }, loadSuite());
  if (named.kind !== 'profile') throw new UsageError('the built-in focus needs no profile');
  const seen = await look(named);
  if (seen.kind === 'unreachable') throw new UnreachableError(`Nothing was seen: ${seen.reason}`);
  const text = draftProfile(named.profile.profile, { capabilities: seen.capabilities, entries: seen.entries ?? [] });
  if (options.write === undefined) process.stdout.write(text);
  else save(options.write, text);
}

async function look(target: Target): Promise<Preflight> {
  const seed = token(systemRandom, 8);
  const arena = await arenaFor(target, { seed, needs: [], jobs: 1, inMemory: false, keepOutput: () => {} });
  const stop = new AbortController();
  const interrupted = (): void => stop.abort();
  process.once('SIGINT', interrupted);
  try {
    const { world, sut, leave } = await arena.enter(seed, 'probe');
    if (sut.role === 'participant') throw new UsageError('a client cannot be probed');
    const ending = new Ending(stop.signal);
    sut.onExit((how) => ending.end({ kind: 'sut-gone', how }));
    try {
      return await preflight(world, sut, seededRandom(seed), patience(target), ending);
    } finally {
      await leave();
    }
  } finally {
    process.off('SIGINT', interrupted);
    await arena.close();
  }
}

function patience(target: Target) {
  const { answer, delivery, quiet } = target.kind === 'profile' ? (target.profile.profile.patience ?? {}) : {};
  return {
    answerMs: answer ?? DEFAULT_PATIENCE.answerMs,
    deliveryMs: delivery ?? DEFAULT_PATIENCE.deliveryMs,
    quietMs: quiet ?? DEFAULT_PATIENCE.quietMs,
  };
}

/** @throws UsageError; what is there already is not written over. */
function save(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(`--write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
