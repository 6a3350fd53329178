import { headerOf, type MsrpMessage } from '../codec/msrp/message.ts';
import { parseMsrpUri, sameMsrpUri, splitPath } from '../codec/msrp/uri.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { isSamePath, type Session } from '../conversation/sessions.ts';
import type { WireEntry } from '../wire/entry.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4975 §6: what the URIs of the switch say is how it is reached. */
export const urisOfSwitch: Rule = {
  id: 'uris-of-switch',
  about: 'the URIs of the switch name port, transport and security of its connections, and those that were signalled',
  judge(conversation, catalogue) {
    const transport = new Matter(['RFC4975-6-03'], 'URIs for MSRP over TCP have the transport tcp');
    const security = new Matter(['RFC4975-6-06'], 'msrps goes with TLS, and msrp with plain TCP', {
      breach: ['security'],
    });
    const port = new Matter(['RFC4975-6-08'], 'URIs that are signalled name their port');
    const announced = new Matter(['RFC4975-3-02'], 'the switch is known in MSRP by the URI that it has signalled', {
      breach: ['dialogs'],
    });
    const direct = new Matter(['RFC4975-5.2-01'], 'without relays a path is one URI', { breach: ['dialogs'] });
    const whole = new Matter(
      ['RFC4975-7.1-04', 'RFC4975-8.3-02'],
      'To-Path has all URIs of the path in the order in which they are visited',
      { breach: ['dialogs'] },
    );
    const user = new Matter(['RFC4975-6-09'], 'a userinfo part is copied as it was signalled', { breach: ['dialogs'] });
    for (const { peer } of conversation.stays.agreed.map(({ agreement }) => agreement)) {
      for (const uri of peer.media?.path ?? []) {
        const read = parseMsrpUri(uri);
        if (!read.ok) continue;
        port.judge(read.value.port !== undefined, () => ({
          message: 'a=path has a URI without port',
          actual: uri,
          evidence: [peer.entry],
        }));
      }
    }
    for (const entry of conversation.log.entries) {
      if (entry.direction !== 'received' || entry.content.protocol !== 'msrp') continue;
      const { message } = entry.content;
      const source = splitPath(headerOf(message, 'From-Path') ?? '');
      const evidence = [entry];
      const session = ownSession(conversation, entry, message);
      if (session === undefined) continue;
      // A refusal speaks under the URI that it was asked under, whatever that is.
      if (message.kind === 'request' || message.status < 300) judgeNearest(source[0] ?? '', entry, transport, security);
      if (!isOutsideSessions(message)) {
        announced.judge(isAnnounced(session, source.at(-1) ?? ''), () => ({
          message: 'From-Path ends in a URI that the switch has not signalled to its peer',
          expected: session.agreements.at(-1)?.peer.media?.path.join(' ') ?? 'none',
          actual: source.join(' '),
          evidence,
        }));
      }
      const target = splitPath(headerOf(message, 'To-Path') ?? '');
      judgeOrder(session, message, target, entry, whole, user);
      if (!isDirect(session)) continue;
      direct.judge(source.length === 1 && target.length === 1, () => ({
        message: 'a path of several URIs between two ends without relays',
        actual: `To-Path ${target.join(' ')}, From-Path ${source.join(' ')}`,
        evidence,
      }));
    }
    return settle(urisOfSwitch.id, catalogue, [transport, security, port, announced, direct, whole, user]);
  },
};

/** Does it refuse a request that belongs to no session, or could not be read? Then there is no URI of a session to answer under. */
function isOutsideSessions(message: MsrpMessage): boolean {
  return message.kind === 'response' && [400, 481, 506].includes(message.status);
}

/** The connection ends at the first URI of From-Path (RFC 4975 §5.2). */
function judgeNearest(uri: string, entry: WireEntry, transport: Matter, security: Matter): void {
  const [, scheme = ''] = /^(msrps?):\/\//i.exec(uri) ?? [];
  if (scheme === '') return;
  const evidence = [entry];
  transport.judge(/^msrps?:\/\/[^;]*;tcp(?:;|$)/i.test(uri), () => ({
    message: 'a URI without ;tcp for a connection over TCP',
    actual: uri,
    evidence,
  }));
  security.judge((scheme.toLowerCase() === 'msrps') === (entry.transport === 'tls'), () => ({
    message: `a URI with ${scheme} on a connection over ${entry.transport}`,
    actual: uri,
    evidence,
  }));
}

/** Paths of one URI show no order, and those of a REPORT or a response are not those of the offer. */
function judgeOrder(
  { agreements }: Session,
  message: MsrpMessage,
  target: readonly string[],
  entry: WireEntry,
  whole: Matter,
  user: Matter,
): void {
  if (message.kind === 'response') return;
  const signalled = agreements.map(({ actor }) => actor.media?.path ?? []);
  const [first = []] = signalled;
  if (signalled.some((path) => path.join(' ') !== first.join(' '))) return;
  const breach = {
    message: 'To-Path is not the path that was signalled',
    expected: first.join(' '),
    actual: target.join(' '),
    evidence: [entry],
  };
  if (first.length > 1) whole.judge(isSamePath(first, target), () => breach);
  if (first.some((uri) => uri.includes('@'))) {
    user.judge(target.join(' ') === first.join(' '), () => ({
      ...breach,
      message: 'the userinfo part was not copied',
    }));
  }
}

/** Of a response only where the request went to the session: others have whatever paths they answer to. */
function ownSession(conversation: Conversation, entry: WireEntry, message: MsrpMessage): Session | undefined {
  const { sessions, msrp } = conversation;
  if (message.kind === 'request') {
    if (message.method === 'REPORT') return undefined;
    // The URI of the receiver stands last, unless the path is written in the wrong order.
    const uris = splitPath(headerOf(message, 'To-Path') ?? '');
    return sessions.of(entry, message) ?? uris.map((uri) => sessions.at(uri)).find((session) => session !== undefined);
  }
  const exchange = msrp.answeredBy(entry);
  return exchange === undefined ? undefined : sessions.of(exchange.request, exchange.head);
}

const isAnnounced = ({ stay, peers }: Session, uri: string): boolean => {
  if (peers.has(uri)) return true;
  const paths = stay.agreements.map(({ peer }) => peer.media?.path.at(-1) ?? '');
  return paths.some((path) => sameUri(path, uri));
};

function sameUri(one: string, other: string): boolean {
  const [a, b] = [parseMsrpUri(one), parseMsrpUri(other)];
  return a.ok && b.ok && sameMsrpUri(a.value, b.value);
}

const isDirect = ({ agreements }: Session): boolean =>
  agreements.every(({ actor, peer }) => (actor.media?.path.length ?? 0) <= 1 && (peer.media?.path.length ?? 0) <= 1);
