import type { SdpMedia } from '../codec/sdp/description.ts';
import { isMsrpMedia, readMsrpMedia } from '../codec/sdp/msrp-media.ts';
import type { Violation } from '../codec/violation.ts';
import type { Agreement } from '../conversation/stays.ts';

/** What scenarios offer that nobody can know: a medium, or a format, of this name. */
const UNHEARD_OF = /x-unheard-of/i;

const isUnheardOf = (section: SdpMedia): boolean =>
  UNHEARD_OF.test(section.media) ||
  (!isMsrpMedia(section) &&
    section.lines.some(({ type, value }) => type === 'a' && /^rtpmap:/.test(value) && UNHEARD_OF.test(value)));

/** RFC 3264 §6.1: nothing in common with a stream that nobody can know, so its port has to be zero. */
export function unheardOfTaken({ offer, answer }: Agreement): readonly Violation[] {
  return offer.description.media.flatMap((section, i) => {
    const answered = answer.description.media[i];
    return isUnheardOf(section) && answered !== undefined && answered.port !== 0
      ? [{ requirement: 'RFC3264-6.1-03', message: `port ${answered.port} answers a stream that nobody can know` }]
      : [];
  });
}

/** Which requirements an exchange shows to be kept where no validator finds a fault. `later`: not the first of its session. */
export function shownBy({ offer, answer }: Agreement, later: boolean): readonly string[] {
  const shown: string[] = later ? ['RFC3264-8-01', 'RFC3264-8-03'] : [];
  if (answer.side !== 'peer') return shown;
  for (const [i, section] of offer.description.media.entries()) {
    const answered = answer.description.media[i];
    if (answered === undefined) continue;
    if (answered.port === 0) shown.push('RFC3264-6-03');
    if (section.port === 0) shown.push('RFC3264-8.2-01');
    if (isUnheardOf(section)) shown.push('RFC3264-6.1-03');
    const offered = isMsrpMedia(section) ? readMsrpMedia(offer.description, section).direction : 'sendrecv';
    if (offered !== 'sendrecv' && answered.port !== 0) shown.push('RFC3264-6.1-02');
  }
  return shown;
}
