import { describe, expect, test } from 'vitest';
import { formatAddress, fromNodeError, netError } from './net-error.ts';

const at = { host: '192.0.2.1', port: 5060 };
const coded = (code: string, text = code): Error => Object.assign(new Error(text), { code });

describe('errors of the network', () => {
  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ETIMEDOUT', 'timed-out'],
    ['EADDRINUSE', 'address-in-use'],
    ['ENOTFOUND', 'name'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['EMFILE', 'other'],
  ] as const)('%s is %s', (code, kind) => {
    expect(fromNodeError(coded(code), at).kind).toBe(kind);
  });

  test('one line, with the address', () => {
    expect(fromNodeError(coded('ERR_SSL_X', 'two\n  lines\n'), at).message).toBe(
      '192.0.2.1:5060: TLS failed (two lines)',
    );
    expect(netError('timed-out', at, '50 ms').message).toBe('192.0.2.1:5060: timed out (50 ms)');
    expect(formatAddress({ host: '2001:db8::1', port: 1 })).toBe('[2001:db8::1]:1');
  });

  test('several addresses tried: the first error stands for all; no error at all is bearable', () => {
    const all = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]);
    expect(fromNodeError(all, at).kind).toBe('refused');
    expect(fromNodeError('odd', at)).toEqual({ kind: 'other', message: '192.0.2.1:5060: failed (odd)' });
  });
});
