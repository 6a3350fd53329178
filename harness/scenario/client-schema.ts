import { z } from 'zod';
import { orderNames } from '../driver/order.ts';
import { rosterSchema } from './action-schema.ts';
import { rawSchema } from './by-hand-schema.ts';
import { status } from './expectation-schema.ts';

/** What a client under test is told to do and what it shows, and what the room does to it, in scenarios of that role. */

/** Exactly one key. */
export const clientActionSchema = z
  .strictObject({
    join: z.strictObject({}).optional().describe('Calls the room and binds its MSRP session'),
    leave: z.strictObject({}).optional().describe('Ends the dialog'),
    nickname: z.string().optional().describe('Asks for this nickname; "" gives up the one in use'),
    send: z
      .union([
        z.string(),
        z.strictObject({
          text: z.string(),
          to: z.string().optional().describe('room (default), or the name of a cast member'),
          size: z.int().positive().optional().describe('Octets at least: the text is filled up'),
        }),
      ])
      .optional()
      .describe('Says this; a canary is added so that the message can be followed'),
    shows: z.string().optional().describe('Label of a message that it shows to its user, unaltered'),
    'does-not-show': z.string().optional().describe('Label of a message that it does not show to its user'),
    answers: z
      .strictObject({ message: z.string().describe('Label of a message that has been sent to it') })
      .optional()
      .describe('Answers every chunk of it that wants an answer (default: 200)'),
    reports: z
      .strictObject({ message: z.string().describe('Label of a message that has been sent to it') })
      .optional()
      .describe('REPORTs on it with the status of "expect" (default: 200), which together speak of all of it'),
    'shows-refusal': z
      .strictObject({ of: z.enum(orderNames), status: status.optional() })
      .optional()
      .describe('Tells its user that this came to nothing'),
    'shows-nickname': z.string().optional().describe('Tells its user that this nickname is in use'),
    offers: z
      .strictObject({
        'accept-types': z.array(z.string()).optional().describe('Types that are listed'),
        'accept-wrapped-types': z.literal('present').optional(),
      })
      .optional()
      .describe('What its offer says of the MSRP stream'),
    acknowledges: z.strictObject({}).optional().describe('Sends ACK for the final response to its latest INVITE'),
    'gives-up-session': z.strictObject({}).optional().describe('Sends BYE or another offer, without being told'),
    roster: z.strictObject({}).optional().describe('Subscribes to the conference package'),
    'shows-roster': rosterSchema.optional().describe('Shows its user who is in the room'),
    'shows-end': z.strictObject({}).optional().describe('Tells its user that the stay is over'),
  })
  .refine((action) => Object.keys(action).length === 1, { error: 'one action is due in a step' });

/** Exactly one key. */
export const roomActionSchema = z
  .strictObject({
    raw: rawSchema
      .omit({ on: true })
      .extend({
        text: z
          .string()
          .optional()
          .describe('What the message comes to whose last part this is; default: the content of these octets'),
      })
      .optional()
      .describe('Octets on the MSRP connection of the client'),
    answers: z
      .strictObject({
        method: z.enum(['INVITE', 'SEND', 'NICKNAME']),
        status,
        'after-seconds': z.number().min(0).optional().describe('How late the answer to SEND or NICKNAME comes'),
      })
      .optional()
      .describe('How such requests are answered from now on; 200 to INVITE and SEND: as the room thinks itself'),
    sends: z
      .strictObject({
        text: z.string().optional().describe('A canary is added so that the message can be followed'),
        of: z.string().optional().describe('Further pieces of the message with this label'),
        size: z.int().positive().optional().describe('Octets at least: the text is filled up'),
        cut: z.int().positive().optional().describe('How many chunks of equal size there are (default 1)'),
        order: z.array(z.int().positive()).optional().describe('Which of them go out, counted from 1 (default: all)'),
        flag: z.enum(['+', '#']).optional().describe('Flag of all but the last (default +)'),
        end: z
          .enum(['told', 'unknown', 'too-far', 'no-range'])
          .optional()
          .describe('Range-end: told (default), an asterisk, beyond the payload; or no Byte-Range at all'),
        total: z.enum(['told', 'unknown']).optional(),
        headers: z.record(z.string(), z.string()).optional(),
      })
      .optional()
      .describe('A message in a wrapper, chunk by chunk'),
    closes: z.strictObject({}).optional().describe('Ends the dialog of everybody in it (RFC 7701 §5.3)'),
  })
  .refine((action) => Object.keys(action).length === 1, { error: 'one action is due in a step' });

export type ClientAction = z.infer<typeof clientActionSchema>;
export type RoomAction = z.infer<typeof roomActionSchema>;

/** In scenarios for clients under test: whose steps are not those of a cast member. */
export const underTest = ['client', 'room'] as const;
