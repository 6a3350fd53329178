import type {
  ConferenceDocument,
  ConferenceEndpoint,
  ConferenceMedia,
  ConferenceUser,
  StateAttribute,
} from './document.ts';

/** A user as the merged documents of one subscription show it. */
export interface RosterUser {
  readonly entity: string;
  readonly displayText?: string;
  readonly nickname?: { readonly value: string; readonly form: 'xcon' | 'unqualified' };
  readonly roles: readonly string[];
  /** By entity. */
  readonly endpoints: ReadonlyMap<string, RosterEndpoint>;
}

export type RosterEndpoint = Omit<ConferenceEndpoint, 'state'>;

/** What a subscriber knows of the conference (RFC 4575 §4.6). Keys are compared as text (§4.5). */
export interface Roster {
  readonly entity: string;
  /** Of the last document applied; absent when that one had none. */
  readonly version?: number;
  readonly displayText?: string;
  readonly subject?: string;
  readonly userCount?: number;
  readonly active?: boolean;
  readonly locked?: boolean;
  /** By entity, in the order of first appearance. */
  readonly users: ReadonlyMap<string, RosterUser>;
}

/**
 * What became of a document: `applied`; `ignored`, its version being equal or lower; `refresh-needed`, a partial one
 * that does not follow on the last version, so the subscriber asks for full state; `ended`, the conference is gone.
 */
export type Outcome = 'applied' | 'ignored' | 'refresh-needed' | 'ended';

/**
 * How to read `<users>` without state attribute in a partial document: by the text it is full and replaces the list
 * (RFC 4575 §4.4); by the samples and many servers it amends it.
 */
export type BareUsersReading = 'replace' | 'amend';

/**
 * Applies one document to a subscriber's state, `undefined` before the first full one (RFC 4575 §4.6). A full document
 * without version is applied and a partial one asks for a refresh, since nothing tells what it follows.
 */
export function applyConference(
  roster: Roster | undefined,
  document: ConferenceDocument,
  bareUsers: BareUsersReading,
): readonly [Roster | undefined, Outcome] {
  const { version } = document;
  if (version !== undefined && roster?.version !== undefined && version <= roster.version) return [roster, 'ignored'];
  switch (document.state ?? 'full') {
    case 'deleted':
      return [undefined, 'ended'];
    case 'full':
      return [fullRoster(document), 'applied'];
    case 'partial':
      if (roster?.version === undefined || version !== roster.version + 1) return [roster, 'refresh-needed'];
      return [amendRoster(roster, document, bareUsers), 'applied'];
  }
}

function fullRoster(document: ConferenceDocument): Roster {
  return { ...headOf(document), entity: document.entity, users: fullUsers(document.users?.list ?? []) };
}

function amendRoster(roster: Roster, document: ConferenceDocument, bareUsers: BareUsersReading): Roster {
  const { users } = document;
  const amended = { ...roster, ...headOf(document) };
  if (users === undefined) return amended;
  switch (users.state ?? (bareUsers === 'amend' ? 'partial' : 'full')) {
    case 'full':
      return { ...amended, users: fullUsers(users.list) };
    case 'deleted':
      return { ...amended, users: new Map() };
    case 'partial':
      return { ...amended, users: amendByKey(roster.users, users.list, fullUser, amendUser) };
  }
}

type Head = Pick<Roster, 'version' | 'displayText' | 'subject' | 'userCount' | 'active' | 'locked'>;

function headOf({ version, displayText, subject, userCount, active, locked }: ConferenceDocument): Head {
  return defined({ version, displayText, subject, userCount, active, locked });
}

const fullUsers = (list: readonly ConferenceUser[]): ReadonlyMap<string, RosterUser> => fillByKey(list, fullUser);

function fullUser({ entity, displayText, nickname, roles, endpoints }: ConferenceUser): RosterUser {
  return { ...defined({ displayText, nickname }), entity, roles, endpoints: fillByKey(endpoints, fullEndpoint) };
}

function amendUser(known: RosterUser, change: ConferenceUser): RosterUser {
  return {
    ...known,
    ...defined({ displayText: change.displayText, nickname: change.nickname }),
    roles: change.roles.length > 0 ? change.roles : known.roles,
    endpoints: amendByKey(known.endpoints, change.endpoints, fullEndpoint, amendEndpoint),
  };
}

function fullEndpoint({ state: _, ...endpoint }: ConferenceEndpoint): RosterEndpoint {
  return endpoint;
}

function amendEndpoint(known: RosterEndpoint, change: ConferenceEndpoint): RosterEndpoint {
  const media = new Map<string, ConferenceMedia>();
  for (const stream of [...(known.media ?? []), ...(change.media ?? [])]) media.set(stream.id, stream);
  return { ...known, ...fullEndpoint(change), ...(media.size > 0 && { media: [...media.values()] }) };
}

interface Keyed {
  readonly entity: string;
  readonly state?: StateAttribute;
}

/**
 * Children of a full parent. They have to be full themselves (RFC 4575 §4.4): a partial one is read as full, a deleted
 * one as not there. Without a key a child cannot be told from others and is left out; of two with one key the later
 * counts.
 */
function fillByKey<Child extends Keyed, Row>(
  children: readonly Child[],
  fill: (child: Child) => Row,
): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const child of children)
    if (child.entity !== '' && child.state !== 'deleted') rows.set(child.entity, fill(child));
  return rows;
}

/** Children of a partial parent: an unknown key adds a row, a known one is replaced, merged or removed (§4.6). */
function amendByKey<Child extends Keyed, Row>(
  known: ReadonlyMap<string, Row>,
  children: readonly Child[],
  fill: (child: Child) => Row,
  amend: (row: Row, child: Child) => Row,
): ReadonlyMap<string, Row> {
  const rows = new Map(known);
  for (const child of children) {
    if (child.entity === '') continue;
    const row = rows.get(child.entity);
    switch (child.state ?? 'full') {
      case 'deleted':
        rows.delete(child.entity);
        break;
      case 'partial':
        rows.set(child.entity, row === undefined ? fill(child) : amend(row, child));
        break;
      case 'full':
        rows.set(child.entity, fill(child));
        break;
    }
  }
  return rows;
}

/** The properties that are there. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
