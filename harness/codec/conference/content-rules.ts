import type { Defect } from '../violation.ts';
import { attributeOf, childOf, childrenOf, type XmlElement } from './xml.ts';

/** Media names registered for SDP (RFC 8866 §8.2.1, RFC 6466). */
const mediaNames = new Set(['audio', 'video', 'text', 'application', 'message', 'image']);
const conferenceUriPurposes = new Set(['participation', 'streaming']);
const serviceUriPurposes = new Set(['web-page', 'recording', 'event']);

/**
 * Departures from what RFC 4575 §5 says about contents, beyond the schema. Kinds: `repeated-conference-uri`,
 * `conference-uri-purpose`, `repeated-service-uri`, `service-uri-purpose`, `available-media-type`, `repeated-label`,
 * `media-type`, `unlisted-label`, `local-time`, `reason-syntax`.
 */
export function contentDefects(root: XmlElement): Defect[] {
  const defects: Defect[] = [];
  const description = childOf(root, 'conference-description');
  if (description !== undefined) {
    checkUris(childOf(description, 'conf-uris'), 'conference-uri', conferenceUriPurposes, defects);
    checkUris(childOf(description, 'service-uris'), 'service-uri', serviceUriPurposes, defects);
  }
  const available = description && childOf(description, 'available-media');
  const labels = available && checkAvailableMedia(available, defects);
  const users = childOf(root, 'users');
  for (const user of users === undefined ? [] : childrenOf(users, 'user')) {
    for (const endpoint of childrenOf(user, 'endpoint')) checkEndpoint(endpoint, labels, defects);
  }
  return defects;
}

/** RFC 4575 §5.3.1, §5.3.2. */
function checkUris(
  uris: XmlElement | undefined,
  subject: 'conference-uri' | 'service-uri',
  purposes: ReadonlySet<string>,
  defects: Defect[],
): void {
  const seen = new Set<string>();
  for (const entry of uris === undefined ? [] : childrenOf(uris, 'entry')) {
    const uri = childOf(entry, 'uri')?.text.trim() ?? '';
    if (seen.has(uri)) defects.push(defect(`repeated-${subject}`, entry, uri));
    seen.add(uri);
    const purpose = childOf(entry, 'purpose')?.text.trim();
    if (purpose === undefined || !purposes.has(purpose))
      defects.push(defect(`${subject}-purpose`, entry, purpose ?? uri));
  }
}

/** RFC 4575 §5.3.4; gives the labels. */
function checkAvailableMedia(available: XmlElement, defects: Defect[]): ReadonlySet<string> {
  const labels = new Set<string>();
  for (const entry of childrenOf(available, 'entry')) {
    const label = attributeOf(entry, 'label');
    if (label !== undefined && labels.has(label)) defects.push(defect('repeated-label', entry, label));
    if (label !== undefined) labels.add(label);
    checkMediaName('available-media-type', entry, defects);
  }
  return labels;
}

function checkEndpoint(endpoint: XmlElement, labels: ReadonlySet<string> | undefined, defects: Defect[]): void {
  for (const media of childrenOf(endpoint, 'media')) {
    checkMediaName('media-type', media, defects);
    // RFC 4575 §5.8.3: only where available-media is given.
    const label = childOf(media, 'label');
    if (label !== undefined && labels?.has(label.text) === false)
      defects.push(defect('unlisted-label', label, label.text));
  }
  for (const name of ['referred', 'joining-info', 'disconnection-info']) {
    const execution = childOf(endpoint, name);
    if (execution !== undefined) checkExecution(execution, defects);
  }
}

/** RFC 4575 §5.7.7. */
function checkExecution(execution: XmlElement, defects: Defect[]): void {
  const when = childOf(execution, 'when');
  if (when !== undefined && !/(Z|[+-]00:00)\s*$/.test(when.text)) defects.push(defect('local-time', when, when.text));
  const reason = childOf(execution, 'reason');
  if (reason !== undefined && !/^\s*(Reason\s*:\s*)?[A-Za-z0-9.!%*_+`'~-]+\s*(;|$)/i.test(reason.text)) {
    defects.push(defect('reason-syntax', reason, reason.text));
  }
}

/** RFC 4575 §5.3.4, §5.8.2. */
function checkMediaName(kind: string, parent: XmlElement, defects: Defect[]): void {
  const type = childOf(parent, 'type');
  if (type !== undefined && !mediaNames.has(type.text.trim())) defects.push(defect(kind, type, type.text));
}

const defect = (kind: string, element: XmlElement, detail: string): Defect => ({
  kind,
  offset: element.offset,
  detail: detail.slice(0, 80),
});
