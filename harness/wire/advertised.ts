import { parseMsrpUri, splitPath } from '../codec/msrp/uri.ts';
import { readMsrpMedia } from '../codec/sdp/msrp-media.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { header, headerValues } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { parseNameAddress } from '../codec/sip/name-address.ts';
import { parameterOf } from '../codec/sip/parameters.ts';
import { parseSipUri } from '../codec/sip/uri.ts';
import { parseVia } from '../codec/sip/via.ts';
import type { Egress } from '../net/guard.ts';
import type { Address } from '../net/network.ts';
import type { WireEntry } from './entry.ts';

const SIP_PORTS = [5060, 5061];
const MSRP_PORT = 2855;

/**
 * The addresses to which something may be sent: those that were known before, and those that the peer has advertised in
 * what it has sent: paths and media of descriptions, Contact, Record-Route, Via, and where it sends from.
 */
export class AdvertisedAddresses implements Egress {
  readonly #allowed = new Set<string>();
  readonly #refusals = new Set<string>();
  /** Most octets go where the last ones went. */
  #last: Address | undefined;
  #lastSource: Address | undefined;

  constructor(known: readonly Address[]) {
    for (const address of known) this.#allow(address.host, address.port);
  }

  /** `host:port` of everything that was not sent. */
  get refusals(): readonly string[] {
    return [...this.#refusals];
  }

  allows(to: Address): boolean {
    if (to === this.#last) return true;
    if (!this.#allowed.has(keyOf(to.host, to.port))) return false;
    this.#last = to;
    return true;
  }

  refused({ host, port }: Address): void {
    this.#refusals.add(keyOf(host, port));
  }

  /** To be called with every entry of a wire log, before anybody acts upon it. */
  learn({ direction, content, remote }: WireEntry): void {
    if (direction !== 'received') return;
    if (remote !== this.#lastSource) {
      this.#lastSource = remote;
      this.#allow(remote.host, remote.port);
    }
    if (content.protocol === 'sip') this.#learnSip(content.message);
  }

  #learnSip(message: SipMessage): void {
    for (const value of [...headerValues(message, 'Contact'), ...headerValues(message, 'Record-Route')]) {
      const address = parseNameAddress(value);
      if (address.ok) this.#allowSipUri(address.value.uri);
    }
    if (message.kind === 'request') for (const value of headerValues(message, 'Via')) this.#allowVia(value);
    if (message.body.length > 0 && /^\s*application\/sdp/i.test(header(message, 'Content-Type') ?? ''))
      this.#learnDescription(message.body.toString('utf8'));
  }

  #allowSipUri(text: string): void {
    const uri = parseSipUri(text);
    if (!uri.ok) return;
    const { host, port, parameters } = uri.value;
    const ports = port === undefined ? SIP_PORTS : [port];
    for (const one of [host, parameterOf(parameters, 'maddr')])
      if (one !== undefined) for (const number of ports) this.#allow(one, number);
  }

  #allowVia(value: string): void {
    const via = parseVia(value);
    if (!via.ok) return;
    const { host, port, parameters } = via.value;
    const reflected = Number(parameterOf(parameters, 'rport'));
    const ports = [...(port === undefined ? SIP_PORTS : [port]), ...(reflected > 0 ? [reflected] : [])];
    for (const one of [host, parameterOf(parameters, 'received'), parameterOf(parameters, 'maddr')])
      if (one !== undefined) for (const number of ports) this.#allow(one, number);
  }

  #learnDescription(text: string): void {
    const description = parseSdp(text);
    for (const media of description.media) {
      const { path, connectionHost } = readMsrpMedia(description, media);
      for (const uri of path.flatMap(splitPath)) {
        const parsed = parseMsrpUri(uri);
        if (parsed.ok) this.#allow(parsed.value.host, parsed.value.port ?? MSRP_PORT);
      }
      if (connectionHost !== undefined) this.#allow(connectionHost, media.port);
    }
  }

  #allow(host: string, port: number): void {
    this.#allowed.add(keyOf(host, port));
  }
}

/** IPv6 with or without brackets, names in any case. */
const keyOf = (host: string, port: number): string => `${host.replace(/^\[(.*)\]$/, '$1').toLowerCase()}:${port}`;
