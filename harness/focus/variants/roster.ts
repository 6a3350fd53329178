import { rfc4575, rfc7701 } from '../mutants/mutant.ts';
import { onDocuments, onSipArrivals, onSipResponses, withSipHeader } from '../rewriting.ts';
import type { Variant } from './variant.ts';

/** The roster told otherwise, or not at all. */
export const rosterVariants: readonly Variant[] = [
  {
    name: 'full-documents',
    about: 'tells the whole roster each time',
    because: 'conference notes 9.12',
    mayWarn: [],
    decisions: () => ({ tellsChanges: () => 'as the whole roster' }),
  },
  {
    name: 'full-documents-with-a-counter-of-the-room',
    about: 'tells the whole roster each time, and its version numbers leave gaps',
    because: 'conference notes 9.14',
    mayWarn: [],
    decisions: () => ({ tellsChanges: () => 'as the whole roster' }),
    wire: () =>
      onDocuments((document) =>
        document.replace(/ version="(\d+)"/, (_all, version: string) => ` version="${Number(version) * 7}"`),
      ),
  },
  {
    name: 'nicknames-as-display-text',
    about: 'shows nicknames as display-text only',
    because: 'conference notes 9.11',
    mayWarn: rfc7701('7.4-04', '7.4-06', '9.6-01'),
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const { nickname, ...shown } = reference.describeUser(user, room);
        return nickname === undefined ? shown : { ...shown, displayText: nickname.value };
      },
    }),
  },
  {
    name: 'nicknames-without-namespace',
    about: 'shows nicknames as attribute without namespace',
    because: 'RFC 7701 notes 7.36, conference notes 9.11',
    mayWarn: [...rfc7701('7.4-04', '9.6-01', '7.4-06'), 'RFC6501-4.6.3-01', ...rfc4575('6-01')],
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const { nickname, ...shown } = reference.describeUser(user, room);
        return nickname === undefined ? shown : { ...shown, nickname: { ...nickname, form: 'unqualified' } };
      },
    }),
  },
  {
    name: 'nicknames-nowhere',
    about: 'shows no nicknames in the roster',
    because: 'conference notes 9.11',
    mayWarn: rfc7701('7.4-04', '7.4-06', '9.6-01', '4-06'),
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const { nickname: _nickname, ...shown } = reference.describeUser(user, room);
        return shown;
      },
    }),
  },
  {
    name: 'talkative-roster',
    about: 'tells roles, display names and the streams of each endpoint',
    because: 'RFC 4575 §5.6 to §5.8',
    mayWarn: [],
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const shown = reference.describeUser(user, room);
        const endpoints = shown.endpoints.map((endpoint) => ({
          ...endpoint,
          media: [{ id: '1', type: 'message', label: '1', status: 'sendrecv' }],
        }));
        return {
          ...shown,
          displayText: shown.displayText ?? `User ${room.users.size}`,
          roles: ['participant'],
          endpoints,
        };
      },
    }),
  },
  {
    name: 'terse-roster',
    about: 'tells neither the number of users nor their endpoints',
    because: 'RFC 4575 §5.5, §5.6: both are optional; RFC 7701 notes 7.18',
    mayWarn: [],
    decisions: (reference) => ({
      describeConference: () => ({}),
      describeUser: (user, room) => ({ ...reference.describeUser(user, room), endpoints: [] }),
    }),
    wire: () => onDocuments((document) => document.replace(/<conference-state>.*<\/conference-state>/, '')),
  },
  {
    name: 'document-with-other-prefixes',
    about: 'writes its documents with prefixes, single quotes and line breaks',
    because: 'XML 1.0',
    mayWarn: [],
    wire: () =>
      onDocuments((document) =>
        document
          .replaceAll('xcon', 'x')
          .replace(/<(\/?)([a-z])/g, '<$1c:$2')
          .replace('xmlns=', 'xmlns:c=')
          .replace('urn:ietf:params:xml:ns:x-', 'urn:ietf:params:xml:ns:xcon-')
          .replaceAll('><', '>\n  <')
          .replace(/<\?xml.*\?>/, "<?xml version='1.0' encoding='utf-8'?>"),
      ),
  },
  {
    name: 'anonymous-uris-of-its-domain',
    about: 'makes anonymous URIs under its own domain',
    because: 'conference notes 9.23',
    mayWarn: [],
    decisions: () => ({ mintAnonymousUri: (number) => `sip:guest-${number}-of-many@chat.example.org` }),
  },
  {
    name: 'no-conference-package',
    about: 'does not know the conference event package',
    because: 'RFC 7701 §2: the roster is normally told so; conference notes 9',
    mayWarn: rfc7701('2-08'),
    wire: () => ({
      ...onSipArrivals('SUBSCRIBE', (request) => withSipHeader(request, 'Event', 'nothing-known')),
      sipWritten: (message) => [{ ...message, headers: message.headers.filter(({ name }) => name !== 'Allow-Events') }],
    }),
  },
  {
    name: 'subscription-shorter-than-asked',
    about: 'grants subscriptions for ten minutes',
    because: 'RFC 6665 §3.1.1',
    mayWarn: [],
    wire: () =>
      onSipArrivals('SUBSCRIBE', (request) =>
        request.headers.some(({ name, value }) => name === 'Expires' && Number(value) > 600)
          ? withSipHeader(request, 'Expires', '600')
          : request,
      ),
  },
  {
    name: '202-for-subscribe',
    about: 'answers 202 to SUBSCRIBE',
    because: 'RFC 6665 §8.3.1: still to be taken for a 200',
    mayWarn: [],
    wire: () =>
      onSipResponses('SUBSCRIBE', (response) =>
        response.status === 200 ? { ...response, status: 202, reason: 'Accepted' } : response,
      ),
  },
];
