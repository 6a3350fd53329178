import { header, headerLines } from '../../codec/sip/headers.ts';
import type { SipHeader, SipMessage, SipRequest, SipResponse } from '../../codec/sip/message.ts';
import type { WireRewriting } from '../alteration.ts';
import {
  dialogOf,
  methodOf,
  onDocuments,
  onSipArrivals,
  onSipRequests,
  onSipResponses,
  withoutSipHeader,
  withSipHeader,
} from '../rewriting.ts';
import { type Mutant, rfc3261 } from './mutant.ts';

const withHeaders = <M extends SipMessage>(message: M, keep: (line: SipHeader) => boolean): M => ({
  ...message,
  headers: message.headers.filter(keep),
});

const answer = (response: SipResponse, status: number, reason: string): SipResponse => ({
  ...response,
  status,
  reason,
});

/** Responses with one status come out with another, whatever they answer. */
const anyStatusAs = (from: number, status: number, reason: string): WireRewriting => ({
  sipWritten: (message) => [
    message.kind === 'response' && message.status === from ? answer(message, status, reason) : message,
  ],
});

/** Requests that `look` picks out are answered with another status than the reference gives. */
function answeredWith(method: string, look: (request: SipRequest) => boolean, status: number): WireRewriting {
  const picked = new Set<string>();
  return {
    ...onSipArrivals(method, (request) => {
      if (look(request)) picked.add(dialogOf(request));
      return request;
    }),
    ...onSipResponses(method, (response) =>
      picked.has(dialogOf(response)) && response.status > 100 ? answer(response, status, 'No') : response,
    ),
  };
}

const isInDialog = (request: SipRequest): boolean => /;\s*tag=/.test(header(request, 'To') ?? '');

/** A request that the focus would write inside the dialog of this response. */
function byeFrom(invite: SipRequest, response: SipResponse): SipRequest {
  const uri = /<([^>]*)>/.exec(header(invite, 'Contact') ?? '')?.[1] ?? '';
  const lines: [string, string][] = [
    ['Via', `SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKbye${dialogOf(invite)}`],
    ['Max-Forwards', '70'],
    ['From', header(response, 'To') ?? ''],
    ['To', header(response, 'From') ?? ''],
    ['Call-ID', dialogOf(invite)],
    ['CSeq', '1 BYE'],
    ['Content-Length', '0'],
  ];
  return {
    ...invite,
    method: 'BYE',
    uri,
    headers: lines.map(([name, value]) => ({ name, value })),
    body: Buffer.alloc(0),
  };
}

