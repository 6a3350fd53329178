import { describe, expect, test } from 'vitest';
import { isLooseRoute, type SipTarget, targetOfUri } from './target.ts';

const UDP = { transport: 'udp' as const };
const PROXY: SipTarget = { transport: 'tcp', address: { host: '192.0.2.7', port: 5080 } };
const at = (transport: SipTarget['transport'], host: string, port: number) => ({
  ok: true,
  value: { transport, address: { host, port } },
});

describe('target of a URI', () => {
  const cases: readonly (readonly [string, ReturnType<typeof at>])[] = [
    ['sip:a@192.0.2.1', at('udp', '192.0.2.1', 5060)],
    ['sip:a@192.0.2.1:5070;transport=tcp', at('tcp', '192.0.2.1', 5070)],
    ['sip:a@192.0.2.1;transport=TLS', at('tls', '192.0.2.1', 5061)],
    ['sips:a@192.0.2.1', at('tls', '192.0.2.1', 5061)],
    ['sips:a@192.0.2.1;transport=tcp', at('tls', '192.0.2.1', 5061)],
    ['sip:a@[2001:db8::1]:5070', at('udp', '2001:db8::1', 5070)],
    ['sip:a@example.org;maddr=192.0.2.3', at('udp', '192.0.2.3', 5060)],
    ['sip:a@example.org', at('udp', 'example.org', 5060)],
  ];
  for (const [uri, target] of cases) test(uri, () => expect(targetOfUri(uri, UDP)).toEqual(target));

  test('names are served by the proxy when there is one, addresses are not', () => {
    expect(targetOfUri('sip:a@example.org', { ...UDP, names: PROXY })).toEqual({ ok: true, value: PROXY });
    expect(targetOfUri('sip:a@192.0.2.1', { ...UDP, names: PROXY })).toEqual(at('udp', '192.0.2.1', 5060));
    expect(targetOfUri('tel:+1', { ...UDP, names: PROXY })).toEqual({ ok: true, value: PROXY });
  });

  test('what leads nowhere is an error', () => {
    expect(targetOfUri('tel:+1', UDP).ok).toBe(false);
    expect(targetOfUri('sip:a@192.0.2.1;transport=carrier-pigeon', UDP).ok).toBe(false);
  });

  test('a loose route has lr inside its brackets', () => {
    expect(isLooseRoute('<sip:p;lr>')).toBe(true);
    expect(isLooseRoute('<sip:p;lr=on>;x')).toBe(true);
    expect(isLooseRoute('<sip:p>;lr')).toBe(false);
    expect(isLooseRoute('nonsense')).toBe(false);
  });
});
