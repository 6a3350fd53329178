import { parseCpim } from '../../codec/cpim/parse.ts';
import { acceptsType } from '../../codec/sdp/media-type.ts';
import { headerValues } from '../../codec/sip/headers.ts';
import { parseNameAddress } from '../../codec/sip/name-address.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import type { Action } from '../schema.ts';
import type { Actor, Stage } from '../stage.ts';
import type { Act } from './act.ts';

type Look = NonNullable<Action['sees-in-answer']>;

/** Looks at the last 2xx of the focus to this actor, and at the description in it. */
export async function seesInAnswer({ stage, actor, args, charge }: Act<Look>): Promise<undefined> {
  const { answer, response } = actor.participant;
  const message = `${actor.name} reads the answer of the focus`;
  if (answer === undefined || response === undefined) {
    stage.judge.record(charge, {
      verdict: args.or === 'refused' && wasRefused(stage, actor) ? 'pass' : 'inconclusive',
      message,
      expected: args.or === 'refused' ? 'an answer, or a refusal' : 'an answer',
      actual: 'none',
      evidence: [],
    });
    return undefined;
  }
  const evidence = inviteEvidence(stage, actor);
  const look = (what: string, holds: boolean, expected: string, actual: string): void => {
    stage.judge.record(charge, {
      verdict: holds ? 'pass' : charge.miss,
      message: `${message}: ${what}`,
      expected,
      actual,
      evidence,
    });
  };

  const types = args['accept-types'];
  if (types !== undefined) {
    const listed = answer.acceptTypes ?? [];
    look('accept-types', sameTypes(types, listed), types.join(' '), listed.join(' ') || 'none');
  }
  if (args['accept-wrapped-types'] !== undefined) {
    const listed = answer.acceptWrappedTypes;
    look('accept-wrapped-types', listed !== undefined, 'present', listed?.join(' ') ?? 'absent');
  }
  const tokens = answer.chatroom;
  const shown = tokens === undefined ? 'no attribute' : tokens.join(' ') || 'no tokens';
  if (args.chatroom !== undefined) {
    look(
      'a=chatroom',
      args.chatroom.every((token) => tokens?.includes(token) ?? false),
      `with ${args.chatroom.join(' ')}`,
      shown,
    );
  }
  if (args['no-chatroom'] !== undefined) {
    look(
      'a=chatroom',
      !args['no-chatroom'].some((token) => tokens?.includes(token) ?? false),
      `without ${args['no-chatroom'].join(' ')}`,
      shown,
    );
  }
  if (args['announces-what-works'] === true) {
    for (const [token, works] of [
      ['nickname', hasNickname(stage, actor)],
      ['private-messages', hasSentPrivately(stage, actor)],
    ] as const) {
      look(
        'a=chatroom',
        !works || (tokens?.includes(token) ?? false),
        works ? `with ${token}` : `${token} or not`,
        shown,
      );
    }
  }
  const parameter = args['contact-parameter'];
  if (parameter !== undefined) {
    const contacts = headerValues(response, 'Contact');
    look(
      'Contact',
      contacts.some((contact) => hasParameter(contact, parameter)),
      `with ;${parameter} behind the URI`,
      contacts.join(', ') || 'no Contact',
    );
  }
  if (args.setup !== undefined) {
    look('a=setup', args.setup.includes(answer.setup ?? 'none'), args.setup.join(' or '), answer.setup ?? 'none');
  }
  if (args.protocol !== undefined) {
    look('m=message', args.protocol.includes(answer.protocol), args.protocol.join(' or '), answer.protocol);
  }
  if (args['unique-path'] !== undefined) {
    const others = [...stage.actors.values()]
      .filter((other) => other !== actor)
      .flatMap((other) => other.participant.answer?.path.at(-1) ?? []);
    const own = answer.path.at(-1);
    look('a=path', own !== undefined && !others.includes(own), 'a URI no other session has', own ?? 'none');
  }
  return undefined;
}

/** As sets, without regard to case and parameters. */
const sameTypes = (expected: readonly string[], listed: readonly string[]): boolean =>
  expected.every((type) => acceptsType(listed, type)) && listed.every((type) => acceptsType(expected, type));

/** A parameter of the header, not of the URI in angle brackets (RFC 3840 §9); `=FALSE` says it is not there. */
function hasParameter(contact: string, name: string): boolean {
  const address = parseNameAddress(contact);
  if (!address.ok) return false;
  const found = address.value.parameters.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return found !== undefined && !/^"?false"?$/i.test(found.value ?? '');
}

const hasNickname = (stage: Stage, actor: Actor): boolean =>
  stage.conversation.msrp.list.some(
    ({ request, head, response }) =>
      request.actor === actor.wireName &&
      request.direction === 'sent' &&
      head.method === 'NICKNAME' &&
      response?.head.status === 200,
  );

/** The switch has taken a message of this actor that is for somebody else than the room. */
const hasSentPrivately = (stage: Stage, actor: Actor): boolean =>
  [...stage.messages.values()].some(({ sender, composed, transactionIds }) => {
    const cpim = parseCpim(composed.octets);
    const to = cpim.ok ? cpim.value.headers.find(({ name }) => name === 'To')?.value : undefined;
    if (sender !== actor || to === undefined || to.includes(`<${actor.room}>`)) return false;
    return transactionIds.some(
      (id) => stage.conversation.msrp.find(actor.wireName, 'sent', id)?.response?.head.status === 200,
    );
  });

function lastInvite(stage: Stage, actor: Actor): SipExchange | undefined {
  return stage.conversation.sip.list.findLast(
    (one) =>
      one.actor === actor.name &&
      one.direction === 'sent' &&
      one.message.method === 'INVITE' &&
      one.final !== undefined,
  );
}

const wasRefused = (stage: Stage, actor: Actor): boolean =>
  (lastInvite(stage, actor)?.final?.message.status ?? 0) >= 300;

function inviteEvidence(stage: Stage, actor: Actor): number[] {
  const final = lastInvite(stage, actor)?.final;
  return final === undefined ? [] : [final.entry.index];
}
