import { headerOf, type MsrpRequest } from '../codec/msrp/message.ts';
import { splitPath } from '../codec/msrp/uri.ts';
import { validateMsrp } from '../codec/msrp/validate.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { MsrpExchange } from '../conversation/msrp-exchanges.ts';
import { isSamePath } from '../conversation/sessions.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §7.2, RFC 7701 §6.3: one response for each request that is owed one, none for others. */
export const oneResponse: Rule = {
  id: 'one-response',
  about: 'each request gets the responses it asks for, and no others',
  judge(conversation, catalogue) {
    const once = new Matter(['RFC7701-6.3-03', 'RFC4975-7.2-01'], 'no request gets two responses', {
      breach: ['sent'],
    });
    const known = new Matter(['RFC4975-7.2-04'], 'responses repeat the transaction identifier of a request', {
      breach: ['sent'],
    });
    const sameConnection = new Matter(
      ['RFC4975-7.2-09', 'RFC7701-6.3-10'],
      'responses come on the connection of their request',
      { breach: ['sent'] },
    );
    const none = new Matter(['RFC7701-6.3-04', 'RFC4975-7.1.4-04'], 'with Failure-Report no there is no response', {
      kept: ['received'],
    });
    const partial = new Matter(
      ['RFC7701-6.3-05', 'RFC4975-7.1.4-05', 'RFC4975-5.3-05'],
      'with Failure-Report partial there is no 200',
      { kept: ['received'] },
    );
    const reports = new Matter(['RFC4975-7.1.2-11'], 'no response answers a REPORT', { kept: ['received'] });
    const asked = new Asked(conversation);
    for (const exchange of conversation.msrp.list) {
      const { request, head, response } = exchange;
      if (request.direction !== 'sent') continue;
      const evidence = [request, response?.entry];
      if (response !== undefined && asked.times(request, head) === 1) {
        once.judge(exchange.surplus.length === 0, () => ({
          message: `${head.method} got ${exchange.surplus.length + 1} responses`,
          evidence: [...evidence, ...exchange.surplus],
        }));
      }
      if (head.method === 'REPORT') {
        reports.judge(response === undefined, () => ({
          message: `a REPORT was answered with ${response?.head.status}`,
          evidence,
          // RFC 4975 §7.3 taken alone asks for a 481 where there is no session.
          ...(response?.head.status === 481 ? { verdict: 'warn' as const } : {}),
        }));
      }
      if (head.method !== 'SEND' || asked.times(request, head) !== 1) continue;
      switch (failureReport(head)) {
        case 'no':
          none.judge(response === undefined, () => ({
            message: `a SEND with Failure-Report no was answered with ${response?.head.status}`,
            evidence,
          }));
          break;
        case 'partial':
          partial.judge(response?.head.status !== 200, () => ({
            message: 'a SEND with Failure-Report partial was answered with 200',
            evidence,
          }));
      }
    }
    for (const entry of conversation.msrp.stray) judgeStray(entry, asked, known, sameConnection);
    for (const { request, response } of conversation.msrp.list) {
      if (request.direction !== 'sent' || response === undefined) continue;
      for (const matter of [known, sameConnection]) matter.right();
    }
    return settle(oneResponse.id, catalogue, [once, known, sameConnection, none, partial, reports]);
  },
};

function judgeStray(entry: WireEntry, asked: Asked, known: Matter, sameConnection: Matter): void {
  if (entry.direction !== 'received' || entry.content.protocol !== 'msrp' || asked.isUnclear(entry.connection)) return;
  const { transactionId } = entry.content.message;
  const elsewhere = asked.onAnyConnection(transactionId);
  if (elsewhere === undefined) {
    known.broken({ message: `a response to ${transactionId}, which nobody has sent`, evidence: [entry] });
  } else {
    sameConnection.broken({
      message: `a response to ${transactionId} came on another connection`,
      expected: elsewhere.connection,
      actual: entry.connection,
      evidence: [elsewhere, entry],
    });
  }
}

/** The value where it is clear; several headers that differ settle nothing. */
function failureReport(head: MsrpRequest): string | undefined {
  const values = head.headers.filter(({ name }) => name.toLowerCase() === 'failure-report');
  return values.length === 1 ? values[0]?.value.trim().toLowerCase() : undefined;
}

