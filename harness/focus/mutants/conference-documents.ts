import { onDocuments } from '../rewriting.ts';
import { type Mutant, rfc4575 } from './mutant.ts';

interface Slip {
  readonly name: string;
  readonly about: string;
  readonly violates: readonly string[];
  readonly weight?: 'fail' | 'warn';
  readonly edit: (document: string) => string;
}

/** Wrong words on the conference itself, and on how endpoints came and what they have. */
const slips: readonly Slip[] = [
  {
    name: 'conference-uri-twice',
    about: 'lists its URI twice',
    violates: rfc4575('5.3.1-01'),
    edit: (document) => document.replace(/(<conf-uris>)(<entry>.*?<\/entry>)/, '$1$2$2'),
  },
  {
    name: 'conference-uri-without-purpose',
    about: 'does not say what its URI is for',
    violates: rfc4575('5.3.1-02'),
    weight: 'warn',
    edit: (document) => document.replace('<purpose>participation</purpose>', ''),
  },
  {
    name: 'service-uri-twice',
    about: 'lists a service twice',
    violates: rfc4575('5.3.2-02'),
    edit: (document) => document.replace(/(<service-uris>)(<entry>.*?<\/entry>)/, '$1$2$2'),
  },
  {
    name: 'service-uri-for-chat',
    about: 'gives a service a purpose that nobody knows',
    violates: rfc4575('5.3.2-01'),
    weight: 'warn',
    edit: (document) => document.replace('<purpose>event</purpose>', '<purpose>chat</purpose>'),
  },
  {
    name: 'available-media-called-msrp',
    about: 'calls its kind of stream msrp',
    violates: rfc4575('5.3.4-01'),
    edit: (document) => document.replace(/(<available-media>.*?<type>)message/, '$1msrp'),
  },
  {
    name: 'available-media-open',
    about: 'gives its kind of stream a status that RFC 4575 does not know',
    violates: rfc4575('5.3.4-02'),
    edit: (document) => document.replace(/(<available-media>.*?<status>)sendrecv/, '$1open'),
  },
  {
    name: 'available-media-under-one-label',
    about: 'lists two kinds of stream under one label',
    violates: rfc4575('5.3.4-02'),
    edit: (document) => document.replace(/(<available-media>)(<entry .*?<\/entry>)/, '$1$2$2'),
  },
  {
    name: 'stream-called-chat',
    about: 'calls the stream of an endpoint chat',
    violates: rfc4575('5.8.2-01', '5.7.8-01'),
    edit: (document) => document.replace(/(<media [^>]*><type>)message/g, '$1chat'),
  },
  {
    name: 'stream-of-another-label',
    about: 'labels streams otherwise than it has announced',
    violates: rfc4575('5.8.3-01'),
    edit: (document) => document.replaceAll('<label>1</label>', '<label>chat-7</label>'),
  },
  {
    name: 'stream-stands-twice',
    about: 'shows each stream twice under one id',
    violates: rfc4575('5.8-01', '5.7.8-01'),
    edit: (document) => document.replace(/<media .*?<\/media>/g, '$&$&'),
  },
  {
    name: 'stream-nobody-negotiated',
    about: 'shows an audio stream at every endpoint',
    violates: rfc4575('5.7.8-01'),
    edit: (document) => document.replace(/<\/endpoint>/g, '<media id="9"><type>audio</type></media></endpoint>'),
  },
  {
    name: 'stream-seen-from-the-focus',
    about: 'shows the direction of streams as it sees it itself',
    violates: rfc4575('5.8.5-01'),
    edit: (document) => document.replaceAll('<status>recvonly<', '<status>sendonly<'),
  },
  {
    name: 'stream-called-open',
    about: 'gives streams a status that RFC 4575 does not know',
    violates: rfc4575('5.8.5-01'),
    edit: (document) => document.replace(/(<media .*?<status>)sendrecv/g, '$1open'),
  },
  {
    name: 'everybody-was-called',
    about: 'says of everybody that it was called by the focus',
    violates: rfc4575('5.7.4-01'),
    edit: (document) => document.replaceAll('>dialed-in<', '>dialed-out<'),
  },
  {
    name: 'local-time-of-joining',
    about: 'tells times without a zone',
    violates: rfc4575('5.7.7-01'),
    weight: 'warn',
    edit: (document) => document.replace(/Z<\/when>/g, '</when>'),
  },
  {
    name: 'time-of-joining-in-words',
    about: 'tells times in words',
    violates: rfc4575('6-01'),
    edit: (document) => document.replace(/<when>[^<]*</g, '<when>this morning<'),
  },
  {
    name: 'reason-in-brackets',
    about: 'gives reasons in a form of its own',
    violates: rfc4575('5.7.7-02'),
    weight: 'warn',
    edit: (document) => document.replaceAll('</when>', '</when><reason>(came by itself)</reason>'),
  },
  {
    name: 'departed-told-as-booted',
    about: 'says of those who have left that they were thrown out',
    violates: rfc4575('5.7.6-01'),
    edit: (document) =>
      document.replace(
        /<user (entity="[^"]*") state="deleted"\/>/g,
        '<user $1 state="full"><endpoint entity="gone"><status>disconnected</status><disconnection-method>booted</disconnection-method></endpoint></user>',
      ),
  },
  {
    name: 'told-to-be-locked',
    about: 'says that nobody can join while everybody can',
    violates: rfc4575('5.5.3-01'),
    edit: (document) => document.replace('<locked>false<', '<locked>true<'),
  },
  {
    name: 'told-to-be-inactive',
    about: 'says that the conference is not active while everybody can join',
    violates: rfc4575('5.5.2-01'),
    weight: 'warn',
    edit: (document) => document.replace('<active>true<', '<active>false<'),
  },
  {
    name: 'two-spellings-of-one-user',
    about: 'lists the first user again with its host in capitals',
    violates: rfc4575('5.6-01'),
    edit: (document) =>
      document.replace(/<user entity="(sip:[^@"]*@)([^"]*)".*?<\/user>/, (user, name: string, host: string) =>
        /state="deleted"/.test(user) ? user : `${user}${user.replace(name + host, name + host.toUpperCase())}`,
      ),
  },
  {
    name: 'anonymous-of-a-strange-domain',
    about: 'makes anonymous URIs under the domain of somebody else',
    violates: rfc4575('5.6-02'),
    edit: (document) => document.replaceAll('@anonymous.invalid', '@guests.example.net'),
  },
  {
    name: 'anonymous-by-another-name',
    about: 'makes anonymous URIs of another form',
    violates: rfc4575('5.6-04'),
    weight: 'warn',
    edit: (document) => document.replace(/sip:anonymous(\d+)@anonymous\.invalid/g, 'sip:guest$1@hidden.invalid'),
  },
];

