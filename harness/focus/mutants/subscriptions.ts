import { header } from '../../codec/sip/headers.ts';
import type { SipRequest } from '../../codec/sip/message.ts';
import {
  editBody,
  onSipArrivals,
  onSipRequests,
  onSipResponses,
  withoutSipHeader,
  withSipHeader,
} from '../rewriting.ts';
import { type Mutant, rfc4575 } from './mutant.ts';

const PLAIN = 'application/conference-info+xml';

const isOf = (request: SipRequest, name: string): boolean => (header(request, 'Event') ?? '').startsWith(name);

const asks = (request: SipRequest, seconds: (asked: number) => boolean): boolean =>
  seconds(Number(header(request, 'Expires') ?? '3600'));

/** How the conference package is served, and SUBSCRIBE answered. */
export const subscriptionMutants: readonly Mutant[] = [
  {
    name: 'event-in-capitals',
    about: 'writes the name of the package with a capital in NOTIFY',
    violates: rfc4575('3.1-01'),
    weight: 'fail',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        isOf(request, 'conference')
          ? withSipHeader(request, 'Event', (header(request, 'Event') ?? '').replace('conference', 'Conference'))
          : request,
      ),
  },
  {
    name: 'documents-as-text-xml',
    about: 'labels its documents text/xml',
    violates: [...rfc4575('9.2-01', '3.4-01', '3.4-02'), 'RFC6665-3.2.1-02', 'RFC6502-4.1-01'],
    weight: 'fail',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        header(request, 'Content-Type') === PLAIN ? withSipHeader(request, 'Content-Type', 'text/xml') : request,
      ),
  },
  {
    name: 'documents-in-latin1-by-label',
    about: 'labels its documents as ISO-8859-1',
    violates: rfc4575('9.2-01'),
    weight: 'fail',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        header(request, 'Content-Type') === PLAIN
          ? withSipHeader(request, 'Content-Type', `${PLAIN};charset=iso-8859-1`)
          : request,
      ),
  },
  {
    name: 'xcon-for-everybody',
    about: 'sends XCON documents to whoever subscribes',
    violates: ['RFC6502-4-01', 'RFC6665-3.2.1-02', 'RFC6502-4.1-01', ...rfc4575('3.4-01', '3.4-02')],
    weight: 'fail',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        header(request, 'Content-Type') === PLAIN
          ? withSipHeader(
              editBody(request, PLAIN, (text) => text) as SipRequest,
              'Content-Type',
              'application/xcon-conference-info+xml',
            )
          : request,
      ),
  },
  {
    name: 'documents-for-those-who-accept-none',
    about: 'sends documents to subscribers that do not accept them',
    violates: [...rfc4575('3.4-04'), 'RFC6665-3.2.1-02'],
    weight: 'fail',
    shownBy: 'sip/malformed/subscriptions/61-nothing-to-accept',
    wire: () => onSipArrivals('SUBSCRIBE', (request) => withoutSipHeader(request, 'Accept')),
  },
  {
    name: 'an-hour-is-too-brief',
    about: 'calls an hour too brief',
    violates: ['RFC6665-4.2.1.1-02'],
    weight: 'warn',
    wire: () => ({
      ...onSipArrivals('SUBSCRIBE', (request) =>
        isOf(request, 'conference') && asks(request, (asked) => asked === 7200)
          ? withSipHeader(request, 'Event', 'too-brief')
          : request,
      ),
      ...onSipResponses('SUBSCRIBE', (response) =>
        response.status === 489 ? { ...response, status: 423, reason: 'Interval Too Brief' } : response,
      ),
    }),
  },
  {
    name: 'expires-of-contact-counts',
    about: 'takes the expires parameter of Contact for the time of a subscription',
    violates: ['RFC6665-3.1.1-03'],
    weight: 'fail',
    wire: () =>
      onSipArrivals('SUBSCRIBE', (request) => {
        const seconds = /;expires=(\d+)/.exec(header(request, 'Contact') ?? '')?.[1];
        return seconds === undefined ? request : withSipHeader(request, 'Expires', seconds);
      }),
  },
  {
    name: 'serves-presence-unannounced',
    about: 'serves presence with its roster, and does not say so',
    violates: ['RFC6665-4.4.4-01'],
    weight: 'fail',
    shownBy: 'rfc6665/other-packages/presence',
    wire: () =>
      onSipArrivals('SUBSCRIBE', (request) =>
        isOf(request, 'presence') ? withSipHeader(request, 'Event', 'conference') : request,
      ),
  },
  {
    name: 'announces-presence',
    about: 'lists presence in Allow-Events and does not serve it',
    violates: ['RFC6665-4.4.4-01'],
    weight: 'fail',
    shownBy: 'rfc6665/other-packages/presence',
    wire: () => ({
      sipWritten: (message) => [
        header(message, 'Allow-Events') === undefined
          ? message
          : withSipHeader(message, 'Allow-Events', 'conference, presence'),
      ],
    }),
  },
  {
    name: 'does-not-announce-the-package',
    about: 'serves the conference package without listing it',
    violates: ['RFC4579-3.1-01'],
    weight: 'warn',
    wire: () => ({ sipWritten: (message) => [withoutSipHeader(message, 'Allow-Events')] }),
  },
  {
    name: 'serves-filters-with-500',
    about: 'breaks down at a filter',
    violates: rfc4575('3.2-04'),
    weight: 'fail',
    wire: () =>
      onSipResponses('SUBSCRIBE', (response) =>
        response.status === 415 ? { ...response, status: 500, reason: 'Internal Server Error' } : response,
      ),
  },
  {
    name: 'lets-members-not-subscribe',
    about: 'lets nobody subscribe who is in the room',
    violates: rfc4575('3.5-02'),
    weight: 'warn',
    wire: () => ({
      ...onSipArrivals('SUBSCRIBE', (request) => withSipHeader(request, 'Event', 'forbidden')),
      ...onSipResponses('SUBSCRIBE', (response) =>
        response.status === 489 ? { ...response, status: 403, reason: 'Forbidden' } : response,
      ),
    }),
  },
  {
    name: 'subscribes-to-any-refer',
    about: 'accepts subscriptions to a REFER that was never sent',
    violates: ['RFC3515-2.4.4-02'],
    weight: 'fail',
    wire: () =>
      onSipArrivals('SUBSCRIBE', (request) =>
        isOf(request, 'refer') ? withSipHeader(request, 'Event', 'conference') : request,
      ),
  },
  {
    name: 'cancel-of-subscribe-is-500',
    about: 'breaks down at a CANCEL of a SUBSCRIBE',
    violates: ['RFC6665-4.6-01'],
    weight: 'fail',
    wire: () => onSipResponses('CANCEL', (response) => ({ ...response, status: 500, reason: 'Internal Server Error' })),
  },
];
