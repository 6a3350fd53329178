import { type ContinuationFlag, headerOf, type MsrpHeader, type MsrpRequestHead } from '../codec/msrp/message.ts';
import { serializeEnd, serializeHead } from '../codec/msrp/serialize.ts';
import { parseMsrpUri, splitPath } from '../codec/msrp/uri.ts';
import type { Connection } from './connection.ts';
import { responsePath } from './path.ts';

/** Gets what follows the head of a request, as it arrives. */
export interface RequestSink {
  /** A view that is valid during the call only; copy what has to be kept. */
  body(octets: Buffer): void;
  end(flag: ContinuationFlag): void;
  /** The connection was lost, or its octets made no sense any more, inside the request. */
  cut(reason: string): void;
}

/** A request as it arrives: its head is there, its body follows through the sink. */
export class IncomingRequest {
  readonly connection: Connection;
  readonly head: MsrpRequestHead;
  readonly hasBody: boolean;
  /** From-Path of the request: where REPORTs go, in full (RFC 4975 §7.1.2). */
  readonly fromPath: string;
  #responded: number | undefined;

  constructor(connection: Connection, head: MsrpRequestHead, hasBody: boolean) {
    this.connection = connection;
    this.head = head;
    this.hasBody = hasBody;
    this.fromPath = headerOf(head, 'From-Path') ?? '';
  }

  get method(): string {
    return this.head.method;
  }

  /** The status given so far. */
  get responded(): number | undefined {
    return this.#responded;
  }

  /**
   * Sends a response on the connection the request came on, whatever its paths say (RFC 4975 §7.2). Whether one is
   * due is for the caller to know; a second call sends a second response. Without any URI of ours to put into
   * From-Path there is none.
   */
  respond(status: number, comment?: string, headers: readonly MsrpHeader[] = []): void {
    const ownUri = this.#ownUri();
    if (ownUri === undefined) return;
    this.#responded ??= status;
    const { transactionId } = this.head;
    const response = {
      kind: 'response' as const,
      transactionId,
      status,
      ...(comment === undefined ? {} : { comment }),
      headers: [
        { name: 'To-Path', value: responsePath(this.method, this.fromPath) },
        { name: 'From-Path', value: ownUri },
        ...headers,
      ],
    };
    this.connection.urgent(Buffer.concat([serializeHead(response, false), serializeEnd(transactionId, '$', false)]));
  }

  /** The URI that the request was for, or when it names none the one of a session on this connection. */
  #ownUri(): string | undefined {
    const uris = splitPath(headerOf(this.head, 'To-Path') ?? '');
    const last = uris.at(-1);
    if (last !== undefined && parseMsrpUri(last).ok) return last;
    const [session] = this.connection.sessions;
    return session?.path;
  }
}
