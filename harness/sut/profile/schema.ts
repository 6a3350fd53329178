import { z } from 'zod';
import { capabilities } from '../../scenario/capability.ts';
import { policySchema } from '../../scenario/schema.ts';

/**
 * The language of profiles. A profile says all that the suite has to know of a system under test: how to reach or start
 * it, its rooms and accounts, what it claims, how patient to be, and which deviations are known.
 *
 * In texts of the target `{NAME.port}` is a free port (the same wherever the name stands), `{host}` the address of the
 * SUT, `{test-host}` the one of the simulated participants, `{env.NAME}` a variable of the environment, `{folder}` the
 * folder of the profile.
 */

const UNITS = { ms: 1, s: 1000, min: 60_000 } as const;

/** `300 ms`, `10 s`, `2 min`; in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)? ?(ms|s|min)$/, 'a time such as "300 ms", "10 s" or "2 min" is due')
  .transform((text) => {
    const [, number = '', unit = 'ms'] = /^([\d.]+) ?(ms|s|min)$/.exec(text) ?? [];
    return Number(number) * UNITS[unit as keyof typeof UNITS];
  });

/** Not only `sip:…`, for placeholders may stand anywhere behind it. */
export const sipUri = z.string().regex(/^sips?:\S+$/i, 'a SIP URI is due, such as sip:room@10.0.0.5:5060');

export const environment = z.record(z.string(), z.string());

const readiness = z
  .union([
    z
      .strictObject({ line: z.string().refine(isPattern, 'no regular expression') })
      .describe('A line of its output that matches this regular expression'),
    z
      .strictObject({ port: z.union([z.string(), z.int().min(1).max(65_535)]) })
      .describe('This TCP port takes connections'),
  ])
  .describe('How to know that it listens; without: its SIP port takes connections');

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

export const started = z
  .enum(['once', 'per-folder', 'per-scenario'])
  .describe('How long one instance lives: the whole run, the scenarios of one folder, one scenario');

const commandSchema = z.strictObject({
  run: z.array(z.string()).min(1).describe('Program and arguments; no shell is involved'),
  directory: z
    .string()
    .optional()
    .describe('Where it runs, relative to the profile (default: the folder of the profile)'),
  environment: environment.optional(),
  ready: readiness.optional(),
  'ready-within': duration.optional(),
  started: started.optional(),
});

const containerSchema = z
  .strictObject({
    image: z.string().optional().describe('An image that the engine has or can fetch'),
    dockerfile: z.string().optional().describe('A Dockerfile to build it from, relative to the profile'),
    context: z
      .string()
      .optional()
      .describe('Build context, relative to the profile (default: the folder of the Dockerfile)'),
    'build-arguments': environment.optional(),
    command: z.array(z.string()).min(1).optional(),
    environment: environment.optional(),
    files: z
      .array(z.strictObject({ from: z.string().describe('Relative to the profile'), to: z.string() }))
      .optional()
      .describe('Copied into the container before it starts'),
    network: z.string().optional().describe('Network mode (default: bridge)'),
    ready: readiness.optional(),
    'ready-within': duration.optional(),
    started: started.optional(),
  })
  .refine((one) => (one.image === undefined) !== (one.dockerfile === undefined), {
    error: 'either image or dockerfile is due',
  });

const tlsSchema = z.strictObject({
  msrp: z.boolean().optional().describe('MSRP over TLS'),
  trust: z
    .string()
    .optional()
    .describe(
      'Whose certificates are taken: any, or a PEM file relative to the profile (default: those of the system)',
    ),
});

const roomsSchema = z
  .strictObject({
    uris: z.array(sipUri).min(1).optional().describe('Rooms that exist'),
    template: sipUri.optional().describe('Rooms made by the first INVITE; {n} is a number that is new in each run'),
    factory: sipUri
      .optional()
      .describe(
        'URI of a conference factory, which makes a room and says in Contact which (RFC 4579 §5.4); somebody of the suite stays in it while the scenario lasts',
      ),
    'at-once': z.int().positive().optional().describe('How many may be in use at the same time'),
    policies: z
      .array(policySchema.extend({ uris: z.array(sipUri).min(1) }))
      .optional()
      .describe('Rooms with another policy than the ordinary one'),
  })
  .refine((one) => [one.uris, one.template, one.factory].filter((kind) => kind !== undefined).length === 1, {
    error: 'one of uris, template and factory is due',
  });

