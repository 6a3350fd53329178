import { isUtf8 } from 'node:buffer';
import type { Defect, Violation } from '../violation.ts';
import type { ConferenceDocument, ConferenceEndpoint, ConferenceUser, StateAttribute } from './document.ts';
import { parseConference } from './parse.ts';

/** Every rule that a NOTIFY body of this package breaks by itself; one that cannot be read breaks RFC 4575 §4.1. */
export function validateConferenceBody(octets: Uint8Array): Violation[] {
  const document = parseConference(octets);
  if (document.ok) return validateConference(document.value);
  const requirement = isUtf8(octets) ? 'RFC4575-4.1-01' : 'RFC4575-4.1-02';
  return [{ requirement, message: document.error }];
}

/** Every rule of RFC 4575 that the document breaks by itself, whatever came before it in the subscription. */
export function validateConference(document: ConferenceDocument): Violation[] {
  return [...document.defects.map(defectViolation), ...rootViolations(document), ...usersViolations(document)];
}

/** The rule behind each defect of the parser; what is not here breaks the schema. */
const requirements: ReadonlyMap<string, string> = new Map([
  ['xml-version', 'RFC4575-4.1-01'],
  ['declared-encoding', 'RFC4575-4.1-02'],
  ['wrong-namespace', 'RFC4575-4.2-01'],
  ['missing-description', 'RFC4575-5.2-05'],
  ['bad-state', 'RFC4575-4.4-02'],
  ['bad-endpoint-status', 'RFC4575-5.7.3-01'],
  ['bad-joining-method', 'RFC4575-5.7.4-01'],
  ['bad-disconnection-method', 'RFC4575-5.7.6-01'],
  ['bad-media-status', 'RFC4575-5.8.5-01'],
  ['bad-available-media-status', 'RFC4575-5.3.4-02'],
  ['repeated-label', 'RFC4575-5.3.4-02'],
  ['repeated-conference-uri', 'RFC4575-5.3.1-01'],
  ['conference-uri-purpose', 'RFC4575-5.3.1-02'],
  ['service-uri-purpose', 'RFC4575-5.3.2-01'],
  ['repeated-service-uri', 'RFC4575-5.3.2-02'],
  ['available-media-type', 'RFC4575-5.3.4-01'],
  ['media-type', 'RFC4575-5.8.2-01'],
  ['unlisted-label', 'RFC4575-5.8.3-01'],
  ['local-time', 'RFC4575-5.7.7-01'],
  ['reason-syntax', 'RFC4575-5.7.7-02'],
  ['unqualified-nickname', 'RFC6501-4.6.3-01'],
]);

function defectViolation({ kind, offset, detail }: Defect): Violation {
  return {
    requirement: requirements.get(kind) ?? 'RFC4575-6-01',
    message: detail === undefined ? kind : `${kind}: ${detail}`,
    at: { start: offset, end: offset + 1 },
    // RFC 7701 §7.4 shows it qualified, and gives RFC 6501 precedence, which knows it on other elements only.
    ...(kind === 'unqualified-nickname' ? { tolerated: true } : {}),
  };
}

function* rootViolations(document: ConferenceDocument): Generator<Violation> {
  const { version, users } = document;
  const state = document.state ?? 'full';
  if (version === undefined) yield violation('RFC4575-4.3-01', 'no version that is an unsigned 32-bit number');
  if (state === 'full' && users === undefined) yield violation('RFC4575-5.2-05', 'full document without <users>');
  if (state === 'deleted' && users !== undefined) yield childrenOfDeleted('<conference-info>');
  if (state === 'partial' && users !== undefined && users.state === undefined) {
    yield violation('RFC4575-4.4-02', 'partial document with <users> without state, which replaces the roster');
  }
  if (!isCleanUri(document.entity)) {
    yield violation('RFC4575-4.5-03', `entity ${quote(document.entity)} of <conference-info>`);
  }
}

function* usersViolations({ state, users }: ConferenceDocument): Generator<Violation> {
  if (users === undefined || state === 'deleted') return;
  yield* stateViolations(state, users.state, '<users>');
  if (users.state === 'deleted' && users.list.length > 0) yield childrenOfDeleted('<users>');
  for (const entity of repeated(users.list.map((user) => user.entity))) {
    yield violation('RFC4575-4.5-01', `two <user> with entity ${quote(entity)}`);
  }
  for (const user of users.list) yield* userViolations(user, users.state);
}

function* userViolations(user: ConferenceUser, parent: StateAttribute | undefined): Generator<Violation> {
  const name = `<user> ${quote(user.entity)}`;
  yield* stateViolations(parent, user.state, name);
  if (user.entity === '') yield violation('RFC4575-4.5-01', '<user> without entity');
  else if (!isCleanUri(user.entity)) yield violation('RFC4575-4.5-03', name);
  const isEmpty = user.displayText === undefined && user.roles.length === 0 && user.endpoints.length === 0;
  if (user.state === 'deleted' && !isEmpty) yield childrenOfDeleted(name);
  for (const entity of repeated(user.endpoints.map((endpoint) => endpoint.entity))) {
    yield violation('RFC4575-5.7-01', `two <endpoint> with entity ${quote(entity)} in ${name}`);
  }
  for (const endpoint of user.endpoints) yield* endpointViolations(endpoint, user);
}

function* endpointViolations(endpoint: ConferenceEndpoint, user: ConferenceUser): Generator<Violation> {
  const name = `<endpoint> ${quote(endpoint.entity)} of ${quote(user.entity)}`;
  const { state, entity, ...content } = endpoint;
  yield* stateViolations(user.state, state, name);
  if (entity === '') yield violation('RFC4575-5.7-01', `<endpoint> without entity in ${quote(user.entity)}`);
  else if (entity !== entity.trim()) yield violation('RFC4575-4.5-03', name);
  if (state === 'deleted' && Object.keys(content).length > 0) yield childrenOfDeleted(name);
  for (const id of repeated((endpoint.media ?? []).map((media) => media.id))) {
    yield violation('RFC4575-5.8-01', `two <media> with id ${quote(id)} in ${name}`);
  }
}

/** Below a full parent every child is full (RFC 4575 §4.4). Below a deleted one nothing counts. */
function* stateViolations(
  parent: StateAttribute | undefined,
  child: StateAttribute | undefined,
  name: string,
): Generator<Violation> {
  if ((parent ?? 'full') !== 'full' || (child ?? 'full') === 'full') return;
  yield violation('RFC4575-4.4-03', `${name} is ${child} below a full parent`);
}

const childrenOfDeleted = (name: string): Violation =>
  violation('RFC4575-4.4-05', `${name} is deleted and has children`);

/** Absolute and without white space around it (RFC 4575 §4.5). */
const isCleanUri = (entity: string): boolean => /^[A-Za-z][A-Za-z0-9+.-]*:\S/.test(entity) && !/\s$/.test(entity);

/** Each key that stands more than once, once. Missing keys are no duplicates of each other. */
function repeated(keys: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const key of keys) {
    if (key !== '' && seen.has(key)) twice.add(key);
    seen.add(key);
  }
  return [...twice];
}

const violation = (requirement: string, message: string): Violation => ({ requirement, message });

const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
