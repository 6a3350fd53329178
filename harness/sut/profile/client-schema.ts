import { z } from 'zod';
import { eventNames } from '../../driver/event.ts';
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
    shows,
  })
  .describe('Takes orders as JSON lines on its standard input and tells events as JSON lines on its standard output');

const driverSchema = z
  .strictObject({ program: programSchema.optional() })
  .refine((one) => Object.keys(one).length === 1, { error: 'one way to drive the client is due: program' });

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
