import type { ConferenceDocument, ConferenceEndpoint, ConferenceMedia, ConferenceUser } from './document.ts';
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
  const content = leaf('display-text', document.displayText) + leaf('subject', document.subject);
  const isFull = (document.state ?? 'full') === 'full';
  return isFull || content !== '' ? tag('conference-description', '', content) : '';
}

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
    (roles.length === 0 ? '' : tag('roles', '', roles.map((role) => leaf('entry', role)).join(''))) +
    user.endpoints.map(writeEndpoint).join('');
  return tag('user', attributes, content);
}

function writeEndpoint(endpoint: ConferenceEndpoint): string {
  const content =
    leaf('display-text', endpoint.displayText) +
    leaf('status', endpoint.status) +
    leaf('joining-method', endpoint.joiningMethod) +
    leaf('disconnection-method', endpoint.disconnectionMethod) +
    (endpoint.media ?? []).map(writeMedia).join('');
  return tag('endpoint', attribute('entity', endpoint.entity) + attribute('state', endpoint.state), content);
}

function writeMedia(media: ConferenceMedia): string {
  const content = leaf('type', media.type) + leaf('label', media.label) + leaf('status', media.status);
  return tag('media', attribute('id', media.id), content);
}

type Scalar = string | number | boolean | undefined;

const tag = (name: string, attributes: string, content: string): string =>
  content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;

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
