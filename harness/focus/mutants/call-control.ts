import { header } from '../../codec/sip/headers.ts';
import type { SipRequest } from '../../codec/sip/message.ts';
import { onSipArrivals, onSipRequests, onSipResponses, withoutSipHeader, withSipHeader } from '../rewriting.ts';
import type { Mutant } from './mutant.ts';

const requires = (request: SipRequest, extension: string): boolean => header(request, 'Require') === extension;

const ignores = (name: string, extension: string, requirement: string): Mutant => ({
  name: `takes-${extension}-of-any-dialog`,
  about: `requires no dialog for an INVITE that requires ${extension}`,
  violates: [requirement],
  weight: 'fail',
  wire: () =>
    onSipArrivals('INVITE', (request) =>
      requires(request, extension) ? withoutSipHeader(withoutSipHeader(request, 'Require'), name) : request,
    ),
});

/** BYE in the dialog that Replaces names, as its participant would send it. */
function byeIn(invite: SipRequest, replaces: string): SipRequest {
  const [callId = '', ...parameters] = replaces.split(';');
  const tag = (name: string): string =>
    parameters.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const value = (name: string): string => (header(invite, name) ?? '').replace(/;tag=.*$/, '');
  return {
    kind: 'request',
    method: 'BYE',
    uri: invite.uri,
    version: 'SIP/2.0',
    headers: [
      { name: 'Via', value: `${header(invite, 'Via')}-bye` },
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `${value('From')};tag=${tag('from-tag')}` },
      { name: 'To', value: `${value('To')};tag=${tag('to-tag')}` },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: '1000000000 BYE' },
      { name: 'Content-Length', value: '0' },
    ],
    body: Buffer.alloc(0),
  };
}

