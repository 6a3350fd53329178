import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { hasParameter } from '../../codec/sip/parameters.ts';
import { formatSipUri, parseSipUri } from '../../codec/sip/uri.ts';
import { selfSignedIdentity } from '../../net/certificate.ts';
import type { Clock } from '../../net/clock.ts';
import { freePort } from '../../net/free-port.ts';
import { localAddressTowards } from '../../net/local-address.ts';
import type { Network, PeerCheck } from '../../net/network.ts';
import type { Random } from '../../net/random.ts';
import { err, ok, type Result } from '../../result.ts';
import { DEFAULT_PATIENCE } from '../../scenario/stage.ts';
import type { Load } from '../../wire/load.ts';
import { parseServerUri, type ServerAddress } from '../address.ts';
import { startCommand } from '../command.ts';
import { startContainer } from '../container.ts';
import { addressOnNetwork, findEngine } from '../container-engine.ts';
import { type Running, runningElsewhere } from '../running.ts';
import type { ParticipantTls, Sut } from '../sut.ts';
import { profileIdentities } from './identities.ts';
import type { LoadedProfile } from './load.ts';
import { filled, placeholdersIn } from './placeholders.ts';
import { profileRooms } from './rooms.ts';
import type { Profile } from './schema.ts';

export interface OpenOptions {
  readonly clock: Clock;
  readonly network: Network;
  /** Gets everything that a SUT started here writes. */
  readonly keepOutput?: (text: string) => void;
  readonly random: Random;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What is put on the SUT on behalf of scenarios. */
  readonly load?: Load;
  /** Images built so far, by Dockerfile: each is built once where one map is given every time. */
  readonly images?: Map<string, string>;
}

const LOOPBACK = '127.0.0.1';

/** Brings up what a profile describes, or finds it where it is. Error: one line that says what is in the way. */
export async function openProfile(loaded: LoadedProfile, options: OpenOptions): Promise<Result<Sut, string>> {
  const values = new Map<string, string>([['folder', loaded.folder]]);
  for (const name of placeholdersIn(loaded.profile))
    if (name.endsWith('.port')) values.set(name, String(await freePort(LOOPBACK)));
  const fill: Fill = (part, addresses) =>
    filled(part, {
      value: (name) => {
        // A number of each room of its own, filled in later.
        if (name === 'n') return '{n}';
        if (name.startsWith('env.')) return options.environment[name.slice('env.'.length)];
        return addresses[name] ?? values.get(name);
      },
    });
  const sut =
    loaded.profile.container === undefined ? await here(loaded, fill, options) : await contained(loaded, fill, options);
  return sut.ok ? sut : err(`${loaded.file}: ${sut.error}`);
}

/** Fills in the placeholders of a part of the profile. */
type Fill = <T>(part: T, addresses: Readonly<Record<string, string>>) => Result<T, string>;

type Target = Omit<Profile, 'name'>;

/** What is reached at an address, or started as a command. */
async function here(
  { profile: written, folder }: LoadedProfile,
  fill: Fill,
  options: OpenOptions,
): Promise<Result<Sut, string>> {
  const { name, ...rest } = written;
  const profile = fill(rest, { host: LOOPBACK, 'test-host': written['test-host'] ?? LOOPBACK });
  if (!profile.ok) return profile;
  return assembled(name, profile.value, folder, options, (server) =>
    startedSut(profile.value, folder, server, options),
  );
}

/** What is started in a container: it has an address only when it is up, and the rest of the profile goes by that. */
async function contained(
  { profile: written, folder }: LoadedProfile,
  fill: Fill,
  options: OpenOptions,
): Promise<Result<Sut, string>> {
  const { name, container: described, ...rest } = written;
  if (described === undefined) return err('there is no container in the profile');
  const engine = await findEngine();
  if (!engine.ok) return engine;
  const tester = rest['test-host'] ?? (await addressOnNetwork(engine.value, described.network ?? 'bridge'));
  const container = fill(described, tester === undefined ? {} : { 'test-host': tester });
  if (!container.ok) return err(`${container.error} before the container has started`);
  const { clock, network, random, keepOutput, images = new Map() } = options;
  const started = await startContainer(container.value, {
    engine: engine.value,
    clock,
    network,
    random,
    folder,
    images,
    ...(keepOutput === undefined ? {} : { keep: keepOutput }),
    serverAt: (host) => {
      const sip = fill(rest.sip, { host });
      return sip.ok ? parseServerUri(sip.value) : sip;
    },
  });
  if (!started.ok) return started;
  const { host, running } = started.value;
  const local = rest['test-host'] === undefined ? await localAddressTowards(host) : ok(rest['test-host']);
  const profile = local.ok ? fill(rest, { host, 'test-host': local.value }) : local;
  const sut = profile.ok ? await assembled(name, profile.value, folder, options, async () => ok(running)) : profile;
  if (!sut.ok) await running.stop();
  return sut;
}

