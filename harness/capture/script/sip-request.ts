import { comparableName } from '../../codec/sip/header-name.ts';
import { header } from '../../codec/sip/headers.ts';
import type { SipRequest } from '../../codec/sip/message.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import { type Stay, tagIn } from '../../conversation/stays.ts';
import type { Expectation } from '../../scenario/schema.ts';
import type { Deed } from './deed.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';

/** Who sent a request, and from when to when it was under way. */
export const deed = ({ request, final }: SipExchange, { name }: Player): Pick<Deed, 'actor' | 'start' | 'end'> => ({
  actor: name,
  start: request.index,
  end: final?.entry.index ?? request.index,
});

/** What the final response was, where it is not among those that need no word. */
export function expecting({ final }: SipExchange, usual: readonly number[]): { expect?: Expectation } {
  if (final === undefined) return { expect: 'anything' };
  const { status } = final.message;
  return usual.includes(status) ? {} : { expect: status };
}

/** A request that the language has no word of its own for. `besides`: headers that participants do not write of themselves here. */
export function otherRequest(
  scene: Scene,
  exchange: SipExchange,
  player: Player,
  stay: Stay | undefined,
  besides: readonly string[] = [],
): Deed {
  const { message } = exchange;
  const { renewal } = scene.troupe;
  const inside = stay !== undefined && tagIn(message, 'To') !== undefined;
  const body = message.body.length === 0 ? undefined : renewal.write(message.body.toString('utf8'));
  const own = [...besides, ...(body === undefined ? [] : ['Content-Type'])].flatMap((name): [string, string][] => {
    const value = header(message, name);
    return value === undefined ? [] : [[name, renewal.write(value)]];
  });
  const headers = { ...furtherHeaders(scene, message), ...Object.fromEntries(own) };
  return {
    ...deed(exchange, player),
    action: {
      sip: {
        method: message.method,
        ...(inside || scene.troupe.isRoom(message.uri, 0) ? {} : { to: renewal.write(message.uri) }),
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
        ...(inside ? { 'in-dialog': true } : {}),
      },
    },
    ...expecting(exchange, []),
  };
}

/** Headers that say who sends, where and with what software, or that participants write by themselves. */
const OWN_HEADERS: ReadonlySet<string> = new Set(
  [
    ...['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards', 'Content-Type', 'Content-Length', 'Allow'],
    ...['Supported', 'User-Agent', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Expires', 'Route', 'Record-Route'],
    ...['Authorization', 'Proxy-Authorization', 'Privacy', 'P-Preferred-Identity', 'P-Asserted-Identity', 'Date'],
    ...['Allow-Events', 'Session-Expires', 'Min-SE', 'Event', 'Refer-To', 'Server', 'Organization', 'Timestamp'],
  ].map(comparableName),
);

/** The other headers of a request, as `headers` of the language has them; undefined: there are none. */
export function furtherHeaders({ troupe }: Scene, message: SipRequest): Record<string, string> | undefined {
  const further = message.headers.filter(({ name }) => !OWN_HEADERS.has(comparableName(name)));
  if (further.length === 0) return undefined;
  return Object.fromEntries(further.map(({ name, value }) => [name, troupe.renewal.write(value)]));
}
