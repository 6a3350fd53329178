import { headerOf } from '../codec/msrp/message.ts';
import { parseMsrpUri } from '../codec/msrp/uri.ts';
import { decideActive } from '../codec/sdp/setup-roles.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { MsrpExchange } from '../conversation/msrp-exchanges.ts';
import { isSamePath, type Session } from '../conversation/sessions.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** "At once" has no figure in RFC 4975 §5.4; the notes of the catalogue take this one. */
const PROMPT_MS = 2_000;

/** RFC 4975 §5.4: what the switch does where it opens the connection, and where one is lost. */
export const connections: Rule = {
  id: 'connections',
  about:
    'the switch speaks first where it connects, uses what connection there is, and starts anew by a new offer only',
  judge(conversation, catalogue) {
    const first = new Matter(['RFC4975-5.4-05', 'RFC6135-4.2.2-09'], 'who has connected sends a SEND at once', {
      breach: ['received', 'dialogs'],
    });
    const reuse = new Matter(['RFC4975-5.4-02'], 'an existing connection to the same host, port and scheme is used', {
      breach: ['received', 'dialogs'],
    });
    const again = new Matter(['RFC4975-5.4-24'], 'a session that was lost does not go on without a new offer', {
      breach: ['dialogs'],
      kept: ['received'],
    });
    const old = new Matter(['RFC4975-5.4-32'], 'a session made anew goes by its new URIs', { breach: ['dialogs'] });
    const reports = new Matter(['RFC4975-7.1.2-12'], 'no connection is opened merely to report', {
      breach: ['received'],
      kept: ['received'],
    });
    const lines = new Lines(conversation);
    for (const session of conversation.sessions.list) {
      const requests = lines.receivedIn(session);
      if (isPeerActive(session)) judgeOpening(requests[0], lines, session, first, reuse);
      const lost = lines.closingOf(session.bound?.connection ?? requests[0]?.request.connection);
      if (lost === undefined) continue;
      judgeLoss(session, lost, requests, lines, again, old);
      if (lines.asksForReports(session, lost)) judgeReports(session, lost, requests, reports);
    }
    return settle(connections.id, catalogue, [first, reuse, again, old, reports]);
  },
};

/** Whether the other side opens the connection (RFC 4975 §5.4, RFC 6135 §4.2). */
function isPeerActive({ agreements }: Session): boolean {
  const [agreement] = agreements;
  if (agreement === undefined) return false;
  const { offer, answer } = agreement;
  const { active } = decideActive(offer.media?.setup, answer.media?.setup);
  return active === (offer.side === 'peer' ? 'offerer' : 'answerer');
}

function judgeOpening(
  opening: MsrpExchange | undefined,
  lines: Lines,
  session: Session,
  first: Matter,
  reuse: Matter,
): void {
  // Who has spoken first himself has not waited for the other side.
  if (opening === undefined || (session.opening?.index ?? Infinity) < opening.request.index) return;
  const { request, head } = opening;
  const opened = lines.openingOf(request.connection);
  const due = Math.max(opened?.time ?? 0, session.agreements[0]?.answer.entry.time ?? 0);
  first.judge(head.method === 'SEND' && request.time - due <= PROMPT_MS, () => ({
    message:
      head.method === 'SEND'
        ? `the first SEND came ${request.time - due} ms after the connection stood`
        : `the first request on the connection was ${head.method}`,
    evidence: [opened, request],
    verdict: 'warn',
  }));
  const before = opened === undefined ? [] : lines.otherwiseOpen(session, request);
  if (before.length === 0) return;
  reuse.judge(before.includes(request.connection), () => ({
    message: `a further connection to ${request.local.host}:${request.local.port}, where one was open`,
    evidence: [lines.openingOf(before[0] ?? ''), opened, request],
  }));
}

/** `lost`: the end of the connection that the session was bound to. */
function judgeLoss(
  session: Session,
  lost: WireEntry,
  requests: readonly MsrpExchange[],
  lines: Lines,
  again: Matter,
  old: Matter,
): void {
  const { stay, agreements, own } = session;
  // A new path takes the place of the connection before that one is closed (RFC 4975 §8.4).
  const moves = agreements.filter(
    ({ peer }, at) => at > 0 && !isSamePath(peer.media?.path ?? [], agreements[at - 1]?.peer.media?.path ?? []),
  );
  const renewed = (entry: WireEntry): boolean =>
    agreements.some(
      (agreement) =>
        (moves.includes(agreement) || agreement.answer.entry.index > lost.index) &&
        agreement.answer.entry.index < entry.index,
    );
  const successor = lines.successorOf(session, lost);
  const late = requests.find(
    ({ request }) => request.index > lost.index && request.connection !== lost.connection && !renewed(request),
  );
  if (late !== undefined) {
    const breach = {
      message: `${stay.actor} got ${late.head.method} in a session that was lost`,
      evidence: [lost, late.request],
    };
    if (successor === undefined || late.request.index < successor.index) again.broken(breach);
    else
      old.broken({
        ...breach,
        message: `${stay.actor} got ${late.head.method} at the URI of a session that was lost`,
        actual: own,
      });
    return;
  }
  if (successor !== undefined) old.right();
  else if (lines.spokenSince(session, lost)) again.right();
}

