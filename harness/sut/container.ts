import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { StartedTestContainer } from 'testcontainers';
import type { Clock } from '../net/clock.ts';
import type { Network } from '../net/network.ts';
import { type Random, token } from '../net/random.ts';
import { err, ok, type Result } from '../result.ts';
import type { ServerAddress } from './address.ts';
import { buildImage, type Engine, inOneLine, removeAtExit, removeContainer } from './container-engine.ts';
import { ContainerProgram } from './container-program.ts';
import type { Profile } from './profile/schema.ts';
import type { Running } from './running.ts';
import { untilReady } from './until-ready.ts';

type Container = NonNullable<Profile['container']>;

export interface ContainerOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  /** Where its SIP will be, now that its address is known. */
  serverAt(host: string): Result<ServerAddress, string>;
  /** Relative paths start here. */
  readonly folder: string;
  /** Gets everything that it writes, and that its build writes. */
  readonly keep?: (text: string) => void;
  /** Images that this run has built already, by Dockerfile. */
  readonly images: Map<string, string>;
}

export interface RunningContainer {
  readonly running: Running;
  /** Where the container is reached, and which it may advertise. */
  readonly host: string;
}

const READY_MS = 60_000;
/** To end in good order, before it is killed. */
const STOP_S = 3;
/** For the last output of a program that has ended. */
const LAST_WORDS_MS = 500;

/** Starts the container of a profile and waits until it is ready. Error: one line; the container is gone then. */
export async function startContainer(
  container: Container,
  options: ContainerOptions,
): Promise<Result<RunningContainer, string>> {
  const image = await imageOf(container, options);
  if (!image.ok) return image;
  const { engine, clock, random } = options;
  const name = `msrpspec-${token(random, 12).toLowerCase()}`;
  const program = new ContainerProgram({
    clock,
    called: `the container of ${container.image ?? container.dockerfile}`,
    ...(options.keep === undefined ? {} : { keep: options.keep }),
  });
  const removed = removeAtExit(name);
  const stop = async (): Promise<void> => {
    program.stopping();
    await removeContainer(engine, name, STOP_S);
    removed();
  };
  const host = await up(name, image.value, container, program, options);
  if (!host.ok) {
    await stop();
    return host;
  }
  return ok({
    host: host.value,
    running: { kind: 'container', onExit: (listener) => program.onExit(listener), stop },
  });
}

async function imageOf(
  { image, dockerfile = 'Dockerfile', context, 'build-arguments': buildArguments = {} }: Container,
  { engine, folder, keep, images }: ContainerOptions,
): Promise<Result<string, string>> {
  if (image !== undefined) return ok(image);
  const path = resolve(folder, dockerfile);
  const built = images.get(path);
  if (built !== undefined) return ok(built);
  const from = { dockerfile: path, context: resolve(folder, context ?? dirname(path)), buildArguments };
  if (relative(from.context, path).startsWith('..')) return err(`${path} is not in the build context ${from.context}`);
  const made = await buildImage(engine, from, keep);
  if (made.ok) images.set(path, made.value);
  return made;
}

/** The address of the container, once it is ready. */
async function up(
  name: string,
  image: string,
  container: Container,
  program: ContainerProgram,
  options: ContainerOptions,
): Promise<Result<string, string>> {
  const started = await created(name, image, container, program, options);
  if (!started.ok) return started;
  const host = await addressOf(started.value, container.network, program);
  if (!host.ok) return host;
  const server = options.serverAt(host.value);
  if (!server.ok) return server;
  const { clock, network, random } = options;
  const readiness = { clock, network, random, server: server.value };
  const ready = await untilReady(program, container.ready, container['ready-within'] ?? READY_MS, readiness);
  return ready.ok ? host : ready;
}

async function created(
  name: string,
  image: string,
  { command, environment = {}, files = [], network = 'bridge' }: Container,
  program: ContainerProgram,
  { engine, folder, clock }: ContainerOptions,
): Promise<Result<StartedTestContainer, string>> {
  const copies = files.map(({ from, to }) => ({ source: resolve(folder, from), target: to }));
  const isFolder = ({ source }: { source: string }): boolean => statSync(source).isDirectory();
  let lastWords: Promise<void> = Promise.resolve();
  try {
    const described = new engine.Container(image)
      .withName(name)
      .withNetworkMode(network)
      .withEnvironment(environment)
      .withCopyFilesToContainer(copies.filter((copy) => !isFolder(copy)).map(asFile))
      .withCopyDirectoriesToContainer(copies.filter(isFolder))
      .withLogConsumer((stream) => {
        lastWords = listen(stream, program);
      });
    if (command !== undefined) described.withCommand(command);
    const started = await described.start();
    void tellOfEnd(engine, name, program, clock, () => lastWords);
    return ok(started);
  } catch (error) {
    return err(`${image} cannot be started as a container: ${inOneLine(error)}`);
  }
}

/** A target that ends with a slash is a folder, as for `cp`. */
const asFile = ({ source, target }: { source: string; target: string }): { source: string; target: string } => ({
  source,
  target: target.endsWith('/') ? join(target, basename(source)) : target,
});

function listen(stream: Readable, program: ContainerProgram): Promise<void> {
  stream.on('data', (text: Buffer | string) => program.output(text.toString()));
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.once('end', () => resolve());
  });
}

async function tellOfEnd(
  { docker }: Engine,
  name: string,
  program: ContainerProgram,
  clock: Clock,
  lastWords: () => Promise<void>,
): Promise<void> {
  let how: string;
  try {
    const { StatusCode } = (await docker.getContainer(name).wait()) as { readonly StatusCode: number };
    how = `ended with status ${StatusCode}`;
  } catch (error) {
    how = `is lost: ${inOneLine(error)}`;
  }
  let cancel: () => void = () => {};
  const enough = new Promise<void>((resolve) => {
    const timer = clock.after(LAST_WORDS_MS, resolve);
    cancel = () => timer.cancel();
  });
  await Promise.race([lastWords(), enough]);
  cancel();
  program.end(how);
}

async function addressOf(
  started: StartedTestContainer,
  network: string | undefined,
  program: ContainerProgram,
): Promise<Result<string, string>> {
  if (network === 'host') return ok('127.0.0.1');
  const [first] = started.getNetworkNames();
  const address = first === undefined ? '' : started.getIpAddress(first);
  if (address !== '') return ok(address);
  if (first === undefined || first === 'none') return err('a container without a network cannot be reached');
  // It had ended before anybody could ask for its address.
  return err(await program.ended);
}
