import { parseSipUri } from '../../codec/sip/uri.ts';
import { Accounts, type Identities, type Identity, madeUpIdentities } from '../identities.ts';
import type { Profile } from './schema.ts';

/** Whom the participants appear as before this SUT. `domain`: where nothing else is said. */
export function profileIdentities({ identities = {}, rooms, sip }: Omit<Profile, 'name'>, domain: string): Identities {
  const { accounts, username, password = '', register } = identities;
  const scheme = /^sips:/i.test(sip) ? 'sips' : 'sip';
  const registrar = register === true ? { registrar: `${scheme}:${domain}` } : {};
  if (accounts === undefined)
    return madeUpIdentities(domain, {
      ...(username === undefined ? {} : { credentials: { username, password } }),
      ...registrar,
    });
  const [first, ...others] = accounts.map((one) => identityOf(one, register === true));
  // The schema wants one at least.
  if (first === undefined) return madeUpIdentities(domain, registrar);
  return new Accounts([first, ...others], rooms.factory !== undefined);
}

type Account = NonNullable<NonNullable<Profile['identities']>['accounts']>[number];

function identityOf({ uri, username, password }: Account, registers: boolean): Identity {
  const parsed = parseSipUri(uri);
  const { scheme, user, host } = parsed.ok ? parsed.value : { scheme: 'sip', user: undefined, host: '' };
  return {
    uri,
    ...(password === undefined ? {} : { credentials: { username: username ?? user ?? '', password } }),
    ...(registers ? { registrar: `${scheme}:${host}` } : {}),
  };
}
