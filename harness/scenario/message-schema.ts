import { z } from 'zod';

/** Messages as participants send them, whole or chunk by chunk. */

const cpimHeaderLines = z.array(z.string()).describe('CPIM header lines, written as on the wire');

const messageShape = {
  text: z.string().optional().describe('Content; a canary is added so that the message can be followed'),
  size: z.int().positive().optional().describe('Fill the content up to this many octets'),
  'content-base64': z.string().optional().describe('Binary content put behind the canary'),
  to: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('room (default), the name of a cast member, or a URI in angle brackets; a list gives several To headers'),
  from: z
    .string()
    .optional()
    .describe('CPIM From: name of a cast member or a URI in angle brackets (default: the sender)'),
  'cpim-headers': cpimHeaderLines.optional().describe('Further CPIM headers below To and From'),
  'cpim-block': cpimHeaderLines.optional().describe('The whole CPIM header block instead of the generated one'),
  'wrapped-type': z.string().optional().describe('Content-Type inside the wrapper (default text/plain; charset=utf-8)'),
  'content-type': z.string().optional().describe('Content-Type of the SEND (default message/cpim)'),
  unwrapped: z.literal(true).optional().describe('No CPIM wrapper: the text alone as text/plain'),
  'success-report': z.enum(['yes', 'no']).optional(),
  'failure-report': z.enum(['yes', 'no', 'partial']).optional(),
  'message-id': z.string().optional(),
} as const;

export const messageSchema = z.union([
  z.string(),
  z.strictObject({
    ...messageShape,
    chunks: z
      .union([z.int().positive(), z.array(z.int().nonnegative()).min(1)])
      .optional()
      .describe('Octets of each chunk, or a list of them; the last chunk carries what remains'),
  }),
]);

export const chunkSchema = z.strictObject({
  ...messageShape,
  of: z.string().optional().describe('Label of the message that this chunk continues; without it a new message begins'),
  at: z
    .int()
    .nonnegative()
    .optional()
    .describe('Offset of its first octet in the message (default: behind what has been sent)'),
  octets: z
    .union([z.int().nonnegative(), z.literal('cpim-headers'), z.literal('rest')])
    .optional()
    .describe('How much of the message goes into this chunk (default: the rest)'),
  'range-start': z.int().optional().describe('Byte-Range start, when another than the true one is claimed'),
  'no-range': z.literal(true).optional().describe('No Byte-Range header'),
  'other-octets': z
    .int()
    .positive()
    .optional()
    .describe('So many octets at its beginning are not those of the message, for overlaps with other content'),
  flag: z.enum(['+', '$', '#']).optional().describe('Default: $ with the rest, + before it'),
});
