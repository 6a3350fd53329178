import { parseCSeq } from '../codec/sip/cseq.ts';
import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipMessage, SipResponse } from '../codec/sip/message.ts';
import { parseSipUri, sameSipUri } from '../codec/sip/uri.ts';
import { branchOf, parseVia } from '../codec/sip/via.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { tagIn, uriIn } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { isClean } from './broken-lines.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 3261 §8.2: responses belong to their requests. */
export const sipResponses: Rule = {
  id: 'sip-responses',
  about: 'responses repeat what names their request, and ask for nothing it did not offer',
  judge({ sip }, catalogue) {
    const copied = new Matter(['RFC3261-8.2.6.2-01'], 'From, To, Call-ID, CSeq and Via come back in responses');
    const tag = new Matter(['RFC3261-8.2.6.2-02'], 'all responses to a request have one To tag');
    const extension = new Matter(
      ['RFC3261-8.2.4-01'],
      'responses require no extension that the request does not support',
    );
    for (const exchange of sip.list) {
      const { message, request, direction } = exchange;
      if (direction !== 'sent' || message.method === 'ACK') continue;
      const responses = responsesIn(exchange);
      for (const { entry, response } of responses) {
        const wrong = ['From', 'To', 'Call-ID', 'CSeq', 'Via'].find((name) => !isCopied(name, message, response));
        // What a malformed request is answered with is open.
        if (wrong !== undefined && !isClean(request)) continue;
        copied.judge(wrong === undefined, () => ({
          message: `${wrong} of a response to ${message.method} differs from that of the request`,
          expected: headerValues(message, wrong ?? '').join(', '),
          actual: headerValues(response, wrong ?? '').join(', '),
          evidence: [request, entry],
        }));
        const required = headerValues(response, 'Require');
        const supported = required.length === 0 ? [] : headerValues(message, 'Supported');
        const known = new Set(supported.map((one) => one.toLowerCase()));
        extension.judge(
          required.every((one) => known.has(one.toLowerCase())),
          () => ({
            message: `a response requires ${required.join(', ')}`,
            evidence: [request, entry],
          }),
        );
      }
      judgeTags(exchange, responses, tag);
    }
    return settle(sipResponses.id, catalogue, [copied, tag, extension]);
  },
};

interface Answer {
  readonly entry: WireEntry;
  readonly response: SipResponse;
}

const responsesIn = ({ provisional, final }: SipExchange): Answer[] =>
  [...provisional, ...(final === undefined ? [] : [final.entry])].flatMap((entry): Answer[] => {
    const { content } = entry;
    return content.protocol === 'sip' && content.message.kind === 'response'
      ? [{ entry, response: content.message }]
      : [];
  });

/** Equal once read: spacing, folding and compact forms may differ, and a response may add to the top Via. */
function isCopied(name: string, request: SipMessage, response: SipMessage): boolean {
  switch (name) {
    case 'From':
      return uriIn(request, 'From') === uriIn(response, 'From') && tagIn(request, 'From') === tagIn(response, 'From');
    case 'To': {
      const tag = tagIn(request, 'To');
      return uriIn(request, 'To') === uriIn(response, 'To') && (tag === undefined || tag === tagIn(response, 'To'));
    }
    case 'CSeq':
      return cseqOf(request) === cseqOf(response);
    case 'Via':
      return hops(request) === hops(response);
    default:
      return header(request, name)?.trim() === header(response, name)?.trim();
  }
}

function cseqOf(message: SipMessage): string {
  const cseq = parseCSeq((header(message, 'CSeq') ?? '').trim());
  return cseq.ok ? `${cseq.value.number} ${cseq.value.method}` : '';
}

/** Every Via by what the response may not change. */
const hops = (message: SipMessage): string =>
  headerValues(message, 'Via')
    .map((value) => {
      const via = parseVia(value);
      return via.ok ? `${via.value.transport} ${via.value.host} ${via.value.port} ${branchOf(via.value)}` : value;
    })
    .join(', ');

function judgeTags({ message, request }: SipExchange, responses: readonly Answer[], matter: Matter): void {
  if (tagIn(message, 'To') !== undefined) return;
  const [first, ...others] = responses.filter(({ response }) => response.status > 100);
  if (first === undefined) return;
  const tag = tagIn(first.response, 'To');
  const other = others.find(({ response }) => tagIn(response, 'To') !== tag);
  const right = tag !== undefined && other === undefined;
  if (!right && !isClean(request)) return;
  matter.judge(right, () => ({
    message: tag === undefined ? 'a response without To tag' : 'responses to one request differ in their To tag',
    evidence: [request, first.entry, other?.entry],
  }));
}

/** RFC 3261 §12.2, RFC 6665 §4: requests of the focus inside the dialogs that the log has the beginning of. */
export const requestsInDialog: Rule = {
  id: 'requests-in-dialog',
  about: 'requests of the focus inside a dialog fit that dialog',
  judge({ sip }, catalogue) {
    const matter = new Matter(
      ['RFC3261-12.2.1.1-01'],
      'requests inside a dialog go to the Contact of the participant, with rising CSeq',
      { breach: ['dialogs'] },
    );
    const contacts = new Map<string, Set<string>>();
    const highest = new Map<string, { readonly number: number; readonly entry: WireEntry }>();
    for (const { actor, direction, message, request, final } of sip.list) {
      const call = `${actor} ${header(message, 'Call-ID')}`;
      const own = direction === 'sent' ? message : final?.message;
      const contact = own === undefined ? undefined : uriIn(own, 'Contact');
      if (contact !== undefined) contacts.set(call, (contacts.get(call) ?? new Set()).add(contact));
      if (direction !== 'received' || message.method === 'ACK' || message.method === 'CANCEL') continue;
      if (tagIn(message, 'To') === undefined) continue;
      const number = Number(cseqOf(message).split(' ')[0]);
      const dialog = `${call} ${tagIn(message, 'From')}`;
      const before = highest.get(dialog);
      // Datagrams may overtake each other.
      if (request.transport !== 'udp') {
        matter.judge(before === undefined || number > before.number, () => ({
          message: `CSeq ${number} of ${message.method} comes after ${before?.number}`,
          evidence: [before?.entry, request],
        }));
      }
      highest.set(dialog, { number, entry: request });
      const known = contacts.get(call);
      if (known === undefined) continue;
      matter.judge(
        [...known].some((uri) => isSameUri(uri, message.uri)),
        () => ({
          message: `${message.method} does not go to the Contact of ${actor}`,
          expected: [...known].join(' '),
          actual: message.uri,
          evidence: [request],
        }),
      );
    }
    return settle(requestsInDialog.id, catalogue, [matter]);
  },
};

function isSameUri(a: string, b: string): boolean {
  const [first, second] = [parseSipUri(a), parseSipUri(b)];
  return a === b || (first.ok && second.ok && sameSipUri(first.value, second.value));
}
