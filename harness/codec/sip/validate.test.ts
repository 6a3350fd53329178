import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SipHeader, SipMessage } from './message.ts';
import { parseSipDatagram, SipStreamParser } from './parser.ts';
import { validateSip } from './validate.ts';

type Change = Readonly<Record<string, string | undefined>>;

const COMMON: readonly SipHeader[] = [
  { name: 'Via', value: 'SIP/2.0/TCP h.example.org;branch=z9hG4bK1' },
  { name: 'From', value: '<sip:alice@example.org>;tag=a' },
  { name: 'To', value: '<sip:room@example.org>;tag=b' },
  { name: 'Call-ID', value: '1@h.example.org' },
];

/** `extra` sets, adds or (undefined) leaves out headers. */
function headersWith(base: readonly SipHeader[], extra: Change): SipHeader[] {
  const kept = base.filter(({ name }) => !(name in extra));
  return [...kept, ...Object.entries(extra).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))];
}

function request(method: string, extra: Change = {}, body = ''): SipMessage {
  const base = [...COMMON, { name: 'Max-Forwards', value: '70' }, { name: 'CSeq', value: `1 ${method}` }];
  return {
    kind: 'request',
    method,
    uri: 'sip:room@example.org',
    version: 'SIP/2.0',
    headers: headersWith(base, extra),
    body: Buffer.from(body),
  };
}

function response(status: number, method: string, extra: Change = {}): SipMessage {
  const base = [...COMMON, { name: 'CSeq', value: `1 ${method}` }];
  return {
    kind: 'response',
    version: 'SIP/2.0',
    status,
    reason: '',
    headers: headersWith(base, extra),
    body: Buffer.alloc(0),
  };
}

const broken = (message: SipMessage): string[] => validateSip(message, []).map(({ requirement }) => requirement);

const Contact = '<sip:alice@h.example.org>';
const subscribe = { Contact, Event: 'conference', Expires: '3600' };
const notify = { Contact, Event: 'conference', 'Subscription-State': 'active;expires=60' };
const refer = { Contact, 'Refer-To': '<sip:c@example.org;method=BYE>' };
const progress = { ...notify, Event: 'refer', 'Content-Type': 'message/sipfrag;version=2.0' };
const abilities = { Allow: 'INVITE', Supported: '' };
const digest = 'Digest realm="a", nonce="b", qop="auth"';

describe('messages that break nothing', () => {
  it.each([
    request('INVITE', { Contact }),
    request('INVITE', { Contact, To: '<sip:room@example.org>' }),
    request('INVITE', { Contact: 'sip:alice@h.example.org;isfocus' }),
    request('ACK'),
    request('BYE', { CSeq: '2147483649 BYE' }),
    request('CANCEL', { To: '<sip:room@example.org>' }),
    request('SUBSCRIBE', subscribe),
    request('SUBSCRIBE', { ...subscribe, Expires: '0' }),
    request('NOTIFY', notify),
    request('NOTIFY', { ...notify, 'Subscription-State': 'terminated;reason=noresource' }),
    request('REFER', refer),
    request('NOTIFY', progress, 'SIP/2.0 100 Trying\r\n'),
    request('OPTIONS', { Privacy: 'header;id;critical', 'P-Asserted-Identity': '<sip:a@b>, <tel:+1>' }),
    request('OPTIONS', { Privacy: 'none' }),
    request('INVITE', {
      Contact,
      Authorization: `${digest}, username="u", uri="sip:a", response="0", cnonce="c", nc=00000001`,
    }),
    response(100, 'INVITE', { To: '<sip:room@example.org>' }),
    response(200, 'INVITE', { Contact, ...abilities }),
    response(200, 'OPTIONS', { ...abilities, Accept: 'application/sdp', 'Accept-Encoding': '', 'Accept-Language': '' }),
    response(200, 'SUBSCRIBE', { Contact, Expires: '60' }),
    response(202, 'REFER'),
    response(100, 'REFER'),
    response(302, 'INVITE', { Contact }),
    response(401, 'INVITE', { 'WWW-Authenticate': digest }),
    response(405, 'INFO', { Allow: 'INVITE' }),
    response(415, 'INVITE', { 'Accept-Encoding': 'identity' }),
    response(420, 'INVITE', { Unsupported: 'x' }),
    response(423, 'SUBSCRIBE', { 'Min-Expires': '60' }),
    response(488, 'INVITE', { Warning: '304 h "no"' }),
    response(488, 'UPDATE'),
  ])('$kind $method $status', (message) => {
    expect(validateSip(message, [])).toEqual([]);
  });
});