/** SIP messages read by their forms, and dialogs as the focus keeps them (RFC 3261 §7 to §15). */
export const dialogMutants: readonly Mutant[] = [
  {
    name: 'header-names-by-their-case',
    about: 'does not know headers whose names begin with a small letter',
    violates: rfc3261('7.3.1-01'),
    weight: 'fail',
    wire: () => ({
      sipReceived: (message) => [withHeaders(message, ({ name }) => name.length === 1 || !/^[a-z]/.test(name))],
    }),
  },
  {
    name: 'no-compact-forms',
    about: 'does not know headers by their compact forms',
    violates: rfc3261('7.3.3-01'),
    weight: 'fail',
    wire: () => ({ sipReceived: (message) => [withHeaders(message, ({ name }) => name.length > 1)] }),
  },
  {
    name: 'refused-yet-listed',
    about: 'lists who was refused among the participants',
    violates: rfc3261('8.2-01'),
    weight: 'fail',
    wire: () => {
      const refused = new Set<string>();
      return {
        sipWritten(message, stream) {
          const from = /<([^>]*)>/.exec(header(message, 'From') ?? '')?.[1];
          if (
            message.kind === 'response' &&
            methodOf(message) === 'INVITE' &&
            message.status >= 400 &&
            from !== undefined
          )
            refused.add(from);
          const users = [...refused].map(
            (uri) =>
              `<user entity="${uri}" state="full"><endpoint entity="${uri}"><status>connected</status></endpoint></user>`,
          );
          return (
            onDocuments((text) => text.replace('</users>', `${users.join('')}</users>`)).sipWritten?.(
              message,
              stream,
            ) ?? [message]
          );
        },
      };
    },
  },
  {
    name: 'known-methods-are-errors',
    about: 'answers 500 to methods that it knows and does not offer',
    violates: rfc3261('8.2.1-01'),
    weight: 'fail',
    wire: () => anyStatusAs(405, 500, 'Server Internal Error'),
  },
  {
    name: 'room-of-the-to',
    about: 'goes by To where the Request-URI counts',
    violates: rfc3261('8.2.2.1-03'),
    weight: 'fail',
    wire: () =>
      onSipArrivals('INVITE', (request) => {
        const uri = /<(sip:[^>]*)>/.exec(header(request, 'To') ?? '')?.[1];
        return uri === undefined || isInDialog(request) ? request : { ...request, uri };
      }),
  },
  {
    name: 'cancel-looks-at-require',
    about: 'refuses CANCEL with an unknown Require',
    violates: rfc3261('8.2.2.3-02'),
    weight: 'fail',
    wire: () => answeredWith('CANCEL', (request) => header(request, 'Require') !== undefined, 420),
  },
  {
    name: 'cancel-is-challenged',
    about: 'challenges CANCEL',
    violates: rfc3261('22.1-02'),
    weight: 'fail',
    wire: () => answeredWith('CANCEL', () => true, 401),
  },
  {
    name: 'unknown-types-are-not-acceptable',
    about: 'answers 488 to a body of an unknown type',
    violates: rfc3261('8.2.3-01'),
    weight: 'fail',
    wire: () => anyStatusAs(415, 488, 'Not Acceptable Here'),
  },
  {
    name: 'unknown-types-without-a-hint',
    about: 'does not tell in a 415 what it takes',
    violates: rfc3261('8.2.3-01'),
    weight: 'fail',
    wire: () =>
      onSipResponses('INVITE', (response) => ['Accept', 'Accept-Encoding'].reduce(withoutSipHeader, response)),
  },
  {
    name: 'cancel-of-nothing-is-accepted',
    about: 'answers 200 to a CANCEL that matches nothing',
    violates: rfc3261('9.2-01'),
    weight: 'warn',
    wire: () => onSipResponses('CANCEL', (response) => answer(response, 200, 'OK')),
  },
  {
    name: 'cancel-ends-calls',
    about: 'ends a call for a CANCEL that comes after the 200',
    violates: rfc3261('9.2-02'),
    weight: 'fail',
    wire: () => {
      const accepted = new Map<string, string>();
      return {
        ...onSipResponses('INVITE', (response) => {
          if (response.status < 300) accepted.set(dialogOf(response), header(response, 'To') ?? '');
          return response;
        }),
        sipReceived(message) {
          const to = accepted.get(dialogOf(message));
          if (message.kind !== 'request' || message.method !== 'CANCEL' || to === undefined) return [message];
          const via = (header(message, 'Via') ?? '').replace(/branch=/, 'branch=z9hG4bKx');
          const bye = withSipHeader(withSipHeader(withSipHeader(message, 'To', to), 'CSeq', '2 BYE'), 'Via', via);
          accepted.delete(dialogOf(message));
          return [message, { ...bye, method: 'BYE' }];
        },
      };
    },
  },
  {
    name: 'record-route-backwards',
    about: 'turns Record-Route round in its 2xx',
    violates: rfc3261('12.1.1-01'),
    weight: 'fail',
    wire: () => ({
      sipWritten(message) {
        const lines = headerLines(message, 'Record-Route').join(', ').split(', ');
        if (message.kind !== 'response' || lines.length < 2) return [message];
        return [withSipHeader(withoutSipHeader(message, 'Record-Route'), 'Record-Route', lines.reverse().join(', '))];
      },
    }),
  },
  {
    name: 'record-route-forgotten',
    about: 'leaves Record-Route out of its 2xx',
    violates: rfc3261('12.1.1-01'),
    weight: 'fail',
    wire: () => ({
      sipWritten: (message) => [message.kind === 'response' ? withoutSipHeader(message, 'Record-Route') : message],
    }),
  },
  {
    name: 'accepts-without-contact',
    about: 'leaves Contact out of the 2xx to SUBSCRIBE',
    violates: rfc3261('12.1.1-02'),
    weight: 'fail',
    wire: () => onSipResponses('SUBSCRIBE', (response) => withoutSipHeader(response, 'Contact')),
  },
  {
    name: 'contact-without-brackets',
    about: 'writes a Contact with a question mark without brackets',
    violates: rfc3261('20.10-01'),
    weight: 'fail',
    wire: () =>
      onSipResponses('INVITE', (response) =>
        header(response, 'Contact') === undefined
          ? response
          : withSipHeader(response, 'Contact', 'sip:room@10.0.0.1:5060?Subject=chat;isfocus'),
      ),
  },
  {
    name: 'old-clients-get-no-answer',
    about: 'does not answer an INVITE without tag in From',
    violates: rfc3261('12.1.1-04'),
    weight: 'fail',
    wire: () =>
      onSipArrivals('INVITE', (request) => (/;\s*tag=/.test(header(request, 'From') ?? '') ? request : undefined)),
  },
  {
    name: 'unknown-dialogs-get-no-answer',
    about: 'does not answer requests of dialogs it does not know',
    violates: rfc3261('12.2.2-01'),
    weight: 'fail',
    wire: () => ({ sipWritten: (message) => (message.kind === 'response' && message.status === 481 ? [] : [message]) }),
  },
  {
    name: 'cseq-goes-back-and-forth',
    about: 'accepts a re-INVITE whose CSeq is lower than the last',
    violates: rfc3261('12.2.2-02'),
    weight: 'fail',
    wire: () =>
      onSipResponses('INVITE', (response) => (response.status === 500 ? answer(response, 200, 'OK') : response)),
  },
  {
    name: 'cseq-counts-by-one',
    about: 'refuses a BYE whose CSeq leaves a gap',
    violates: rfc3261('12.2.2-02'),
    weight: 'fail',
    wire: () => answeredWith('BYE', (request) => Number.parseInt(header(request, 'CSeq') ?? '', 10) > 1_000_000, 500),
  },
  {
    name: 'changes-without-answer',
    about: 'leaves the answer out of the 2xx to an offer in a re-INVITE',
    violates: rfc3261('13.3.1.4-02'),
    weight: 'fail',
    shownBy: 'rfc7701/11-security/anonymous-participant',
    wire: () => {
      const changing = new Set<string>();
      return {
        ...onSipArrivals('INVITE', (request) => {
          if (isInDialog(request) && request.body.length > 0) changing.add(dialogOf(request));
          return request;
        }),
        ...onSipResponses('INVITE', (response) => {
          if (!changing.has(dialogOf(response)) || response.status !== 200) return response;
          const bare = withoutSipHeader(response, 'Content-Type');
          return { ...withSipHeader(bare, 'Content-Length', '0'), body: Buffer.alloc(0) };
        }),
      };
    },
  },
  {
    name: 'waits-for-the-ack-for-ever',
    about: 'never sends BYE',
    violates: rfc3261('14.2-05', '13.3.1.4-03'),
    weight: 'warn',
    wire: () => onSipRequests('BYE', () => undefined),
  },
  {
    name: 'bye-before-the-ack',
    about: 'sends BYE ahead of its 2xx to an INVITE without offer',
    violates: rfc3261('15-01'),
    weight: 'fail',
    wire: () => {
      const invites = new Map<string, SipRequest>();
      return {
        ...onSipArrivals('INVITE', (request) => {
          if (request.body.length === 0) invites.set(dialogOf(request), request);
          return request;
        }),
        sipWritten(message) {
          const invite = invites.get(dialogOf(message));
          if (message.kind !== 'response' || message.status !== 200 || methodOf(message) !== 'INVITE') return [message];
          return invite === undefined ? [message] : [byeFrom(invite, message), message];
        },
      };
    },
  },
  {
    name: 'bye-under-another-call-id',
    about: 'sends BYE outside the dialog that it is to end',
    violates: rfc3261('15-01'),
    weight: 'fail',
    shownBy: 'rfc3261/bye-that-is-refused',
    wire: () => onSipRequests('BYE', (request) => withSipHeader(request, 'Call-ID', `${dialogOf(request)}x`)),
  },
  {
    name: 'another-version-is-an-error',
    about: 'answers 500 to another version of SIP',
    violates: rfc3261('21.5.6-01'),
    weight: 'warn',
    wire: () => anyStatusAs(505, 500, 'Server Internal Error'),
  },
];
