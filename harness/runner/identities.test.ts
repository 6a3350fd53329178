import { describe, expect, it } from 'vitest';
import { header } from '../codec/sip/headers.ts';
import { setHeader } from '../codec/sip/message-build.ts';
import type { WireRewriting } from '../focus/alteration.ts';
import type { Decisions } from '../focus/decisions.ts';
import { startFocus } from '../focus/focus.ts';
import { referenceDecisions } from '../focus/reference-decisions.ts';
import { rewritingNetwork } from '../focus/rewriting-network.ts';
import { onDemand, TEST_ROSTER_INTERVAL_MS } from '../sut/focus-rooms.ts';
import { Accounts, type Identities, madeUpIdentities } from '../sut/identities.ts';
import { OwnRooms, roomPatterns } from '../sut/own-rooms.ts';
import { FactoryRooms } from '../sut/profile/factory-rooms.ts';
import type { Rooms, Sut } from '../sut/sut.ts';
import { type Arena, simulatedArena } from './arena.ts';
import type { RunRecord } from './record.ts';
import type { RunPlan } from './run.ts';
import { simulatedRun, suiteBelow } from './simulated-run.fixture.ts';
import { simulatedWorld, type World } from './world.ts';

const HOST = '10.0.0.1';
const DOMAIN = 'chat.example.org';
const patterns = roomPatterns([{}]);

interface Different {
  /** Passwords by user name: everybody is challenged. */
  readonly users?: Readonly<Record<string, string>>;
  readonly decisions?: Partial<Decisions>;
  readonly identities: Identities;
  readonly rooms?: (world: World) => Rooms;
  readonly wire?: () => WireRewriting;
  readonly sut?: Partial<Sut>;
}

/** The reference focus in memory, with accounts and rooms of another kind than usual. */
function arena({ users, decisions, identities, rooms, wire, sut }: Different): Arena {
  const about = { name: 'focus', kind: 'built-in', target: 'builtin' } as const;
  return simulatedArena(about, async (seed) => {
    const world = simulatedWorld(seed);
    const { clock, random } = world;
    const network = wire === undefined ? world.network : rewritingNetwork(world.network, clock, wire());
    const focus = await world.run(
      startFocus({
        network,
        clock,
        random,
        domain: DOMAIN,
        host: HOST,
        sip: [
          { transport: 'tcp', address: { host: HOST, port: 5060 } },
          { transport: 'udp', address: { host: HOST, port: 5060 } },
        ],
        msrp: [{ scheme: 'msrp', address: { host: HOST, port: 2855 } }],
        rooms: [],
        onDemand: onDemand(patterns),
        rosterIntervalMs: TEST_ROSTER_INTERVAL_MS,
        ...(users === undefined ? {} : { users }),
        ...(decisions === undefined ? {} : { decisions: { ...referenceDecisions, ...decisions } }),
      }),
    );
    if (!focus.ok) throw new Error(focus.error.message);
    const own: Rooms = rooms?.(world) ?? new OwnRooms(patterns, DOMAIN, 1);
    return {
      world,
      sut: {
        ...about,
        sip: { transport: 'tcp', address: { host: HOST, port: 5060 } },
        domain: DOMAIN,
        localHost: '10.0.0.2',
        identities,
        rooms: own,
        onExit: () => {},
        stop: () => world.run(Promise.all([own.close?.(), focus.value.close()]).then(() => {})),
        ...sut,
      },
    };
  });
}

const account = (name: string, password = `${name}'s`) => ({
  uri: `sip:${name}@${DOMAIN}`,
  credentials: { username: name, password },
});

const verdicts = ({ scenarios }: RunRecord): Record<string, number> =>
  Object.fromEntries(
    [...new Set(scenarios.map(({ verdict }) => verdict))].map((verdict) => [
      verdict,
      scenarios.filter((one) => one.verdict === verdict).length,
    ]),
  );

const messages = ({ scenarios }: RunRecord): string[] => [
  ...new Set(scenarios.flatMap(({ findings }) => findings.map(({ message }) => message))),
];