/** What was sent, to tell which responses are owed. */
class Asked {
  readonly #times = new Map<string, number>();
  readonly #sent = new Map<string, WireEntry>();
  /** Connections that carried something unreadable, or were taken up in mid-stream: what it was may have been a request. */
  readonly #unclear = new Set<string>();

  constructor({ log, msrp }: Conversation) {
    const opened = new Set<string>();
    for (const { content, connection, direction } of log.entries) {
      if (content.protocol === 'connection' && content.event === 'opened') opened.add(connection);
      if (content.protocol === 'unknown' && direction === 'sent') this.#unclear.add(connection);
      if (content.protocol === 'msrp' && !opened.has(connection)) this.#unclear.add(connection);
    }
    for (const { request, head } of msrp.list) {
      if (request.direction !== 'sent') continue;
      const key = `${request.connection} ${head.transactionId}`;
      this.#times.set(key, (this.#times.get(key) ?? 0) + 1);
      this.#sent.set(head.transactionId, request);
    }
  }

  /** How often a transaction identifier was used on a connection; with several it is open which response is whose. */
  times(request: WireEntry, { transactionId }: MsrpRequest): number {
    return this.#times.get(`${request.connection} ${transactionId}`) ?? 0;
  }

  isUnclear(connection: string): boolean {
    return this.#unclear.has(connection);
  }

  onAnyConnection(transactionId: string): WireEntry | undefined {
    return this.#sent.get(transactionId);
  }
}

/** RFC 4975 §7.2: where a response is addressed to and whom it is from. */
export const pathsOfResponses: Rule = {
  id: 'paths-of-responses',
  about: 'responses carry the right paths',
  judge(conversation, catalogue) {
    const toSend = new Matter(
      ['RFC4975-7.2-05'],
      'a response to SEND has the leftmost URI of From-Path alone in To-Path',
    );
    const toOthers = new Matter(
      ['RFC4975-7.2-06'],
      'a response to any other method has the whole From-Path in To-Path',
    );
    const from = new Matter(['RFC4975-7.2-07'], 'From-Path of a response is the URI of the session');
    const built = new Matter(['RFC7701-6.3-10'], 'responses are built by the rules of RFC 4975');
    for (const exchange of conversation.msrp.list) {
      const { request, head, response } = exchange;
      if (request.direction !== 'sent' || response === undefined) continue;
      const source = splitPath(headerOf(head, 'From-Path') ?? '');
      const expected = head.method === 'SEND' ? source.slice(0, 1) : source;
      const actual = splitPath(headerOf(response.head, 'To-Path') ?? '');
      const same = isSamePath(expected, actual);
      // What a malformed request is answered with is open, unless it is right.
      if (!same && !isClean(exchange)) continue;
      for (const matter of [head.method === 'SEND' ? toSend : toOthers, built]) {
        matter.judge(same, () => ({
          message: `the response to ${head.method} has another To-Path`,
          expected: expected.join(' '),
          actual: actual.join(' '),
          evidence: [request, response.entry],
        }));
      }
      const [target, ...more] = splitPath(headerOf(head, 'To-Path') ?? '');
      const session = conversation.sessions.of(request, head);
      // Without a session there is no URI to name (RFC 4975 §5.4).
      const signalled = session?.agreements.some(({ peer }) => isSamePath(peer.media?.path ?? [], [target ?? '']));
      if (more.length > 0 || signalled !== true || response.head.status === 481) continue;
      const answerer = splitPath(headerOf(response.head, 'From-Path') ?? '');
      const own = isSamePath(answerer, [target ?? '']);
      if (!own && !isClean(exchange)) continue;
      for (const matter of [from, built]) {
        matter.judge(own, () => ({
          message: `the response to ${head.method} has another From-Path`,
          expected: target ?? '',
          actual: answerer.join(' '),
          evidence: [request, response.entry],
        }));
      }
    }
    return settle(pathsOfResponses.id, catalogue, [toSend, toOthers, from, built]);
  },
};

/** The request is well formed, and the response certainly its own. */
function isClean({ request, head, surplus }: MsrpExchange): boolean {
  if (surplus.length > 0 || request.content.protocol !== 'msrp') return false;
  return validateMsrp(head, request.content.defects).every(({ tolerated }) => tolerated === true);
}
