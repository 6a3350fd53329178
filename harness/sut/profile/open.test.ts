import { describe, expect, it } from 'vitest';
import { realClock } from '../../net/real-clock.ts';
import { seededRandom } from '../../net/seeded-random.ts';
import { socketNetwork } from '../../net/sockets.ts';
import type { Sut } from '../sut.ts';
import { openProfile } from './open.ts';
import { type Profile, profileSchema } from './schema.ts';

const BASE = {
  name: 'A server',
  sip: 'sip:127.0.0.1:5060;transport=tcp',
  rooms: { uris: ['sip:r1@a.example', 'sip:r2@a.example'] },
};

async function opened(more: object): Promise<Sut> {
  const profile: Profile = profileSchema.parse({ ...BASE, ...more });
  const sut = await openProfile(
    { file: 'x.yaml', folder: '/', profile },
    { clock: realClock, network: socketNetwork(realClock), random: seededRandom('x'), environment: {} },
  );
  if (!sut.ok) throw new Error(sut.error);
  return sut.value;
}

describe('a profile with an outbound proxy', () => {
  it('sends everything there, with a route', async () => {
    const { sip } = await opened({ 'outbound-proxy': 'sip:127.0.0.2:5080' });
    expect(sip).toEqual({
      transport: 'udp',
      address: { host: '127.0.0.2', port: 5080 },
      routes: ['<sip:127.0.0.2:5080;lr>'],
    });
  });

  it('that is the SUT itself needs no route', async () => {
    const { sip } = await opened({ 'outbound-proxy': 'sip:127.0.0.1:5060;transport=tcp' });
    expect(sip).toEqual({ transport: 'tcp', address: { host: '127.0.0.1', port: 5060 } });
  });
});

describe('the identities of a profile', () => {
  it('are made up in the domain of the rooms', async () => {
    const { identities } = await opened({});
    expect((await identities?.take(9))?.of('alice', 't')).toEqual({ uri: 'sip:alice-t@a.example' });
  });

  it('have the domain, the credentials and the registrar that it names', async () => {
    const { identities, domain } = await opened({
      identities: { domain: 'b.example', username: 'tester', password: 'secret', register: true },
    });
    expect(domain).toBe('b.example');
    expect((await identities?.take(1))?.of('alice', 't')).toEqual({
      uri: 'sip:alice-t@b.example',
      credentials: { username: 'tester', password: 'secret' },
      registrar: 'sip:b.example',
    });
  });

  it('are its accounts, with the user part as username', async () => {
    const { identities, rooms } = await opened({
      rooms: { template: 'sip:r{n}@a.example' },
      identities: {
        accounts: [
          { uri: 'sip:ann@c.example', password: '1' },
          { uri: 'sip:ben@c.example', username: 'b', password: '2' },
        ],
        register: true,
      },
    });
    expect(rooms.concurrency).toBe(1);
    const taken = await identities?.take(2);
    expect([taken?.of('x', ''), taken?.of('y', '')]).toEqual([
      { uri: 'sip:ann@c.example', credentials: { username: 'ann', password: '1' }, registrar: 'sip:c.example' },
      { uri: 'sip:ben@c.example', credentials: { username: 'b', password: '2' }, registrar: 'sip:c.example' },
    ]);
    expect(await identities?.take(3)).toBeUndefined();
  });

  it('are too few for a factory when there is one', () => {
    const profile = {
      ...BASE,
      rooms: { factory: 'sip:f@a.example' },
      identities: { accounts: [{ uri: 'sip:ann@c.example' }] },
    };
    expect(profileSchema.safeParse(profile).error?.issues[0]?.message).toMatch(/a second one is due/);
  });
});
