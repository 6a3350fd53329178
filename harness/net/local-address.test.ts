import { describe, expect, it } from 'vitest';
import { err, ok } from '../result.ts';
import { localAddressTowards } from './local-address.ts';

describe('the local address towards a host', () => {
  it('is loopback for loopback', async () => {
    expect(await localAddressTowards('127.0.0.1')).toEqual(ok('127.0.0.1'));
    expect(await localAddressTowards('::1')).toEqual(ok('::1'));
  });

  it('is none for a name that does not resolve', async () => {
    expect(await localAddressTowards('no-such-host.invalid')).toEqual(
      err('nobody knows a host named "no-such-host.invalid"'),
    );
  });
});