/** What needs no more than this focus has. */
const plain = (below: string): RunPlan['scenarios'] =>
  suiteBelow(below).filter(({ scenario }) => scenario.room === undefined && scenario.needs?.includes('msrps') !== true);

const some = plain('rfc7701/6')
  .filter(({ cast }) => cast.size <= 3)
  .slice(0, 24);

describe('a SUT that wants credentials', () => {
  it('gets them from everybody', async () => {
    const identities = madeUpIdentities(DOMAIN, { credentials: { username: 'tester', password: 'secret' } });
    // It takes them for what they say they are, whoever vouches for them.
    const decisions: Partial<Decisions> = {
      identify: (request, trust) => referenceDecisions.identify(request, trust, undefined),
    };
    const record = await simulatedRun(some, { arena: arena({ identities, users: { tester: 'secret' }, decisions }) });
    expect(verdicts(record)).toEqual({ pass: some.length });
  });

  it('that has no such user is not reached', async () => {
    const identities = madeUpIdentities(DOMAIN, { credentials: { username: 'tester', password: 'wrong' } });
    const run = simulatedRun(some, { arena: arena({ identities, users: { tester: 'secret' } }) });
    await expect(run).rejects.toThrow(/INVITE to \S+ at tcp 10.0.0.1:5060 got 401 Unauthorized/);
  });
});

describe('a SUT with few accounts', () => {
  const users = { ann: "ann's", ben: "ben's" };
  const two = () => new Accounts([account('ann'), account('ben')], false);

  it('is judged by the scenarios that need no more of them', async () => {
    const record = await simulatedRun(some, { arena: arena({ identities: two(), users }) });
    const large = some.filter(({ cast }) => new Set([...cast].map(([name, { user = name }]) => user)).size > 2);
    expect(large.length).toBeGreaterThan(0);
    expect(verdicts(record)).toEqual({ pass: some.length - large.length, unsupported: large.length });
    expect(messages(record)).toContain('this needs 3 users, and the profile has 2 accounts for them');
  });

  it('gets through the first look with one', async () => {
    const identities = new Accounts([account('ann')], false);
    const alone = some.filter(({ cast }) => cast.size === 1);
    const record = await simulatedRun(some, { arena: arena({ identities, users }) });
    expect(verdicts(record)).toMatchObject({ unsupported: some.length - alone.length });
  });
});

const FACTORY = `sip:factory@${DOMAIN}`;

/** The factory is another name of a room that nobody has used. */
function factory(contact: (value: string) => string = (value) => value): WireRewriting {
  let count = 0;
  const calls = new Map<string, string>();
  return {
    sipReceived(message) {
      if (message.kind !== 'request' || message.uri !== FACTORY) return [message];
      const call = header(message, 'Call-ID') ?? '';
      const uri = calls.get(call) ?? `sip:room-${++count}@${DOMAIN}`;
      calls.set(call, uri);
      return [{ ...message, uri }];
    },
    sipWritten: (message) => {
      const value = header(message, 'Contact');
      return [
        value === undefined ? message : { ...message, headers: setHeader(message.headers, 'Contact', contact(value)) },
      ];
    },
  };
}

/** As its rosters call it. */
const byDomain = (value: string): string => value.replace(`${HOST}:5060;transport=tcp`, DOMAIN);

