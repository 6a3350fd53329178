import { freePort } from '../../net/free-port.ts';
import { err, ok, type Result } from '../../result.ts';
import type { ClientSut } from '../client-sut.ts';
import { openCommandsDriver } from '../drivers/commands-driver.ts';
import { openHttpDriver } from '../drivers/http-driver.ts';
import type { DriverOptions, OpenDriver } from '../drivers/open-driver.ts';
import { type Asker, openPersonDriver } from '../drivers/person-driver.ts';
import { openProgramDriver } from '../drivers/program-driver.ts';
import type { DriverChoice } from './client-schema.ts';
import { ORDER_VALUES } from './load.ts';
import type { LoadedClient } from './load-client.ts';
import type { OpenOptions } from './open.ts';
import { filled, placeholdersIn } from './placeholders.ts';

const LOOPBACK = '127.0.0.1';

/** Starts the client that a profile describes, or finds a way to it. Error: one line that says what is in the way. */
export async function openClient(
  loaded: LoadedClient,
  options: OpenOptions & { readonly asker?: () => Asker },
): Promise<Result<ClientSut, string>> {
  const host = loaded.client['test-host'] ?? LOOPBACK;
  const values = new Map([
    ['test-host', host],
    ['host', host],
    ['folder', loaded.folder],
  ]);
  for (const name of placeholdersIn(loaded.client))
    if (name.endsWith('.port')) values.set(name, String(await freePort(host)));
  const profile = filled(loaded.client, {
    value: (name) => {
      if (ORDER_VALUES.includes(name)) return `{${name}}`;
      return name.startsWith('env.') ? options.environment[name.slice('env.'.length)] : values.get(name);
    },
  });
  if (!profile.ok) return err(`${loaded.file}: ${profile.error}`);
  const { name, driver: choice, room, as } = profile.value;
  const { clock, keepOutput } = options;
  const opened = await openDriver(
    choice,
    { clock, folder: loaded.folder, ...(keepOutput === undefined ? {} : { keep: keepOutput }) },
    options.asker,
  );
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

async function openDriver(
  { program, commands, http, person }: DriverChoice,
  options: DriverOptions,
  asker: (() => Asker) | undefined,
): Promise<Result<OpenDriver, string>> {
  if (program !== undefined) return openProgramDriver(program, options);
  if (commands !== undefined) return ok(openCommandsDriver(commands, options));
  if (http !== undefined) return openHttpDriver(http, options);
  if (person !== undefined && asker !== undefined) return ok(openPersonDriver(asker()));
  return err('there is nobody to ask');
}