/** `name` stays as it is written, with what stands in braces: the same in every run. */
async function assembled(
  name: string,
  profile: Target,
  folder: string,
  { clock, network, random, load }: OpenOptions,
  start: (server: ServerAddress) => Promise<Result<Running, string>>,
): Promise<Result<Sut, string>> {
  const server = parseServerUri(profile.sip);
  if (!server.ok) return server;
  const way = wayTo(profile, server.value);
  if (!way.ok) return way;
  const { transport, address } = way.value;
  const local = profile['test-host'] === undefined ? await localAddressTowards(address.host) : ok(profile['test-host']);
  if (!local.ok) return local;
  const tls = await tlsOf(profile, folder, transport === 'tls', local.value);
  if (!tls.ok) return tls;
  const started = await start(server.value);
  if (!started.ok) return started;
  const running = started.value;
  const domain = profile.identities?.domain ?? domainOf(profile) ?? server.value.host;
  const identities = profileIdentities(profile, domain);
  const { msrp = false, ...security } = tls.value ?? {};
  const rooms = profileRooms(profile.rooms, identities, {
    network,
    clock,
    random,
    host: local.value,
    sip: { ...way.value, target: address },
    msrpSecurity: msrp ? 'tls' : 'plain',
    ...(tls.value === undefined ? {} : { tls: security }),
    ...(load === undefined ? {} : { load }),
    answerMs: profile.patience?.answer ?? DEFAULT_PATIENCE.answerMs,
  });
  const learnsBy = profile.settings?.['hidden-user-learns-uri'];
  return ok({
    name,
    kind: running.kind,
    target: profile.sip,
    ...(running.processId === undefined ? {} : { processId: running.processId }),
    sip: way.value,
    domain,
    identities,
    ...(learnsBy === undefined ? {} : { hiddenLearnsBy: learnsBy }),
    localHost: local.value,
    ...(tls.value === undefined ? {} : { tls: tls.value }),
    rooms,
    onExit: (listener) => running.onExit(listener),
    async stop() {
      await rooms.close?.();
      await running.stop();
    },
  });
}

/** An outbound proxy gets all requests outside dialogs, and a route that says so where it is not the SUT itself (RFC 3261 §8.1.2). */
function wayTo(
  { 'outbound-proxy': written }: Target,
  { transport, host, port }: ServerAddress,
): Result<Sut['sip'], string> {
  const direct = { transport, address: { host, port } };
  if (written === undefined) return ok(direct);
  const proxy = parseServerUri(written);
  if (!proxy.ok) return err(`outbound-proxy: ${proxy.error}`);
  const { uri, ...at } = proxy.value;
  const way = { transport: at.transport, address: { host: at.host, port: at.port } };
  if (at.transport === transport && at.host === host && at.port === port) return ok(way);
  const parameters = hasParameter(uri.parameters, 'lr') ? uri.parameters : [...uri.parameters, { name: 'lr' }];
  return ok({ ...way, routes: [`<${formatSipUri({ ...uri, parameters, headers: [] })}>`] });
}

async function startedSut(
  { command }: Target,
  folder: string,
  server: ServerAddress,
  { clock, network, random, keepOutput }: OpenOptions,
): Promise<Result<Running, string>> {
  if (command === undefined) return ok(runningElsewhere);
  const keep = keepOutput === undefined ? {} : { keep: keepOutput };
  return startCommand(command, { clock, network, random, server, folder, ...keep });
}

async function tlsOf(
  { tls }: Target,
  folder: string,
  sipOverTls: boolean,
  localHost: string,
): Promise<Result<ParticipantTls | undefined, string>> {
  if (!sipOverTls && tls?.msrp !== true) return ok(undefined);
  const peer = peerCheck(tls?.trust, folder);
  if (!peer.ok) return peer;
  return ok({ msrp: tls?.msrp === true, identity: await selfSignedIdentity([localHost]), peer: peer.value });
}

function peerCheck(trust: string | undefined, folder: string): Result<PeerCheck, string> {
  if (trust === undefined) return ok({ kind: 'certificate-authority' });
  if (trust === 'any') return ok({ kind: 'none' });
  try {
    return ok({ kind: 'certificate-authority', trusted: [readFileSync(resolve(folder, trust), 'utf8')] });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function domainOf({ rooms: { uris, template, factory }, identities }: Target): string | undefined {
  const parsed = parseSipUri(identities?.accounts?.[0]?.uri ?? uris?.[0] ?? template ?? factory ?? '');
  return parsed.ok ? parsed.value.host : undefined;
}
