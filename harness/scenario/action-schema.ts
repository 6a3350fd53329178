import { z } from 'zod';
import { fingerprintWords } from '../participant/fingerprints.ts';
import { rawSchema, rawSipSchema, requestSchema, sipSchema } from './by-hand-schema.ts';
import { status } from './expectation-schema.ts';
import { chunkSchema, messageSchema } from './message-schema.ts';

/** What actors of a scenario do and see: the part of the language below the name of an actor. */

const tokens = z.union([z.array(z.string()), z.enum(['none', 'bare'])]);

/** How a participant presents itself when it joins or renegotiates. */
export const mediaShape = {
  chatroom: tokens
    .optional()
    .describe(
      'Tokens of a=chatroom; bare: the attribute alone; none: no attribute (default: nickname and private-messages)',
    ),
  'accept-types': z.array(z.string()).optional().describe('Default: message/cpim'),
  'accept-wrapped-types': z
    .union([z.array(z.string()), z.literal('none')])
    .optional()
    .describe('Default: text/plain and *'),
  setup: z.enum(['active', 'passive', 'actpass', 'none']).optional().describe('a=setup of the offer; default actpass'),
  fingerprints: z
    .array(z.enum(fingerprintWords))
    .optional()
    .describe('What a=fingerprint says over TLS (default: own); an empty list: no such attribute'),
  'max-size': z.int().positive().optional().describe('a=max-size, in octets'),
  'sdp-lines': z.array(z.string()).optional().describe('Further lines at the end of the media section'),
} as const;

const joinSchema = z.strictObject({
  ...mediaShape,
  to: z.string().optional().describe('URI to invite instead of the room'),
  headers: z.record(z.string(), z.string()).optional().describe('Further SIP headers of the INVITE'),
  sdp: z
    .string()
    .optional()
    .describe('A whole session description instead of the generated one; {path}, {host} and {port} are its own'),
  bind: z.boolean().optional().describe('false: no MSRP connection and no first SEND'),
  offer: z.literal('late').optional().describe('The INVITE has no offer: the focus makes one, which the ACK answers'),
  ack: z.literal('never').optional().describe('The 2xx to the INVITE gets no ACK'),
});

const useNicknameSchema = z.union([
  z.string(),
  z.strictObject({
    header: z.string().optional().describe('Value of Use-Nickname as it stands on the wire, quotes included'),
    'header-octets': z.string().optional().describe('The same in hexadecimal, for octets that are no UTF-8'),
    none: z.literal(true).optional().describe('No Use-Nickname header at all'),
    headers: z.record(z.string(), z.string()).optional().describe('Further headers'),
  }),
]);

const answerSchema = z.union([
  status,
  z.literal('silence'),
  z.strictObject({
    status,
    comment: z.string().optional().describe('Words behind the status code; without them the line ends with it'),
    headers: z.record(z.string(), z.string()).optional().describe('Headers behind the paths'),
  }),
]);

export const rosterSchema = z
  .record(z.string(), z.string())
  .describe('For each cast member: its nickname, none (present without one), present, or absent');

