import type { Call } from '../sip/call.ts';
import type { HeaderList } from '../sip/compose.ts';
import type { RequestOutcome } from '../sip/outcome.ts';
import type { InviteOutcome } from '../sip/outgoing-invite.ts';
import type { UserAgent } from '../sip/user-agent.ts';

export interface SipRequestOptions {
  readonly method: string;
  /** Request-URI; the room if absent. */
  readonly to?: string;
  readonly headers?: HeaderList;
  readonly body?: Buffer;
  /** Inside the dialog of the stay. */
  readonly inDialog?: boolean;
}

/** Sends a request of any method, inside the dialog of a call if there is one. A new call that comes of it is ended again. */
export async function sendSip(
  agent: UserAgent,
  call: Call | undefined,
  room: string,
  { method, to = room, headers = [], body }: SipRequestOptions,
): Promise<RequestOutcome | InviteOutcome> {
  const options = { headers, ...(body === undefined ? {} : { body }) };
  if (method === 'INVITE') {
    // A 2xx wants an ACK (RFC 3261 §13.2.2.4).
    const outcome = await (call === undefined ? agent.invite({ ...options, to }) : call.invite(options)).outcome;
    if (call === undefined && outcome.kind === 'accepted' && outcome.call.end === undefined) void outcome.call.bye();
    return outcome;
  }
  return call === undefined ? agent.request(method, { ...options, to }) : call.request(method, options);
}
