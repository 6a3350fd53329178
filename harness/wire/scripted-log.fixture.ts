import { SimulatedClock } from '../net/simulated-clock.ts';
import { WireLog } from './log.ts';

/** One piece of a scripted conversation: who sent or received which octets on which of its connections. */
export interface ScriptedOctets {
  readonly actor: string;
  readonly direction: 'sent' | 'received';
  /** Lines end in LF here and in CRLF on the wire; octets are taken as they are. */
  readonly octets: string | Buffer;
  readonly transport?: 'tcp' | 'udp';
  readonly connection?: string;
}

/** A wire log as if these octets had passed the tap: for tests of what reads wire logs. */
export function scriptedLog(script: readonly ScriptedOctets[]): WireLog {
  const log = new WireLog(new SimulatedClock());
  for (const { actor, direction, octets, transport = 'tcp', connection } of script) {
    const tapped = {
      id: connection ?? `${actor}-1`,
      actor,
      transport,
      local: { host: '10.0.0.2', port: 2000 },
      remote: { host: '10.0.0.1', port: 2855 },
    };
    log.octets(tapped, direction, typeof octets === 'string' ? Buffer.from(octets.replace(/\n/g, '\r\n')) : octets);
  }
  log.finish();
  return log;
}

/** Paths of the sessions in scripted conversations. */
export const sessionUri = (actor: string): string => `msrp://10.0.0.2:2000/${actor}-session-0123456789;tcp`;
export const switchUri = (actor: string): string => `msrp://10.0.0.1:2855/switch-${actor}-0123456789;tcp`;

export interface ScriptedSend {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly content: string;
  readonly contentType?: string;
}

/** A whole SEND as an actor writes it to its switch, or as the switch writes it to the actor. */
export function scriptedSend(actor: string, direction: 'sent' | 'received', send: ScriptedSend): ScriptedOctets {
  const [to, from] =
    direction === 'sent' ? [switchUri(actor), sessionUri(actor)] : [sessionUri(actor), switchUri(actor)];
  const body = `From: <${send.from}>\nTo: <${send.to}>\n\nContent-Type: text/plain\n\n${send.content}`;
  const length = Buffer.byteLength(body.replace(/\n/g, '\r\n'));
  const octets = [
    `MSRP ${send.id} SEND`,
    `To-Path: ${to}`,
    `From-Path: ${from}`,
    `Message-ID: ${send.id}`,
    `Byte-Range: 1-${length}/${length}`,
    `Content-Type: ${send.contentType ?? 'message/cpim'}`,
    '',
    body,
    `-------${send.id}$`,
    '',
  ].join('\n');
  return { actor, direction, octets };
}
