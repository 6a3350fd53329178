import { header } from '../../codec/sip/headers.ts';
import type { SipResponse } from '../../codec/sip/message.ts';
import type { WireRewriting } from '../alteration.ts';
import {
  dialogOf,
  editBody,
  methodOf,
  onSipArrivals,
  onSipRequests,
  onSipResponses,
  withoutSipHeader,
  withSipHeader,
} from '../rewriting.ts';
import { type Mutant, rfc3261, rfc4975, rfc7701 } from './mutant.ts';

/** Refusals with one status to one method come out with another. */
const statusAs = (method: string, from: number, status: number, reason: string): WireRewriting =>
  onSipResponses(method, (response) => (response.status === from ? answer(response, status, reason) : response));

const answer = (response: SipResponse, status: number, reason: string): SipResponse => ({
  ...response,
  status,
  reason,
});

/** SIP as the focus speaks it: joining, leaving and what lies beside. */
export const signallingMutants: readonly Mutant[] = [
  {
    name: 'no-isfocus',
    about: 'leaves isfocus out of its Contact',
    violates: [...rfc7701('5.2-11', '9.1-01'), 'RFC4579-5.1-02'],
    weight: 'fail',
    decisions: () => ({ contactParameters: () => [] }),
  },
  {
    name: 'refuses-everybody-else',
    about: 'answers 486 to everybody but the first in a room',
    violates: rfc7701('4-02', '5.2-03', '3-01', '5.1-02'),
    weight: 'fail',
    decisions: () => ({
      outgoing: (effects, event, room) =>
        event.type === 'join' && room.sessions.size > 1
          ? [{ type: 'refuse-join', session: event.session, status: 486, reason: 'Busy' }]
          : effects,
    }),
  },
  {
    name: 'bye-unknown',
    about: 'answers 481 to the BYE of a participant',
    violates: [...rfc7701('4-12', '3-01'), ...rfc3261('15.1.2-02')],
    weight: 'fail',
    wire: () => statusAs('BYE', 200, 481, 'Call/Transaction Does Not Exist'),
  },
  {
    name: 'bye-without-answer',
    about: 'does not answer BYE',
    violates: [...rfc7701('4-12', '3-01'), ...rfc3261('15.1.2-02')],
    weight: 'fail',
    wire: () => onSipResponses('BYE', () => undefined),
  },
  {
    name: 'any-bye-is-welcome',
    about: 'answers 200 to a BYE that matches no dialog',
    violates: rfc3261('15.1.2-01'),
    weight: 'warn',
    wire: () => statusAs('BYE', 481, 200, 'OK'),
  },
  {
    name: 'no-options',
    about: 'answers 405 to OPTIONS',
    violates: rfc3261('11-01', '11.2-01', '11.2-03'),
    weight: 'fail',
    wire: () => statusAs('OPTIONS', 200, 405, 'Method Not Allowed'),
  },
  {
    name: 'options-tell-nothing',
    about: 'answers OPTIONS without Allow, Accept and Supported',
    violates: rfc3261('11.2-02'),
    weight: 'warn',
    shownBy: 'sip/options',
    wire: () =>
      onSipResponses('OPTIONS', (response) =>
        ['Allow', 'Accept', 'Supported', 'Accept-Encoding', 'Accept-Language'].reduce(withoutSipHeader, response),
      ),
  },
  {
    name: 'unknown-room-is-an-error-of-its-own',
    about: 'answers 500 to an INVITE for a room it does not have',
    violates: [...rfc3261('8.2.2.1-02'), 'RFC4579-5.1-04'],
    weight: 'warn',
    wire: () => statusAs('INVITE', 404, 500, 'Server Internal Error'),
  },
  {
    name: 'ignores-require',
    about: 'passes over Require',
    violates: rfc3261('8.2.2.3-01'),
    weight: 'fail',
    wire: () => onSipArrivals('INVITE', (request) => withoutSipHeader(request, 'Require')),
  },
  {
    name: 'unsupported-without-a-word',
    about: 'leaves Unsupported out of a 420',
    violates: rfc3261('8.2.2.3-01'),
    weight: 'fail',
    wire: () => onSipResponses('INVITE', (response) => withoutSipHeader(response, 'Unsupported')),
  },
  {
    name: 'unknown-headers-refused',
    about: 'answers 420 to an INVITE with a header it does not know',
    violates: rfc3261('8.2.2-01'),
    weight: 'fail',
    wire: () =>
      onSipArrivals('INVITE', (request) =>
        request.headers.some(({ name }) => /^X-/i.test(name)) ? withSipHeader(request, 'Require', 'x') : request,
      ),
  },
  {
    name: 'every-method-is-fine',
    about: 'answers 200 to methods that do not exist',
    violates: rfc3261('21.5.2-01', '8.2.1-01'),
    weight: 'fail',
    wire: () => ({
      sipWritten: (message) => [
        message.kind === 'response' && [405, 501].includes(message.status) ? answer(message, 200, 'OK') : message,
      ],
    }),
  },
  {
    name: 'any-event-is-the-roster',
    about: 'takes a SUBSCRIBE for any event package as one for the roster',
    violates: ['RFC6665-4.2.1.1-01', 'RFC6665-3.2.1-01'],
    weight: 'warn',
    wire: () => onSipArrivals('SUBSCRIBE', (request) => withSipHeader(request, 'Event', 'conference')),
  },
  {
    name: 'refusals-without-tag',
    about: 'leaves the To tag out of refusals',
    violates: rfc3261('8.2.6.2-02'),
    weight: 'fail',
    shownBy: 'sip/unknown-room',
    wire: () => ({
      sipWritten: (message) => [
        message.kind === 'response' && message.status >= 400
          ? withSipHeader(message, 'To', (header(message, 'To') ?? '').replace(/;tag=[^;]*/, ''))
          : message,
      ],
    }),
  },
  {
    name: 'writes-from-anew',
    about: 'writes another user into the From of its responses',
    violates: rfc3261('8.2.6.2-01'),
    weight: 'fail',
    wire: () => ({
      sipWritten: (message) => [
        message.kind === 'response' && methodOf(message) !== 'INVITE'
          ? withSipHeader(message, 'From', (header(message, 'From') ?? '').replace(/sips?:[^@>]*@/, 'sip:somebody@'))
          : message,
      ],
    }),
  },
  {
    name: 'refusals-without-warning',
    about: 'leaves the Warning out of a 488',
    violates: rfc3261('13.3.1.3-01'),
    weight: 'warn',
    wire: () => onSipResponses('INVITE', (response) => withoutSipHeader(response, 'Warning')),
  },
  {
    name: 'answer-without-allow',
    about: 'leaves Allow and Supported out of the 2xx to INVITE',
    violates: rfc3261('13.3.1.4-01'),
    weight: 'warn',
    wire: () => onSipResponses('INVITE', (response) => ['Allow', 'Supported'].reduce(withoutSipHeader, response)),
  },
  {
    name: 'wrong-offers-get-500',
    about: 'answers 500 to an offer that it cannot take',
    violates: [...rfc3261('13.3.1.3-01', '14.2-03'), ...rfc7701('5.2-16')],
    weight: 'warn',
    wire: () => statusAs('INVITE', 488, 500, 'Server Internal Error'),
  },
  {
    name: 'one-session-uri-for-all',
    about: 'writes the session URI of the first participant into all its answers',
    violates: [...rfc7701('4-03'), ...rfc4975('8.2-07', '8.2-08')],
    weight: 'fail',
    wire: () => {
      let first: string | undefined;
      return {
        sipWritten: (message) => [
          editBody(message, 'application/sdp', (sdp) => {
            first ??= /^a=path:(.*)$/m.exec(sdp)?.[1];
            return sdp.replace(/^a=path:.*$/m, `a=path:${first}`);
          }),
        ],
      };
    },
  },
  {
    name: 'two-rooms-one-dialog',
    about: 'puts a participant that calls another room into the one it is in',
    violates: rfc7701('4-13', '3-01', '2-01', '4-02'),
    weight: 'fail',
    wire: () => {
      const rooms = new Map<string, string>();
      return onSipArrivals('INVITE', (request) => {
        if (/;tag=/.test(header(request, 'To') ?? '')) return request;
        const user = /<([^>]*)>/.exec(header(request, 'From') ?? '')?.[1] ?? '';
        const first = rooms.get(user) ?? request.uri;
        rooms.set(user, first);
        return { ...request, uri: first };
      });
    },
  },
  {
    name: 'notifies-outside-its-dialog',
    about: 'sends each NOTIFY under a Call-ID of its own',
    violates: ['RFC6665-4.2.1.2-01', ...rfc7701('2-08')],
    weight: 'fail',
    wire: () => onSipRequests('NOTIFY', (request) => withSipHeader(request, 'Call-ID', `${dialogOf(request)}x`)),
  },
];
