import { z } from 'zod';
import { eventNames } from '../../driver/event.ts';
import { orderNames } from '../../driver/order.ts';
import {
  capabilitiesSchema,
  deviationSchema,
  duration,
  environment,
  patienceSchema,
  sipUri,
  started,
} from './schema.ts';

/** The language of profiles for clients under test: how such a client is driven, and where the room shall be. */

const shows = z
  .array(z.enum(eventNames))
  .optional()
  .describe('Events that the client tells of (default: all); steps that need others are unsupported');

const programSchema = z
  .strictObject({
    run: z.array(z.string()).min(1).describe('Program and arguments; no shell is involved'),
    directory: z
      .string()
      .optional()
      .describe('Where it runs, relative to the profile (default: the folder of the profile)'),
    environment: environment.optional(),
    started: started.optional(),
    'ready-within': duration.optional().describe('For its first line (default: 20 s)'),
    orders: z
      .array(z.enum(orderNames))
      .optional()
      .describe('Orders that it can carry out (default: all); scenarios that need others are unsupported'),
    shows,
  })
  .describe('Takes orders as JSON lines on its standard input and tells events as JSON lines on its standard output');

const command = z.array(z.string()).min(1);

const commandsSchema = z
  .strictObject({
    join: command.describe('With {room} and {as}; may go on for as long as the stay lasts'),
    send: command.optional().describe('With {text}'),
    'send-privately': command.optional().describe('With {text} and {to}'),
    nickname: command.optional().describe('With {nickname}, which is empty to give it up'),
    roster: command.optional().describe('Shows the list of users from now on'),
    leave: command.optional(),
    directory: programSchema.shape.directory,
    environment: environment.optional(),
    shows,
  })
  .describe('A command for each order, program and arguments; lines of JSON that they write are events');

const httpUrl = z.string().regex(/^https?:\/\/\S+$/i, 'a URL is due, such as http://127.0.0.1:8080/orders');

const httpSchema = z
  .strictObject({
    orders: z
      .union([
        httpUrl,
        z.strictObject({
          join: httpUrl,
          send: httpUrl.optional(),
          nickname: httpUrl.optional(),
          roster: httpUrl.optional(),
          leave: httpUrl.optional(),
        }),
      ])
      .describe('Where orders are posted as JSON: one URL for all, or one for each'),
    events: z
      .strictObject({
        host: z.string().optional().describe('Default: 127.0.0.1'),
        port: z.int().min(1).max(65_535).optional().describe('Default: any free one'),
      })
      .optional()
      .describe('Where events are taken that are posted; each order says the URL in its key "events"'),
    shows,
  })
  .describe('Orders are posted to the client; events come in the response, or are posted back');

export const driverSchema = z
  .strictObject({
    program: programSchema.optional(),
    commands: commandsSchema.optional(),
    http: httpSchema.optional(),
    person: z
      .strictObject({})
      .optional()
      .describe('Somebody at the terminal is told what to do and asked what the client shows'),
  })
  .refine((one) => Object.keys(one).length === 1, { error: 'one of program, commands, http and person is due' });

export const clientProfileSchema = z.strictObject({
  role: z.literal('participant').describe('What is tested is a client; the suite is the room'),
  name: z.string().min(1).describe('As reports show it'),
  about: z.string().optional(),
  driver: driverSchema.describe('How the client is told what to do, and tells what it shows'),
  'test-host': z.string().optional().describe('Address at which the room listens (default: 127.0.0.1)'),
  room: z
    .strictObject({
      transport: z.enum(['tcp', 'udp']).optional().describe('Of SIP (default: tcp)'),
      port: z.int().min(1).max(65_535).optional().describe('Of SIP (default: any free one)'),
    })
    .optional(),
  as: sipUri.optional().describe('The account of the client, where it has one (default: a new one for each scenario)'),
  capabilities: capabilitiesSchema.optional(),
  patience: patienceSchema.optional(),
  'known-deviations': z
    .array(deviationSchema)
    .optional()
    .describe('They run and do not fail the run; one that has vanished does'),
});

export type ClientProfile = z.infer<typeof clientProfileSchema>;
export type DriverChoice = ClientProfile['driver'];
