import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateConferenceBody } from './validate.ts';

const room = (content: string, attributes = 'entity="sip:room@example.org" version="1"') =>
  `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" xmlns:xcon="urn:ietf:params:xml:ns:xcon-conference-info" xmlns:x="urn:x" ${attributes}>${content}</conference-info>`;
const full = (users: string) => room(`<conference-description/><users>${users}</users>`);
const partial = (users: string) => room(users, 'entity="sip:room@example.org" version="2" state="partial"');
const described = (description: string) =>
  room(`<conference-description>${description}</conference-description><users/>`);
const withEndpoint = (content: string) => full(`<user entity="a:b"><endpoint entity="e">${content}</endpoint></user>`);
const entry = (uri: string, purpose: string) => `<entry><uri>${uri}</uri><purpose>${purpose}</purpose></entry>`;

const broken = (text: string) => [
  ...new Set(validateConferenceBody(Buffer.from(text)).map(({ requirement }) => requirement)),
];

describe('a document that keeps the rules breaks none', () => {
  it.each([
    ['empty room', full('')],
    ['join', partial('<users state="partial"><user entity="sip:b@x" state="full"/></users>')],
    ['leave', partial('<users state="partial"><user entity="sip:b@x" state="deleted"/></users>')],
    ['end of room', room('', 'entity="sip:room@x" version="3" state="deleted"')],
    ['nickname as in RFC 7701', full('<user entity="sip:b@x" state="full" xcon:nickname="N"/>')],
    ['foreign content last', full('<user entity="sip:b@x" x:y="1"><display-text>B</display-text><x:z/></user>')],
    [
      'a rich one',
      room(`<conference-description><subject>s</subject><conf-uris>${entry('sip:room@x', 'participation')}</conf-uris>
        <service-uris>${entry('http://x/', 'web-page')}${entry('sip:room@x', 'event')}</service-uris>
        <maximum-user-count>9</maximum-user-count><available-media><entry label="1"><type>message</type></entry></available-media>
        </conference-description><host-info><web-page>http://x/</web-page></host-info><conference-state><active>true</active>
        </conference-state><users><user entity="sip:b@x"><associated-aors>${entry('sip:b@y', 'any')}</associated-aors>
        <endpoint entity="e"><referred><when>2031-01-01T00:00:00Z</when></referred><status>on-hold</status><joining-info>
        <reason>Reason: SIP;cause=200;text="x"</reason></joining-info><media id="1"><type>message</type><label>1</label></media>
        <call-info><sip><call-id>c</call-id><from-tag>f</from-tag><to-tag>t</to-tag></sip></call-info></endpoint></user></users>
        <sidebars-by-ref>${entry('sip:side@x', 'any')}</sidebars-by-ref>
        <sidebars-by-val><entry entity="sip:side@x"><users/></entry></sidebars-by-val>`),
    ],
  ])('%s', (_, text) => {
    expect(validateConferenceBody(Buffer.from(text))).toEqual([]);
  });
});

