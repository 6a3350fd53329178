import { header } from '../../codec/sip/headers.ts';
import { parseNameAddress } from '../../codec/sip/name-address.ts';
import { onDocuments, onSipArrivals } from '../rewriting.ts';
import { type Mutant, rfc4575, rfc7701 } from './mutant.ts';

/** Participants that asked to be hidden (RFC 7701 §5.2), and those who do not know that rooms exist (§11). */
export const anonymityMutants: readonly Mutant[] = [
  {
    name: 'shows-the-hidden-by-entity',
    about: 'shows the real URI of a hidden participant as entity in the roster',
    violates: rfc7701('5.2-24', '3-07'),
    weight: 'fail',
    decisions: (reference) => ({
      describeUser: (user, room) => ({ ...reference.describeUser(user, room), entity: user.account }),
    }),
  },
  {
    name: 'shows-the-hidden-by-name',
    about: 'shows the real URI of a hidden participant as display-text in the roster',
    violates: rfc7701('5.2-24', '3-07'),
    weight: 'fail',
    decisions: (reference) => ({
      describeUser: (user, room) => ({ ...reference.describeUser(user, room), displayText: user.account }),
    }),
  },
  {
    name: 'keeps-the-name-of-the-hidden',
    about: 'shows the display name of a hidden participant in the roster',
    violates: rfc4575('8.2-02'),
    weight: 'fail',
    shownBy: 'rfc4575/hidden-to-the-end',
    wire: () => {
      let called: string | undefined;
      return {
        ...onSipArrivals('INVITE', (invite) => {
          const from = parseNameAddress(header(invite, 'From') ?? '');
          if (header(invite, 'Privacy') !== undefined && from.ok) called = from.value.displayName;
          return invite;
        }),
        ...onDocuments((document) => document.replace(/>Anonymous\d+</g, (shown) => (called ? `>${called}<` : shown))),
      };
    },
  },
  {
    name: 'shows-the-hidden-by-endpoint',
    about: 'shows the real URI of a hidden participant as entity of its endpoint in the roster',
    violates: rfc7701('5.2-24', '3-07'),
    weight: 'fail',
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const shown = reference.describeUser(user, room);
        const endpoints = shown.endpoints.map((endpoint, index) => ({
          ...endpoint,
          entity: `${user.account};endpoint=${index}`,
        }));
        return { ...shown, endpoints };
      },
    }),
  },
  {
    name: 'ignores-privacy',
    about: 'hides nobody',
    violates: rfc7701('5.2-24', '3-07'),
    weight: 'fail',
    decisions: (reference) => ({
      identify: (...asked) => ({ ...reference.identify(...asked), privacy: 'none' }),
    }),
  },
  {
    name: 'one-anonymous-uri-for-all',
    about: 'gives all hidden participants the same anonymous URI',
    violates: [...rfc7701('5.2-24', '2-07'), ...rfc4575('5.6-03', '4.5-01')],
    weight: 'fail',
    decisions: () => ({ mintAnonymousUri: () => 'sip:anonymous0@anonymous.invalid' }),
  },
  {
    name: 'changes-the-anonymous-uri',
    about: 'shows a hidden participant under another URI whenever it has done something',
    violates: rfc7701('2-07', '6.1-08'),
    weight: 'fail',
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const shown = reference.describeUser(user, room);
        return user.anonymity === 'none' ? shown : { ...shown, entity: `sip:x${room.events}@anonymous.invalid` };
      },
    }),
  },
  {
    name: 'anonymous-uri-tells-the-account',
    about: 'makes the anonymous URI from the name in the real one',
    violates: rfc7701('6.1-09', '5.2-24', '3-07'),
    weight: 'fail',
    decisions: () => ({
      mintAnonymousUri: (_number, account) => account.replace(/@.*/, '@anonymous.invalid'),
    }),
  },
  {
    name: 'names-the-hidden-in-its-notice',
    about: 'names the address of hidden participants in its text for unaware users',
    violates: rfc7701('11-07', '3-07'),
    weight: 'fail',
    decisions: () => ({ nameInNotice: (user) => user.account }),
  },
  {
    name: 'no-notice-for-the-unaware',
    about: 'does not tell unaware users that they are in a room',
    violates: rfc7701('11-06', '11-07'),
    weight: 'warn',
    decisions: () => ({ notices: () => [] }),
  },
  {
    name: 'unaware-do-not-learn-who-is-there',
    about: 'does not tell unaware users who is in the room',
    violates: rfc7701('11-07'),
    weight: 'warn',
    decisions: (reference) => ({
      notices(session, room) {
        return reference.notices.call(this, session, room).slice(0, 1);
      },
    }),
  },
  {
    name: 'notices-as-bare-text',
    about: 'sends its own texts as bare text/plain',
    violates: rfc7701('5.2-14', '4-07', '5.2-04'),
    weight: 'fail',
    decisions: () => ({
      noticeContent: (text) => ({ contentType: 'text/plain', octets: Buffer.from(text) }),
    }),
  },
];