/** What one participant does or observes. Exactly one key. */
export const actionSchema = z
  .strictObject({
    join: joinSchema.optional().describe('Sends INVITE, binds the MSRP session'),
    'is-kept-out': joinSchema
      .optional()
      .describe('The same as join, but no MSRP session comes of it: refused in SIP, or no SEND is answered'),
    leave: z.strictObject({}).optional().describe('Sends BYE'),
    nickname: useNicknameSchema.optional().describe('Sends NICKNAME with this Use-Nickname; "" removes'),
    send: messageSchema.optional().describe('Sends a message to the room or to one participant'),
    chunk: chunkSchema.optional().describe('Sends a single chunk of a message'),
    receives: z.string().optional().describe('Label of a message that arrives here, complete and unaltered'),
    'receives-begun': z
      .string()
      .optional()
      .describe('Label of a message whose beginning arrives here, complete or not'),
    'gets-notice': z
      .strictObject({
        naming: z.array(z.string()).optional().describe('Cast members whose URI, display name or nickname it has'),
      })
      .optional()
      .describe('A message arrives here that no participant has sent: one of the room itself'),
    'gets-report': z
      .strictObject({
        message: z.string(),
        status: z.int().optional(),
        'with-cpim': z.boolean().optional(),
        times: z.int().positive().optional().describe('So many of them, as the message has been sent more than once'),
        whole: z.literal(true).optional().describe('The REPORTs together speak of the whole message'),
      })
      .optional()
      .describe('A REPORT on a message sent from here arrives'),
    'gets-no-report': z
      .strictObject({
        message: z.string(),
        but: status.optional().describe('A Status code that REPORTs may have, as they have been asked for'),
      })
      .optional(),
    reports: z
      .strictObject({
        message: z.string(),
        status,
        range: z.string().optional().describe('Byte-Range (default: the whole message)'),
        comment: z.string().optional(),
      })
      .optional()
      .describe('Sends a REPORT on the copy of a message that has arrived here'),
    subscribe: z
      .strictObject({
        headers: z.record(z.string(), z.string()).optional(),
        expires: z.int().nonnegative().optional(),
        to: z.string().optional(),
        refreshes: z.literal(false).optional().describe('Lets the subscription run out'),
      })
      .optional()
      .describe('Subscribes to the conference event package'),
    'subscription-ends': z
      .strictObject({ reason: z.string().optional() })
      .optional()
      .describe('A NOTIFY says that the latest subscription is over'),
    'answers-notify': z
      .union([status, z.literal('silence')])
      .optional()
      .describe('From now on answers every NOTIFY so'),
    'gets-no-notify': z.strictObject({}).optional().describe('No NOTIFY has come after the one that was refused'),
    'gets-notify': z
      .strictObject({ type: z.string().describe('A media type; none: no body; any: a body of whatever type') })
      .optional()
      .describe('A NOTIFY of the latest subscription comes, with a body of this type'),
    refer: z
      .strictObject({
        to: z.string().describe('Refer-To, e.g. <sip:carol@example.org>'),
        'in-dialog': z.literal(true).optional().describe('Inside the dialog of the join'),
      })
      .optional()
      .describe('Sends REFER to the room: asks it to invite, remove or refer somebody'),
    'told-of-refer': z
      .strictObject({})
      .optional()
      .describe('If its REFER was accepted, NOTIFYs tell how it came out; else unsupported'),
    'sees-endpoint': z
      .strictObject({
        of: z.string().describe('A cast member'),
        status: z.string().optional(),
        'joining-method': z.string().optional(),
        stream: z.string().optional().describe('Status of its streams, seen from the participant'),
      })
      .optional()
      .describe('What the roster tells of the endpoint of another, as far as it tells it'),
    'gets-bye': z.strictObject({}).optional().describe('The focus ends the dialog'),
    unsubscribe: z.strictObject({}).optional().describe('Ends the subscription'),
    'fetches-roster': rosterSchema.optional().describe('Asks for the roster once, with Expires 0, and it shows this'),
    'sees-roster': rosterSchema.optional().describe('The roster comes to show this; subscribes if need be'),
    renegotiate: z
      .strictObject({ ...mediaShape, offer: z.literal('late').optional().describe('The focus makes the offer') })
      .optional()
      .describe('re-INVITE with another media description'),
    disconnect: z.enum(['end', 'reset']).optional().describe('Ends the MSRP connection, not the dialog'),
    vanish: z.strictObject({}).optional().describe('Drops dead: all connections cut, nothing said'),
    stall: z.strictObject({}).optional().describe('Stops reading its MSRP connection'),
    resume: z.strictObject({}).optional(),
    answers: answerSchema.optional().describe('From now on answers every SEND so (default 200)'),
    'has-answered': z.int().optional().describe('Has sent a response with this status: what follows rests on it'),
    request: requestSchema.optional().describe('Sends an MSRP request of any method'),
    'still-served': z
      .strictObject({})
      .optional()
      .describe('A request on its connection is answered in whatever way, unless the connection has been closed'),
    raw: rawSchema.optional().describe('Writes octets on the MSRP connection'),
    sip: sipSchema.optional().describe('Sends a SIP request of any method'),
    'raw-sip': rawSipSchema.optional().describe('Sends SIP written by hand, octet for octet, on a line of its own'),
    'sees-certificate': z
      .enum(['signalled', 'matching'])
      .optional()
      .describe(
        'signalled: the description of the room has a fingerprint, or its certificate an issuer; matching: the fingerprint is that of the certificate',
      ),
    'sees-in-answer': z
      .strictObject({
        'accept-types': z.array(z.string()).optional(),
        'accept-wrapped-types': z.literal('present').optional(),
        chatroom: z.array(z.string()).optional().describe('Tokens that have to be among those of the answer'),
        'no-chatroom': z.array(z.string()).optional().describe('Tokens that must not be among them'),
        'contact-parameter': z.string().optional(),
        setup: z.array(z.string()).optional(),
        'unique-path': z.literal(true).optional(),
        'announces-what-works': z
          .literal(true)
          .optional()
          .describe('Nicknames and private messages, if this participant has been granted them, are among its tokens'),
        or: z
          .literal('refused')
          .optional()
          .describe('That the offer was refused, so that there is no answer, is as good'),
        protocol: z.array(z.string()).optional().describe('Any of these stands in the m= line'),
      })
      .optional()
      .describe('Looks at the last SDP answer and 2xx of the focus'),
  })
  .refine((action) => Object.keys(action).length === 1, {
    error: (issue) =>
      `one action is due, here are ${Object.keys((issue.input ?? {}) as object).length}: ${Object.keys((issue.input ?? {}) as object).join(', ') || 'none'}`,
  });
