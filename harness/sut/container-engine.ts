import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type Dockerode from 'dockerode';
import type { GenericContainer } from 'testcontainers';
import { localAddressTowards } from '../net/local-address.ts';
import { err, ok, type Result } from '../result.ts';

/** The container engine of this machine, as far as a SUT needs it. */
export interface Engine {
  readonly docker: Dockerode;
  readonly Container: typeof GenericContainer;
}

/** Finds the engine. Only now is its client loaded: who starts no container does not pay for it. */
export async function findEngine(): Promise<Result<Engine, string>> {
  // Its reaper is one more image, from a registry. What is started here is removed here, see `removeAtExit`.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  try {
    const { GenericContainer: Container, getContainerRuntimeClient } = await import('testcontainers');
    const { default: Docker } = await import('dockerode');
    const client = await getContainerRuntimeClient();
    const docker = new Docker();
    docker.modem = client.container.getById('any').modem;
    return ok({ docker, Container });
  } catch (error) {
    return err(`no container engine answers (is dockerd running?): ${inOneLine(error)}`);
  }
}

export interface ImageSource {
  /** Absolute. */
  readonly dockerfile: string;
  /** Absolute. */
  readonly context: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Of the image; without: one that is the same for the same source. */
  readonly name?: string;
}

/**
 * Builds an image, without BuildKit, which not every engine has, and without asking a registry for what the engine has.
 * Returns its name.
 */
export async function buildImage(
  { docker }: Engine,
  { dockerfile, context, buildArguments, name: wanted }: ImageSource,
  keep: ((text: string) => void) | undefined,
): Promise<Result<string, string>> {
  const source = JSON.stringify([dockerfile, context, Object.entries(buildArguments).sort()]);
  const name = wanted ?? `msrpspec-sut:${createHash('sha256').update(source).digest('hex').slice(0, 16)}`;
  try {
    const stream = await docker.buildImage(
      { context, src: ['.'] },
      {
        t: name,
        dockerfile: relative(context, dockerfile),
        buildargs: { ...buildArguments },
        version: '1',
        rm: true,
        forcerm: true,
        labels: { 'org.testcontainers': 'true' },
      },
    );
    const failure = await new Promise<string | undefined>((settle) => {
      // What goes wrong with the build is one more step; the stream itself ends in order.
      let wrong: string | undefined;
      docker.modem.followProgress(
        stream,
        (error: Error | null) => settle(error === null ? wrong : inOneLine(error)),
        (step: { readonly stream?: string; readonly error?: string }) => {
          if (step.error !== undefined) wrong = inOneLine(step.error);
          keep?.(step.stream ?? '');
        },
      );
    });
    return failure === undefined ? ok(name) : err(`${dockerfile} cannot be built: ${failure}`);
  } catch (error) {
    return err(`${dockerfile} cannot be built: ${inOneLine(error)}`);
  }
}

/** Address of this machine on a network of the engine. Undefined: it has none there, or nobody knows the network. */
export async function addressOnNetwork({ docker }: Engine, network: string): Promise<string | undefined> {
  if (network === 'host') return '127.0.0.1';
  try {
    const { IPAM } = await docker.getNetwork(network).inspect();
    const subnet = IPAM?.Config?.find((one) => one.Subnet?.includes('.'))?.Subnet;
    if (subnet === undefined) return undefined;
    // The gateway need not be said. Any address of the subnet tells where the way there begins.
    const local = await localAddressTowards(subnet.replace(/\d+\/\d+$/, '2'));
    return local.ok ? local.value : undefined;
  } catch {
    return undefined;
  }
}

/** Stops a container and removes it, whatever state it is in. */
export async function removeContainer({ docker }: Engine, name: string, stopSeconds: number): Promise<void> {
  const container = docker.getContainer(name);
  // It may have ended already, or never have started.
  await container.stop({ t: stopSeconds }).catch(() => {});
  await container.remove({ force: true, v: true }).catch(() => {});
}

const REMOVER = `
const { getContainerRuntimeClient } = (await import(process.argv[1])).default;
const { container } = await getContainerRuntimeClient();
await Promise.allSettled(process.argv.slice(2).map((name) => container.getById(name).remove({ force: true, v: true })));`;

const alive = new Set<string>();

/** Until the returned function is called, an end of this program ends the container too: a second Ctrl-C, a crash. */
export function removeAtExit(name: string): () => void {
  if (alive.size === 0) process.on('exit', removeAll);
  alive.add(name);
  return () => {
    alive.delete(name);
    if (alive.size === 0) process.off('exit', removeAll);
  };
}

/** Nothing can be waited for any more: somebody else has to do it. */
function removeAll(): void {
  const client = pathToFileURL(createRequire(import.meta.url).resolve('testcontainers')).href;
  spawn(process.execPath, ['--input-type=module', '-e', REMOVER, client, ...alive], {
    detached: true,
    stdio: 'ignore',
  }).unref();
}

/** What the engine says, without its HTTP status. */
export const inOneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .replace(/\s+/g, ' ')
    .trim();
