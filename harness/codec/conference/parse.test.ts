import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConferenceDocument, ConferenceEndpoint, ConferenceUser } from './document.ts';
import { parseConference } from './parse.ts';
import { writeConference } from './write.ts';

const xmlns = 'xmlns="urn:ietf:params:xml:ns:conference-info"';
const xcon = 'xmlns:xcon="urn:ietf:params:xml:ns:xcon-conference-info"';
const parse = (text: string) => parseConference(Buffer.from(text));

function read(text: string): ConferenceDocument {
  const document = parse(text);
  if (!document.ok) throw new Error(document.error);
  return document.value;
}

const room = (content: string, attributes = 'version="1"') =>
  `<conference-info ${xmlns} ${xcon} entity="sip:room@example.org" ${attributes}>${content}</conference-info>`;

describe('reading', () => {
  it('gives the roster with the nickname of RFC 7701 §9.6', () => {
    const document = read(
      room(
        `<conference-description><subject>Hi &amp; bye</subject></conference-description>
        <conference-state><user-count> 2 </user-count><active>1</active><locked>false</locked></conference-state>
        <users state="partial">
          <user entity="sip:bob@example.org" state="full" xcon:nickname="Dopey &quot;D&quot;">
            <display-text>Bob</display-text><roles><entry>moderator</entry></roles>
            <endpoint entity="b1"><status>connected</status><joining-method>dialed-in</joining-method>
              <media id="1"><type>message</type><label>7</label><status>sendrecv</status></media>
            </endpoint>
          </user>
          <user entity="sip:carol@example.org" nickname="C"/>
        </users>`,
        'state="partial" version="4294967295"',
      ),
    );
    expect(document).toEqual({
      entity: 'sip:room@example.org',
      state: 'partial',
      version: 4294967295,
      subject: 'Hi & bye',
      userCount: 2,
      active: true,
      locked: false,
      users: {
        state: 'partial',
        list: [
          {
            entity: 'sip:bob@example.org',
            state: 'full',
            nickname: { value: 'Dopey "D"', form: 'xcon' },
            displayText: 'Bob',
            roles: ['moderator'],
            endpoints: [
              {
                entity: 'b1',
                status: 'connected',
                joiningMethod: 'dialed-in',
                media: [{ id: '1', type: 'message', label: '7', status: 'sendrecv' }],
              },
            ],
          },
          { entity: 'sip:carol@example.org', nickname: { value: 'C', form: 'unqualified' }, roles: [], endpoints: [] },
        ],
      },
      defects: [{ kind: 'unqualified-nickname', offset: expect.any(Number), detail: expect.any(String) }],
    });
  });

  it('takes prefixes, CDATA, comments, a byte order mark and foreign content for what they are', () => {
    const text = `\ufeff<?xml version="1.0" encoding="utf-8"?><!-- x --><c:conference-info xmlns:c="urn:ietf:params:xml:ns:conference-info"
      xmlns:x="urn:x" entity="r:1" version="1" x:state="deleted"><c:conference-description/><c:users><c:user entity="r:2">
      <c:display-text>a<![CDATA[<b>]]><!-- c -->d</c:display-text><x:endpoint/></c:user></c:users></c:conference-info>`;
    const document = read(text);
    expect(document.state).toBeUndefined();
    expect(document.users?.list).toEqual([{ entity: 'r:2', displayText: 'a<b>d', roles: [], endpoints: [] }]);
    expect(document.defects).toEqual([]);
  });

  it('places defects by octet, also behind characters of several octets', () => {
    const text = `\ufeff${room('<users><user entity="sip:é😀@x"/><user entity="a:b" state="new"/></users>', 'state="partial" version="1"')}`;
    const [defect] = read(text).defects;
    expect(defect?.kind).toBe('bad-state');
    expect(Buffer.from(text).subarray(defect?.offset).toString()).toMatch(/^<user entity="a:b"/);
  });
});

