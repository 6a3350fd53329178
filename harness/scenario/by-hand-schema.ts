import { z } from 'zod';
import { requirementIds } from './expectation-schema.ts';

/** MSRP and SIP that a scenario writes itself, right or wrong. */

const carrier = z
  .string()
  .optional()
  .describe(
    'Sends it on the MSRP connection of this cast member, on a fresh one (fresh), or on a fresh one without TLS (clear)',
  );

export const requestSchema = z.strictObject({
  method: z.string().describe('Any token, e.g. FOO'),
  'to-path': z
    .string()
    .optional()
    .describe('Instead of the session path; {to-path} and {from-path} stand for the true ones'),
  'from-path': z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  on: carrier,
});

export const rawSchema = z.strictObject({
  msrp: z
    .string()
    .describe(
      'Octets for the MSRP connection: LF becomes CRLF; {to-path}, {from-path} and {tid} are filled in; \\xNN gives an octet; with "as", {canary} marks the content so that the message can be followed',
    ),
  breaks: requirementIds.optional().describe('The requirements on senders that these octets break on purpose'),
  split: z.array(z.int().positive()).optional().describe('Offsets at which the octets are cut into segments'),
  on: carrier,
});

export const sipSchema = z.strictObject({
  method: z.string(),
  to: z.string().optional().describe('Request-URI; default the room'),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  'in-dialog': z.boolean().optional().describe('Sends it inside the dialog of the join'),
});

const handMadeSip = {
  like: z
    .string()
    .optional()
    .describe('On the line of the raw-sip with this label, with its Call-ID, From, branch and CSeq number'),
  'in-dialog': z.literal(true).optional().describe('With Call-ID, From, To and the next CSeq of the own dialog'),
  over: z.enum(['udp', 'tcp']).optional().describe('Default: as the participant speaks SIP otherwise'),
  filling: z
    .strictObject({ text: z.string(), times: z.int().positive() })
    .optional()
    .describe('{filling} stands for this text so many times'),
  copies: z.int().positive().optional().describe('The same octets so many times, at once'),
  ack: z.literal('never').optional().describe('A final response to INVITE gets no ACK, and what comes of it no BYE'),
  hangs: z.literal('on').optional().describe('What comes of an INVITE is not ended by BYE'),
  breaks: requirementIds.optional().describe('The requirements on senders that this breaks on purpose'),
} as const;

export const rawSipSchema = z.union([
  z
    .string()
    .describe(
      'SIP octets: LF becomes CRLF, \\xNN gives an octet, the empty line behind the headers is added if there is none',
    ),
  z.strictObject({ ...handMadeSip, sip: z.string().describe('The octets') }),
  z.strictObject({
    ...handMadeSip,
    method: z.string().describe('A request as it has to be, save for what stands here'),
    start: z.string().optional().describe('Start line'),
    lines: z.array(z.string()).optional().describe('Header lines; they stand instead of the usual ones of that name'),
    without: z.array(z.string()).optional().describe('Names of the usual headers to be left out'),
    body: z.string().optional().describe('Default: {offer} with INVITE, none with other methods'),
  }),
]);
