import { Command, InvalidArgumentError } from 'commander';
import { type ReferenceFocus, startFocus } from '../focus/focus.ts';
import type { RoomPolicy } from '../focus/room-state.ts';
import { selfSignedIdentity } from '../net/certificate.ts';
import { reachableAddress } from '../net/local-address.ts';
import type { Address } from '../net/network.ts';
import { realClock } from '../net/real-clock.ts';
import { socketNetwork } from '../net/sockets.ts';
import { systemRandom } from '../net/system-random.ts';
import { onDemand, policyOf } from '../sut/focus-rooms.ts';
import type { RoomPattern } from '../sut/own-rooms.ts';
import { parsePolicyWords } from '../sut/policy-words.ts';
import { UnreachableError } from './usage.ts';

interface FocusCommandOptions {
  readonly host: string;
  readonly sipPort: number;
  readonly msrpPort: number;
  readonly domain?: string;
  readonly room: readonly RoomPattern[];
  readonly onDemand: readonly RoomPattern[];
  readonly rosterInterval: number;
  readonly tls?: true;
  readonly sipsPort: number;
  readonly msrpsPort: number;
  readonly ready?: true;
}

/** `msrpspec focus`: the reference chat-room server. */
export function focusCommand(): Command {
  return new Command('focus')
    .description('run the reference chat-room server until interrupted')
    .option('--host <address>', 'address to listen on; 0.0.0.0 is all, of which others are told the first', '127.0.0.1')
    .option('--sip-port <port>', 'UDP and TCP; 0 is any free one', port, 5060)
    .option('--msrp-port <port>', 'TCP; 0 is any free one', port, 2855)
    .option('--tls', 'SIP and MSRP over TLS as well, with a certificate made for the occasion')
    .option('--sips-port <port>', 'with --tls', port, 5061)
    .option('--msrps-port <port>', 'with --tls', port, 2856)
    .option('--domain <name>', 'host part of the room URIs (default: the address)')
    .option('--room <name:policy>', 'a room; may be given again (default: lobby)', pattern, [])
    .option(
      '--on-demand <prefix:policy>',
      'makes rooms whose name begins so when they are called; may be given again',
      pattern,
      [],
    )
    .option('--roster-interval <ms>', 'least time between two notifications to one subscriber', milliseconds, 1000)
    .option('--ready', 'print the addresses as one line of JSON')
    .addHelpText(
      'after',
      `
A policy is a list of: no-nicknames, no-private-messages, reserved=NAME.

Examples:
  msrpspec focus
  msrpspec focus --room lobby --room quiet:no-private-messages,reserved=admin
  msrpspec focus --host 0.0.0.0 --domain chat.example.org --on-demand ""`,
    )
    .action(action);
}

async function action(options: FocusCommandOptions): Promise<void> {
  const { host: listening } = options;
  const host = reachableAddress(listening);
  const rooms = options.room.length + options.onDemand.length === 0 ? [{ prefix: 'lobby', need: {} }] : options.room;
  const domain = options.domain ?? (host.includes(':') ? `[${host}]` : host);
  const identity = options.tls === undefined ? undefined : await selfSignedIdentity([host, domain]);
  const focus = await startFocus({
    network: socketNetwork(realClock),
    clock: realClock,
    random: systemRandom,
    domain,
    host,
    sip: [
      { transport: 'tcp', address: { host: listening, port: options.sipPort } },
      { transport: 'udp', address: { host: listening, port: options.sipPort } },
      ...(identity === undefined
        ? []
        : [{ transport: 'tls' as const, address: { host: listening, port: options.sipsPort } }]),
    ],
    msrp: [
      { scheme: 'msrp', address: { host: listening, port: options.msrpPort } },
      ...(identity === undefined
        ? []
        : [{ scheme: 'msrps' as const, address: { host: listening, port: options.msrpsPort } }]),
    ],
    ...(identity === undefined ? {} : { tls: identity }),
    rooms: rooms.map(({ prefix, need }): { name: string; policy: Partial<RoomPolicy> } => ({
      name: prefix,
      policy: policyOf(need),
    })),
    onDemand: onDemand(options.onDemand),
    rosterIntervalMs: options.rosterInterval,
  });
  if (!focus.ok) throw new UnreachableError(focus.error.message);
  const ports = portsOf(focus.value);
  if (options.ready === true) {
    process.stdout.write(`${JSON.stringify({ ready: 'msrpspec-focus', host, domain, ...ports })}\n`);
  } else {
    const { udp, tcp, tls, msrp, msrps } = ports;
    const secure = tls === undefined ? '' : `, TLS ${tls}`;
    process.stdout.write(`SIP at ${host}: UDP ${udp}, TCP ${tcp}${secure}. `);
    process.stdout.write(`MSRP: TCP ${msrp}${msrps === undefined ? '' : `, TLS ${msrps}`}. Ctrl-C ends it.\n`);
    for (const { prefix } of rooms) process.stdout.write(`Room ${focus.value.roomUri(prefix)}\n`);
    for (const { prefix } of options.onDemand)
      process.stdout.write(`Rooms on demand: ${focus.value.roomUri(`${prefix}…`)}\n`);
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await focus.value.close();
}

const portsOf = (focus: ReferenceFocus): Partial<Record<'udp' | 'tcp' | 'tls' | 'msrp' | 'msrps', number>> => ({
  udp: focus.sipAddress('udp')?.port ?? 0,
  tcp: focus.sipAddress('tcp')?.port ?? 0,
  msrp: focus.msrpAddress('msrp')?.port ?? 0,
  ...optionalPort('tls', focus.sipAddress('tls')),
  ...optionalPort('msrps', focus.msrpAddress('msrps')),
});

const optionalPort = (name: string, address: Address | undefined): Record<string, number> =>
  address === undefined ? {} : { [name]: address.port };

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new InvalidArgumentError('a port from 0 to 65535 is due.');
  return value;
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a number of milliseconds is due.');
  return value;
}

function pattern(text: string, earlier: readonly RoomPattern[]): readonly RoomPattern[] {
  const [prefix = '', words = ''] = text.split(/:(.*)/s);
  const need = parsePolicyWords(words);
  if (!need.ok) throw new InvalidArgumentError(need.error);
  return [...earlier, { prefix, need: need.value }];
}