describe('a document that breaks one rule breaks that one', () => {
  it.each([
    ['RFC4575-4.1-01', 'not well-formed', '<conference-info>'],
    ['RFC4575-4.1-01', 'XML 1.1', `<?xml version="1.1"?>${full('')}`],
    ['RFC4575-4.1-02', 'declared encoding', `<?xml version="1.0" encoding="UTF-16"?>${full('')}`],
    ['RFC4575-4.2-01', 'namespace', full('').replace('ns:conference-info', 'ns:conference')],
    ['RFC4575-4.3-01', 'no version', full('').replace(' version="1"', '')],
    ['RFC4575-4.3-01', 'version', full('').replace(' version="1"', ' version="4294967296"')],
    ['RFC4575-5.2-05', 'no description', room('<users/>')],
    ['RFC4575-5.2-05', 'no users', room('<conference-description/>')],
    ['RFC4575-4.4-02', 'state value', full('<user entity="a:b" state="gone"/>')],
    ['RFC4575-4.4-02', 'bare users below a partial root', partial('<users/>')],
    ['RFC4575-4.4-03', 'partial users below a full root', room('<conference-description/><users state="partial"/>')],
    ['RFC4575-4.4-03', 'deleted user below full users', full('<user entity="a:b" state="deleted"/>')],
    [
      'RFC4575-4.4-03',
      'partial endpoint below full user',
      full('<user entity="a:b"><endpoint entity="e" state="partial"/></user>'),
    ],
    [
      'RFC4575-4.4-05',
      'deleted user with children',
      partial('<users state="partial"><user entity="a:b" state="deleted"><display-text/></user></users>'),
    ],
    ['RFC4575-4.4-05', 'deleted users with children', partial('<users state="deleted"><user entity="a:b"/></users>')],
    ['RFC4575-4.4-05', 'deleted root with children', room('<users/>', 'entity="a:b" version="1" state="deleted"')],
    [
      'RFC4575-4.4-05',
      'deleted endpoint with children',
      partial(
        '<users state="partial"><user entity="a:b" state="partial"><endpoint entity="e" state="deleted"><status>connected</status></endpoint></user></users>',
      ),
    ],
    ['RFC4575-4.5-01', 'user twice', full('<user entity="a:b"/><user entity="a:b"/>')],
    ['RFC4575-4.5-01', 'user without entity', full('<user/>')],
    ['RFC4575-4.5-03', 'relative key', full('<user entity="bob"/>')],
    ['RFC4575-4.5-03', 'space around a key', full('<user entity=" a:b"/>')],
    ['RFC4575-4.5-03', 'space around an endpoint key', full('<user entity="a:b"><endpoint entity="e "/></user>')],
    [
      'RFC4575-5.7-01',
      'endpoint twice',
      full('<user entity="a:b"><endpoint entity="e"/><endpoint entity="e"/></user>'),
    ],
    ['RFC4575-5.7-01', 'endpoint without entity', full('<user entity="a:b"><endpoint/></user>')],
    ['RFC4575-5.8-01', 'media twice', withEndpoint('<media id="1"/><media id="1"/>')],
    ['RFC4575-5.7.3-01', 'status', withEndpoint('<status>here</status>')],
    ['RFC4575-5.7.3-01', 'status with space', withEndpoint('<status> connected </status>')],
    ['RFC4575-5.7.4-01', 'joining method', withEndpoint('<joining-method>walked-in</joining-method>')],
    ['RFC4575-5.7.6-01', 'disconnection method', withEndpoint('<disconnection-method>left</disconnection-method>')],
    [
      'RFC4575-5.7.7-01',
      'local time',
      withEndpoint('<joining-info><when>2031-01-01T00:00:00+02:00</when></joining-info>'),
    ],
    [
      'RFC4575-5.7.7-02',
      'reason',
      withEndpoint('<disconnection-info><reason>bad voice quality</reason></disconnection-info>'),
    ],
    ['RFC4575-5.8.2-01', 'media type', withEndpoint('<media id="1"><type>chat</type></media>')],
    ['RFC4575-5.8.5-01', 'media status', withEndpoint('<media id="1"><status>both</status></media>')],
    [
      'RFC4575-5.8.3-01',
      'label',
      described('<available-media><entry label="1"><type>message</type></entry></available-media>').replace(
        '<users/>',
        '<users><user entity="a:b"><endpoint entity="e"><media id="1"><label>2</label></media></endpoint></user></users>',
      ),
    ],
    ['RFC4575-5.3.1-01', 'conf-uri twice', described(`<conf-uris>${entry('a:b', 'streaming').repeat(2)}</conf-uris>`)],
    ['RFC4575-5.3.1-02', 'conf-uri purpose', described(`<conf-uris>${entry('a:b', 'event')}</conf-uris>`)],
    ['RFC4575-5.3.1-02', 'no conf-uri purpose', described('<conf-uris><entry><uri>a:b</uri></entry></conf-uris>')],
    ['RFC4575-5.3.2-01', 'service-uri purpose', described(`<service-uris>${entry('a:b', 'streaming')}</service-uris>`)],
    [
      'RFC4575-5.3.2-02',
      'service-uri twice',
      described(`<service-uris>${entry('a:b', 'event').repeat(2)}</service-uris>`),
    ],
    [
      'RFC4575-5.3.4-01',
      'available media',
      described('<available-media><entry label="1"><type>msrp</type></entry></available-media>'),
    ],
    [
      'RFC4575-5.3.4-02',
      'label twice',
      described(`<available-media>${'<entry label="1"><type>message</type></entry>'.repeat(2)}</available-media>`),
    ],
    [
      'RFC4575-5.3.4-02',
      'available status',
      described('<available-media><entry label="1"><type>message</type><status>on</status></entry></available-media>'),
    ],
    ['RFC6501-4.6.3-01', 'bare nickname', full('<user entity="a:b" nickname="N"/>')],
    ['RFC4575-6-01', 'order of the root', room('<users/><conference-description/>')],
    [
      'RFC4575-6-01',
      'order in user',
      full('<user entity="a:b"><endpoint entity="e"/><display-text>B</display-text></user>'),
    ],
    ['RFC4575-6-01', 'known behind foreign', full('<user entity="a:b"><x:y/><display-text>B</display-text></user>')],
    ['RFC4575-6-01', 'unknown element', full('<user entity="a:b"><nickname>N</nickname></user>')],
    ['RFC4575-6-01', 'element without namespace', full('<user entity="a:b"><nickname xmlns="">N</nickname></user>')],
    ['RFC4575-6-01', 'element twice', full('<user entity="a:b"><display-text/><display-text/></user>')],
    ['RFC4575-6-01', 'unqualified attribute', full('<user entity="a:b" colour="red"/>')],
    ['RFC4575-6-01', 'attribute of Object.prototype', full('<user entity="a:b" constructor="x"/>')],
    ['RFC4575-6-01', 'missing element', described('<conf-uris/>')],
    ['RFC4575-6-01', 'missing attribute', withEndpoint('<media/>')],
    ['RFC4575-6-01', 'text between elements', full('hello')],
    ['RFC4575-6-01', 'elements in a text', full('<user entity="a:b"><display-text><b/></display-text></user>')],
    [
      'RFC4575-6-01',
      'count',
      room('<conference-description/><conference-state><user-count>many</user-count></conference-state><users/>'),
    ],
    [
      'RFC4575-6-01',
      'boolean',
      room('<conference-description/><conference-state><locked>no</locked></conference-state><users/>'),
    ],
    ['RFC4575-6-01', 'no date', withEndpoint('<joining-info><when>Z</when></joining-info>')],
  ])('%s: %s', (requirement, _, text) => {
    expect(broken(text)).toEqual([requirement]);
  });

  it('RFC4575-4.1-02: not UTF-8', () => {
    const octets = Buffer.from(full('<user entity="a:\u00e9"/>'), 'latin1');
    expect(validateConferenceBody(octets).map(({ requirement }) => requirement)).toEqual(['RFC4575-4.1-02']);
  });

  it('a missing root entity breaks the schema and the rule for keys', () => {
    expect(broken(full('').replace(' entity="sip:room@example.org"', ''))).toEqual(['RFC4575-6-01', 'RFC4575-4.5-03']);
  });
});

it('survives a hundred and fifty thousand doubled users', () => {
  const users = Array.from({ length: 150_000 }, (_, index) => `<user entity="a:${index}"/>`).join('');
  const violations = validateConferenceBody(Buffer.from(full(users + users)));
  expect(violations.filter(({ requirement }) => requirement === 'RFC4575-4.5-01')).toHaveLength(150_000);
});

it('cites requirements of the catalogues only', () => {
  const catalogues = ['rfc4575', 'sip-sdp'].map((name) =>
    readFileSync(new URL(`../../../scenarios/requirements/${name}.yaml`, import.meta.url), 'utf8'),
  );
  const source = readFileSync(new URL('./validate.ts', import.meta.url), 'utf8');
  const cited = [...new Set(source.match(/RFC\d+-[\d.]+-\d+/g))];
  expect(cited.length).toBeGreaterThan(20);
  expect(cited.filter((id) => !catalogues.some((catalogue) => catalogue.includes(`id: ${id}\n`)))).toEqual([]);
});
