import type { TlsIdentity } from './network.ts';

/** Whose certificate it is: `nameless` has nothing in it that names anybody. */
export type Whose = 'focus' | 'participant' | 'nameless';

/**
 * Certificates for TLS in memory, always the same, so that a run can be repeated octet for octet. They vouch for
 * themselves. Nothing is encrypted there, so nobody keeps their keys.
 */
export const simulatedIdentity = (whose: Whose): TlsIdentity => ({ ...IDENTITIES[whose], privateKey: '' });

const IDENTITIES: Readonly<Record<Whose, Pick<TlsIdentity, 'certificate' | 'fingerprint'>>> = {
  focus: {
    fingerprint: '50:46:E2:34:3D:0F:F1:2F:F6:4D:27:DB:8A:4D:70:7D:15:25:C0:E0:7C:C4:B9:8D:E3:19:9B:A4:B5:81:2C:A7',
    certificate: `-----BEGIN CERTIFICATE-----
MIIBbjCCAROgAwIBAgIRAMktxKT7cbzmDioIV5CBu4gwCgYIKoZIzj0EAwIwEzER
MA8GA1UEAxMIMTAuMC4wLjEwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
MDBaMBMxETAPBgNVBAMTCDEwLjAuMC4xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAE6XH6iqxZah+61mbu0VSMQ9r+6Bduic3nNAvfVPqxxGCmWmugMn/Q3LmTFgkM
ZnguOE0u10WlXyBi1yTC1kTlRKNGMEQwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8B
Af8EBAMCAoQwIQYDVR0RBBowGIcECgAAAYIQY2hhdC5leGFtcGxlLm9yZzAKBggq
hkjOPQQDAgNJADBGAiEAw0kR9gpS+OrG3KkRU8u774A9b+gDUrUmPfhd8YS0iPsC
IQDaUbO8fPd4DXupsUkjtDz4G7nmn27hMJ0++egsRe6vfw==
-----END CERTIFICATE-----
`,
  },
  participant: {
    fingerprint: '36:5A:26:15:33:79:0D:17:27:50:A6:A4:99:5E:5C:E5:14:72:05:62:DA:2F:75:56:90:C7:43:A4:D3:F3:02:B6',
    certificate: `-----BEGIN CERTIFICATE-----
MIIBWjCCAQCgAwIBAgIQZq+JHH/gg92FPFzx57142TAKBggqhkjOPQQDAjATMREw
DwYDVQQDEwgxMC4wLjAuMjAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAw
MFowEzERMA8GA1UEAxMIMTAuMC4wLjIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AAQ6ISnvreD0YXXIo0RnERm6o3coAaQWB8sUwy4HORcmSDdf1KKEb+wa1Upa67ne
WdCtS3fMr1TLed5/tjP9wrjUozQwMjAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB
/wQEAwIChDAPBgNVHREECDAGhwQKAAACMAoGCCqGSM49BAMCA0gAMEUCIQDa8Zf8
YGw+Uz8akTAS+5fK5UOYes9sIu599HTTh8fH+AIgDIshgxo0aGW8ox8LuaOs6a6v
LHHQDjCGkXOCE3e5T+8=
-----END CERTIFICATE-----
`,
  },
  nameless: {
    fingerprint: 'E2:27:93:17:C7:17:F7:60:14:88:20:34:E2:ED:DF:A7:CC:7A:5C:61:B8:63:82:F8:FE:4E:AA:07:4F:3B:4F:ED',
    certificate: `-----BEGIN CERTIFICATE-----
MIIBSDCB76ADAgECAhAsGGQlN0LdT6O7/fEkK7jPMAoGCCqGSM49BAMCMBMxETAP
BgNVBAMTCG1zcnBzcGVjMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAw
WjATMREwDwYDVQQDEwhtc3Jwc3BlYzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
BGf45IF6n9zYz8aLK/7CdCk+JFq2ZeWiaMBFFnJFhGE2H6elG8sE6fyWU5//vAvX
OxG21vUnyOScyK85ONLlu5ejIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/
BAQDAgKEMAoGCCqGSM49BAMCA0gAMEUCIQCVZoTnfbiJfsy4355ygi3KlbUgZHef
4Wd6uRcKdfv+NQIgSSKZpWGnb1lyDIXGttCJQNGOAf896bULzB2NECHaRWM=
-----END CERTIFICATE-----
`,
  },
};
