#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { checkCommand } from './check.ts';
import { compareCommand } from './compare.ts';
import { focusCommand } from './focus.ts';
import { joinCommand } from './join.ts';
import { listCommand } from './list.ts';
import { matrixCommand } from './matrix.ts';
import { mergeCommand } from './merge.ts';
import { mutantsCommand } from './mutants.ts';
import { packageVersion } from './paths.ts';
import { probeCommand } from './probe.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { schemaCommand } from './schema.ts';
import { showCommand } from './show.ts';
import { UnreachableError, UsageError } from './usage.ts';

const program = new Command('msrpspec')
  .description('Conformance test suite and simulator for MSRP chat rooms (RFC 7701)')
  .version(packageVersion)
  .showSuggestionAfterError()
  .showHelpAfterError('(--help shows the options)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  msrpspec run                                          the whole suite against the built-in focus
  msrpspec run --sut "sip:room@10.0.0.5:5060;transport=tcp"   against a chat-room server
  msrpspec run rfc7701/7-nicknames --verbose            part of the suite
  msrpspec probe "sip:room@10.0.0.5:5060;transport=tcp" --write my-server.yaml   a first profile of it
  msrpspec focus                                        a chat-room server to talk to
  msrpspec join sip:lobby@127.0.0.1:5060                a participant at the keyboard
  msrpspec report --format junit --out junit.xml        the newest run for a CI system
  msrpspec compare before after                         what has got worse, what better?
  msrpspec replay call.pcapng --profile my-server.yaml  what was captured happens again
  msrpspec check call.pcapng                            who deviates in a capture, without any SUT
  msrpspec mutants                                      does the suite convict wrong focuses, and no right ones?

Exit status: 0 conforms, 1 deviates, 2 wrong usage, 3 nothing was judged or the SUT could not be reached,
4 internal error.`,
  );

for (const command of [
  runCommand,
  replayCommand,
  probeCommand,
  checkCommand,
  mergeCommand,
  reportCommand,
  compareCommand,
  matrixCommand,
  listCommand,
  showCommand,
  focusCommand,
  joinCommand,
  mutantsCommand,
  schemaCommand,
]) {
  program.addCommand(command().exitOverride().showSuggestionAfterError());
}

/** What an error means for the caller (see the exit statuses in the help). */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof UnreachableError) {
    process.stderr.write(`${error.message}\n`);
    return 3;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 4;
}

// A reader that goes away (`msrpspec list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}
