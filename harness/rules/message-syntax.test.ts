import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { syntaxRules } from './message-syntax.ts';
import type { Rule } from './rule.ts';
import { cpim, ROOM, ScriptedRoom, uriOf } from './scripted-room.fixture.ts';
import { conferenceOccasions } from './syntax/conference.ts';
import { cpimOccasions } from './syntax/cpim.ts';
import { msrpOccasions } from './syntax/msrp.ts';
import { sdpOccasions } from './syntax/sdp.ts';
import { sipOccasions } from './syntax/sip.ts';
import { spoiledBy } from './syntax/spoiled.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));

function ruleNamed(id: string): Rule {
  const rule = syntaxRules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
}

const msrp = ruleNamed('msrp-syntax');
const sip = ruleNamed('sip-syntax');
const sdp = ruleNamed('sdp-syntax');
const conference = ruleNamed('conference-syntax');
const made = ruleNamed('cpim-syntax');

const room = (): ScriptedRoom => new ScriptedRoom();
const kept = (conversation: ScriptedRoom, rule: Rule): readonly string[] =>
  conversation.findings(rule).flatMap(({ verdict, requirements }) => (verdict === 'pass' ? requirements : []));
const broken = (conversation: ScriptedRoom, rule: Rule): readonly string[] =>
  conversation.findings(rule).flatMap(({ verdict, requirements }) => (verdict === 'pass' ? [] : requirements));

const notified = (body: string, state = 'active;expires=60'): ScriptedRoom =>
  room().request('bob', 'received', {
    method: 'NOTIFY',
    uri: 'sip:bob@10.0.0.2',
    call: 'watch',
    headers: ['Event: conference', `Subscription-State: ${state}`],
    body,
  });

const document = (users: string, attributes = 'version="1" state="full"'): string =>
  [
    `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${ROOM}" ${attributes}>`,
    '<conference-description/>',
    users,
    '</conference-info>',
  ].join('\n');

const user = (name: string, state = 'full', inside = ''): string =>
  `<user entity="${uriOf(name)}" state="${state}">${inside}</user>`;

describe('the occasions', () => {
  const tables = { msrpOccasions, sipOccasions, sdpOccasions, conferenceOccasions, cpimOccasions };
  /** Who a focus and its switch are when they write a message; a receiver writes reports. */
  const writers = ['any', 'sender', 'receiver', 'endpoint', 'switch', 'focus', 'notifier', 'answerer'];

  it.each(Object.entries(tables))(
    'of %s name requirements of the catalogue that bind a writer, each once',
    (_, table) => {
      const ids = table.flatMap(({ requirements }) => requirements);
      expect(ids.length).toBeGreaterThan(0);
      expect(new Set(ids).size).toBe(ids.length);
      // RFC 4975 §7.2 calls the one who writes a response the receiver.
      const writersOf = (id: string): string[] => (id.startsWith('RFC4975-7.2-') ? [...writers, 'receiver'] : writers);
      for (const id of ids) expect([id, catalogue.get(id)?.role]).toEqual([id, expect.toBeOneOf(writersOf(id))]);
      for (const id of ids)
        expect([id, catalogue.get(id)?.testable]).toEqual([id, expect.toBeOneOf(['yes', 'partly'])]);
    },
  );

  it('are spoiled by requirements of the catalogue only', () => {
    const all = new Set(Object.values(tables).flatMap((table) => table.flatMap(({ requirements }) => requirements)));
    for (const [id, others] of spoiledBy) {
      expect(all).toContain(id);
      for (const other of others) expect([other, catalogue.get(other)?.id]).toEqual([other, other]);
    }
  });
});

