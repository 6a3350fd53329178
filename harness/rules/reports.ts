import { parseCpim } from '../codec/cpim/parse.ts';
import { type ByteRange, parseByteRange } from '../codec/msrp/byte-range.ts';
import { headerOf, type MsrpRequest } from '../codec/msrp/message.ts';
import { parseStatus } from '../codec/msrp/status.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { validateMsrp } from '../codec/msrp/validate.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { countOf, redefinesNames, relationToRoom, urisIn } from '../conversation/envelope.ts';
import { isRegular } from '../conversation/reception.ts';
import { isSamePath, type Session } from '../conversation/sessions.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

interface Report {
  readonly entry: WireEntry;
  readonly head: MsrpRequest;
  readonly session: Session;
  readonly status: number;
  readonly range: ByteRange | undefined;
}

/** RFC 4975 §7.1.2 to §7.1.4, RFC 7701 §6.2, §6.3: reports are the switch's own, and only those asked for. */
export const reports: Rule = {
  id: 'reports',
  about: 'reports are asked for, name the message of their receiver, and are made by the switch itself',
  judge(conversation, catalogue) {
    const matters = new ReportMatters();
    const messages = new MessagesById(conversation);
    const said = new Map<string, Report[]>();
    for (const { session, late } of endedSessions(conversation)) matters.over(session, late);
    for (const report of reportsIn(conversation)) {
      const message = messages.sentIn(report.session, headerOf(report.head, 'Message-ID') ?? '');
      if (message === undefined) matters.unknown(report, messages);
      else matters.judge(report, message, messages, said);
    }
    return settle(reports.id, catalogue, matters.all);
  },
};

