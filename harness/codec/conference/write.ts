import type {
  AvailableMedia,
  ConferenceCall,
  ConferenceDocument,
  ConferenceEndpoint,
  ConferenceExecution,
  ConferenceMedia,
  ConferenceUri,
  ConferenceUser,
} from './document.ts';
import { conferenceNamespace, xconNamespace } from './namespaces.ts';

/**
 * Writes a conference-info document in the order of the schema (RFC 4575 §6), with the state attributes and the version
 * exactly as given. A full document always has a conference-description (RFC 4575 §5.2). Characters that XML 1.0 cannot
 * hold, such as NUL, become U+FFFD. `defects` are not written.
 */
export function writeConference(document: ConferenceDocument): string {
  const { users } = document;
  const attributes =
    `xmlns="${conferenceNamespace}" xmlns:xcon="${xconNamespace}"` +
    attribute('entity', document.entity) +
    attribute('state', document.state) +
    attribute('version', document.version);
  const content =
    writeDescription(document) +
    writeConferenceState(document) +
    (users === undefined ? '' : tag('users', attribute('state', users.state), users.list.map(writeUser).join('')));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag('conference-info', ` ${attributes}`, content)}\n`;
}

function writeDescription(document: ConferenceDocument): string {
  const content =
    leaf('display-text', document.displayText) +
    leaf('subject', document.subject) +
    group('conf-uris', document.conferenceUris, writeUri) +
    group('service-uris', document.serviceUris, writeUri) +
    leaf('maximum-user-count', document.maximumUserCount) +
    group('available-media', document.availableMedia, writeAvailableMedia);
  const isFull = (document.state ?? 'full') === 'full';
  return isFull || content !== '' ? tag('conference-description', '', content) : '';
}

const writeUri = ({ uri, displayText, purpose }: ConferenceUri): string =>
  tag('entry', '', leaf('uri', uri) + leaf('display-text', displayText) + leaf('purpose', purpose));

const writeAvailableMedia = ({ label, type, status }: AvailableMedia): string =>
  tag('entry', attribute('label', label), leaf('type', type) + leaf('status', status));

function writeConferenceState({ userCount, active, locked }: ConferenceDocument): string {
  const content = leaf('user-count', userCount) + leaf('active', active) + leaf('locked', locked);
  return content === '' ? '' : tag('conference-state', '', content);
}

function writeUser(user: ConferenceUser): string {
  const { nickname, roles } = user;
  const attributes =
    attribute('entity', user.entity) +
    attribute('state', user.state) +
    attribute(nickname?.form === 'unqualified' ? 'nickname' : 'xcon:nickname', nickname?.value);
  const content =
    leaf('display-text', user.displayText) +
    group('associated-aors', user.associatedAors, (uri) => writeUri({ uri })) +
    group('roles', roles, (role) => leaf('entry', role)) +
    user.endpoints.map(writeEndpoint).join('');
  return tag('user', attributes, content);
}

function writeEndpoint(endpoint: ConferenceEndpoint): string {
  const content =
    leaf('display-text', endpoint.displayText) +
    writeExecution('referred', endpoint.referred) +
    leaf('status', endpoint.status) +
    leaf('joining-method', endpoint.joiningMethod) +
    writeExecution('joining-info', endpoint.joiningInfo) +
    leaf('disconnection-method', endpoint.disconnectionMethod) +
    writeExecution('disconnection-info', endpoint.disconnectionInfo) +
    (endpoint.media ?? []).map(writeMedia).join('') +
    writeCall(endpoint.call);
  return tag('endpoint', attribute('entity', endpoint.entity) + attribute('state', endpoint.state), content);
}

const writeExecution = (name: string, execution: ConferenceExecution | undefined): string =>
  execution === undefined
    ? ''
    : tag(name, '', leaf('when', execution.when) + leaf('reason', execution.reason) + leaf('by', execution.by));

const writeCall = (call: ConferenceCall | undefined): string =>
  call === undefined
    ? ''
    : tag(
        'call-info',
        '',
        tag('sip', '', leaf('call-id', call.callId) + leaf('from-tag', call.fromTag) + leaf('to-tag', call.toTag)),
      );

function writeMedia(media: ConferenceMedia): string {
  const content = leaf('type', media.type) + leaf('label', media.label) + leaf('status', media.status);
  return tag('media', attribute('id', media.id), content);
}

type Scalar = string | number | boolean | undefined;

const tag = (name: string, attributes: string, content: string): string =>
  content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;

/** Absent when there is nothing in it: the schema wants an entry at least. */
const group = <Entry>(name: string, entries: readonly Entry[] | undefined, write: (entry: Entry) => string): string =>
  entries === undefined || entries.length === 0 ? '' : tag(name, '', entries.map(write).join(''));

const leaf = (name: string, value: Scalar): string =>
  value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;

const attribute = (name: string, value: Scalar): string =>
  value === undefined ? '' : ` ${name}="${escapeXml(String(value))}"`;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Line ends and tabs are written as references, since attribute values and line ends are normalised when read. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\t\n\r]/g, (character) => escapes[character] ?? `&#${character.charCodeAt(0)};`);
}
