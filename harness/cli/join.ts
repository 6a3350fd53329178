import { createInterface, type Interface } from 'node:readline';
import { Command } from 'commander';
import { parseSipUri } from '../codec/sip/uri.ts';
import { localAddressTowards } from '../net/local-address.ts';
import { token } from '../net/random.ts';
import { realClock } from '../net/real-clock.ts';
import { socketNetwork } from '../net/sockets.ts';
import { systemRandom } from '../net/system-random.ts';
import { FULL_MEDIA } from '../participant/media.ts';
import type { JoinOutcome } from '../participant/outcome.ts';
import { Participant } from '../participant/participant.ts';
import { parseAddressTarget } from '../sut/address.ts';
import { Keyboard } from './keyboard.ts';
import { participantTls, type TlsOptions, withTls } from './tls.ts';
import { UnreachableError, UsageError } from './usage.ts';

interface JoinCommandOptions extends TlsOptions {
  readonly as?: string;
  readonly nick?: string;
  readonly room?: string;
}

const ANSWER_MS = 32_000;

/** `msrpspec join`: a participant at the keyboard. */
export function joinCommand(): Command {
  return withTls(new Command('join').description('join a chat room and talk'))
    .argument('<room-uri>', 'SIP URI of the room: sip:lobby@127.0.0.1:5060;transport=tcp (UDP without transport)')
    .option('--as <user>', 'user name or whole SIP URI to appear as (default: a made-up one)')
    .option('--nick <nickname>', 'nickname to ask for')
    .option('--room <uri>', 'URI of the room where it differs from the address to send to')
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec join sip:lobby@127.0.0.1:5060\n  msrpspec join "sip:room@10.0.0.5;transport=tcp" --as alice --nick "Alice the great"',
    )
    .action(action);
}

async function action(uri: string, options: JoinCommandOptions): Promise<void> {
  const target = parseAddressTarget(uri);
  if (!target.ok) throw new UsageError(target.error);
  const { transport, host, port, room } = target.value;
  const local = await localAddressTowards(host);
  if (!local.ok) throw new UnreachableError(local.error);
  const tls = await participantTls(transport, local.value, options);
  const participant = new Participant({
    name: 'me',
    uri: identityOf(options.as, options.room ?? room),
    network: socketNetwork(realClock),
    clock: realClock,
    random: systemRandom,
    host: local.value,
    sip: { transport, target: { host, port } },
    room: options.room ?? room,
    media: FULL_MEDIA,
    msrpSecurity: tls?.msrp === true ? 'tls' : 'plain',
    ...(tls === undefined ? {} : { tls: { identity: tls.identity, peer: tls.peer } }),
    answerMs: ANSWER_MS,
  });
  const started = await participant.start();
  if (!started.ok) throw new UnreachableError(started.error.message);
  try {
    const failure = failureOf(await participant.join());
    if (failure !== undefined) throw new UnreachableError(`cannot join ${uri}: ${failure}`);
    await talk(participant, options.nick);
  } finally {
    await participant.close();
  }
}

/** A user name goes with the domain of the room. */
function identityOf(as: string | undefined, room: string): string {
  if (as !== undefined && /^[a-z]+:/i.test(as)) return as;
  const parsed = parseSipUri(room);
  const domain = parsed.ok ? parsed.value.host : 'localhost';
  return `sip:${as ?? `guest-${token(systemRandom, 6).toLowerCase()}`}@${domain}`;
}

function failureOf(outcome: JoinOutcome): string | undefined {
  switch (outcome.kind) {
    case 'joined':
      return undefined;
    case 'refused':
      return `${outcome.status} ${outcome.response.reason}`;
    case 'stream-refused':
      return 'the answer refuses the message stream';
    case 'not-bound':
    case 'unanswered':
      return outcome.reason;
  }
}

async function talk(participant: Participant, nickname: string | undefined): Promise<void> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: process.stdin.isTTY === true,
  });
  lines.setPrompt(process.stdin.isTTY === true ? `${participant.identity}> ` : '');
  const keyboard = new Keyboard(participant, (text) => show(lines, text));
  const ended = new Promise<void>((resolve) => {
    participant.onEnded = (ending) => {
      show(lines, ending.kind === 'bye' ? 'The room has ended your stay.' : 'The connection is lost.');
      resolve();
    };
    // Lines may come faster than answers, from a pipe for instance: one after the other.
    let previous: Promise<unknown> = keyboard.begin(nickname).then(() => lines.prompt());
    lines.on('line', (line) => {
      previous = previous.then(async () => {
        if ((await keyboard.take(line)) === 'leave') resolve();
        else lines.prompt();
      });
    });
    lines.on('close', () => void previous.then(() => resolve()));
    lines.on('SIGINT', resolve);
  });
  await ended;
  lines.close();
}

/** Prints above the line that is being typed, and puts that line back. */
function show(lines: Interface, text: string): void {
  if (process.stdout.isTTY === true) process.stdout.write(`\r\u001b[2K${text}\n`);
  else process.stdout.write(`${text}\n`);
  lines.prompt(true);
}
