import type { MsrpHeader, MsrpMessage, MsrpRequest, MsrpResponse } from '../codec/msrp/message.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../codec/sip/message.ts';
import { removeHeader, setHeader, withContentLength } from '../codec/sip/message-build.ts';
import type { Rewritten, WireRewriting } from './alteration.ts';

/** Beginnings of a rewriting, by what is rewritten: everything else passes as it is. */

type Edit<M, R> = (message: M, stream: string) => R;

const none = (): [] => [];

function written<M extends MsrpMessage>(
  wanted: (message: MsrpMessage) => message is M,
  edit: Edit<M, MsrpMessage | Buffer | undefined>,
): WireRewriting {
  return {
    msrpWritten(message, stream) {
      if (!wanted(message)) return [message];
      const edited = edit(message, stream);
      return edited === undefined ? none() : [edited];
    },
  };
}

type IsRequest<M extends string> = (message: MsrpMessage) => message is MsrpRequest & { readonly method: M };

const isRequest =
  <M extends string>(method: M): IsRequest<M> =>
  (message): message is MsrpRequest & { readonly method: M } =>
    message.kind === 'request' && message.method === method;

export const isCopy: IsRequest<'SEND'> = isRequest('SEND');
export const isReport: IsRequest<'REPORT'> = isRequest('REPORT');

/** SENDs that the switch writes; undefined drops one. */
export const onCopies = (edit: Edit<MsrpRequest, MsrpMessage | Buffer | undefined>): WireRewriting =>
  written(isCopy, edit);

export const onReports = (edit: Edit<MsrpRequest, MsrpMessage | Buffer | undefined>): WireRewriting =>
  written(isReport, edit);

export const onMsrpResponses = (edit: Edit<MsrpResponse, MsrpMessage | Buffer | undefined>): WireRewriting =>
  written((message): message is MsrpResponse => message.kind === 'response', edit);

/** MSRP responses with this status. */
export const onMsrpStatus = (
  status: number,
  edit: Edit<MsrpResponse, MsrpMessage | Buffer | undefined>,
): WireRewriting =>
  written((message): message is MsrpResponse => message.kind === 'response' && message.status === status, edit);

/** Requests as they reach the switch. */
export const onMsrpRequests = (edit: Edit<MsrpRequest, Rewritten<MsrpMessage>>): WireRewriting => ({
  msrpReceived: (message, stream) => (message.kind === 'request' ? edit(message, stream) : [message]),
});

export const onSipRequests = (method: string, edit: Edit<SipRequest, SipMessage | undefined>): WireRewriting => ({
  sipWritten(message, stream) {
    if (message.kind !== 'request' || message.method !== method) return [message];
    const edited = edit(message, stream);
    return edited === undefined ? none() : [edited];
  },
});

/** Responses of the focus to requests with this method. */
export const onSipResponses = (method: string, edit: Edit<SipResponse, SipMessage | undefined>): WireRewriting => ({
  sipWritten(message, stream) {
    if (message.kind !== 'response' || methodOf(message) !== method) return [message];
    const edited = edit(message, stream);
    return edited === undefined ? none() : [edited];
  },
});

/** Requests as they reach the focus. */
export const onSipArrivals = (method: string, edit: Edit<SipRequest, SipMessage | undefined>): WireRewriting => ({
  sipReceived(message, stream) {
    if (message.kind !== 'request' || message.method !== method) return [message];
    const edited = edit(message, stream);
    return edited === undefined ? none() : [edited];
  },
});

/** Session descriptions of the focus, as text. */
export const onDescriptions = (edit: (sdp: string) => string): WireRewriting => ({
  sipWritten: (message) => [editBody(message, 'application/sdp', edit)],
});

/** Conference documents of the focus, as text. */
export const onDocuments = (edit: Edit<string, string>): WireRewriting => ({
  sipWritten: (message, stream) => [
    editBody(message, 'application/conference-info+xml', (text) => edit(text, `${stream} ${dialogOf(message)}`)),
  ],
});

/** A message with another text as body, its length told rightly. */
export function editBody(message: SipMessage, type: string, edit: (text: string) => string): SipMessage {
  if (message.body.length === 0 || header(message, 'Content-Type') !== type) return message;
  const before = message.body.toString();
  const after = edit(before);
  return after === before ? message : withContentLength({ ...message, body: Buffer.from(after) });
}

export const withSipHeader = <M extends SipMessage>(message: M, name: string, value: string): M => ({
  ...message,
  headers: setHeader(message.headers, name, value),
});

export const withoutSipHeader = <M extends SipMessage>(message: M, name: string): M => ({
  ...message,
  headers: removeHeader(message.headers, name),
});

export const methodOf = (message: SipMessage): string | undefined =>
  message.kind === 'request' ? message.method : header(message, 'CSeq')?.split(/\s+/)[1];

export const dialogOf = (message: SipMessage): string => header(message, 'Call-ID') ?? '';

/** The value of each header of this name rewritten; undefined takes the header out. */
export function editHeader<M extends MsrpMessage>(
  message: M,
  name: string,
  edit: (value: string) => string | undefined,
): M {
  const wanted = name.toLowerCase();
  return {
    ...message,
    headers: message.headers.flatMap((one): MsrpHeader[] => {
      if (one.name.toLowerCase() !== wanted) return [one];
      const value = edit(one.value);
      return value === undefined ? [] : [{ name: one.name, value }];
    }),
  };
}

/** With one more header, in front of Content-Type, which stays the last (RFC 4975 §7.1). */
export function addHeader<M extends MsrpMessage>(message: M, name: string, value: string): M {
  const at = message.headers.findIndex((one) => one.name.toLowerCase() === 'content-type');
  const added = { name, value };
  return {
    ...message,
    headers: at === -1 ? [...message.headers, added] : message.headers.toSpliced(at, 0, added),
  };
}
