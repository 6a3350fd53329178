import { z } from 'zod';
import { orderNames } from '../driver/order.ts';
import { rawSchema, status } from './action-schema.ts';

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
    'shows-refusal': z
      .strictObject({ of: z.enum(orderNames), status: status.optional() })
      .optional()
      .describe('Tells its user that this came to nothing'),
    'shows-nickname': z.string().optional().describe('Tells its user that this nickname is in use'),
    'shows-end': z.strictObject({}).optional().describe('Tells its user that the stay is over'),
  })
  .refine((action) => Object.keys(action).length === 1, { error: 'one action is due in a step' });

/** Exactly one key. */
export const roomActionSchema = z
  .strictObject({
    raw: rawSchema.omit({ on: true }).optional().describe('Octets on the MSRP connection of the client'),
    closes: z.strictObject({}).optional().describe('Ends the dialog of everybody in it (RFC 7701 §5.3)'),
  })
  .refine((action) => Object.keys(action).length === 1, { error: 'one action is due in a step' });

export type ClientAction = z.infer<typeof clientActionSchema>;
export type RoomAction = z.infer<typeof roomActionSchema>;

/** In scenarios for clients under test: whose steps are not those of a cast member. */
export const underTest = ['client', 'room'] as const;
