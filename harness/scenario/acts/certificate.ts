import { X509Certificate } from 'node:crypto';
import { acceptsFingerprint } from '../../net/fingerprint.ts';
import type { Verdict } from '../../rules/finding.ts';
import type { Action } from '../schema.ts';
import type { Act } from './act.ts';

type Look = NonNullable<Action['sees-certificate']>;

/**
 * A certificate that vouches for itself has its fingerprint in the description (RFC 4975 §14.4). One with an issuer may
 * do without; whether he is to be trusted is not known here.
 */
export async function seesCertificate({ stage, actor, args, charge }: Act<Look>): Promise<undefined> {
  const { answer, peerCertificate } = actor.participant;
  const [verdict, actual] =
    answer === undefined || peerCertificate === undefined
      ? (['inconclusive', 'there is no TLS connection'] as const)
      : look(args, answer.fingerprints, peerCertificate, charge.miss);
  stage.judge.record(charge, {
    verdict,
    message: `${actor.name} looks at the certificate of the room`,
    expected: args === 'signalled' ? 'a fingerprint in the description' : 'the fingerprint that was signalled',
    actual,
    evidence: [],
  });
  return undefined;
}

function look(
  what: Look,
  signalled: readonly { readonly algorithm: string; readonly value: string }[],
  certificate: Buffer,
  miss: Verdict,
): readonly [Verdict, string] {
  const told = signalled.map(({ algorithm, value }) => `${algorithm} ${value}`).join(', ');
  if (signalled.length === 0) {
    if (what === 'matching') return ['inconclusive', 'none was signalled'];
    return isSelfSigned(certificate)
      ? [miss, 'none, beside a certificate that vouches for itself']
      : ['inconclusive', 'none, but the certificate has an issuer'];
  }
  if (what === 'signalled' || acceptsFingerprint(signalled, certificate)) return ['pass', told];
  return [miss, `another: ${told}`];
}

function isSelfSigned(der: Buffer): boolean {
  const certificate = new X509Certificate(der);
  return certificate.checkIssued(certificate);
}
