import { ok, type Result } from '../../result.ts';
import type { Defect } from '../violation.ts';
import { contentDefects } from './content-rules.ts';
import type {
  AvailableMedia,
  ConferenceCall,
  ConferenceDocument,
  ConferenceEndpoint,
  ConferenceExecution,
  ConferenceMedia,
  ConferenceUri,
  ConferenceUser,
  StateAttribute,
} from './document.ts';
import { conferenceNamespace, xconNamespace } from './namespaces.ts';
import { schemaDefects } from './schema.ts';
import {
  attributeOf,
  childOf,
  childrenOf,
  parseXml,
  type XmlDocument,
  type XmlElement,
  type XmlLimits,
} from './xml.ts';

/**
 * Reads a conference-info body (RFC 4575). Refused, with one line of reason, is only what cannot be read: malformed
 * XML, a document type declaration, octets that are not UTF-8, another root element, or a size beyond `limits`.
 * Everything else, a wrong namespace included, is read as far as it goes and noted in `defects`.
 */
export function parseConference(octets: Uint8Array, limits?: XmlLimits): Result<ConferenceDocument, string> {
  const xml = parseXml(octets, limits);
  if (!xml.ok) return xml;
  const { root } = xml.value;
  if (root.name !== 'conference-info') return { ok: false, error: `root element is <${root.name.slice(0, 80)}>` };
  return ok(readConference(root, documentDefects(xml.value)));
}

function documentDefects({ root, version, encoding }: XmlDocument): Defect[] {
  const defects: Defect[] = [];
  if (version !== undefined && version !== '1.0') defects.push({ kind: 'xml-version', offset: 0, detail: version });
  if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') {
    defects.push({ kind: 'declared-encoding', offset: 0, detail: encoding });
  }
  if (root.namespace !== conferenceNamespace) {
    defects.push({ kind: 'wrong-namespace', offset: root.offset, detail: root.namespace.slice(0, 80) });
  }
  for (const defect of schemaDefects(root)) defects.push(defect);
  for (const defect of contentDefects(root)) defects.push(defect);
  const isFull = (stateOf(root).state ?? 'full') === 'full';
  if (isFull && childOf(root, 'conference-description') === undefined) {
    defects.push({ kind: 'missing-description', offset: root.offset });
  }
  return defects;
}

function readConference(root: XmlElement, defects: readonly Defect[]): ConferenceDocument {
  const description = childOf(root, 'conference-description');
  const state = childOf(root, 'conference-state');
  const users = childOf(root, 'users');
  return {
    entity: attributeOf(root, 'entity') ?? '',
    ...stateOf(root),
    ...optional('version', unsignedOf(attributeOf(root, 'version'))),
    ...optional('displayText', textOf(description, 'display-text')),
    ...optional('subject', textOf(description, 'subject')),
    ...optional('conferenceUris', urisOf(description, 'conf-uris')),
    ...optional('serviceUris', urisOf(description, 'service-uris')),
    ...optional('maximumUserCount', unsignedOf(textOf(description, 'maximum-user-count'))),
    ...optional('availableMedia', availableMediaOf(description)),
    ...optional('userCount', unsignedOf(textOf(state, 'user-count'))),
    ...optional('active', booleanOf(textOf(state, 'active'))),
    ...optional('locked', booleanOf(textOf(state, 'locked'))),
    ...(users !== undefined && { users: { ...stateOf(users), list: childrenOf(users, 'user').map(readUser) } }),
    defects,
  };
}

function urisOf(parent: XmlElement | undefined, name: string): readonly ConferenceUri[] | undefined {
  const uris = parent && childOf(parent, name);
  return uris && childrenOf(uris, 'entry').map(readUri);
}

const readUri = (entry: XmlElement): ConferenceUri => ({
  uri: tokenOf(entry, 'uri') ?? '',
  ...optional('displayText', textOf(entry, 'display-text')),
  ...optional('purpose', tokenOf(entry, 'purpose')),
});

