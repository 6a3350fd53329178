import type { MsrpMediaDescription } from '../../codec/sdp/description.ts';
import { bareType } from '../../codec/sdp/media-type.ts';
import { findMsrpMedia, readMsrpMedia } from '../../codec/sdp/msrp-media.ts';
import { parseSdp } from '../../codec/sdp/parse.ts';
import { header } from '../../codec/sip/headers.ts';
import type { SipExchange } from '../../conversation/sip-exchanges.ts';
import type { WireEntry } from '../../wire/entry.ts';
import type { ClientAction } from '../client-schema.ts';
import { due, ROOM_SIDE, type Stage } from '../stage.ts';
import type { ClientAct } from './client.ts';
import { byeOf, inviteOf } from './client-on-wire.ts';

/** What the offer of the latest INVITE says of the MSRP stream. */
export async function offers({
  stage,
  args,
  charge,
}: ClientAct<NonNullable<ClientAction['offers']>>): Promise<undefined> {
  const invite = inviteOf(stage, 0);
  const message = 'client offers an MSRP stream';
  const media = invite === undefined ? undefined : mediaIn(invite);
  const evidence = invite === undefined ? [] : [invite.request.index];
  if (media === undefined) {
    const about = { message, expected: 'an offer with an MSRP stream', actual: 'none' };
    stage.judge.record(charge, { ...about, verdict: invite === undefined ? 'inconclusive' : charge.miss, evidence });
    return undefined;
  }
  const types = args['accept-types'];
  if (types !== undefined) {
    const listed = media.acceptTypes ?? [];
    const named = types.every((type) => listed.some((one) => bareType(one) === bareType(type)));
    // An asterisk only invites an attempt (RFC 4975 §8.6).
    const verdict = named ? 'pass' : listed.some((one) => one.includes('*')) ? 'warn' : charge.miss;
    const actual = listed.join(' ') || 'none';
    stage.judge.record(charge, {
      verdict,
      message: `${message}: accept-types`,
      expected: types.join(' '),
      actual,
      evidence,
    });
  }
  if (args['accept-wrapped-types'] !== undefined) {
    const listed = media.acceptWrappedTypes;
    const verdict = listed === undefined ? charge.miss : 'pass';
    const about = { message: `${message}: accept-wrapped-types`, expected: 'present' };
    stage.judge.record(charge, { ...about, verdict, actual: listed?.join(' ') ?? 'absent', evidence });
  }
  return undefined;
}

/** Whether the room has taken the offer or not. */
function mediaIn({ message }: SipExchange): MsrpMediaDescription | undefined {
  const description = parseSdp(message.body.toString('utf8'));
  const stream = findMsrpMedia(description);
  return stream === undefined ? undefined : readMsrpMedia(description, stream);
}

/** ACK to the final response to its latest INVITE (RFC 3261 §13.2.2.4, §17.1.1.3). */
export async function acknowledges({ stage, charge }: ClientAct<object>): Promise<undefined> {
  const invite = inviteOf(stage, 0);
  const about = { message: 'client acknowledges the final response to its INVITE', expected: 'ACK' };
  if (invite?.final === undefined) {
    stage.judge.record(charge, { ...about, verdict: 'inconclusive', actual: 'there is no such response' });
    return undefined;
  }
  const ack = await due(stage, () => ackOf(stage, invite));
  const evidence = [invite.request.index, invite.final.entry.index, ...(ack === undefined ? [] : [ack.index])];
  const verdict = ack === undefined ? charge.miss : 'pass';
  stage.judge.record(charge, { ...about, verdict, actual: ack === undefined ? 'none' : 'ACK', evidence });
  return undefined;
}

function ackOf({ log }: Stage, { message }: SipExchange): WireEntry | undefined {
  const number = (value: string | undefined): string => value?.trim().split(/\s+/)[0] ?? '';
  return log.entries.find(
    ({ actor, direction, content }) =>
      actor === ROOM_SIDE &&
      direction === 'received' &&
      content.protocol === 'sip' &&
      content.message.kind === 'request' &&
      content.message.method === 'ACK' &&
      header(content.message, 'Call-ID') === header(message, 'Call-ID') &&
      number(header(content.message, 'CSeq')) === number(header(message, 'CSeq')),
  );
}

/** BYE or re-INVITE that it was not told to send. */
export async function givesUpSession({ stage, charge }: ClientAct<object>): Promise<undefined> {
  const stay = stage.conversation.stays.list.findLast(({ actor }) => actor === ROOM_SIDE);
  const seen = await due(stage, () =>
    stay === undefined
      ? undefined
      : (byeOf(stage, stay.invite.index) ?? stay.changes.find(({ direction }) => direction === 'received')),
  );
  stage.judge.record(charge, {
    verdict: seen === undefined ? charge.miss : 'pass',
    message: 'client gives the MSRP session up',
    expected: 'BYE, or a new offer',
    actual: seen === undefined ? 'neither' : 'it did',
    evidence: seen === undefined ? [] : [seen.index],
  });
  return undefined;
}
