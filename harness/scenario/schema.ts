import { z } from 'zod';
import { actionSchema, mediaShape } from './action-schema.ts';
import { clientActionSchema, roomActionSchema } from './client-schema.ts';
import { expectationSchema, requirementIds, status } from './expectation-schema.ts';
import type { messageSchema } from './message-schema.ts';
import { rowsSchema } from './rows.ts';

/**
 * The scenario language. This one schema gives the types, the validation with file, line and column, and the JSON
 * Schema in `scenarios/schema.json` that editors complete from.
 */

const castMemberSchema = z.strictObject({
  ...mediaShape,
  user: z.string().optional().describe('Name of the cast member whose user this one is, for a second session'),
  privacy: z.boolean().optional().describe('Asks the focus to hide its URI (Privacy: id)'),
  'display-name': z.string().optional(),
  tls: z
    .strictObject({
      certificate: z.literal('nameless').optional().describe('Shows a certificate that names nobody'),
    })
    .optional()
    .describe('Has MSRP over TLS, with a certificate that vouches for itself (needs the capability msrps)'),
  room: z.enum(['main', 'second']).optional(),
  joins: z.boolean().optional().describe('false: joins by a step of its own instead of before the first step'),
  'sip-over': z
    .enum(['udp', 'tcp'])
    .optional()
    .describe('Speaks SIP over this transport, to the same address and port (needs the capability of that name)'),
  'shares-connection-with': z
    .string()
    .optional()
    .describe('An earlier cast member whose MSRP connection carries this session too, as a gateway does'),
});

const stepShape = {
  expect: expectationSchema.optional(),
  as: z.string().optional().describe('A name for the message sent, for later steps'),
  covers: requirementIds.optional().describe('Requirements that this step judges (default: those of the scenario)'),
  grade: z
    .enum(['fail', 'warn', 'inconclusive'])
    .optional()
    .describe('What a miss weighs, when the level of the requirements does not say it'),
  because: z.string().optional().describe('A word to the reader'),
  needed: z
    .literal(true)
    .optional()
    .describe('Without it the rest shows nothing: unless this step passes, the scenario ends here'),
  client: clientActionSchema.optional().describe('With role: participant: what the client under test does or shows'),
  room: roomActionSchema.optional().describe('With role: participant: what the room does to the client'),
} as const;

const simpleStepSchema = z.object(stepShape).catchall(actionSchema);

const losers = z.union([status, z.array(status).min(1), z.literal('refused')]);

const outcomeSchema = z
  .union([
    z.strictObject({ 'exactly-one': status, others: losers }),
    z.strictObject({
      'at-most-one': status,
      others: losers,
      none: z.enum(['passes', 'warns']).default('warns').describe('What it means that nobody gets the first answer'),
    }),
  ])
  .describe(
    'One of the concurrent steps gets the first answer, all others one of the second. Steps with an expectation of their own are left out',
  );

const unreceivedSchema = z
  .strictObject({
    receives: z.string().optional().describe('Label of a message of which no copy arrives'),
    'receives-whole': z.string().optional().describe('Label of a message of which no complete copy arrives'),
    'receives-altered': z.string().optional().describe('Label of a message that arrives as it was sent or not at all'),
  })
  .refine((silent) => Object.keys(silent).length === 1, {
    error: 'one of receives, receives-whole and receives-altered is due',
  });

const everyoneSchema = z
  .strictObject({
    chats: z
      .strictObject({
        messages: z.int().positive().optional(),
        size: z.int().positive().optional(),
        chunks: z.int().positive().optional(),
        interleaved: z
          .literal(true)
          .optional()
          .describe('The first chunks of all messages of a sender, then their second ones, and so on'),
      })
      .optional()
      .describe('Sends messages to the room, and all others get them, each once, unaltered'),
    nickname: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe('Asks for this nickname; of several the first takes the first, the second the second, and so on'),
    'sees-one-holder': z
      .string()
      .optional()
      .describe('Finds this nickname in the roster with the user who was granted it last, and with nobody else'),
    meanwhile: z
      .array(simpleStepSchema)
      .min(1)
      .optional()
      .describe('What some do at the same time: instead of asking for a nickname, or in the middle of what they say'),
  })
  .refine((scene) => Object.keys(scene).filter((key) => key !== 'meanwhile').length === 1, {
    error: 'one of chats, nickname and sees-one-holder is due',
  });

