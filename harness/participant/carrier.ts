import { serializeEnd, serializeHead } from '../codec/msrp/serialize.ts';
import type { Connection } from '../msrp/connection.ts';
import type { StrayConnection } from '../msrp/endpoint.ts';
import type { OutgoingRequest, RawWriter } from '../msrp/outgoing.ts';
import type { MsrpSession } from '../msrp/session.ts';
import type { MsrpOutcome } from './outcome.ts';
import { msrpOutcome, notSent } from './sending.ts';

/** What requests and octets of our own making go out on. */
export interface Carrier {
  readonly connection: Connection;
  readonly outbox: {
    sendRequest(request: OutgoingRequest): ReturnType<MsrpSession['sendRequest']>;
    openRaw(): RawWriter;
  };
}

/** The connection of a session; undefined when it has none, or none any more. */
export function carrierOf(session: MsrpSession | undefined): Carrier | undefined {
  if (session?.standing.kind !== 'bound') return undefined;
  return { connection: session.standing.connection, outbox: session };
}

export const strayCarrier = ({ connection, outbox }: StrayConnection): Carrier => ({ connection, outbox });

/** Sends one request exactly as given, its transaction id chosen beforehand. */
export function requestOn(
  carrier: Carrier | undefined,
  request: OutgoingRequest & { readonly transactionId: string },
): Promise<MsrpOutcome> {
  const { transactionId } = request;
  if (carrier === undefined) return Promise.resolve(notSent(transactionId));
  return carrier.outbox.sendRequest(request).outcome.then((outcome) => msrpOutcome(transactionId, outcome));
}

/** Writes octets between two messages, each segment in a write of its own. */
export function writeOn({ outbox }: Carrier, segments: readonly Buffer[]): void {
  const writer = outbox.openRaw();
  for (const segment of segments) writer.write(segment);
  writer.end();
}

/** The response to a request written by hand just now, in the same turn: 30 s at most (RFC 4975 §7.1.1). */
export function responseOn({ connection }: Carrier, transactionId: string): Promise<MsrpOutcome> {
  return new Promise((resolve) => {
    if (!connection.usable) {
      resolve(notSent(transactionId));
      return;
    }
    connection.transactions.open(transactionId, 'timed-out', (outcome) => resolve(msrpOutcome(transactionId, outcome)));
    connection.transactions.sent(transactionId);
  });
}

/** A NICKNAME request whose Use-Nickname need not be UTF-8. */
export function nicknameOctets(
  transactionId: string,
  paths: { readonly toPath: string; readonly fromPath: string },
  value: Buffer,
  further: readonly (readonly [string, string])[],
): Buffer {
  const headers = [
    { name: 'To-Path', value: paths.toPath },
    { name: 'From-Path', value: paths.fromPath },
  ];
  const head = serializeHead({ kind: 'request', transactionId, method: 'NICKNAME', headers }, false);
  const rest = further.map(([name, text]) => `${name}: ${text}\r\n`).join('');
  return Buffer.concat([
    head,
    Buffer.from('Use-Nickname: '),
    value,
    Buffer.from(`\r\n${rest}`),
    serializeEnd(transactionId, '$', false),
  ]);
}
