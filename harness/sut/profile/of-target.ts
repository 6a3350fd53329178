import { err, ok, type Result } from '../../result.ts';
import { didYouMean } from '../../scenario/nearest.ts';
import { parseAddressTarget } from '../address.ts';
import { KNOWN_VALUES, type LoadedProfile } from './load.ts';
import { placeholdersIn } from './placeholders.ts';
import type { Profile } from './schema.ts';
import { splitWords } from './words.ts';

/** What may be said on the command line beside the target. */
export interface TargetExtras {
  /** Rooms instead of the one in a SIP URI; of a program that is started here, instead of any that it makes. */
  readonly rooms: readonly string[];
  readonly tls: { readonly msrp?: true; readonly trust?: string };
  readonly environment: Environment;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The profile that a target of the command line stands for: `sip:room@host:5060;transport=tcp`, `command:PROGRAM …` or
 * `image:NAME …`. Error: one line.
 */
export function profileOfTarget(target: string, folder: string, extras: TargetExtras): Result<LoadedProfile, string> {
  const described = describedBy(target, extras);
  if (!described.ok) return described;
  const tls = {
    ...(extras.tls.msrp === undefined ? {} : { msrp: true }),
    ...(extras.tls.trust === undefined ? {} : { trust: extras.tls.trust }),
  };
  return ok({ file: '--sut', folder, profile: { name: target, ...described.value, tls } });
}

type Described = Pick<Profile, 'sip' | 'rooms' | 'command' | 'container'>;

function describedBy(target: string, { rooms, environment }: TargetExtras): Result<Described, string> {
  const [, scheme = '', rest = ''] = /^(\w+):(.*)$/s.exec(target) ?? [];
  switch (scheme.toLowerCase()) {
    case 'sip':
    case 'sips':
      return atAddress(target, rooms);
    case 'command':
      return ofCommand(target, rest, rooms, environment);
    case 'image':
      return ofImage(target, rest, rooms, environment);
    default:
      return err(
        `"${target}" is none of builtin, a SIP URI (sip:room@host:5060;transport=tcp), command:PROGRAM and image:NAME`,
      );
  }
}

function atAddress(target: string, rooms: readonly string[]): Result<Described, string> {
  const parsed = parseAddressTarget(target);
  if (!parsed.ok) return parsed;
  const [first = parsed.value.room, ...rest] = rooms;
  return ok({ sip: target, rooms: { uris: [first, ...rest] } });
}

/** SIP over TCP at the port that is filled in for `{sip.port}`; at 5060 where nobody asks for one. */
function ofCommand(
  target: string,
  text: string,
  rooms: readonly string[],
  environment: Environment,
): Result<Described, string> {
  const words = wordsOf(target, text, 'program', environment);
  if (!words.ok) return words;
  const port = placeholdersIn(text).has('sip.port') ? '{sip.port}' : '5060';
  const sip = `sip:127.0.0.1:${port};transport=tcp`;
  return ok({ sip, command: { run: [...words.value] }, rooms: roomsOf(rooms, '127.0.0.1') });
}

/** SIP over TCP at port 5060 of a container on the bridge of the engine. */
function ofImage(
  target: string,
  text: string,
  rooms: readonly string[],
  environment: Environment,
): Result<Described, string> {
  const words = wordsOf(target, text, 'image', environment);
  if (!words.ok) return words;
  const [image = '', ...command] = words.value;
  const container = { image, ...(command.length === 0 ? {} : { command }) };
  return ok({ sip: 'sip:{host}:5060;transport=tcp', container, rooms: roomsOf(rooms, '{host}') });
}

function wordsOf(
  target: string,
  text: string,
  what: string,
  environment: Environment,
): Result<readonly string[], string> {
  const words = splitWords(text);
  if (!words.ok) return err(`"${target}": ${words.error}`);
  if (words.value.length === 0) return err(`"${target}" names no ${what}`);
  for (const name of placeholdersIn(text)) {
    if (KNOWN_VALUES.includes(name) || name.endsWith('.port')) continue;
    if (name.startsWith('env.')) {
      const variable = name.slice('env.'.length);
      if (environment[variable] !== undefined) continue;
      return err(`"${target}": ${variable} is not set in the environment`);
    }
    const meant = didYouMean(name, [...KNOWN_VALUES, 'sip.port', 'msrp.port']);
    return err(`"${target}": nothing is known of {${name}}${meant}`);
  }
  return words;
}

/** Where no room is named the first INVITE to one makes it, as it does on many servers. */
function roomsOf([first, ...rest]: readonly string[], host: string): Profile['rooms'] {
  if (first === undefined) return { template: `sip:room-{n}@${host}` };
  return first.includes('{n}') && rest.length === 0 ? { template: first } : { uris: [first, ...rest] };
}