class ReportMatters {
  readonly #name = new Matter(
    ['RFC7701-6.3-01', 'RFC4975-7.1.2-03'],
    'a report has the Message-ID that the sender used, and a range inside the message',
    { breach: ['sent'] },
  );
  readonly #passedOn = new Matter(['RFC7701-6.3-12'], 'reports of recipients are not passed on', { breach: ['sent'] });
  readonly #asked = new Matter(['RFC7701-6.3-02', 'RFC4975-7.1.3-09'], 'success reports are asked for', {
    breach: ['sent'],
  });
  readonly #failure = new Matter(
    ['RFC7701-6.3-04', 'RFC4975-7.1.4-03', 'RFC4975-5.3-03'],
    'with Failure-Report no there is no failure report',
  );
  readonly #once = new Matter(['RFC7701-6.3-13'], 'a range is reported once, however many recipients there are');
  readonly #path = new Matter(['RFC4975-7.1.3-06'], 'To-Path of a report is the whole From-Path of the SEND');
  readonly #over = new Matter(['RFC4975-7.1.2-13'], 'no report comes for a session that is over', {
    kept: ['received'],
  });
  readonly #built = new Matter(
    ['RFC4975-7.1.3-02'],
    'a report is a request of its own, built by the rules for requests',
  );
  readonly #wrapper = new Matter(
    ['RFC7701-6.2-18'],
    'a report on a private message repeats its From and To in a Message/CPIM wrapper',
  );

  get all(): readonly Matter[] {
    return [
      this.#name,
      this.#passedOn,
      this.#asked,
      this.#failure,
      this.#once,
      this.#path,
      this.#over,
      this.#built,
      this.#wrapper,
    ];
  }

  /** Somebody who had asked for a report has left. */
  over({ stay }: Session, late?: WireEntry): void {
    this.#over.judge(late === undefined, () => ({
      message: `${stay.actor} got a report after its BYE had been answered`,
      evidence: [stay.ended, late],
    }));
  }

  unknown({ entry, head }: Report, messages: MessagesById): void {
    const id = headerOf(head, 'Message-ID') ?? '';
    const copy = messages.receivedAs(id);
    const breach = {
      message:
        copy === undefined ? `a report on ${id}, which is no message of its receiver` : `a report on ${id}, a copy`,
      evidence: [entry, ...(copy?.chunks ?? [])],
    };
    this.#name.broken(breach);
    if (copy !== undefined) this.#passedOn.broken({ ...breach, message: 'a report names the copy of a recipient' });
  }

  judge(report: Report, message: ChatMessage, messages: MessagesById, said: Map<string, Report[]>): void {
    const { entry, head, status, range } = report;
    const evidence = [...message.chunks, entry];
    const sent = octetsBefore(message, entry);
    const end = range === undefined || range.end === '*' ? undefined : range.end;
    this.#name.judge(end === undefined || end <= sent || !isRegular(message), () => ({
      message: 'a report claims octets that were never sent',
      expected: `at most ${sent}`,
      actual: headerOf(head, 'Byte-Range') ?? '',
      evidence,
    }));
    if (status === 200) {
      this.#asked.judge(valueIn(message, 'Success-Report').has('yes'), () => ({
        message: 'a success report that was not asked for',
        evidence,
      }));
    } else {
      this.#failure.judge(!valueIn(message, 'Failure-Report').has('no'), () => ({
        message: `a failure report (${status}) despite Failure-Report no`,
        evidence,
      }));
    }
    this.#judgePassedOn(report, message, messages);
    this.#judgeRepetition(report, message, messages, said);
    this.#judgePath(report, message);
    if (status === 200) this.#judgeBuilt(report, message);
    if (isPrivate(report.session, message)) this.#judgeWrapper(report, message);
  }

  /** A failure report of the switch's own on a private message is legal; one that a recipient sent is not its own. */
  #judgePassedOn({ status, entry }: Report, message: ChatMessage, messages: MessagesById): void {
    const source = status === 200 ? undefined : messages.failedAt(message, status);
    this.#passedOn.judge(source === undefined, () => ({
      message: `the failure report (${status}) of a recipient was passed on`,
      evidence: [...message.chunks, source, entry],
    }));
  }

  /** A message that was sent twice under one Message-ID is reported twice (RFC 4975 §5.4). */
  #judgeRepetition(report: Report, message: ChatMessage, messages: MessagesById, said: Map<string, Report[]>): void {
    // A failure may be told for each chunk (RFC 4975 §7.1.4).
    if (report.status !== 200 || !isRegular(message)) return;
    const key = `${report.session.own} ${message.messageId} ${headerOf(report.head, 'Byte-Range')}`;
    const same = said.get(key) ?? [];
    said.set(key, [...same.slice(0, 1), report]);
    const recipients = messages.recipientsOf(message);
    this.#once.judge(same.length === 0, () => ({
      message: 'a range was reported more than once',
      actual: headerOf(report.head, 'Byte-Range') ?? 'without range',
      evidence: [...message.chunks, ...same.map(({ entry }) => entry), report.entry],
      // With one recipient or none the repetition does not stem from recipients.
      ...(recipients < 2 ? { verdict: 'warn' as const } : {}),
    }));
  }

  #judgePath({ head, entry }: Report, message: ChatMessage): void {
    const [first] = message.chunks;
    const written = first?.content.protocol === 'msrp' ? headerOf(first.content.message, 'From-Path') : undefined;
    if (written === undefined) return;
    const [expected, actual] = [splitPath(written), splitPath(headerOf(head, 'To-Path') ?? '')];
    this.#path.judge(isSamePath(expected, actual), () => ({
      message: 'a report has another To-Path',
      expected: expected.join(' '),
      actual: actual.join(' '),
      evidence: [first, entry],
    }));
  }

  #judgeBuilt({ head, entry }: Report, message: ChatMessage): void {
    const defects = entry.content.protocol === 'msrp' ? entry.content.defects : [];
    const faults = validateMsrp(head, defects).filter(({ requirement }) => RULES_FOR_REQUESTS.has(requirement));
    const reused = message.chunks.find((chunk) => transactionIdOf(chunk) === head.transactionId);
    this.#built.judge(faults.length === 0 && reused === undefined, () => ({
      message: faults[0]?.message ?? 'a report has the transaction identifier of the SEND that it is about',
      evidence: [reused, entry],
    }));
  }

  #judgeWrapper({ head, entry }: Report, message: ChatMessage): void {
    const cpim = /^\s*message\/cpim\s*(;|$)/i.test(headerOf(head, 'Content-Type') ?? '')
      ? parseCpim(head.body ?? Buffer.alloc(0))
      : undefined;
    const wanted = addressesOf(message.cpim?.headers ?? []);
    const actual = cpim?.ok === true ? addressesOf(cpim.value.headers) : 'no Message/CPIM body';
    this.#wrapper.judge(wanted === actual, () => ({
      message: 'a report on a private message does not repeat its From and To',
      expected: wanted,
      actual,
      evidence: [...message.chunks, entry],
    }));
  }
}

/** Start line, identifier, paths and end-line (RFC 4975 §7.1, §9). */
const RULES_FOR_REQUESTS = new Set(['RFC4975-9-03', 'RFC4975-9-10', 'RFC4975-9-13', 'RFC4975-9-24', 'RFC4975-7.1-09']);

const transactionIdOf = ({ content }: WireEntry): string | undefined =>
  content.protocol === 'msrp' ? content.message.transactionId : undefined;

/** From and To by their URIs. */
function addressesOf(headers: readonly { readonly name: string; readonly value: string }[]): string {
  const uri = (name: string): string[] =>
    headers.filter((one) => one.name === name).map(({ value }) => /<([^<>]*)>\s*$/.exec(value)?.[1] ?? value);
  return `From ${uri('From').join(' ')}, To ${uri('To').join(' ')}`;
}