/** What a focus shows of itself, and does when it is asked to (RFC 4579). */
export const callControlMutants: readonly Mutant[] = [
  {
    name: 'isfocus-not-in-every-call',
    about: 'leaves isfocus out of the Contact of every second call',
    violates: ['RFC4579-4.2-01'],
    weight: 'fail',
    wire: () => {
      let calls = 0;
      return onSipResponses('INVITE', (response) => {
        if (response.status !== 200) return response;
        calls += 1;
        const contact = (header(response, 'Contact') ?? '').replace(';isfocus', '');
        return calls % 2 === 0 ? withSipHeader(response, 'Contact', contact) : response;
      });
    },
  },
  {
    name: 'isfocus-inside-the-uri',
    about: 'writes isfocus into the URI of its Contact',
    violates: ['RFC4579-4.2-01', 'RFC4579-5.1-02'],
    weight: 'fail',
    wire: () =>
      onSipResponses('INVITE', (response) =>
        withSipHeader(response, 'Contact', (header(response, 'Contact') ?? '').replace('>;isfocus', ';isfocus>')),
      ),
  },
  {
    name: 'isfocus-perhaps',
    about: 'gives isfocus a value that is neither TRUE nor FALSE',
    violates: ['RFC3840-10-01', 'RFC4579-4.2-01'],
    weight: 'fail',
    wire: () =>
      onSipResponses('INVITE', (response) =>
        withSipHeader(
          response,
          'Contact',
          (header(response, 'Contact') ?? '').replace(';isfocus', ';isfocus="perhaps"'),
        ),
      ),
  },
  {
    name: 'options-without-isfocus',
    about: 'leaves isfocus out of its answer to OPTIONS',
    violates: ['RFC4579-4.3-01'],
    weight: 'fail',
    shownBy: 'sip/options',
    wire: () =>
      onSipResponses('OPTIONS', (response) =>
        withSipHeader(response, 'Contact', (header(response, 'Contact') ?? '').replace(';isfocus', '')),
      ),
  },
  {
    name: 'invite-answered-without-abilities',
    about: 'does not say in the 2xx to INVITE which extensions it knows',
    violates: ['RFC4579-5.13-02'],
    weight: 'warn',
    wire: () => onSipResponses('INVITE', (response) => withoutSipHeader(response, 'Supported')),
  },
  {
    name: 'allows-what-it-refuses',
    about: 'lists REFER in Allow and answers it with 501',
    violates: ['RFC4579-5.13-03'],
    weight: 'warn',
    shownBy: 'rfc4579/refer/invitation',
    decisions: () => ({ referStatus: () => 501 }),
  },
  {
    name: 'wants-extensions-of-callers',
    about: 'refuses with 421 whoever supports no extension, every second time',
    violates: ['RFC4579-3.3-02'],
    weight: 'warn',
    shownBy: 'rfc3261/refusal-until-the-ack/over-udp',
    wire: () => {
      let calls = 0;
      return onSipResponses('INVITE', (response) => {
        if (response.status !== 420) return response;
        calls += 1;
        return calls > 0 ? { ...response, status: 421, reason: 'Extension Required' } : response;
      });
    },
  },
  {
    name: 'ends-the-dialog-a-stranger-replaces',
    about: 'ends the dialog that a stranger names in Replaces',
    violates: ['RFC4579-5.9-01'],
    weight: 'fail',
    wire: () => ({
      sipReceived(message) {
        const replaces = message.kind === 'request' ? header(message, 'Replaces') : undefined;
        if (message.kind !== 'request' || message.method !== 'INVITE' || replaces === undefined) return [message];
        return [byeIn(message, replaces), message];
      },
    }),
  },
  ignores('Replaces', 'replaces', 'RFC4579-5.9-01'),
  ignores('Join', 'join', 'RFC4579-5.8-01'),
  {
    name: 'takes-a-list-in-a-session',
    about: 'ignores that a re-INVITE requires a list of participants',
    violates: ['RFC5366-5.1-01'],
    weight: 'fail',
    wire: () =>
      onSipArrivals('INVITE', (request) =>
        requires(request, 'recipient-list-invite') ? withoutSipHeader(request, 'Require') : request,
      ),
  },
  {
    name: 'nothing-comes-of-refer',
    about: 'accepts REFER and never tells what came of it',
    violates: ['RFC4579-5.5-01', 'RFC3515-2.4.4-01'],
    weight: 'fail',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        (header(request, 'Event') ?? '').startsWith('refer') ? undefined : request,
      ),
  },
  {
    name: 'refer-answered-with-204',
    about: 'answers REFER with 204',
    violates: ['RFC3515-2.4.2-02'],
    weight: 'fail',
    shownBy: 'rfc4579/refer/invitation',
    decisions: () => ({ referStatus: () => 204 }),
  },
  {
    name: 'refer-told-in-words',
    about: 'tells in words what came of a REFER',
    violates: ['RFC3515-2.4.5-01'],
    weight: 'fail',
    shownBy: 'rfc4579/refer/invitation',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        (header(request, 'Event') ?? '').startsWith('refer')
          ? { ...withSipHeader(request, 'Content-Length', '8'), body: Buffer.from('Declined') }
          : request,
      ),
  },
  {
    name: 'refer-told-as-text',
    about: 'labels what it tells of a REFER text/plain',
    violates: ['RFC3515-2.4.4-01'],
    weight: 'fail',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        (header(request, 'Event') ?? '').startsWith('refer')
          ? withSipHeader(request, 'Content-Type', 'text/plain')
          : request,
      ),
  },
  {
    name: 'refer-ends-for-another-reason',
    about: 'ends the subscription of a REFER with the reason timeout',
    violates: ['RFC3515-2.4.7-01'],
    weight: 'warn',
    shownBy: 'rfc4579/refer/invitation',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        (header(request, 'Subscription-State') ?? '') === 'terminated;reason=noresource' &&
        (header(request, 'Event') ?? '').startsWith('refer')
          ? withSipHeader(request, 'Subscription-State', 'terminated;reason=timeout')
          : request,
      ),
  },
  {
    name: 'takes-refer-without-target',
    about: 'accepts a REFER whose target is missing',
    violates: ['RFC3515-2.4.2-01'],
    weight: 'fail',
    wire: () =>
      onSipArrivals('REFER', (request) =>
        header(request, 'Refer-To') === undefined
          ? withSipHeader(request, 'Refer-To', '<sip:somebody@chat.example.org>')
          : request,
      ),
  },
];