describe('hostile and damaged bodies', () => {
  it.each([
    ['empty', ''],
    ['text', 'hello'],
    ['cut', `<conference-info ${xmlns} entity="a:b"><users>`],
    ['two roots', '<conference-info/><conference-info/>'],
    ['crossed tags', '<conference-info><users></conference-info></users>'],
    ['unbound prefix', '<x:conference-info/>'],
    ['attribute twice', '<conference-info entity="a" entity="b"/>'],
    ['NUL', '<conference-info entity="\0"/>'],
    ['reference to NUL', '<conference-info entity="&#0;"/>'],
    ['undeclared entity', '<conference-info entity="&who;"/>'],
    ['another root', '<presence xmlns="urn:ietf:params:xml:ns:pidf"/>'],
    ['a stylesheet, then nothing', '<?xml-stylesheet href="http://example.org/x"?>'],
  ])('%s is refused', (_, text) => {
    expect(parse(text)).toMatchObject({ ok: false, error: expect.stringMatching(/./) });
  });

  it.each([
    ['internal entities', '<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><conference-info entity="&b;"/>'],
    ['external entity', '<!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/passwd">]><conference-info entity="&a;"/>'],
    ['external subset', '<!DOCTYPE c SYSTEM "http://example.org/c.dtd"><conference-info entity="a:b"/>'],
  ])('a document type declaration is refused as such: %s', (_, text) => {
    expect(parse(text)).toEqual({ ok: false, error: 'document type declaration' });
  });

  it.each([
    ['UTF-16', Buffer.from(`\ufeff${room('')}`, 'utf16le')],
    ['ISO-8859-1', Buffer.from(room('<users><user entity="é"/></users>'), 'latin1')],
    [
      'overlong UTF-8',
      Buffer.concat([Buffer.from('<conference-info a="'), Buffer.from([0xc0, 0xaf]), Buffer.from('"/>')]),
    ],
  ])('%s is refused', (_, octets) => {
    expect(parseConference(octets).ok).toBe(false);
  });

  it('another encoding that is declared only is read and noted', () => {
    const document = read(`<?xml version="1.0" encoding="ISO-8859-1"?>${room('<conference-description/><users/>')}`);
    expect(document.defects).toEqual([{ kind: 'declared-encoding', offset: 0, detail: 'ISO-8859-1' }]);
  });

  it.each(['', 'xmlns="urn:other"'])('a namespace "%s" is read and noted', (namespace) => {
    const document = read(
      `<conference-info ${namespace} entity="a:b" version="1"><conference-description/><users><user entity="c:d"/></users></conference-info>`,
    );
    expect(document.users?.list.map(({ entity }) => entity)).toEqual(['c:d']);
    expect(document.defects.map(({ kind }) => kind)).toEqual(['wrong-namespace']);
  });

  it.each(['', 'version=""', 'version="x"', 'version="-1"', 'version="4294967296"', 'version="1.0"'])(
    'has no version with %s',
    (attribute) => {
      expect(read(room('', attribute)).version).toBeUndefined();
    },
  );

  it('refuses what passes a limit', () => {
    const limits = { maxOctets: 1000, maxDepth: 4, maxNodes: 20 };
    const within = (text: string) => parseConference(Buffer.from(text), limits);
    const nested = (depth: number) =>
      `<conference-info>${'<a>'.repeat(depth - 1)}${'</a>'.repeat(depth - 1)}</conference-info>`;
    expect(within(nested(4)).ok).toBe(true);
    expect(within(nested(5))).toMatchObject({ ok: false, error: 'elements nested more than 4 deep' });
    expect(within(`<conference-info>${'<a/>'.repeat(19)}</conference-info>`).ok).toBe(true);
    expect(within(`<conference-info>${'<a/>'.repeat(20)}</conference-info>`)).toMatchObject({ ok: false });
    const attributes = Array.from({ length: 20 }, (_, index) => ` a${index}=""`).join('');
    expect(within(`<conference-info${attributes}/>`)).toMatchObject({ ok: false });
    expect(within(`<conference-info>${' '.repeat(1000)}</conference-info>`)).toMatchObject({ ok: false });
  });

  it('refuses very deep nesting without overflowing the stack', () => {
    expect(parse('<conference-info>'.repeat(100_000))).toMatchObject({ ok: false });
  });

  it('reads a hundred thousand users', () => {
    const users = Array.from({ length: 100_000 }, (_, index) => `<user entity="sip:${index}@example.org"/>`).join('');
    const document = read(room(`<conference-description/><users>${users}</users>`));
    expect(document.users?.list).toHaveLength(100_000);
    expect(document.defects).toEqual([]);
  });

  it('never throws, whatever comes', () => {
    const valid = Buffer.from(room('<users state="partial"><user entity="sip:bob@x" state="deleted"/></users>'));
    const damaged = fc
      .tuple(fc.nat(valid.length - 1), fc.uint8Array({ maxLength: 6 }), fc.nat(10))
      .map(([at, octets, skip]) => Buffer.concat([valid.subarray(0, at), octets, valid.subarray(at + skip)]));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array()), (octets) => {
        expect(typeof parseConference(octets).ok).toBe('boolean');
      }),
    );
  });
});

