import type { MsrpMediaDescription, SdpLine, SdpMedia, SessionDescription, SetupRole } from './description.ts';
import { type SdpViolation, tolerated, violation } from './judgement.ts';
import { isMsrpMedia, readMsrpSection, sessionDefaults } from './msrp-media.ts';
import { parseOrigin, sameSession } from './origin.ts';
import { decideActive } from './setup-roles.ts';
import { writeSdp } from './write.ts';

type Direction = MsrpMediaDescription['direction'];

/** RFC 3264 §6.1: what may answer a direction. */
const ANSWERS_TO: Readonly<Record<Direction, readonly Direction[]>> = {
  sendrecv: ['sendrecv', 'sendonly', 'recvonly', 'inactive'],
  sendonly: ['recvonly', 'inactive'],
  recvonly: ['sendonly', 'inactive'],
  inactive: ['inactive'],
};

/** Rules on an offer as such (RFC 6135 §4.2.2). */
export function validateOffer(offer: SessionDescription): readonly SdpViolation[] {
  const defaults = sessionDefaults(offer.session);
  return offer.media
    .filter((media) => isMsrpMedia(media) && readMsrpSection(defaults, media).setup === 'passive')
    .map(() => violation('RFC6135-4.2.2-05', 'passive is offered'));
}

/** Rules that an answer breaks beside its offer (RFC 3264 §6, RFC 6135 §4). */
export function validateAnswer(offer: SessionDescription, answer: SessionDescription): readonly SdpViolation[] {
  const found: SdpViolation[] = [];
  const [offered, answered] = [offer.media.length, answer.media.length];
  if (offered !== answered) found.push(violation('RFC3264-6-01', `${answered} m= lines answer ${offered}`));
  const [offeredTime, time] = [firstValue(offer.session, 't'), firstValue(answer.session, 't')];
  if (offeredTime !== undefined && time !== undefined && time !== offeredTime)
    found.push(violation('RFC3264-6-02', `t=${time} answers t=${offeredTime}`));
  const origin = firstValue(answer.session, 'o');
  if (origin !== undefined && origin === firstValue(offer.session, 'o') && writeSdp(offer) !== writeSdp(answer))
    found.push(violation('RFC3264-6-04', 'the answer differs from the offer but has the same o= line'));
  const [offerDefaults, answerDefaults] = [sessionDefaults(offer.session), sessionDefaults(answer.session)];
  offer.media.forEach((media, index) => {
    const other = answer.media[index];
    if (isMsrpMedia(media) && media.port !== 0) found.push(...validateChatLine(media, other));
    if (other === undefined) return;
    found.push(...validateAnsweredLine(media, other));
    if (media.port !== 0 && other.port !== 0 && isMsrpMedia(media))
      found.push(
        ...validateAnsweredMsrp(readMsrpSection(offerDefaults, media), readMsrpSection(answerDefaults, other)),
      );
  });
  return found;
}

function validateAnsweredLine(offered: SdpMedia, answered: SdpMedia): readonly SdpViolation[] {
  const found: SdpViolation[] = [];
  if (offered.media !== answered.media)
    found.push(violation('RFC3264-6.1-01', `media ${answered.media} answers ${offered.media}`));
  if (answered.port === 0 && answered.formats.length === 0)
    found.push(violation('RFC3264-6-03', 'the refused m= line has no format'));
  if (offered.port === 0 && answered.port !== 0)
    found.push(violation('RFC3264-8.2-01', `port ${answered.port} answers port 0`));
  return found;
}

/** RFC 7701 §5.2: by its m= line a participant knows the switch. */
function validateChatLine(offered: SdpMedia, answered: SdpMedia | undefined): readonly SdpViolation[] {
  if (answered === undefined) return [violation('RFC7701-5.2-13', 'no m= line answers that of the chat')];
  if (answered.port === 0) return [];
  const line = ({ media, protocol, formats }: SdpMedia): string =>
    `${media} ${protocol.toUpperCase()} ${formats.join(' ')}`;
  if (line(answered) === line(offered)) return [];
  return [violation('RFC7701-5.2-13', `m= line "${line(answered)}" answers "${line(offered)}"`)];
}

function validateAnsweredMsrp(offered: MsrpMediaDescription, answered: MsrpMediaDescription): readonly SdpViolation[] {
  const found: SdpViolation[] = [];
  if (!ANSWERS_TO[offered.direction].includes(answered.direction))
    found.push(violation('RFC3264-6.1-02', `${answered.direction} answers ${offered.direction}`));
  return [...found, ...validateAnsweredSetup(offered.setup, answered.setup)];
}

function validateAnsweredSetup(offer: SetupRole | undefined, answer: SetupRole | undefined): readonly SdpViolation[] {
  const side = decideActive(offer, answer);
  if (side.active !== 'nobody' || side.why !== 'invalid-answer') return [];
  return [violation('RFC6135-4.1-01', `a=setup:${answer ?? ''} answers ${offer === undefined ? 'none' : offer}`)];
}

/** Rules between a description and the next one of the same party in the same session (RFC 3264 §8, RFC 4975 §8.4). */
export function validateNext(previous: SessionDescription, next: SessionDescription): readonly SdpViolation[] {
  const found: SdpViolation[] = [];
  if (next.media.length < previous.media.length)
    found.push(violation('RFC3264-8-03', `${previous.media.length} m= lines shrink to ${next.media.length}`));
  const before = parseOrigin(firstValue(previous.session, 'o') ?? '');
  const after = parseOrigin(firstValue(next.session, 'o') ?? '');
  if (!before.ok || !after.ok) return found;
  if (!sameSession(before.value, after.value))
    return [...found, violation('RFC3264-8-01', 'o= differs in more than the version')];
  const step = after.value.version - before.value.version;
  const changed = contentOf(previous) !== contentOf(next);
  if (step < 0n) found.push(violation('RFC3264-8-01', `the version of o= goes back by ${-step}`));
  else if (changed && step === 0n) found.push(violation('RFC3264-8-01', 'content changed, the version of o= did not'));
  else if (changed && step > 1n) found.push(tolerated('RFC3264-8-01', `the version of o= rises by ${step}`));
  if (!changed && step !== 0n) found.push(violation('RFC4975-8.4-06', 'nothing changed but the version of o='));
  return found;
}

function contentOf(description: SessionDescription): string {
  return writeSdp({ ...description, session: description.session.filter(({ type }) => type !== 'o') });
}

function firstValue(lines: readonly SdpLine[], type: string): string | undefined {
  return lines.find((line) => line.type === type)?.value;
}
