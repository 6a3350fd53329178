import { z } from 'zod';
import { err, ok, type Result } from '../result.ts';
import { orderNames } from './order.ts';

/**
 * What a client under test shows to its user. Drivers hand it over as JSON, so more keys than these may stand in it. An
 * event that a client cannot tell is left out; what passed the wire is seen without it.
 */
const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('joined') }),
  z.object({
    event: z.literal('refused').describe('An order came to nothing'),
    order: z.enum(orderNames),
    status: z.int().optional().describe('Status code of the response'),
    reason: z.string().optional(),
  }),
  z.object({
    event: z.literal('message'),
    text: z.string(),
    from: z.string().optional().describe('Whom it shows as sender: URI or nickname'),
    private: z.boolean().optional().describe('Is it shown as meant for this user alone?'),
  }),
  z.object({ event: z.literal('nickname').describe('The nickname now in use'), nickname: z.string() }),
  z.object({
    event: z.literal('roster'),
    users: z.array(z.object({ uri: z.string(), nickname: z.string().optional() })),
  }),
  z.object({ event: z.literal('left').describe('The stay is over, whoever ended it') }),
]);

export type ClientEvent = z.infer<typeof eventSchema>;

export type EventName = ClientEvent['event'];

export const eventNames: readonly EventName[] = ['joined', 'refused', 'message', 'nickname', 'roster', 'left'];

/** Reads an event that came as JSON. Error: one line that says what is wrong with it. */
export function readEvent(value: unknown): Result<ClientEvent, string> {
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return err(`${clip(JSON.stringify(value) ?? 'nothing')} is no event: ${place}${issue?.message ?? ''}`);
}

/** The same for a text. */
export function parseEvent(text: string): Result<ClientEvent, string> {
  try {
    return readEvent(JSON.parse(text));
  } catch {
    return err(`${clip(text)} is no JSON`);
  }
}

const SHOWN = 200;
const clip = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
