import { onDocuments, onSipResponses, withoutSipHeader } from '../rewriting.ts';
import type { Variant } from './variant.ts';

/** Tells of those who have gone once, as disconnected, and takes them out of the roster with the next document. */
function keepsTheDeparted(): (document: string, stream: string) => string {
  const gone = new Map<string, string[]>();
  return (document, stream) => {
    const earlier = gone.get(stream) ?? [];
    gone.set(stream, []);
    if (!/<conference-info[^>]* state="partial"/.test(document)) return document;
    const now: string[] = [];
    const told = document.replace(/<user (entity="[^"]*") state="deleted"\/>/g, (_all, entity: string) => {
      now.push(entity);
      return (
        `<user ${entity} state="full"><endpoint entity="gone"><status>disconnected</status>` +
        '<disconnection-method>departed</disconnection-method>' +
        '<disconnection-info><reason>SIP;cause=200;text="bye"</reason></disconnection-info></endpoint></user>'
      );
    });
    gone.set(stream, now);
    // Who has come back meanwhile is there again.
    const over = earlier
      .filter((entity) => !told.includes(entity))
      .map((entity) => `<user ${entity} state="deleted"/>`);
    return told.replace('</users>', `${over.join('')}</users>`);
  };
}

/** Conferences told and served otherwise. */
export const conferenceVariants: readonly Variant[] = [
  {
    name: 'departed-are-kept-for-a-while',
    about: 'shows those who have left as disconnected before it deletes them',
    because: 'RFC 4575 §5.7.3, conference notes 9.16',
    mayWarn: [],
    wire: () => onDocuments(keepsTheDeparted()),
  },
  {
    name: 'document-with-elements-of-its-own',
    about: 'adds elements and attributes of its own namespace to its documents',
    because: 'RFC 4575 §6: any element and attribute of another namespace',
    mayWarn: [],
    wire: () =>
      onDocuments((document) =>
        document
          .replace('<conference-info ', '<conference-info xmlns:own="urn:example:own" own:shard="7" ')
          .replace('</users>', '</users><own:mood>calm</own:mood>')
          .replaceAll('</endpoint>', '<own:battery percent="80"/></endpoint>')
          .replace(/<user (?![^>]*\/>)/g, '<user own:colour="green" '),
      ),
  },
  {
    name: 'texts-of-documents-in-a-language',
    about: 'says in its documents which language their texts are in',
    because: 'RFC 4575 §6: xml:lang',
    mayWarn: [],
    decisions: (reference) => ({
      describeUser: (user, room) => ({ ...reference.describeUser(user, room), displayText: `Gast ${room.users.size}` }),
    }),
    wire: () =>
      onDocuments((document) =>
        document
          .replace('<conference-info ', '<conference-info xml:lang="de" ')
          .replaceAll('<display-text>', '<display-text xml:lang="de">'),
      ),
  },
  {
    name: 'endpoints-without-streams',
    about: 'tells neither the streams of endpoints nor when and how they came',
    because: 'RFC 4575 §5.7, §5.8: all of it is optional',
    mayWarn: [],
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const shown = reference.describeUser(user, room);
        return { ...shown, endpoints: shown.endpoints.map(({ entity, status = 'connected' }) => ({ entity, status })) };
      },
    }),
  },
  {
    name: 'endpoints-without-status',
    about: 'lists endpoints and tells nothing of them',
    because: 'RFC 4575 §5.7: all of it is optional',
    mayWarn: [],
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const shown = reference.describeUser(user, room);
        return { ...shown, endpoints: shown.endpoints.map(({ entity }) => ({ entity })) };
      },
    }),
  },
  {
    name: 'sessions-folded-into-one-endpoint',
    about: 'shows all sessions of a user as one endpoint',
    because: 'RFC 4575 §5.6.6',
    mayWarn: [],
    decisions: (reference) => ({
      describeUser: (user, room) => {
        const shown = reference.describeUser(user, room);
        const [first] = shown.endpoints;
        return first === undefined ? shown : { ...shown, endpoints: [{ ...first, entity: 'all' }] };
      },
    }),
  },
  {
    name: 'documents-without-state-attributes',
    about: 'leaves state="full" out, which means the same',
    because: 'RFC 4575 §4.4: full is the default',
    mayWarn: [],
    wire: () => onDocuments((document) => document.replaceAll(' state="full"', '')),
  },
  {
    name: 'refuses-refer',
    about: 'answers REFER with 403',
    because: 'conference notes 9.20, RFC 4579 §5.5',
    mayWarn: [],
    decisions: () => ({ referStatus: () => 403 }),
  },
  {
    name: 'does-not-know-refer',
    about: 'answers REFER with 501 and does not list it',
    because: 'conference notes 9.20',
    mayWarn: [],
    decisions: () => ({ referStatus: () => 501 }),
    wire: () => ({
      sipWritten: (message) => [
        {
          ...message,
          headers: message.headers.map((one) =>
            one.name === 'Allow' ? { ...one, value: one.value.replace(/, REFER/, '') } : one,
          ),
        },
      ],
    }),
  },
  {
    name: 'refer-answered-with-200',
    about: 'answers REFER with 200',
    because: 'conference notes 9.20',
    mayWarn: [],
    decisions: () => ({ referStatus: () => 200 }),
  },
  {
    name: 'isfocus-as-true',
    about: 'writes isfocus="TRUE" among other tags',
    because: 'RFC 3840 §9, conference notes 9.29',
    mayWarn: [],
    decisions: () => ({ contactParameters: () => ['automata', 'isfocus="TRUE"', 'message', 'event="conference"'] }),
  },
  {
    name: 'says-little-of-itself',
    about: 'lists neither methods nor extensions in the 2xx to INVITE',
    because: 'RFC 4579 §5.13 is no more than a recommendation by its flow',
    mayWarn: ['RFC4579-5.13-02', 'RFC4579-3.1-01', 'RFC3261-13.3.1.4-01'],
    wire: () =>
      onSipResponses('INVITE', (response) =>
        ['Allow', 'Supported', 'Allow-Events'].reduce(withoutSipHeader<typeof response>, response),
      ),
  },
];