describe('MSRP messages', () => {
  const chat = { id: 'chat00000001' };

  it('show nothing when there are none of the SUT', () => {
    expect(room().asks('bob', 'SEND', { id: 'bind00000001', headers: [] }).findings(msrp)).toEqual([]);
  });

  it('show what their kind is about, and nothing else', () => {
    const response = kept(room().answers('bob', 'received', 'chat00000001', 200), msrp);
    expect(response).toContain('RFC4975-9-24');
    expect(response).not.toContain('RFC4975-9-03');
    expect(response).not.toContain('RFC4975-7.1-05');

    const sent = kept(room().receives('bob', chat), msrp);
    expect(sent).toEqual(expect.arrayContaining(['RFC4975-9-03', 'RFC4975-7.1-05', 'RFC4975-7.1.1-20']));
    expect(sent).not.toContain('RFC4975-7.1-11');
    expect(sent).not.toContain('RFC4975-5.1-04');
    expect(sent).not.toContain('RFC4975-7.1.2-02');
  });

  it('show how long chunks are written only when they are long', () => {
    const long = { ...chat, body: cpim('alice', { text: 'x'.repeat(3000) }) };
    expect(kept(room().receives('bob', { ...long, range: '1-*/*' }), msrp)).toContain('RFC4975-5.1-04');
    const numbered = room().receives('bob', long);
    expect(broken(numbered, msrp)).toEqual(['RFC4975-5.1-04', 'RFC4975-7.1.1-27']);
    expect(kept(numbered, msrp)).not.toContain('RFC4975-5.1-04');
    expect(kept(numbered, msrp)).not.toContain('RFC4975-7.1.1-21');
  });

  it('lose the pass for good when one of them is broken', () => {
    const conversation = room().receives('bob', chat).receives('bob', { id: 'chat00000002', range: '1-7/7' });
    expect(broken(conversation, msrp)).toContain('RFC4975-7.1.1-20');
    expect(kept(conversation, msrp)).not.toContain('RFC4975-7.1.1-20');
    // Where the body ends is then not shown either.
    expect(kept(conversation, msrp)).not.toContain('RFC4975-7.1-16');
    expect(kept(conversation, msrp)).toContain('RFC4975-7.1.1-04');
  });

  it('of REPORT are judged when a REPORT comes', () => {
    const report = (...headers: string[]): ScriptedRoom =>
      room().reports('bob', 'report000001', ['Message-ID: chat00000001', 'Byte-Range: 1-5/5', ...headers]);
    expect(kept(report('Status: 000 200 OK'), msrp)).toContain('RFC4975-7.1.2-02');
    for (const bad of [report(), report('Status: fine')]) expect(kept(bad, msrp)).not.toContain('RFC4975-7.1.2-02');
  });

  it('pass in one finding, with the first messages that show it', () => {
    const passes = room().receives('bob', chat).receives('bob', { id: 'chat00000002' }).findings(msrp);
    expect(passes.map(({ verdict }) => verdict)).toEqual(['pass']);
    expect(passes[0]?.evidence).toEqual([0]);
  });
});

describe('SIP messages', () => {
  const answer = (method: string, status: number, headers: readonly string[] = []): ScriptedRoom =>
    room().request('bob', 'sent', { method, uri: ROOM }).response('bob', 'received', { method, status, headers });

  it('show what the response is about', () => {
    expect(kept(answer('INFO', 405, ['Allow: INVITE']), sip)).toContain('RFC3261-8.2.1-01');
    expect(kept(answer('INFO', 200), sip)).not.toContain('RFC3261-8.2.1-01');
    const bare = answer('INFO', 405);
    expect(broken(bare, sip)).toEqual(['RFC3261-8.2.1-01']);
    expect(kept(bare, sip)).not.toContain('RFC3261-8.2.1-01');
  });

  it('show what a 2xx to INVITE tells', () => {
    const full = answer('INVITE', 200, ['Allow: INVITE', 'Supported: timer']);
    expect(kept(full, sip)).toContain('RFC3261-13.3.1.4-01');
    expect(kept(full, sip)).not.toContain('RFC3261-11.2-02');
    expect(kept(answer('INVITE', 200), sip)).not.toContain('RFC3261-13.3.1.4-01');
    expect(kept(answer('INVITE', 486), sip)).not.toContain('RFC3261-13.3.1.4-01');
  });

  it('show how subscriptions end', () => {
    const ended = ['RFC6665-4.1.3-06', 'RFC6665-4.2.2-06'];
    expect(kept(notified('', 'terminated;reason=noresource'), sip)).toEqual(expect.arrayContaining(ended));
    expect(kept(notified('', 'terminated'), sip)).not.toContain('RFC6665-4.2.2-06');
    expect(kept(notified(''), sip)).toContain('RFC6665-4.2.2-04');
    for (const id of ended) expect(kept(notified(''), sip)).not.toContain(id);
  });
});

