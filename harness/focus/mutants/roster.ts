import type { Alteration } from '../alteration.ts';
import {
  onDocuments,
  onSipArrivals,
  onSipRequests,
  onSipResponses,
  withoutSipHeader,
  withSipHeader,
} from '../rewriting.ts';
import { type Mutant, rfc4575, rfc7701 } from './mutant.ts';

interface Slip {
  readonly name: string;
  readonly about: string;
  readonly violates: readonly string[];
  readonly weight?: 'fail' | 'warn';
  readonly shownBy?: string;
  readonly edit: (document: string) => string;
}

const isFull = (document: string): boolean => /<conference-info[^>]* state="full"/.test(document);

/** Slips in the text of a document. */
const slips: readonly Slip[] = [
  {
    name: 'document-not-well-formed',
    about: 'does not close the root of its documents',
    violates: rfc4575('4.1-01'),
    edit: (document) => document.replace('</conference-info>', ''),
  },
  {
    name: 'markup-escaped-twice',
    about: 'escapes what looks like markup in names twice',
    violates: rfc7701('7.4-06'),
    edit: (document) => document.replaceAll('&amp;', '&amp;amp;').replaceAll('&lt;', '&amp;lt;'),
  },
  {
    name: 'markup-not-escaped',
    about: 'leaves what looks like markup in names as it is',
    violates: rfc4575('4.1-01'),
    shownBy: 'rfc7701/7-nicknames/markup-in-the-roster',
    edit: (document) => document.replaceAll('&lt;', '<'),
  },
  {
    name: 'document-in-another-namespace',
    about: 'writes its documents in a namespace of its own',
    violates: rfc4575('4.2-01'),
    edit: (document) => document.replace('urn:ietf:params:xml:ns:conference-info"', 'urn:example:conference"'),
  },
  {
    name: 'document-in-latin1',
    about: 'says in its documents that they are ISO-8859-1',
    violates: rfc4575('4.1-02'),
    edit: (document) => document.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"'),
  },
  {
    name: 'document-without-version',
    about: 'leaves the version out of its documents',
    violates: rfc4575('4.3-01', '5.2-02'),
    edit: (document) => document.replace(/ version="\d+"/, ''),
  },
  {
    name: 'document-always-version-one',
    about: 'gives all its documents version 1',
    violates: rfc4575('5.2-02', '5.2-03', '4.3-01'),
    edit: (document) => document.replace(/ version="\d+"/, ' version="1"'),
  },
  {
    name: 'document-without-description',
    about: 'leaves the description of the conference out of full documents',
    violates: rfc4575('5.2-05'),
    edit: (document) => document.replace(/<conference-description>.*<\/conference-description>/, ''),
  },
  {
    name: 'document-with-a-state-of-its-own',
    about: 'writes a state that RFC 4575 does not know',
    violates: rfc4575('4.4-02'),
    edit: (document) => document.replace('<users state="full"', '<users state="complete"'),
  },
  {
    name: 'partial-inside-full',
    about: 'calls the users of a full document partial',
    violates: rfc4575('4.4-03'),
    edit: (document) =>
      isFull(document) ? document.replace('<users state="full"', '<users state="partial"') : document,
  },
  {
    name: 'deleted-with-children',
    about: 'shows the endpoints of users that have left',
    violates: rfc4575('4.4-05'),
    weight: 'warn',
    edit: (document) =>
      document.replace(
        /<user (entity="[^"]*") state="deleted"\/>/g,
        '<user $1 state="deleted"><display-text>gone</display-text></user>',
      ),
  },
  {
    name: 'user-stands-twice',
    about: 'lists the first user of a document twice',
    violates: rfc4575('4.5-01'),
    edit: (document) => document.replace(/<user .*?<\/user>/, '$&$&'),
  },
  {
    name: 'endpoint-stands-twice',
    about: 'lists the first endpoint of a user twice',
    violates: rfc4575('4.5-01', '5.7-01'),
    edit: (document) => document.replace(/<endpoint .*?<\/endpoint>/, '$&$&'),
  },
  {
    name: 'endpoint-status-online',
    about: 'gives endpoints the status "online"',
    violates: rfc4575('5.7.3-01', '6-01'),
    edit: (document) => document.replaceAll('<status>connected<', '<status>online<'),
  },
  {
    name: 'joining-method-invited',
    about: 'writes a joining method that RFC 4575 does not know',
    violates: rfc4575('5.7.4-01', '6-01'),
    edit: (document) => document.replaceAll('>dialed-in<', '>invited<'),
  },
  {
    name: 'children-out-of-order',
    about: 'writes the users in front of the description',
    violates: rfc4575('6-01'),
    edit: (document) => document.replace(/(<conference-description>.*?)(<users.*<\/users>)/, '$2$1'),
  },
  {
    name: 'roster-of-another-room',
    about: 'names another conference in its documents',
    violates: [...rfc7701('9.6-01', '2-01'), ...rfc4575('5.2-01')],
    edit: (document) => document.replace(/(<conference-info[^>]* entity=")[^"]*/, '$1sip:conference@chat.example.org'),
  },
  {
    name: 'nickname-without-namespace',
    about: 'writes the nickname as attribute without namespace',
    violates: [...rfc7701('7.4-04'), 'RFC6501-4.6.3-01'],
    weight: 'warn',
    edit: (document) => document.replaceAll(' xcon:nickname=', ' nickname='),
  },
  {
    name: 'nickname-in-a-namespace-of-its-own',
    about: 'writes the nickname in another namespace than that of XCON',
    violates: rfc7701('7.4-04', '7.4-06', '9.6-01'),
    weight: 'warn',
    edit: (document) => document.replace('urn:ietf:params:xml:ns:xcon-conference-info', 'urn:example:nicknames'),
  },
  {
    name: 'nickname-of-the-neighbour',
    about: 'shows each nickname at another user',
    violates: rfc7701('7.4-04', '9.6-01', '7.4-06'),
    edit: (document) => {
      const names = [...document.matchAll(/ xcon:nickname="[^"]*"/g)].map(([name]) => name);
      let at = 0;
      return document.replace(/<user [^>]*>/g, (user) =>
        user.includes(' xcon:nickname=')
          ? user.replace(/ xcon:nickname="[^"]*"/, '')
          : user.replace(/(\/?>)$/, `${names[at++] ?? ''}$1`),
      );
    },
  },
  {
    name: 'nickname-in-question-marks',
    about: 'shows question marks for what is not ASCII in a nickname',
    violates: rfc7701('7.1-31', '7.4-06', '7.4-04'),
    edit: (document) => document.replace(/[^\x00-\x7f]/g, '?'),
  },
  {
    name: 'nickname-in-small-letters',
    about: 'shows nicknames in lower case',
    violates: rfc7701('7.4-06', '7.4-04', '9.6-01'),
    edit: (document) => document.replace(/ xcon:nickname="[^"]*"/g, (attribute) => attribute.toLowerCase()),
  },
  {
    name: 'nicknames-are-not-shown',
    about: 'shows no nicknames though it grants them and announces the roster',
    violates: rfc7701('7.4-06', '7.4-04', '9.6-01', '3-05'),
    weight: 'warn',
    edit: (document) => document.replace(/ xcon:nickname="[^"]*"/g, ''),
  },
  {
    name: 'the-last-user-is-missing',
    about: 'leaves the last user out of full documents',
    violates: [...rfc7701('2-08', '4-06'), ...rfc4575('3.2-02'), 'RFC4353-5.5-01'],
    edit: (document) =>
      isFull(document) ? document.replace(/<user [^>]*>(?:(?!<user ).)*<\/user>(?=<\/users>)/, '') : document,
  },
];

const XCON = 'application/xcon-conference-info+xml';

const other: readonly (Omit<Mutant, 'weight' | 'violates'> & Pick<Slip, 'violates' | 'weight'> & Alteration)[] = [
  {
    name: 'departed-stay-in-the-roster',
    about: 'does not tell in the roster that somebody has left',
    violates: [...rfc7701('2-08', '4-06'), ...rfc4575('5.1-01'), 'RFC6665-4.2.2-01'],
    wire: () =>
      onDocuments((document) =>
        document.replace(/<user [^>]*state="deleted"\/>/g, '').replace(/<users state="partial"\/>/, ''),
      ),
  },
  {
    name: 'refuses-subscribers-who-know-xcon',
    about: 'answers 406 to a subscriber that takes the XCON documents as well as the plain ones',
    violates: rfc7701('7.4-02'),
    weight: 'warn',
    wire: () =>
      onSipArrivals('SUBSCRIBE', (request) =>
        request.headers.some(({ name, value }) => name.toLowerCase() === 'accept' && value.includes(XCON))
          ? withSipHeader(request, 'Accept', 'application/nothing')
          : request,
      ),
  },
  {
    name: 'no-news-in-the-roster',
    about: 'sends the roster once and never again',
    violates: rfc7701('2-08', '7.4-06'),
    wire: () => {
      const told = new Set<string>();
      return onSipRequests('NOTIFY', (request, stream) => {
        const known = told.has(stream);
        told.add(stream);
        return known && request.body.length > 0 && !isFull(request.body.toString()) ? undefined : request;
      });
    },
  },
  {
    name: 'no-notify-after-subscribe',
    about: 'answers SUBSCRIBE but sends no NOTIFY',
    violates: ['RFC6665-4.2.1.2-01', ...rfc4575('3.2-02'), ...rfc7701('2-08')],
    wire: () => onSipRequests('NOTIFY', () => undefined),
  },
  {
    name: 'notify-without-event',
    about: 'leaves Event out of NOTIFY',
    violates: ['RFC6665-3.2.1-01', 'RFC6665-3.1.2-01'],
    wire: () => onSipRequests('NOTIFY', (request) => withoutSipHeader(request, 'Event')),
  },
  {
    name: 'notify-without-state',
    about: 'leaves Subscription-State out of NOTIFY',
    violates: ['RFC6665-4.2.2-04'],
    wire: () => onSipRequests('NOTIFY', (request) => withoutSipHeader(request, 'Subscription-State')),
  },
  {
    name: 'notify-without-time',
    about: 'leaves the expires parameter out of an active Subscription-State',
    violates: ['RFC6665-4.2.2-05'],
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        request.headers.some(({ value }) => /^active;/.test(value))
          ? withSipHeader(request, 'Subscription-State', 'active')
          : request,
      ),
  },
  {
    name: 'terminated-without-reason',
    about: 'ends subscriptions without a reason',
    violates: ['RFC6665-4.2.2-06'],
    weight: 'warn',
    wire: () =>
      onSipRequests('NOTIFY', (request) =>
        request.headers.some(({ value }) => /^terminated/.test(value))
          ? withSipHeader(request, 'Subscription-State', 'terminated')
          : request,
      ),
  },
  {
    name: 'subscribe-answered-without-expires',
    about: 'leaves Expires out of the 2xx to SUBSCRIBE',
    violates: ['RFC6665-3.1.1-02'],
    wire: () => onSipResponses('SUBSCRIBE', (response) => withoutSipHeader(response, 'Expires')),
  },
  {
    name: 'subscription-longer-than-asked',
    about: 'grants a subscription for longer than was asked',
    violates: ['RFC6665-3.1.1-02'],
    wire: () =>
      onSipResponses('SUBSCRIBE', (response) =>
        response.status < 300 ? withSipHeader(response, 'Expires', '86400') : response,
      ),
  },
  {
    name: 'notify-without-hop-limit',
    about: 'leaves Max-Forwards out of its requests',
    violates: ['RFC3261-8.1.1-01'],
    wire: () => onSipRequests('NOTIFY', (request) => withoutSipHeader(request, 'Max-Forwards')),
  },
];

export const rosterMutants: readonly Mutant[] = [
  ...slips.map(({ edit, weight = 'fail', ...named }): Mutant => ({ ...named, weight, wire: () => onDocuments(edit) })),
  ...other.map((one): Mutant => ({ weight: 'fail', ...one })),
];