function availableMediaOf(description: XmlElement | undefined): readonly AvailableMedia[] | undefined {
  const media = description && childOf(description, 'available-media');
  return (
    media &&
    childrenOf(media, 'entry').map((entry) => ({
      label: attributeOf(entry, 'label') ?? '',
      ...optional('type', tokenOf(entry, 'type')),
      ...optional('status', tokenOf(entry, 'status')),
    }))
  );
}

function readUser(user: XmlElement): ConferenceUser {
  const roles = childOf(user, 'roles');
  return {
    entity: attributeOf(user, 'entity') ?? '',
    ...stateOf(user),
    ...optional('displayText', textOf(user, 'display-text')),
    ...optional('nickname', nicknameOf(user)),
    ...optional(
      'associatedAors',
      urisOf(user, 'associated-aors')?.map(({ uri }) => uri),
    ),
    roles: roles === undefined ? [] : childrenOf(roles, 'entry').map((entry) => entry.text),
    endpoints: childrenOf(user, 'endpoint').map(readEndpoint),
  };
}

function nicknameOf(user: XmlElement): ConferenceUser['nickname'] {
  const qualified = user.attributes.find(({ name, namespace }) => name === 'nickname' && namespace === xconNamespace);
  if (qualified !== undefined) return { value: qualified.value, form: 'xcon' };
  const bare = attributeOf(user, 'nickname');
  return bare === undefined ? undefined : { value: bare, form: 'unqualified' };
}

function readEndpoint(endpoint: XmlElement): ConferenceEndpoint {
  const media = childrenOf(endpoint, 'media').map(readMedia);
  return {
    entity: attributeOf(endpoint, 'entity') ?? '',
    ...stateOf(endpoint),
    ...optional('displayText', textOf(endpoint, 'display-text')),
    ...optional('status', tokenOf(endpoint, 'status')),
    ...optional('referred', executionOf(endpoint, 'referred')),
    ...optional('joiningMethod', tokenOf(endpoint, 'joining-method')),
    ...optional('joiningInfo', executionOf(endpoint, 'joining-info')),
    ...optional('disconnectionMethod', tokenOf(endpoint, 'disconnection-method')),
    ...optional('disconnectionInfo', executionOf(endpoint, 'disconnection-info')),
    ...(media.length > 0 && { media }),
    ...optional('call', callOf(endpoint)),
  };
}

function executionOf(endpoint: XmlElement, name: string): ConferenceExecution | undefined {
  const execution = childOf(endpoint, name);
  return (
    execution && {
      ...optional('when', tokenOf(execution, 'when')),
      ...optional('reason', textOf(execution, 'reason')),
      ...optional('by', tokenOf(execution, 'by')),
    }
  );
}

function callOf(endpoint: XmlElement): ConferenceCall | undefined {
  const call = childOf(endpoint, 'call-info');
  const sip = call && childOf(call, 'sip');
  return (
    sip && {
      callId: tokenOf(sip, 'call-id') ?? '',
      fromTag: tokenOf(sip, 'from-tag') ?? '',
      toTag: tokenOf(sip, 'to-tag') ?? '',
    }
  );
}

function readMedia(media: XmlElement): ConferenceMedia {
  return {
    id: attributeOf(media, 'id') ?? '',
    ...optional('type', tokenOf(media, 'type')),
    ...optional('label', textOf(media, 'label')),
    ...optional('status', tokenOf(media, 'status')),
  };
}

const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });

const textOf = (parent: XmlElement | undefined, name: string): string | undefined =>
  parent === undefined ? undefined : childOf(parent, name)?.text;

const tokenOf = (parent: XmlElement, name: string): string | undefined => textOf(parent, name)?.trim();

function stateOf(element: XmlElement): { state?: StateAttribute } {
  const state = attributeOf(element, 'state');
  return state === 'full' || state === 'partial' || state === 'deleted' ? { state } : {};
}

/** xs:unsignedInt. */
function unsignedOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\+?\d+\s*$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 0xffffffff ? value : undefined;
}

/** xs:boolean. */
function booleanOf(text: string | undefined): boolean | undefined {
  switch (text?.trim()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      return undefined;
  }
}
