import { err, ok, type Result } from '../../result.ts';
import { attributesNamed } from './attribute.ts';
import type { SdpLine, SdpMedia, SessionDescription } from './description.ts';
import { type SdpViolation, tolerated, violation } from './judgement.ts';
import { isMsrpMedia } from './msrp-media.ts';

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
/** Host labels with a dot between them (RFC 7701 §8). */
const PRIVATE_TOKEN = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
/** The first label is a top-level domain by its looks; internationalised ones begin with xn--. */
const REVERSED = /^(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]+)\./i;
const KNOWN = ['nickname', 'private-messages'];

/** What a party says it can do in a chat room (RFC 7701 §8). `aware` is false when the attribute is missing. */
export interface ChatroomSupport {
  readonly aware: boolean;
  readonly nickname: boolean;
  readonly privateMessages: boolean;
}

/** Reads the value of a=chatroom; absent for the bare attribute. Error: one line saying what breaks the grammar. */
export function parseChatroom(value: string | undefined): Result<readonly string[], string> {
  if (value === undefined) return ok([]);
  if (value === '') return err('a colon without any token');
  const tokens = value.split(' ');
  const bad = tokens.find((token) => !TOKEN.test(token));
  if (bad === '') return err('tokens are not separated by single spaces');
  return bad === undefined ? ok(tokens) : err(`"${bad}" is no token`);
}

/** The attribute without its `a=`: bare when there are no tokens. */
export function formatChatroom(tokens: readonly string[]): string {
  return tokens.length === 0 ? 'chatroom' : `chatroom:${tokens.join(' ')}`;
}

/** Support declared by the tokens of `MsrpMediaDescription.chatroom`; unknown tokens are ignored (RFC 7701 §8). */
export function chatroomSupport(tokens: readonly string[] | undefined): ChatroomSupport {
  const folded = new Set(tokens?.map((token) => token.toLowerCase()));
  return {
    aware: tokens !== undefined,
    nickname: folded.has('nickname'),
    privateMessages: folded.has('private-messages'),
  };
}

/** The rules of RFC 7701 §8 on where a=chatroom stands and what it holds. */
export function validateChatroom(description: SessionDescription): readonly SdpViolation[] {
  const misplaced = attributesNamed(description.session, 'chatroom').flatMap(() =>
    ['RFC7701-8-06', 'RFC7701-10.4-01'].map((id) => violation(id, 'a=chatroom stands at session level')),
  );
  return [...misplaced, ...description.media.flatMap(validateSection)];
}

function validateSection(media: SdpMedia): readonly SdpViolation[] {
  const values = chatroomValues(media.lines);
  const found: SdpViolation[] = [];
  if (values.length > 0 && !isMsrpMedia(media))
    found.push(violation('RFC7701-8-05', `a=chatroom belongs to an m= line with protocol ${media.protocol}`));
  if (values.length > 1)
    found.push(violation('RFC7701-8-14', `a=chatroom stands ${values.length} times in one section`));
  return [...found, ...values.flatMap(validateValue)];
}

function chatroomValues(lines: readonly SdpLine[]): readonly (string | undefined)[] {
  return attributesNamed(lines, 'chatroom').map(({ value }) => value);
}

function validateValue(value: string | undefined): readonly SdpViolation[] {
  const tokens = value?.split(' ') ?? [];
  const parsed = parseChatroom(value);
  const found: SdpViolation[] = parsed.ok ? [] : [violation('RFC7701-8-14', `a=chatroom: ${parsed.error}`)];
  const seen = new Set<string>();
  for (const token of tokens.filter((word) => word !== '')) {
    const folded = token.toLowerCase();
    if (seen.has(folded)) found.push(violation('RFC7701-8-16', `token "${token}" stands twice`));
    seen.add(folded);
    if (!TOKEN.test(token)) found.push(violation('RFC7701-8-20', `"${token}" is no token`));
    else if (folded.includes('.') && !PRIVATE_TOKEN.test(token))
      found.push(tolerated('RFC7701-8-21', `"${token}" is not made of host labels`));
    else if (folded.includes('.') && !REVERSED.test(token))
      found.push(tolerated('RFC7701-8-22', `"${token}" does not begin with a top-level domain`));
    else if (folded !== 'nicknames' && !folded.includes('.') && !KNOWN.includes(folded))
      found.push(tolerated('RFC7701-8-21', `unknown token "${token}" has no dot, as a private one needs`));
  }
  // The prose of RFC 7701 §7.1 and §8 says `nicknames`; the grammar knows `nickname` only.
  if (seen.has('nicknames') && !seen.has('nickname'))
    found.push(tolerated('RFC7701-8-15', 'token "nicknames" stands where the grammar has "nickname"'));
  return found;
}
