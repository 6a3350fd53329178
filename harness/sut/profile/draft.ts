import { Document, isMap, type Scalar, type YAMLMap } from 'yaml';
import { parseConference } from '../../codec/conference/parse.ts';
import type { MsrpMediaDescription } from '../../codec/sdp/description.ts';
import { findMsrpMedia, readMsrpMedia } from '../../codec/sdp/msrp-media.ts';
import { parseSdp } from '../../codec/sdp/parse.ts';
import { header } from '../../codec/sip/headers.ts';
import type { SipMessage } from '../../codec/sip/message.ts';
import { type Capability, capabilities } from '../../scenario/capability.ts';
import type { WireEntry } from '../../wire/entry.ts';
import type { Profile } from './schema.ts';

/** What a first look at a SUT has shown. */
export interface Seen {
  readonly capabilities: readonly Capability[];
  readonly entries: readonly WireEntry[];
}

/**
 * A first profile in YAML, for people to go on from: what was known of the SUT, what it has shown, and in comments what
 * there is to decide. It can be loaded as it is.
 */
export function draftProfile(known: Profile, seen: Seen): string {
  const { capabilities: _, patience, tls, ...rest } = known;
  const claims = Object.fromEntries(
    Object.keys(capabilities).map((name) => [name, isSeen(name, seen) ? 'claimed' : 'detect']),
  );
  const document = new Document({
    ...withDurations(rest),
    ...(tls === undefined || Object.keys(tls).length === 0 ? {} : { tls }),
    capabilities: claims,
    ...(patience === undefined ? {} : { patience: withDurations(patience) }),
  });
  document.commentBefore = [
    ' yaml-language-server: $schema=schema.json',
    ' A first profile, made by msrpspec probe. What is in it was known or seen; the rest is yours to decide.',
    ...whatWasSeen(seen.entries).map((line) => ` ${line}`),
  ].join('\n');
  const root = document.contents;
  if (!isMap(root)) return document.toString();
  const top = root as YAMLMap;
  commentOn(top, 'rooms', ROOMS);
  commentOn(top, 'capabilities', CAPABILITIES);
  const list = top.get('capabilities');
  if (isMap(list)) for (const [name, about] of Object.entries(capabilities)) commentOn(list as YAMLMap, name, about);
  document.comment = LATER;
  return document.toString({ lineWidth: 110 });
}

const ROOMS = ` Two rooms let one scenario run at a time, four let two. Instead of a list there may be a
 template: "sip:test-{n}@…" (rooms made by the first INVITE) or a factory (RFC 4579 §5.4).`;

const CAPABILITIES = ` claimed: its scenarios run and have to pass; denied: they are unsupported; detect: what is seen decides.
 What was seen is claimed here, so that it is noticed when it goes away.`;

const LATER = ` Whom the participants appear as, if not anybody who likes:
 identities: { username: tester, password: "{env.PASSWORD}", register: true }
 How long to wait:
 patience: { answer: 32 s, delivery: 10 s, quiet: 50 ms }
 How much the SUT may be asked to bear:
 load: { scenarios-at-once: 4, connections: 100, messages-per-second: 200 }
 What is known and shall not fail the run:
 known-deviations: [{ requirement: RFC7701-…, reason: …, link: "https://…" }]`;

const isSeen = (name: string, { capabilities: seen }: Seen): boolean => seen.some((one) => one === name);

function commentOn(map: YAMLMap, key: string, comment: string): void {
  const pair = map.items.find((one) => (one.key as Scalar).value === key);
  if (pair !== undefined) (pair.key as Scalar).commentBefore = comment.startsWith(' ') ? comment : ` ${comment}`;
}

/** Times are milliseconds once a profile has been read, and text in its file. */
function withDurations(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, durationIn(key, inner)]));
}

function durationIn(key: string, value: unknown): unknown {
  if (typeof value === 'number') return DURATIONS.has(key) ? `${value} ms` : value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? withDurations(value) : value;
}

const DURATIONS: ReadonlySet<string> = new Set(['answer', 'delivery', 'quiet', 'ready-within']);

/** In lines for people. */
function whatWasSeen(entries: readonly WireEntry[]): string[] {
  const messages = entries.flatMap(({ direction, content }) =>
    direction === 'received' && content.protocol === 'sip' ? [content.message] : [],
  );
  const product = firstOf(messages, (one) => header(one, 'Server') ?? header(one, 'User-Agent'));
  const allow = firstOf(messages, (one) => (answersTo(one, 'OPTIONS') ? header(one, 'Allow') : undefined));
  const answer = firstOf(messages, (one) => (answersTo(one, 'INVITE') ? answered(one) : undefined));
  const users = firstOf(messages, usersIn);
  return [
    ...(product === undefined ? [] : [`It calls itself: ${printable(product)}`]),
    allow === undefined ? 'It has not answered OPTIONS with an Allow.' : `OPTIONS: Allow is ${printable(allow)}`,
    ...(answer === undefined ? [] : [`SDP answer: ${printable(described(answer))}`]),
    users === undefined ? 'No roster has come.' : `Roster: ${users} in the first document`,
  ];
}

function firstOf<T>(messages: readonly SipMessage[], look: (message: SipMessage) => T | undefined): T | undefined {
  for (const message of messages) {
    const found = look(message);
    if (found !== undefined) return found;
  }
  return undefined;
}

const answersTo = (message: SipMessage, method: string): boolean =>
  message.kind === 'response' &&
  message.status >= 200 &&
  message.status < 300 &&
  (header(message, 'CSeq') ?? '').trim().endsWith(method);

function answered({ body }: SipMessage): MsrpMediaDescription | undefined {
  const description = parseSdp(body.toString('utf8'));
  const media = findMsrpMedia(description);
  return media === undefined ? undefined : readMsrpMedia(description, media);
}

function described(media: MsrpMediaDescription): string {
  const { protocol, acceptTypes = [], acceptWrappedTypes, chatroom, maxSize, setup } = media;
  return [
    protocol,
    `accept-types ${acceptTypes.join(' ') || 'none'}`,
    `accept-wrapped-types ${acceptWrappedTypes?.join(' ') ?? 'none'}`,
    chatroom === undefined ? 'no chatroom' : `chatroom ${chatroom.join(' ') || 'without tokens'}`,
    ...(maxSize === undefined ? [] : [`max-size ${maxSize}`]),
    ...(setup === undefined ? [] : [`setup ${setup}`]),
  ].join(', ');
}

function usersIn(message: SipMessage): string | undefined {
  if (message.kind !== 'request' || message.method !== 'NOTIFY') return undefined;
  const document = parseConference(message.body);
  if (!document.ok) return undefined;
  const count = document.value.users?.list.length ?? 0;
  return count === 1 ? 'one user' : `${count} users`;
}

const LONGEST = 200;

/** A SUT may write what it likes; a comment is one line. */
const printable = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').slice(0, LONGEST);
