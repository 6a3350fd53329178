import { headerOf, type MsrpMessage, type MsrpRequest, type MsrpResponse } from '../../codec/msrp/message.ts';
import type { SipMessage } from '../../codec/sip/message.ts';
import type { WireRewriting } from '../../focus/alteration.ts';
import { editBody, editHeader, onCopies } from '../../focus/rewriting.ts';

/** Beginnings of what a faulty client writes; what is not named passes as it is. */

export const isNickname = (message: MsrpMessage): message is MsrpRequest =>
  message.kind === 'request' && message.method === 'NICKNAME';

export const onNicknames = (edit: (message: MsrpRequest) => MsrpMessage | Buffer): WireRewriting => ({
  msrpWritten: (message) => [isNickname(message) ? edit(message) : message],
});

/** SENDs with a wrapper, whose text is edited as latin1, so that octets stay octets. */
export const onWrappers = (edit: (wrapper: string) => string): WireRewriting =>
  onCopies((message) =>
    message.body === undefined || !/^1-/.test(headerOf(message, 'Byte-Range') ?? '1-')
      ? message
      : withBody(message, Buffer.from(edit(message.body.toString('latin1')), 'latin1')),
  );

/** Another body, with a range that tells the truth of it; an end that was open stays open. */
export function withBody(message: MsrpRequest, body: Buffer): MsrpRequest {
  const range = (was: string): string => `1-${was.includes('-*') ? '*' : body.length}/${body.length}`;
  return { ...editHeader(message, 'Byte-Range', range), body };
}

/** Swaps the two path headers. */
export function swapPaths<M extends MsrpMessage>(message: M): M {
  const [to, from] = [headerOf(message, 'To-Path') ?? '', headerOf(message, 'From-Path') ?? ''];
  return editHeader(
    editHeader(message, 'To-Path', () => from),
    'From-Path',
    () => to,
  );
}

/** The same URI with another session-id. */
export const otherSession = (uri: string): string =>
  uri.replace(/^(msrps?:\/\/[^/]+\/)[^;]*/i, '$1SomebodyElse0123456789');

/** The response with this status to a request that has come. */
export const answerTo = (message: MsrpRequest, status: number): MsrpResponse => ({
  kind: 'response',
  transactionId: message.transactionId,
  status,
  headers: [
    { name: 'To-Path', value: headerOf(message, 'From-Path') ?? '' },
    { name: 'From-Path', value: headerOf(message, 'To-Path') ?? '' },
  ],
  flag: '$',
});

/** A REPORT on a message that has come. */
export const reportOn = (message: MsrpRequest, transactionId: string): MsrpRequest => ({
  kind: 'request',
  transactionId,
  method: 'REPORT',
  headers: [
    { name: 'To-Path', value: headerOf(message, 'From-Path') ?? '' },
    { name: 'From-Path', value: headerOf(message, 'To-Path') ?? '' },
    { name: 'Message-ID', value: headerOf(message, 'Message-ID') ?? '' },
    { name: 'Byte-Range', value: `1-${message.body?.length ?? 0}/${message.body?.length ?? 0}` },
    { name: 'Status', value: '000 200 OK' },
  ],
  flag: '$',
});

/** Requests that the client writes carry other transaction identifiers; their responses find it all the same. */
export function renamed(name: (count: number, own: string) => string): WireRewriting {
  const own = new Map<string, string>();
  let count = 0;
  return {
    msrpWritten(message) {
      if (message.kind === 'response') return [message];
      const transactionId = name(++count, message.transactionId);
      own.set(transactionId, message.transactionId);
      return [{ ...message, transactionId }];
    },
    msrpReceived: (message) => [
      message.kind === 'request'
        ? message
        : { ...message, transactionId: own.get(message.transactionId) ?? message.transactionId },
    ],
  };
}

/** Requests as they reach the client. */
export const onArrivals = (edit: (message: MsrpRequest) => readonly MsrpMessage[]): WireRewriting => ({
  msrpReceived: (message) => (message.kind === 'request' ? edit(message) : [message]),
});

/** The same URI with another user. */
export const addressedTo = (uri: string, user: string): string => uri.replace(/^(sips?:)[^@;?]*@/i, `$1${user}@`);

/** A description of the room as if it announced everything. */
export const withTokens = (message: SipMessage): SipMessage =>
  editBody(
    message,
    'application/sdp',
    (sdp) => `${sdp.replace(/^a=chatroom.*\r\n/m, '')}a=chatroom:nickname private-messages\r\n`,
  );