/** Somebody who had asked for a report has lost the connection on which it would have come. */
function judgeReports({ stay }: Session, lost: WireEntry, requests: readonly MsrpExchange[], reports: Matter): void {
  const late = requests.find(
    ({ request, head }) =>
      head.method === 'REPORT' && request.index > lost.index && request.connection !== lost.connection,
  );
  reports.judge(late === undefined, () => ({
    message: `${stay.actor} got a report on another connection than the one that was lost`,
    evidence: [lost, late?.request],
  }));
}

/** Connections of the actors and what came on them. */
class Lines {
  readonly #conversation: Conversation;
  readonly #opened = new Map<string, WireEntry>();
  readonly #closed = new Map<string, WireEntry>();
  readonly #received = new Map<Session, MsrpExchange[]>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    for (const entry of conversation.log.entries) {
      if (entry.content.protocol !== 'connection') continue;
      if (entry.content.event === 'opened') this.#opened.set(entry.connection, entry);
      else if (!this.#closed.has(entry.connection)) this.#closed.set(entry.connection, entry);
    }
    for (const exchange of conversation.msrp.list) {
      const session =
        exchange.request.direction === 'received'
          ? conversation.sessions.of(exchange.request, exchange.head)
          : undefined;
      if (session === undefined) continue;
      const list = this.#received.get(session) ?? [];
      this.#received.set(session, list);
      list.push(exchange);
    }
  }

  receivedIn(session: Session): readonly MsrpExchange[] {
    return this.#received.get(session) ?? [];
  }

  openingOf(connection: string): WireEntry | undefined {
    return this.#opened.get(connection);
  }

  closingOf(connection: string | undefined): WireEntry | undefined {
    return connection === undefined ? undefined : this.#closed.get(connection);
  }

  /** Connections over which sessions at the same host and port were served when this session was agreed. */
  otherwiseOpen(session: Session, request: WireEntry): readonly string[] {
    const place = placeOf(session.own);
    const agreed = session.agreements[0]?.answer.entry.index ?? 0;
    const found = new Set<string>();
    for (const [other, exchanges] of this.#received) {
      if (other === session || placeOf(other.own) !== place) continue;
      for (const { request: one } of exchanges) {
        const closed = this.#closed.get(one.connection)?.index ?? Infinity;
        if (one.index < agreed && closed > request.index) found.add(one.connection);
      }
    }
    return [...found];
  }

  /** The answer that made another session of the same stay after this one was lost. */
  successorOf({ stay, own }: Session, lost: WireEntry): WireEntry | undefined {
    const next = stay.agreements.find(
      ({ answer, actor }) => answer.entry.index > lost.index && actor.media?.path.at(-1) !== own,
    );
    return next?.answer.entry;
  }

  /** Whether the actor has asked for success reports before it lost the connection. */
  asksForReports(session: Session, lost: WireEntry): boolean {
    const { msrp, sessions } = this.#conversation;
    return msrp.list.some(
      ({ request, head }) =>
        request.direction === 'sent' &&
        request.index < lost.index &&
        headerOf(head, 'Success-Report')?.toLowerCase() === 'yes' &&
        sessions.of(request, head) === session,
    );
  }

  /** Whether others have spoken in the room, so that there was something to be sent here. */
  spokenSince({ stay }: Session, lost: WireEntry): boolean {
    const { messages, sessions } = this.#conversation;
    return messages.list.some((message) => {
      const sender = message.direction === 'sent' ? sessions.ofMessage(message) : undefined;
      const start = message.chunks[0]?.index ?? 0;
      return sender?.stay.room === stay.room && sender.stay !== stay && start > lost.index;
    });
  }
}

/** Scheme, host and port. */
function placeOf(uri: string): string {
  const read = parseMsrpUri(uri);
  return read.ok ? `${read.value.scheme}://${read.value.host}:${read.value.port ?? ''}` : uri;
}
