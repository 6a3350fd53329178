import { z } from 'zod';

/** What a step waits for, and which requirements it speaks of. */

export const status = z.int().min(100).max(699);

export const requirementIds = z
  .array(z.string().regex(/^RFC\d+-[\w.]+-\d+$/, 'a requirement id looks like RFC7701-7.1-26'))
  .describe('Requirement ids of the catalogue in scenarios/requirements/');

/** What the party answers to a step. */
export const expectationSchema = z
  .union([
    status,
    z.array(status).min(1),
    z.enum(['silence', 'anything', 'refused']),
    z.strictObject({
      status: z.union([status, z.array(status).min(1)]).describe('Answers that pass'),
      tolerated: z.array(status).optional().describe('Answers that the ambiguity lists allow with a warning'),
      silence: z.enum(['passes', 'warns', 'fails']).default('fails').describe('What no answer at all means'),
    }),
  ])
  .describe('A status code, several of which any passes, silence, refused (any 4xx, 5xx or 6xx), or anything');
