import { headerOf } from '../../codec/msrp/message.ts';
import { fingerprintOf } from '../../net/fingerprint.ts';
import { onDescriptions, onMsrpStatus } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

const isUsable = ({ algorithm, value }: { readonly algorithm: string; readonly value: string }): boolean =>
  fingerprintOf(Buffer.alloc(0), algorithm)?.length === value.length;

/** MSRP over TLS (RFC 4975 §14, RFC 6135 §4.3). */
export const tlsMutants: readonly Mutant[] = [
  {
    name: 'believes-any-certificate',
    about: 'does not compare certificates with the fingerprints that were signalled',
    violates: [...rfc4975('14.4-08'), 'RFC6135-4.3-01'],
    weight: 'fail',
    decisions: () => ({ judgePeer: () => ({ kind: 'none' }) }),
  },
  {
    name: 'believes-certificates-of-clients',
    about: 'compares the certificate with the fingerprint only where it connects itself',
    violates: [...rfc4975('14.4-08'), 'RFC6135-4.3-01'],
    weight: 'fail',
    decisions: ({ judgePeer }) => ({
      judgePeer: (fingerprints, peer) => (peer === 'client' ? { kind: 'none' } : judgePeer(fingerprints, peer)),
    }),
  },
  {
    name: 'believes-certificates-of-servers',
    about: 'compares the certificate with the fingerprint only where it is connected to',
    violates: [...rfc4975('14.4-08'), 'RFC6135-4.3-01'],
    weight: 'fail',
    decisions: ({ judgePeer }) => ({
      judgePeer: (fingerprints, peer) => (peer === 'server' ? { kind: 'none' } : judgePeer(fingerprints, peer)),
    }),
  },
  {
    name: 'skips-fingerprints-it-cannot-read',
    about: 'lets everybody in whose only fingerprint is malformed, or of a hash that it does not know',
    violates: rfc4975('14.4-06', '14.4-08'),
    weight: 'warn',
    decisions: ({ judgePeer }) => ({
      judgePeer: (fingerprints, peer) =>
        fingerprints.some(isUsable) ? judgePeer(fingerprints, peer) : { kind: 'none' },
    }),
  },
  {
    name: 'first-fingerprint-alone-counts',
    about: 'looks at the first fingerprint alone',
    violates: rfc4975('14.4-06'),
    weight: 'warn',
    decisions: ({ judgePeer }) => ({
      judgePeer: (fingerprints, peer) => judgePeer(fingerprints.slice(0, 1), peer),
    }),
  },
  {
    name: 'signals-the-fingerprint-of-another',
    about: 'signals a fingerprint that its certificate does not have',
    violates: [...rfc4975('14.4-06'), 'RFC6135-4.3-03'],
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^(a=fingerprint:.*)..\r$/m, '$100\r')),
  },
  {
    name: 'signals-no-fingerprint',
    about: 'has a certificate that vouches for itself, and leaves a=fingerprint out',
    violates: [...rfc4975('14.4-07'), 'RFC6135-4.3-03'],
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=fingerprint:.*\r\n/m, '')),
  },
  {
    name: 'answers-tls-with-tcp-after-all',
    about: 'answers the second offer of MSRP over TLS with TCP',
    violates: rfc4975('5.4-10', '8.1-02'),
    weight: 'fail',
    wire: () => {
      const told = new Set<string>();
      return onDescriptions((sdp) => {
        const path = /^a=path:msrps.*$/m.exec(sdp)?.[0] ?? '';
        if (path === '' || !told.has(path)) {
          told.add(path);
          return sdp;
        }
        return sdp.replace(' TCP/TLS/MSRP', ' TCP/MSRP').replace('a=path:msrps:', 'a=path:msrp:');
      });
    },
  },
  {
    name: 'serves-tls-sessions-in-the-clear',
    about: 'answers 200 to what comes for a session over TLS on a connection without',
    violates: rfc4975('5.4-10'),
    weight: 'fail',
    wire: () =>
      onMsrpStatus(481, (response) =>
        headerOf(response, 'From-Path')?.startsWith('msrps:') === true ? { ...response, status: 200 } : response,
      ),
  },
];
