import { describe, expect, it } from 'vitest';
import { Accounts, type Identity, madeUpIdentities } from './identities.ts';

const account = (name: string): Identity => ({ uri: `sip:${name}@x` });
const three = [account('a'), account('b'), account('c')] as const;

describe('made-up identities', () => {
  it('are as many as are wanted, each unique by its tag', async () => {
    const all = madeUpIdentities('x', { credentials: { username: 'u', password: 'p' } });
    const taken = await all.take(1000);
    expect(taken?.of('alice', '1')).toEqual({
      uri: 'sip:alice-1@x',
      credentials: { username: 'u', password: 'p' },
    });
    expect(taken?.of('alice', '2').uri).toBe('sip:alice-2@x');
  });
});

describe('accounts', () => {
  it('are each used by one scenario at a time, and by the same owner', async () => {
    const accounts = new Accounts(three, false);
    const first = await accounts.take(2);
    const uris = ['x', 'y', 'x'].map((owner) => first?.of(owner, '').uri);
    expect(uris).toEqual(['sip:a@x', 'sip:b@x', 'sip:a@x']);
    let second: string | undefined;
    const waiting = accounts.take(2).then((taken) => {
      second = taken?.of('z', '').uri;
    });
    await Promise.resolve();
    expect(second).toBeUndefined();
    first?.release();
    await waiting;
    expect(second).toBe('sip:c@x');
  });

  it('lend nobody more than there are', async () => {
    expect(await new Accounts(three, false).take(4)).toBeUndefined();
    expect(await new Accounts(three, true).take(3)).toBeUndefined();
  });

  it('serve a large cast before smaller ones that came later', async () => {
    const accounts = new Accounts(three, false);
    const order: string[] = [];
    const one = await accounts.take(1);
    const large = accounts.take(3).then((taken) => {
      order.push('large');
      taken?.release();
    });
    const small = accounts.take(1).then(() => order.push('small'));
    one?.release();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  it('given back twice are still there once', async () => {
    const accounts = new Accounts([account('a')], false);
    const taken = await accounts.take(1);
    taken?.release();
    taken?.release();
    await accounts.take(1);
    let again = false;
    void accounts.take(1).then(() => {
      again = true;
    });
    await Promise.resolve();
    expect(again).toBe(false);
  });

  it('have one for a question even while all are in use, and a keeper that is not lent', async () => {
    const accounts = new Accounts(three, true);
    const taken = await accounts.take(2);
    expect([taken?.of('x', '').uri, taken?.of('y', '').uri]).toEqual(['sip:b@x', 'sip:c@x']);
    expect(accounts.keeper().uri).toBe('sip:a@x');
    expect(accounts.forQuestion().of('probe', '').uri).toBe('sip:b@x');
  });
});
