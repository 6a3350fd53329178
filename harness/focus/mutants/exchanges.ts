import { header } from '../../codec/sip/headers.ts';
import type { SipRequest } from '../../codec/sip/message.ts';
import type { WireRewriting } from '../alteration.ts';
import {
  dialogOf,
  onDescriptions,
  onMsrpRequests,
  onSipArrivals,
  onSipResponses,
  withoutSipHeader,
} from '../rewriting.ts';
import { type Mutant, rfc3261 } from './mutant.ts';

/** INVITEs that `look` picks out are refused with 488. */
function refusesOffers(look: (request: SipRequest) => boolean): WireRewriting {
  const picked = new Set<string>();
  return {
    ...onSipArrivals('INVITE', (request) => {
      if (look(request)) picked.add(dialogOf(request));
      return request;
    }),
    ...onSipResponses('INVITE', (response) =>
      picked.has(dialogOf(response)) && response.status === 200
        ? { ...withoutSipHeader(response, 'Content-Type'), status: 488, reason: 'Not Acceptable Here' }
        : response,
    ),
  };
}

const withoutPrivacy = (which: RegExp): WireRewriting =>
  onSipArrivals('INVITE', (request) =>
    which.test(header(request, 'Privacy') ?? '') ? withoutSipHeader(request, 'Privacy') : request,
  );

/** Offers and answers beyond the stream of messages (RFC 3264), and identities (RFC 3323, RFC 3325). */
export const exchangeMutants: readonly Mutant[] = [
  {
    name: 'refused-streams-without-format',
    about: 'leaves the formats out of the lines it refuses',
    violates: ['RFC3264-6-03'],
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^m=(\S+) 0 (\S+) [^\r\n]*/gm, 'm=$1 0 $2')),
  },
  {
    name: 'both-ways-in-any-case',
    about: 'answers every direction with sendrecv',
    violates: ['RFC3264-6.1-02'],
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=(sendonly|recvonly|inactive)/gm, 'a=sendrecv')),
  },
  {
    name: 'takes-any-stream',
    about: 'takes streams of which it knows nothing',
    violates: ['RFC3264-6.1-03'],
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^m=(video|x-unheard-of) 0 /gm, 'm=$1 49170 ')),
  },
  {
    name: 'nothing-in-common-is-an-error',
    about: 'answers 500 to an offer with nothing in common',
    violates: ['RFC3264-6-05'],
    weight: 'fail',
    wire: () =>
      onSipResponses('INVITE', (response) =>
        response.status === 488 ? { ...response, status: 500, reason: 'Server Internal Error' } : response,
      ),
  },
  {
    name: 'the-same-again-is-refused',
    about: 'refuses a re-INVITE that changes nothing',
    violates: ['RFC3264-8-02'],
    weight: 'fail',
    wire: () => {
      const offers = new Map<string, string>();
      return refusesOffers((request) => {
        const [before, now] = [offers.get(dialogOf(request)), request.body.toString()];
        offers.set(dialogOf(request), now);
        return now !== '' && before === now;
      });
    },
  },
  {
    name: 'keeps-streams-that-are-given-up',
    about: 'answers port 0 with a port of its own',
    violates: ['RFC3264-8.2-01'],
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^m=message 0 /gm, 'm=message 2855 ')),
  },
  {
    name: 'wants-crlf-in-descriptions',
    about: 'refuses descriptions whose lines end with LF',
    violates: ['RFC8866-5-03'],
    weight: 'warn',
    wire: () => refusesOffers(({ body }) => body.length > 0 && !body.includes('\r\n')),
  },
  {
    name: 'one-origin-for-all',
    about: 'writes one and the same o= line for everybody',
    violates: ['RFC8866-5.2-01'],
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^o=[^\r\n]*/m, 'o=- 1 1 IN IP4 10.0.0.1')),
  },
  {
    name: 'user-privacy-is-not-heard',
    about: 'hides nobody who asks for privacy of the user',
    violates: ['RFC3323-4.2-01'],
    weight: 'fail',
    wire: () => withoutPrivacy(/^user$/),
  },
  {
    name: 'critical-privacy-is-not-heard',
    about: 'hides nobody for whom privacy is critical, nor refuses them',
    violates: ['RFC3323-4.2-04'],
    weight: 'fail',
    wire: () => withoutPrivacy(/critical/),
  },
  {
    name: 'believes-anybody',
    about: 'goes by P-Asserted-Identity, whoever asserts it',
    violates: ['RFC3325-8-01'],
    weight: 'warn',
    decisions: (reference) => ({
      identify: (request, trust, username) =>
        reference.identify(request, { ...trust, assertedIdentity: true }, username),
    }),
  },
  {
    name: 'room-by-the-letter',
    about: 'does not know the room by another spelling of its host',
    violates: rfc3261('19.1.4-01'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => {
        const text = request.body?.toString('latin1') ?? '';
        if (!/^To: <sip:[^>@]*@[A-Z.]+>/m.test(text)) return [request];
        return [{ ...request, body: Buffer.from(text.replace(/^(To: <sip:)/m, '$1x'), 'latin1') }];
      }),
  },
];