describe('messages that break one rule', () => {
  const cases: readonly (readonly [string, SipMessage])[] = [
    ['RFC3261-8.1.1-01', request('ACK', { To: undefined })],
    ['RFC3261-8.1.1-01', request('ACK', { 'Max-Forwards': undefined })],
    ['RFC3261-8.1.1-01', request('ACK', { 'Max-Forwards': '256' })],
    ['RFC3261-8.1.1-01', request('ACK', { From: '<sip:alice@example.org>' })],
    ['RFC3261-8.1.1-01', request('ACK', { Via: 'SIP/2.0/UDP h' })],
    ['RFC3261-8.1.1-01', request('ACK', { 'Call-ID': 'two words' })],
    ['RFC3261-21.4.1-01', request('ACK', { CSeq: '1 INVITE' })],
    ['RFC3261-21.4.1-01', request('INVITE', { Contact, To: '<sip:room@example.org>', CSeq: '2147483648 INVITE' })],
    ['RFC3261-8.1.1.8-01', request('INVITE')],
    ['RFC3261-8.1.1.8-01', request('SUBSCRIBE', { ...subscribe, Contact: '<tel:+1>' })],
    ['RFC3515-2-01', request('REFER', { ...refer, Contact: '<sip:a@b>, <sip:c@d>' })],
    ['RFC3515-2.4.1-01', request('REFER', { Contact })],
    ['RFC3515-2.4.1-01', request('REFER', { ...refer, r: '<sip:d@example.org>' })],
    ['RFC3515-2.4.1-01', request('REFER', { ...refer, 'Refer-To': '<sip:d@example.org' })],
    ['RFC3261-9.1-01', request('CANCEL', { Require: 'x' })],
    ['RFC3261-9.1-01', request('CANCEL', { v: 'SIP/2.0/TCP g.example.org;branch=z9hG4bK2' })],
    ['RFC3261-15-01', request('BYE', { To: '<sip:room@example.org>' })],
    ['RFC3261-20.10-01', request('OPTIONS', { Contact: 'sip:a@b?Subject=x' })],
    ['RFC6665-3.1.1-01', request('SUBSCRIBE', { ...subscribe, Expires: undefined })],
    ['RFC6665-3.1.2-01', request('SUBSCRIBE', { ...subscribe, o: 'conference' })],
    ['RFC6665-3.1.2-01', request('SUBSCRIBE', { ...subscribe, Event: undefined })],
    ['RFC6665-3.2.1-01', request('NOTIFY', { ...notify, Event: undefined })],
    ['RFC6665-4.2.2-04', request('NOTIFY', { ...notify, 'Subscription-State': undefined })],
    ['RFC6665-4.2.2-04', request('NOTIFY', { ...notify, 'Subscription-State': 'waiting;expires=3' })],
    ['RFC6665-4.2.2-04', request('NOTIFY', { ...notify, 'Subscription-State': 'active;expires=soon' })],
    ['RFC6665-4.2.2-05', request('NOTIFY', { ...notify, 'Subscription-State': 'pending' })],
    ['RFC6665-4.2.2-06', request('NOTIFY', { ...notify, 'Subscription-State': 'terminated' })],
    ['RFC6665-4.1.3-06', request('NOTIFY', { ...notify, 'Subscription-State': 'terminated;reason=timeout;expires=0' })],
    ['RFC3515-2.4.4-01', request('NOTIFY', { ...progress, 'Content-Type': undefined })],
    ['RFC3515-2.4.4-01', request('NOTIFY', { ...progress, 'Content-Type': 'text/plain' }, 'SIP/2.0 200 OK')],
    ['RFC3515-2.4.5-01', request('NOTIFY', progress, '200 OK\r\n')],
    ['RFC3323-4.2-02', request('OPTIONS', { Privacy: 'none;id' })],
    ['RFC3323-4.2-02', request('OPTIONS', { Privacy: 'id;ID' })],
    ['RFC3323-4.2-02', request('OPTIONS', { Privacy: 'critical;id' })],
    ['RFC3323-4.2-03', request('OPTIONS', { Privacy: 'user;id' })],
    ['RFC3325-9.1-01', request('OPTIONS', { 'P-Asserted-Identity': '<sip:a@b>, <sips:a@b>' })],
    ['RFC3325-9.1-01', request('OPTIONS', { 'P-Asserted-Identity': '<mailto:a@b>' })],
    ['RFC3261-22.4-01', request('OPTIONS', { Authorization: `${digest}, cnonce="x"` })],
    ['RFC3261-8.2.6.2-01', response(200, 'BYE', { Via: undefined })],
    ['RFC3261-8.2.6.2-01', response(200, 'BYE', { From: '"open' })],
    ['RFC3261-8.2.6.2-02', response(481, 'BYE', { To: '<sip:room@example.org>' })],
    ['RFC3261-8.2.6.2-02', response(180, 'INVITE', { To: '<sip:room@example.org>' })],
    ['RFC3261-8.2.6.1-01', response(100, 'BYE')],
    ['RFC3261-8.2.1-01', response(405, 'INFO')],
    ['RFC3261-8.2.3-01', response(415, 'INVITE')],
    ['RFC3261-8.2.2.3-01', response(420, 'INVITE')],
    ['RFC3261-13.3.1.3-01', response(488, 'INVITE')],
    ['RFC3261-13.3.1.4-01', response(200, 'INVITE', { Contact, Allow: 'INVITE' })],
    ['RFC3261-11.2-02', response(200, 'OPTIONS', { ...abilities, Accept: 'application/sdp' })],
    ['RFC3261-12.1.1-02', response(200, 'INVITE', abilities)],
    ['RFC3261-12.1.1-02', response(200, 'SUBSCRIBE', { Expires: '60', Contact: '*' })],
    ['RFC3261-13.3.1.2-01', response(301, 'INVITE')],
    ['RFC6665-3.1.1-02', response(200, 'SUBSCRIBE', { Contact })],
    ['RFC6665-4.2.1.1-02', response(423, 'SUBSCRIBE')],
    ['RFC3515-2.4.2-02', response(204, 'REFER')],
    ['RFC3261-22.1-01', response(401, 'INVITE')],
    ['RFC3261-22.1-01', response(401, 'INVITE', { 'WWW-Authenticate': 'Digest realm="a", qop="auth"' })],
    ['RFC3261-22.1-02', response(407, 'CANCEL', { 'Proxy-Authenticate': digest })],
    ['RFC3261-22.4-01', response(407, 'INVITE', { 'Proxy-Authenticate': 'Digest realm="a", nonce="b"' })],
    ['RFC3261-22.4-03', response(401, 'INVITE', { 'WWW-Authenticate': 'Basic realm="a"' })],
  ];

  it.each(cases)('%s', (requirement, message) => {
    expect(broken(message)).toEqual([requirement]);
  });

  const sources = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const cited = new Set(
    sources.flatMap(
      (file) => readFileSync(new URL(file, import.meta.url), 'utf8').match(/RFC[0-9]{4}-[0-9.]+-[0-9]{2}/g) ?? [],
    ),
  );

  it('cites only what the catalogue has', () => {
    const catalogue = readFileSync(new URL('../../../scenarios/requirements/sip-sdp.yaml', import.meta.url), 'utf8');
    const known = new Set([...catalogue.matchAll(/^ {2}- id: (\S+)$/gm)].map(([, id]) => id));
    expect([...cited].filter((id) => !known.has(id))).toEqual([]);
  });

  it('has a case for every rule cited', () => {
    const tried = new Set([...cases.map(([requirement]) => requirement), 'RFC3261-18.3-01', 'RFC3261-18.3-02']);
    expect([...cited].sort()).toEqual([...tried].sort());
  });
});

describe('framing (RFC 3261 §18.3)', () => {
  const text = 'MESSAGE sip:room@example.org SIP/2.0\r\n';

  it('blames a datagram for a body cut short, not for one too long', () => {
    const requirementsOf = (length: number): string[] => {
      const read = parseSipDatagram(Buffer.from(`${text}l: ${length}\r\n\r\nabc`));
      return read.ok ? validateSip(read.value.message, read.value.defects).map(({ requirement }) => requirement) : [];
    };
    expect(requirementsOf(4)).toContain('RFC3261-18.3-01');
    expect(requirementsOf(3)).not.toContain('RFC3261-18.3-01');
    expect(requirementsOf(2)).not.toContain('RFC3261-18.3-01');
  });

  it('blames a stream for a message without Content-Length', () => {
    const seen: string[] = [];
    const parser = new SipStreamParser((event) => {
      if (event.type === 'message')
        seen.push(...validateSip(event.message, event.defects).map(({ requirement }) => requirement));
    });
    parser.feed(Buffer.from(`${text}\r\n`));
    expect(seen).toContain('RFC3261-18.3-02');
    const datagram = parseSipDatagram(Buffer.from(`${text}\r\n`));
    expect(datagram.ok && datagram.value.defects).toEqual([]);
  });
});