export const stepSchema = z
  .object({
    ...stepShape,
    expect: z.union([expectationSchema, outcomeSchema]).optional(),
    together: z.array(simpleStepSchema).min(2).optional().describe('Steps that run at the same time'),
    pause: z
      .strictObject({ seconds: z.number().positive() })
      .optional()
      .describe('Time passes; more than a second of it needs "simulated: true"'),
    nobody: unreceivedSchema.optional().describe('No participant gets the message'),
    'nobody-else': z
      .strictObject({ receives: z.string() })
      .optional()
      .describe('No participant gets the message but those of earlier receives steps'),
    everyone: everyoneSchema.optional().describe('All participants do the same at the same time'),
  })
  .catchall(actionSchema);

export const policySchema = z.strictObject({
  nicknames: z.enum(['allowed', 'forbidden']).optional(),
  'private-messages': z.enum(['allowed', 'forbidden']).optional(),
  'reserved-nicknames': z.array(z.string()).optional(),
});

const scenarioShape = {
  rows: rowsSchema
    .optional()
    .describe(
      'Played once for each row, as scenario of its own: {name} anywhere stands for the value of the row; {name} alone keeps its type',
    ),
  title: z.string().min(1).describe('What the requirement asks for, as a statement'),
  about: z.string().optional().describe('Background for the reader'),
  role: z
    .literal('participant')
    .optional()
    .describe('Tests a client: the suite is the room, and "client" and "room" have steps (default: tests a focus)'),
  focus: z
    .strictObject({
      variant: z.string().optional().describe('Name of a legal variant of the reference focus'),
      mutant: z.string().optional().describe('Name of a mutant of the reference focus'),
    })
    .optional()
    .describe('With role: participant: how the room differs from the reference focus'),
  origin: z
    .literal('captured')
    .optional()
    .describe(
      'What is expected is what a capture shows, not what a requirement asks for: a step without "covers" that comes out otherwise differs',
    ),
  covers: requirementIds.default([]).describe('Requirement ids; due unless the scenario is captured'),
  needs: z.array(z.string()).optional().describe('Capabilities of the SUT without which the scenario is unsupported'),
  tags: z.array(z.string()).optional(),
  simulated: z
    .literal(true)
    .optional()
    .describe('Takes minutes or hours, so it is only played in simulated time (--in-memory)'),
  room: policySchema.optional().describe('The policy of the room this scenario needs'),
  cast: z
    .union([z.array(z.string()).min(1), z.record(z.string(), z.union([castMemberSchema, z.null()]))])
    .optional()
    .describe('The simulated participants; may be absent with role: participant only'),
  let: z
    .record(z.string(), z.string())
    .optional()
    .describe('Names for values; {nickname} and {canary} are fresh at each use'),
  steps: z.array(stepSchema).min(1),
  twin: simpleStepSchema
    .optional()
    .describe(
      'Takes the place of the last step of the same actor and action; must be accepted, which proves that the refusal had the right cause',
    ),
} as const;

export const scenarioSchema = z
  .strictObject(scenarioShape)
  .refine(({ origin, covers }) => covers.length > 0 || origin === 'captured', {
    error: 'the requirement ids that the scenario judges are due here',
    path: ['covers'],
  })
  .refine(({ origin, covers }) => covers.length === 0 || origin !== 'captured', {
    error: 'a captured scenario judges by no requirement; a step of it may (its own covers)',
    path: ['covers'],
  });

export type Scenario = z.infer<typeof scenarioSchema>;
export type Step = z.infer<typeof stepSchema>;
export type SimpleStep = z.infer<typeof simpleStepSchema>;
export type Action = z.infer<typeof actionSchema>;
export type Expectation = z.infer<typeof expectationSchema>;
export type Everyone = z.infer<typeof everyoneSchema>;
export type OutcomeExpectation = z.infer<typeof outcomeSchema>;
export type CastMember = z.infer<typeof castMemberSchema>;
export type MessageSpec = z.infer<typeof messageSchema>;
export type RoomPolicyNeed = z.infer<typeof policySchema>;

/** Keys of a step that are not the name of an actor. */
export const reservedStepKeys: ReadonlySet<string> = new Set(Object.keys(stepSchema.shape));
