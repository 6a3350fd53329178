import { err, ok, type Result } from '../../result.ts';
import type { ClientSut } from '../client-sut.ts';
import { type DriverOptions, type OpenDriver, openProgramDriver } from '../drivers/program-driver.ts';
import type { DriverChoice } from './client-schema.ts';
import type { LoadedClient } from './load-client.ts';
import type { OpenOptions } from './open.ts';
import { filled } from './placeholders.ts';

const LOOPBACK = '127.0.0.1';

/** Starts the client that a profile describes, or finds a way to it. Error: one line that says what is in the way. */
export async function openClient(loaded: LoadedClient, options: OpenOptions): Promise<Result<ClientSut, string>> {
  const host = loaded.client['test-host'] ?? LOOPBACK;
  const values: Readonly<Record<string, string>> = { 'test-host': host, host, folder: loaded.folder };
  const profile = filled(loaded.client, {
    value: (name) => (name.startsWith('env.') ? options.environment[name.slice('env.'.length)] : values[name]),
  });
  if (!profile.ok) return err(`${loaded.file}: ${profile.error}`);
  const { name, driver: choice, room, as } = profile.value;
  const { clock, keepOutput } = options;
  const opened = await openDriver(choice, {
    clock,
    folder: loaded.folder,
    ...(keepOutput === undefined ? {} : { keep: keepOutput }),
  });
  if (!opened.ok) return err(`${loaded.file}: ${opened.error}`);
  const { driver, running } = opened.value;
  return ok({
    role: 'participant',
    name,
    kind: running.kind,
    target: name,
    driver,
    room: { transport: room?.transport ?? 'tcp', host, port: room?.port ?? 0 },
    ...(as === undefined ? {} : { as }),
    onExit: (listener) => running.onExit(listener),
    stop: () => running.stop(),
  });
}

async function openDriver({ program }: DriverChoice, options: DriverOptions): Promise<Result<OpenDriver, string>> {
  if (program !== undefined) return openProgramDriver(program, options);
  return err('the profile says no way to drive the client');
}
