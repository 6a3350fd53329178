import { err, ok, type Result } from '../../result.ts';
import { parseAddressTarget } from '../address.ts';
import type { LoadedProfile } from './load.ts';
import type { Profile } from './schema.ts';

/** What may be said on the command line beside the target. */
export interface TargetExtras {
  /** Rooms instead of the one in a SIP URI. */
  readonly rooms: readonly string[];
  readonly tls: { readonly msrp?: true; readonly trust?: string };
}

/** The profile that a target of the command line stands for: `sip:room@host:5060;transport=tcp`. */
export function profileOfTarget(target: string, folder: string, extras: TargetExtras): Result<LoadedProfile, string> {
  if (/^(image|command):/i.test(target))
    return err(`"${target}": how to start it and what its rooms are takes a profile (--profile; see fixtures/suts)`);
  if (!/^sips?:/i.test(target))
    return err(`"${target}" is neither builtin nor a SIP URI (sip:room@host:5060;transport=tcp)`);
  const parsed = parseAddressTarget(target);
  if (!parsed.ok) return parsed;
  const [first = parsed.value.room, ...rest] = extras.rooms;
  const profile: Profile = {
    name: target,
    sip: target,
    rooms: { uris: [first, ...rest] },
    tls: {
      ...(extras.tls.msrp === undefined ? {} : { msrp: true }),
      ...(extras.tls.trust === undefined ? {} : { trust: extras.tls.trust }),
    },
  };
  return ok({ file: '--sut', folder, profile });
}