const accountSchema = z.strictObject({
  uri: sipUri,
  username: z.string().optional().describe('For digest (default: the user part of the URI)'),
  password: z.string().optional(),
});

const identitiesSchema = z
  .strictObject({
    domain: z
      .string()
      .optional()
      .describe('Host part of the identities that the suite makes up (default: that of the room)'),
    accounts: z
      .array(accountSchema)
      .min(1)
      .optional()
      .describe('The only users there are; scenarios with more users than that are unsupported'),
    username: z.string().optional().describe('One account with which all made-up identities authenticate'),
    password: z.string().optional(),
    register: z.boolean().optional().describe('Every participant registers before it joins'),
  })
  .refine((one) => one.accounts === undefined || (one.username === undefined && one.password === undefined), {
    error: 'either accounts, or one username and password for all',
  });

const claim = z
  .enum(['claimed', 'denied', 'detect'])
  .describe(
    'claimed: its scenarios run and have to pass; denied: they are unsupported; detect: what the SUT shows decides',
  );

export const capabilitiesSchema = z.strictObject(
  Object.fromEntries(Object.entries(capabilities).map(([name, about]) => [name, claim.optional().describe(about)])),
);

export const patienceSchema = z.strictObject({
  answer: duration.optional().describe('For the answer to a SIP request (default: 32 s)'),
  delivery: duration.optional().describe('For a message, report or roster change that is due (default: 10 s)'),
  quiet: duration.optional().describe('The least time to look for what must not come (default: 50 ms)'),
});

const settingsSchema = z.strictObject({
  'hidden-user-learns-uri': z
    .enum(['roster', 'contact'])
    .optional()
    .describe(
      'How somebody who asked for privacy learns its anonymous URI, which RFC 7701 §5.2 leaves open: from the roster (default), or from a parameter of the Contact in the answer to its INVITE, such as temp-gruu',
    ),
});

const loadSchema = z.strictObject({
  'scenarios-at-once': z.int().positive().optional().describe('As --jobs (default: 8)'),
  connections: z.int().positive().optional().describe('The most connections open to the SUT at the same time'),
  'messages-per-second': z.int().positive().optional().describe('The most MSRP and SIP requests in a second'),
});

export const deviationSchema = z
  .strictObject({
    requirement: z.string().optional(),
    scenario: z.string().optional().describe('Id, beginning of an id, or glob'),
    reason: z.string().min(1),
    link: z.string().optional(),
  })
  .refine((one) => one.requirement !== undefined || one.scenario !== undefined, {
    error: 'a requirement or a scenario is due',
  });

export const profileSchema = z
  .strictObject({
    name: z.string().min(1).describe('As reports show it'),
    about: z.string().optional(),
    sip: sipUri.describe('Where requests go: sip:10.0.0.5:5060;transport=tcp'),
    'outbound-proxy': sipUri.optional().describe('All requests outside dialogs go there instead, with a Route'),
    'test-host': z
      .string()
      .optional()
      .describe('Address that the simulated participants bind and advertise (default: the one that leads to the SUT)'),
    command: commandSchema.optional(),
    container: containerSchema.optional(),
    tls: tlsSchema.optional(),
    rooms: roomsSchema,
    identities: identitiesSchema.optional(),
    capabilities: capabilitiesSchema.optional(),
    patience: patienceSchema.optional(),
    settings: settingsSchema.optional(),
    load: loadSchema.optional(),
    'known-deviations': z
      .array(deviationSchema)
      .optional()
      .describe('They run and do not fail the run; one that has vanished does'),
  })
  .refine((one) => one.rooms.factory === undefined || one.identities?.accounts?.length !== 1, {
    error: 'a conference factory takes one account to keep rooms open, so a second one is due',
    path: ['identities', 'accounts'],
  })
  .refine((one) => one.command === undefined || one.container === undefined, {
    error: 'a SUT is a command or a container, not both',
  });

export type Profile = z.infer<typeof profileSchema>;
export type KnownDeviation = z.infer<typeof deviationSchema>;
export type Claim = z.infer<typeof claim>;
export type Readiness = z.infer<typeof readiness>;