function* reportsIn({ msrp, sessions }: Conversation): Generator<Report> {
  for (const { request, head } of msrp.list) {
    if (head.method !== 'REPORT' || request.direction !== 'received') continue;
    const status = parseStatus(headerOf(head, 'Status') ?? '');
    const session = sessions.of(request, head);
    // Without its beginning a session may have sent anything; what is malformed is for the validator.
    if (!status.ok || status.value.namespace !== '000' || session?.bound === undefined) continue;
    const range = parseByteRange(headerOf(head, 'Byte-Range') ?? '');
    yield { entry: request, head, session, status: status.value.code, range: range.ok ? range.value : undefined };
  }
}

/** What crosses the BYE is tolerated for so long. */
const CROSSING_MS = 1_000;

/** Sessions that ended by BYE although a report was due in them, and a report that came too late. */
function* endedSessions({
  sessions,
  messages,
  msrp,
  log,
}: Conversation): Generator<{ readonly session: Session; readonly late: WireEntry | undefined }> {
  for (const session of sessions.list) {
    const { ended } = session.stay;
    if (ended === undefined || (log.entries.at(-1)?.time ?? 0) <= ended.time + CROSSING_MS) continue;
    const asked = messages.list.some(
      (message) =>
        message.direction === 'sent' &&
        valueIn(message, 'Success-Report').has('yes') &&
        sessions.ofMessage(message) === session,
    );
    if (!asked) continue;
    const late = msrp.list.find(
      ({ request, head }) =>
        head.method === 'REPORT' &&
        request.direction === 'received' &&
        request.time > ended.time + CROSSING_MS &&
        sessions.of(request, head) === session,
    );
    yield { session, late: late?.request };
  }
}

class MessagesById {
  readonly #sent = new Map<string, ChatMessage>();
  readonly #received = new Map<string, ChatMessage>();
  readonly #recipients = new Map<string, Set<string>>();
  readonly #failures = new Map<string, WireEntry>();

  constructor({ messages, sessions, msrp }: Conversation) {
    const digests = new Map<string, string>();
    for (const message of messages.list) {
      const session = sessions.ofMessage(message);
      if (message.direction === 'sent') {
        if (session !== undefined) this.#sent.set(`${session.own} ${message.messageId}`, message);
        continue;
      }
      this.#received.set(message.messageId, message);
      if (message.digest === undefined) continue;
      const recipients = this.#recipients.get(message.digest) ?? new Set<string>();
      this.#recipients.set(message.digest, recipients.add(`${message.actor} ${message.session}`));
      if (session !== undefined) digests.set(`${session.own} ${message.messageId}`, message.digest);
    }
    for (const { request, head } of msrp.list) {
      const status = parseStatus(headerOf(head, 'Status') ?? '');
      if (head.method !== 'REPORT' || request.direction !== 'sent' || !status.ok) continue;
      const digest = digests.get(`${sessions.of(request, head)?.own} ${headerOf(head, 'Message-ID')}`);
      if (digest !== undefined) this.#failures.set(`${digest} ${status.value.code}`, request);
    }
  }

  sentIn(session: Session, messageId: string): ChatMessage | undefined {
    return this.#sent.get(`${session.own} ${messageId}`);
  }

  receivedAs(messageId: string): ChatMessage | undefined {
    return this.#received.get(messageId);
  }

  recipientsOf({ digest = '' }: ChatMessage): number {
    return this.#recipients.get(digest)?.size ?? 0;
  }

  /** The failure report that a recipient of this message sent with this code. */
  failedAt({ digest = '' }: ChatMessage, status: number): WireEntry | undefined {
    return this.#failures.get(`${digest} ${status}`);
  }
}

/** The values of a header over all chunks, in lower case. */
function valueIn(message: ChatMessage, name: string): ReadonlySet<string> {
  const values = new Set<string>();
  for (const { content } of message.chunks) {
    const value = content.protocol === 'msrp' ? headerOf(content.message, name) : undefined;
    if (value !== undefined) values.add(value.trim().toLowerCase());
  }
  return values;
}

/** Octets of the message that were sent before a report came. */
function octetsBefore(message: ChatMessage, { index }: WireEntry): bigint {
  let octets = 0n;
  for (const chunk of message.chunks) {
    // A chunk enters the log when it has ended; a report on its beginning may come before.
    if (chunk.content.protocol !== 'msrp' || chunk.content.message.kind !== 'request') continue;
    octets += BigInt(chunk.content.message.body?.length ?? 0);
    if (chunk.index > index) break;
  }
  return octets;
}

function isPrivate({ stay }: Session, message: ChatMessage): boolean {
  const [to] = urisIn(message, 'To');
  if (to === undefined || countOf(message, 'To') !== 1 || countOf(message, 'From') !== 1) return false;
  return !redefinesNames(message) && relationToRoom(stay, to) === 'other';
}