describe('writing', () => {
  const legal = fc
    .string({ unit: 'binary', maxLength: 12 })
    .filter((text) => !/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text));
  const token = fc.constantFrom('connected', 'disconnected', 'message', 'departed');
  const state = fc.constantFrom('full', 'partial', 'deleted');
  const execution = fc.record({ when: token, reason: legal, by: token }, { requiredKeys: [] });
  const uri = fc.record({ uri: token, displayText: legal, purpose: token }, { requiredKeys: ['uri'] });
  const uris = fc.array(uri, { minLength: 1, maxLength: 2 });
  const available = fc.record({ label: legal, type: token, status: token }, { requiredKeys: ['label', 'type'] });
  const endpoint: fc.Arbitrary<ConferenceEndpoint> = fc.record(
    {
      entity: legal,
      state,
      status: token,
      displayText: legal,
      referred: execution,
      joiningMethod: token,
      joiningInfo: execution,
      disconnectionMethod: token,
      disconnectionInfo: execution,
      call: fc.record({ callId: token, fromTag: token, toTag: token }),
      media: fc.array(fc.record({ id: legal, type: token, label: legal, status: token }, { requiredKeys: ['id'] }), {
        minLength: 1,
        maxLength: 2,
      }),
    },
    { requiredKeys: ['entity'] },
  ) as fc.Arbitrary<ConferenceEndpoint>;
  const user: fc.Arbitrary<ConferenceUser> = fc.record(
    {
      entity: legal,
      state,
      displayText: legal,
      nickname: fc.record({ value: legal, form: fc.constantFrom('xcon', 'unqualified') }),
      associatedAors: fc.array(token, { minLength: 1, maxLength: 2 }),
      roles: fc.array(legal, { maxLength: 2 }),
      endpoints: fc.array(endpoint, { maxLength: 2 }),
    },
    { requiredKeys: ['entity', 'roles', 'endpoints'] },
  ) as fc.Arbitrary<ConferenceUser>;
  const document = fc.record(
    {
      entity: legal,
      state,
      version: fc.nat(0xffffffff),
      displayText: legal,
      subject: legal,
      conferenceUris: uris,
      serviceUris: uris,
      maximumUserCount: fc.nat(),
      availableMedia: fc.array(available, { minLength: 1, maxLength: 2 }),
      userCount: fc.nat(),
      active: fc.boolean(),
      locked: fc.boolean(),
      users: fc.record({ state, list: fc.array(user, { maxLength: 3 }) }, { requiredKeys: ['list'] }),
    },
    { requiredKeys: ['entity'] },
  ) as fc.Arbitrary<Omit<ConferenceDocument, 'defects'>>;

  it('and reading again gives the same document', () => {
    fc.assert(
      fc.property(document, (written) => {
        const { defects: _, ...readAgain } = read(writeConference({ ...written, defects: [] }));
        expect(readAgain).toEqual(written);
      }),
    );
  });

  it('keeps the order of the schema, whatever is there', () => {
    fc.assert(
      fc.property(document, (written) => {
        const kinds = read(writeConference({ ...written, defects: [] })).defects.map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind.startsWith('schema') || kind.startsWith('missing'))).toEqual([]);
      }),
    );
  });

  it('replaces what XML cannot hold', () => {
    const written = writeConference({ entity: 'a:b\0\ud800\ufffe', defects: [] });
    expect(read(written).entity).toBe('a:b\ufffd\ufffd\ufffd');
  });

  it('qualifies the nickname and writes no state that is not given', () => {
    const list: ConferenceUser[] = [
      { entity: 'a:c', nickname: { value: 'N', form: 'xcon' }, roles: [], endpoints: [] },
    ];
    const written = writeConference({ entity: 'a:b', version: 3, users: { list }, defects: [] });
    expect(written).toContain('<users><user entity="a:c" xcon:nickname="N"/></users>');
    expect(written).toContain('<conference-description/>');
  });
});