describe('a SUT with a conference factory', () => {
  const identities = madeUpIdentities(DOMAIN);
  const made: FactoryRooms[] = [];
  const rooms = (world: World, atOnce = 2): FactoryRooms => {
    const { clock, network, random } = world;
    const sip = { transport: 'tcp', target: { host: HOST, port: 5060 } } as const;
    const options = { clock, network, random, sip, host: '10.0.0.2', msrpSecurity: 'plain', answerMs: 32_000 } as const;
    const factoryRooms = new FactoryRooms(FACTORY, identities, options, atOnce);
    made.push(factoryRooms);
    return factoryRooms;
  };

  it('is asked for rooms, which somebody keeps open', async () => {
    const record = await simulatedRun(some, { arena: arena({ identities, rooms, wire: () => factory(byDomain) }) });
    const notPassed = record.scenarios.filter(({ verdict }) => verdict !== 'pass');
    expect(notPassed.map(({ id, findings }) => [id, findings.filter((f) => f.verdict !== 'pass')])).toEqual([]);
  });

  it('that makes none is not reached', async () => {
    const wire = (): WireRewriting => factory((value) => value.replace(';isfocus', ''));
    await expect(simulatedRun(some, { arena: arena({ identities, rooms, wire }) })).rejects.toThrow(
      `the conference factory ${FACTORY} has made no room: its answer has no Contact with isfocus`,
    );
    await expect(simulatedRun(some, { arena: arena({ identities, rooms, users: {} }) })).rejects.toThrow(
      `the conference factory ${FACTORY} has made no room: INVITE got 401 Unauthorized`,
    );
  });
});

/** A number for each account, the same whoever asks. */
const numbered = (): ((account: string) => number) => {
  const accounts: string[] = [];
  return (account) => {
    if (!accounts.includes(account)) accounts.push(account);
    return accounts.indexOf(account) + 1;
  };
};
const anonymousNumber = numbered();
const anonymous = (account: string): string => `sip:anonymous${anonymousNumber(account)}@anonymous.invalid`;

/** Tells whoever hides which URI it has got. */
function tellsHidden(): WireRewriting {
  const accounts = new Map<string, string>();
  return {
    sipReceived(message) {
      const joins = message.kind === 'request' && message.method === 'INVITE' && header(message, 'Privacy') === 'id';
      const account = /<([^>]+)>/.exec(header(message, 'From') ?? '')?.[1];
      if (joins && account !== undefined) accounts.set(header(message, 'Call-ID') ?? '', account);
      return [message];
    },
    sipWritten(message) {
      const account = accounts.get(header(message, 'Call-ID') ?? '');
      const accepts = message.kind === 'response' && message.status === 200 && account !== undefined;
      const contact = header(message, 'Contact');
      if (!accepts || contact === undefined) return [message];
      const value = `${contact};temp-gruu="${anonymous(account)}"`;
      return [{ ...message, headers: setHeader(message.headers, 'Contact', value) }];
    },
  };
}

describe('somebody who hides', () => {
  const hidden = plain('rfc7701').filter(({ cast }) =>
    [...cast.values()].some(({ privacy, joins }) => privacy === true && joins !== false),
  );
  const identities = madeUpIdentities(DOMAIN);
  const played = (wire?: () => WireRewriting): Promise<RunRecord> => {
    const decisions: Partial<Decisions> = { mintAnonymousUri: (_number, account) => anonymous(account) };
    const told = wire === undefined ? {} : { wire };
    return simulatedRun(hidden, {
      arena: arena({ identities, ...told, decisions, sut: { hiddenLearnsBy: 'contact' } }),
    });
  };

  it('learns its URI from the Contact of the answer, where the profile says so', async () => {
    const record = await played(tellsHidden);
    expect(messages(record).filter((text) => /^the Contact of the answer/.test(text))).toEqual([]);
    expect(verdicts(record)).toEqual({ pass: hidden.length });
  });

  it('does not get in without one', async () => {
    const record = await played();
    expect(verdicts(record)).toEqual({ inconclusive: hidden.length });
    expect(messages(record).some((text) => /^the Contact of the answer gives \w+ no anonymous URI/.test(text))).toBe(
      true,
    );
  });
});

describe('a SUT that registers nobody', () => {
  it('is not reached when the profile wants everybody registered', async () => {
    const identities = madeUpIdentities(DOMAIN, { registrar: `sip:${DOMAIN}` });
    await expect(simulatedRun(some, { arena: arena({ identities }) })).rejects.toThrow(
      /REGISTER of sip:probe-\w+@chat.example.org with sip:chat.example.org: got 405 Method Not Allowed/,
    );
  });
});
