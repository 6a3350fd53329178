import { err, ok, type Result } from '../../result.ts';

/** The o= line (RFC 8866 §5.2). */
export interface Origin {
  readonly username: string;
  readonly sessionId: bigint;
  readonly version: bigint;
  readonly networkType: string;
  readonly addressType: string;
  readonly address: string;
}

const ORIGIN = /^(\S+) (\d{1,40}) (\d{1,40}) (\S+) (\S+) (\S+)$/;
/** RFC 3264 §5: session id and version fit a signed 64-bit number. */
const LARGEST = 2n ** 63n - 1n;

/** Reads an o= value. Error: one line saying which field is wrong. */
export function parseOrigin(value: string): Result<Origin, string> {
  const match = ORIGIN.exec(value);
  if (match === null) return err('not six fields "name id version IN type address" with numeric id and version');
  const [, username = '', id = '', version = '', networkType = '', addressType = '', address = ''] = match;
  return ok({ username, sessionId: BigInt(id), version: BigInt(version), networkType, addressType, address });
}

export function formatOrigin(origin: Origin): string {
  const { username, sessionId, version, networkType, addressType, address } = origin;
  return [username, sessionId, version, networkType, addressType, address].join(' ');
}

/** An origin for a new session; the colon of an IPv6 address decides its address type. */
export function newOrigin(fields: Pick<Origin, 'username' | 'sessionId' | 'address'>): Origin {
  const addressType = fields.address.includes(':') ? 'IP6' : 'IP4';
  return { ...fields, version: fields.sessionId, networkType: 'IN', addressType };
}

/** The origin of the next description of a session that changes something (RFC 3264 §8). */
export function nextOrigin(origin: Origin): Origin {
  return { ...origin, version: origin.version + 1n };
}

/** Whether both name one session; the version aside. */
export function sameSession(a: Origin, b: Origin): boolean {
  return formatOrigin({ ...a, version: 0n }) === formatOrigin({ ...b, version: 0n });
}

/** Whether session id and version are of a size RFC 3264 §5 permits. */
export function originFits({ sessionId, version }: Origin): boolean {
  return sessionId <= LARGEST && version <= LARGEST;
}
