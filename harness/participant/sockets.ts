import { MsrpEndpoint } from '../msrp/endpoint.ts';
import { selfSignedIdentity } from '../net/certificate.ts';
import type { NetError, PeerCheck, TlsIdentity } from '../net/network.ts';
import { err, ok, type Result } from '../result.ts';
import type { HeaderList } from '../sip/compose.ts';
import { Registration } from '../sip/registration.ts';
import type { ListenPoint } from '../sip/transport.ts';
import { UserAgent } from '../sip/user-agent.ts';
import type { ParticipantOptions } from './options.ts';
import { within } from './patience.ts';
import { sipOutcome } from './sip-outcome.ts';
import type { Surroundings } from './stay.ts';

/** What is open between `start` and `close` or `vanish`. */
export interface Open {
  readonly agent: UserAgent;
  readonly endpoint: MsrpEndpoint;
  readonly surroundings: Surroundings;
  readonly registration: Registration | undefined;
}

/** How a participant takes part in its stays. */
export type Hooks = Pick<Surroundings, 'sendAnswer' | 'arrived' | 'ended'>;

export const NOTHING_TO_SHARE: NetError = { kind: 'other', message: 'the MSRP endpoint to share is not open' };

/** Opens the sockets for SIP and MSRP; nothing stays open after an error. */
export async function openSockets(options: ParticipantOptions, hooks: Hooks): Promise<Result<Open, NetError>> {
  const { host, msrpSecurity, sip, tls, sharesConnectionsWith } = options;
  const shared = sharesConnectionsWith?.endpoint;
  if (sharesConnectionsWith !== undefined && shared === undefined) return err(NOTHING_TO_SHARE);
  const secure = msrpSecurity === 'tls' || sip.transport === 'tls';
  const identity = (await tls?.identity) ?? (secure ? await selfSignedIdentity([host]) : undefined);
  const agent = newAgent(options, identity);
  const started = await agent.start();
  if (!started.ok) return started;
  const registration = await registered(options, agent);
  if (!registration.ok) {
    await agent.close();
    return registration;
  }
  const endpoint = shared ?? newEndpoint(options);
  if (shared === undefined) {
    const security =
      msrpSecurity === 'tls' && identity !== undefined
        ? ({ kind: 'tls', identity, peer: { kind: 'none' } } as const)
        : ({ kind: 'plain' } as const);
    const listening = await endpoint.listen({ host, port: 0 }, security);
    if (!listening.ok) {
      await registration.value?.end();
      await agent.close();
      return listening;
    }
  }
  const surroundings = surroundingsOf(options, hooks, agent, endpoint, identity);
  return ok({ agent, endpoint, surroundings, registration: registration.value });
}

/** Undefined: nothing is to be registered. */
async function registered(
  { registrar, uri, clock, answerMs }: ParticipantOptions,
  agent: UserAgent,
): Promise<Result<Registration | undefined, NetError>> {
  if (registrar === undefined) return ok(undefined);
  const registration = new Registration(agent, { registrar, uri });
  const outcome = sipOutcome(await within(clock, answerMs, registration.begin()), answerMs);
  if (outcome.kind === 'answered' && outcome.status < 300) return ok(registration);
  registration.drop();
  const what = outcome.kind === 'answered' ? `got ${outcome.status} ${outcome.response.reason}` : outcome.reason;
  return err({ kind: 'other', message: `REGISTER of ${uri} with ${registrar}: ${what}` });
}

function newEndpoint({ clock, random, network, host }: ParticipantOptions): MsrpEndpoint {
  return new MsrpEndpoint({ clock, random, network, host });
}

function newAgent(options: ParticipantOptions, identity: TlsIdentity | undefined): UserAgent {
  const { network, clock, random, host, sip, uri, displayName, anonymousUri, credentials } = options;
  const at = { host, port: 0 };
  // A request too large for UDP goes by TCP, and so do the answers (RFC 3261 §18.1.1).
  const listen: ListenPoint[] = [{ transport: sip.transport, address: at }];
  // TCP first, for it has to have the port of UDP to itself (RFC 3261 §18.2.1).
  if (sip.transport === 'udp') listen.unshift({ transport: 'tcp', address: at });
  const name = anonymousUri === undefined ? displayName : 'Anonymous';
  return new UserAgent({
    network,
    clock,
    random,
    host,
    listen,
    uri: anonymousUri ?? uri,
    target: { transport: sip.transport, address: sip.target },
    ...(sip.routes === undefined ? {} : { routes: sip.routes }),
    ...(name === undefined ? {} : { displayName: name }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(identity === undefined ? {} : { tls: { identity, peer: peerCheck(options) } }),
  });
}

function surroundingsOf(
  options: ParticipantOptions,
  hooks: Hooks,
  agent: UserAgent,
  endpoint: MsrpEndpoint,
  identity: TlsIdentity | undefined,
): Surroundings {
  const { clock, random, host, answerMs, msrpSecurity, privacy, tls } = options;
  const secure = msrpSecurity === 'tls' && identity !== undefined;
  return {
    ...hooks,
    agent,
    endpoint,
    clock,
    random,
    host,
    answerMs,
    tls: secure ? { identity, peer: peerCheck(options), only: tls?.mediaPeer } : undefined,
    headers: (given) => (privacy === true ? withPrivacy(given) : given),
  };
}

const peerCheck = ({ tls }: ParticipantOptions): PeerCheck => tls?.peer ?? { kind: 'certificate-authority' };

/** A caller's own Privacy header stands instead. */
const withPrivacy = (given: HeaderList): HeaderList =>
  given.some(([name]) => name.toLowerCase() === 'privacy') ? given : [['Privacy', 'id'], ...given];
