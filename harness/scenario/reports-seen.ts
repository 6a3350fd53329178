import { headerOf, type MsrpRequest } from '../codec/msrp/message.ts';
import { parseStatus } from '../codec/msrp/status.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { Actor, Stage, TrackedMessage } from './stage.ts';

/** A REPORT as it has arrived. */
export interface SeenReport {
  readonly entry: WireEntry;
  readonly head: MsrpRequest;
  /** Code of its Status header; undefined: there is none that can be read. */
  readonly status: number | undefined;
}

/** Every REPORT on a message that has arrived at an actor (RFC 4975 §7.1.2). */
export function reportsOn(stage: Stage, actor: Actor, message: TrackedMessage): SeenReport[] {
  return stage.conversation.msrp.list
    .filter(
      ({ request, head }) =>
        request.actor === actor.wireName &&
        request.direction === 'received' &&
        head.method === 'REPORT' &&
        headerOf(head, 'Message-ID') === message.composed.messageId,
    )
    .map(({ request, head }) => ({ entry: request, head, status: statusOf(head) }));
}

function statusOf(head: MsrpRequest): number | undefined {
  const status = parseStatus(headerOf(head, 'Status') ?? '');
  return status.ok ? status.value.code : undefined;
}