/** Writes the host of entities in capitals in every second document of a subscription. */
const otherSpelling = (): ((document: string, stream: string) => string) => {
  const told = new Map<string, number>();
  return (document, stream) => {
    const count = (told.get(stream) ?? 0) + 1;
    told.set(stream, count);
    if (count % 2 === 1) return document;
    return document.replace(
      /(<user entity="sip:[^@"]*@)([^"]*)/g,
      (_all, name: string, host: string) => `${name}${host.toUpperCase()}`,
    );
  };
};

export const conferenceDocumentMutants: readonly Mutant[] = [
  ...slips.map(({ edit, weight = 'fail', ...named }): Mutant => ({ ...named, weight, wire: () => onDocuments(edit) })),
  {
    name: 'spells-users-now-so-now-so',
    about: 'writes the host of its users in capitals every other time',
    violates: rfc4575('4.5-02'),
    weight: 'fail',
    wire: () => onDocuments(otherSpelling()),
  },
  {
    name: 'shows-the-hidden-by-aor',
    about: 'lists the real URI of a hidden participant among its addresses',
    violates: rfc4575('8.2-04', '8.2-03'),
    weight: 'fail',
    decisions: (reference) => ({
      describeUser: (user, room) => ({ ...reference.describeUser(user, room), associatedAors: [user.account] }),
    }),
  },
];
