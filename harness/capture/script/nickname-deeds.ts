import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import { readUseNickname } from '../../codec/msrp/nickname.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import type { Action } from '../../scenario/schema.ts';
import { answerTo } from './by-hand.ts';
import type { Deed } from './deed.ts';
import { type Claim, type Nicknames, TAKEN } from './nicknames.ts';
import type { Scene } from './scene.ts';
import type { Player } from './troupe.ts';

/** Every request for a nickname, with its answer. */
export function claimsIn({ conversation }: Scene): Claim[] {
  return conversation.msrp.list.flatMap(({ request, head, response }) => {
    if (request.direction !== 'sent' || head.method !== 'NICKNAME') return [];
    const read = readUseNickname(headerOf(head, 'Use-Nickname') ?? '');
    // What a server may take for the name, quotes or not, is worth looking at.
    const text = read.ok ? read.value : (headerOf(head, 'Use-Nickname') ?? '');
    return [{ text, status: response?.head.status }];
  });
}

/** A request for a nickname, or to be without one. Undefined: it is left out. */
export function nicknameDeed(
  scene: Scene,
  exchange: MsrpExchange,
  { name }: Player,
  nicknames: Nicknames,
): Deed | undefined {
  const { request, head, response } = exchange;
  const expect = answerTo(scene, exchange);
  const about = { actor: name, start: request.index, end: response?.entry.index ?? request.index };
  const field = head.headers.find((one) => one.name.toLowerCase() === 'use-nickname');
  const read = field === undefined ? undefined : readUseNickname(field.value);
  const told = expect === 200 ? {} : { expect };
  if (read?.ok === true && field?.octets === undefined && read.value !== '') {
    const written = nicknames.write(read.value);
    const status = response?.head.status;
    if (status === TAKEN && !nicknames.isHeld(read.value)) {
      scene.omissions.add(
        `a nickname that ${name} does not get, as a room reserves it or somebody has it who is not in the capture`,
      );
      return undefined;
    }
    return {
      ...about,
      action: { nickname: written },
      ...told,
      ...(status === undefined ? {} : { claim: { name: written, status } }),
    };
  }
  return { ...about, action: { nickname: oddNickname(scene, field, read?.ok === true) }, ...told };
}

function oddNickname(
  { troupe }: Scene,
  field: MsrpRequest['headers'][number] | undefined,
  removes: boolean,
): NonNullable<Action['nickname']> {
  if (field === undefined) return { none: true };
  if (removes) return '';
  if (field.octets !== undefined) return { 'header-octets': field.octets.toString('hex') };
  return { header: troupe.renewal.write(field.value) };
}