describe('session descriptions', () => {
  const answers = (attributes: Readonly<Record<string, string | undefined>>): ScriptedRoom =>
    room().joins('bob', { answers: attributes, binds: false });

  it('show nothing when the SUT wrote none', () => {
    expect(room().leaves('bob').findings(sdp)).toEqual([]);
  });

  it('show the path and the lists', () => {
    expect(kept(answers({}), sdp)).toEqual(
      expect.arrayContaining(['RFC4975-8.1-01', 'RFC4975-8.1-05', 'RFC4975-8.2-03', 'RFC4975-8.6-06', 'RFC8866-5-01']),
    );
    const wrong = answers({ port: '9999', 'accept-wrapped-types': '*' });
    expect(broken(wrong, sdp)).toEqual(['RFC4975-8.1-05']);
    expect(kept(wrong, sdp)).not.toContain('RFC4975-8.1-05');
    const pathless = kept(answers({ path: undefined }), sdp);
    for (const id of ['RFC4975-8-01', 'RFC4975-8.2-01', 'RFC4975-8.2-02']) expect(pathless).not.toContain(id);
  });

  it('show the size limit and the chatroom attribute only where they stand', () => {
    expect(kept(answers({}), sdp)).not.toContain('RFC4975-8.6-21');
    expect(kept(answers({ 'max-size': '4000' }), sdp)).toContain('RFC4975-8.6-21');
    expect(kept(answers({ 'max-size': 'big' }), sdp)).not.toContain('RFC4975-8.6-21');
    expect(kept(answers({}), sdp)).toContain('RFC7701-8-14');
    expect(kept(answers({ chatroom: undefined }), sdp)).not.toContain('RFC7701-8-14');
    expect(kept(answers({ chatroom: 'nickname nickname' }), sdp)).not.toContain('RFC7701-8-16');
  });
});

describe('conference documents', () => {
  it('show nothing when there are none', () => {
    expect(notified('').findings(conference)).toEqual([]);
  });

  it('show uniqueness only with two users', () => {
    const two = (other: string): ScriptedRoom => notified(document(`<users>${user('bob')}${user(other)}</users>`));
    expect(kept(two('alice'), conference)).toEqual(
      expect.arrayContaining(['RFC4575-4.1-01', 'RFC4575-4.5-01', 'RFC4575-5.2-05']),
    );
    expect(kept(notified(document(`<users>${user('bob')}</users>`)), conference)).not.toContain('RFC4575-4.5-01');
    expect(broken(two('bob'), conference)).toEqual(['RFC4575-4.5-01']);
    expect(kept(two('bob'), conference)).not.toContain('RFC4575-4.5-01');
  });

  it('are not valid when they break the schema', () => {
    const odd = notified(document(`<users>${user('bob', 'full', '<unknown/>')}</users>`));
    expect(broken(odd, conference)).toEqual(['RFC4575-6-01']);
    expect(kept(odd, conference)).not.toContain('RFC4575-4.1-01');
  });

  it('show nothing when they cannot be read', () => {
    const torn = notified('<conference-info');
    expect(broken(torn, conference)).toEqual(['RFC4575-4.1-01']);
    expect(kept(torn, conference)).toEqual([]);
  });

  it('show how a deleted user is written', () => {
    const deleted = (inside: string): ScriptedRoom =>
      notified(
        document(`<users state="partial">${user('bob', 'deleted', inside)}</users>`, 'version="2" state="partial"'),
      );
    expect(kept(deleted(''), conference)).toEqual(expect.arrayContaining(['RFC4575-4.4-02', 'RFC4575-4.4-05']));
    expect(kept(deleted('<display-text>Bob</display-text>'), conference)).not.toContain('RFC4575-4.4-05');
  });
});

describe('CPIM messages', () => {
  const notice = { id: 'note00000001', from: ROOM, to: uriOf('bob') };

  it('of others show nothing', () => {
    const relayed = { id: 'chat00000001' };
    expect(
      room()
        .sends('alice', relayed)
        .receives('bob', { ...relayed, body: cpim('alice', {}) })
        .findings(made),
    ).toEqual([]);
  });

  it('of the SUT show how it writes them', () => {
    expect(kept(room().receives('bob', notice), made)).toEqual(
      expect.arrayContaining(['RFC3862-2-01', 'RFC3862-4.1-01', 'RFC4975-13-13']),
    );
    expect(kept(room().receives('bob', notice), made)).not.toContain('RFC3862-4.4-01');
    const bare = room().receives('bob', {
      ...notice,
      body: `From: ${ROOM}\nTo: <${ROOM}>\n\nContent-Type: text/plain\n\nhi`,
    });
    expect(broken(bare, made)).toEqual(['RFC3862-4.1-01']);
    for (const id of ['RFC3862-4.1-01', 'RFC3862-3.2-01']) expect(kept(bare, made)).not.toContain(id);
  });
});
