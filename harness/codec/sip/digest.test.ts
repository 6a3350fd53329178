import { describe, expect, it } from 'vitest';
import { isAnswerable } from './challenge.ts';
import {
  answerChallenge,
  chooseChallenge,
  type DigestChallenge,
  parseChallenge,
  parseCredentials,
  verifyAuthorization,
} from './digest.ts';
import { digestHash } from './digest-hash.ts';

function challenge(value: string): DigestChallenge {
  const result = parseChallenge(value);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const responseIn = (value: string): string | undefined => {
  const read = parseCredentials(value);
  return read.ok ? read.value.response : undefined;
};

interface Example {
  readonly title: string;
  readonly challenge: string;
  readonly password: string;
  readonly cnonce: string;
  readonly response: string;
}

const RFC7616 =
  'realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const RFC2617 =
  'realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';

const examples: readonly Example[] = [
  {
    title: 'RFC 7616 §3.9.1, MD5',
    challenge: `Digest qop="auth, auth-int", algorithm=MD5, ${RFC7616}`,
    password: 'Circle of Life',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    response: '8ca523f5e9506fed4657c9700eebdbec',
  },
  {
    title: 'RFC 7616 §3.9.1, SHA-256',
    challenge: `Digest qop="auth, auth-int", algorithm=SHA-256, ${RFC7616}`,
    password: 'Circle of Life',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  },
  {
    title: 'RFC 2617 §3.5',
    challenge: `Digest qop="auth,auth-int", ${RFC2617}`,
    password: 'Circle Of Life',
    cnonce: '0a4f113b',
    response: '6629fae49393a05397450978507c4ef1',
  },
  {
    title: 'the same without qop',
    challenge: `Digest ${RFC2617}`,
    password: 'Circle Of Life',
    cnonce: '',
    response: '670fd8c2df070c60b045671b8b24ff02',
  },
];

describe('digest', () => {
  it.each(examples)('$title', ({ challenge: value, password, cnonce, response }) => {
    const answer = answerChallenge(challenge(value), {
      username: 'Mufasa',
      password,
      method: 'GET',
      uri: '/dir/index.html',
      cnonce,
      nonceCount: 1,
    });
    if (!answer.ok) throw new Error(answer.error);
    expect(responseIn(answer.value)).toBe(response);
    expect(verifyAuthorization(answer.value, 'GET', () => password).ok).toBe(true);
  });

  it('reads what a challenge says', () => {
    const read = challenge(
      'digest realm="a, \\"b\\"",nonce="n", stale=TRUE , algorithm="SHA-256", opaque="", qop=auth',
    );
    expect(read).toEqual({ realm: 'a, "b"', nonce: 'n', opaque: '', algorithm: 'SHA-256', qop: ['auth'], stale: true });
    expect(challenge('Digest realm="",nonce=n')).toEqual({
      realm: '',
      nonce: 'n',
      algorithm: 'MD5',
      qop: [],
      stale: false,
    });
  });

  it.each(['', 'Basic realm="a"', 'Digest', 'Digest realm="a"', 'Digest nonce="a"', 'Digest realm="a", nonce=""'])(
    'refuses %s',
    (value) => {
      expect(parseChallenge(value).ok).toBe(false);
    },
  );

  it('chooses the first it can answer (RFC 8760 §2.4)', () => {
    const values = [
      'Basic realm="a"',
      'Digest realm="a", nonce="1", algorithm=SHA-3, qop="auth"',
      'Digest realm="a", nonce="2", qop="auth-int"',
      'Digest realm="a", nonce="3", algorithm=SHA-256, qop="auth"',
      'Digest realm="a", nonce="4", qop="auth"',
    ];
    expect(chooseChallenge(values)?.nonce).toBe('3');
    expect(chooseChallenge(values.slice(0, 3))).toBeUndefined();
    expect(isAnswerable(challenge('Digest realm="a", nonce="2", qop="auth-int"'))).toBe(false);
    expect(digestHash('sha-512-256')?.session).toBe(false);
  });

  it('says why credentials are refused', () => {
    const why = (value: string): string | undefined => {
      const verified = verifyAuthorization(value, 'INVITE', () => undefined);
      return verified.ok ? undefined : verified.error.kind;
    };
    const good = 'username="u", realm="r", nonce="n", uri="sip:a@b", response="00"';
    expect(why('Basic dTpw')).toBe('malformed');
    expect(why('Digest username="u", realm="r", uri="sip:a@b", response="00"')).toBe('malformed');
    expect(why(`Digest ${good}, algorithm=XYZ`)).toBe('unknown-algorithm');
    expect(why(`Digest ${good}, qop=auth-int`)).toBe('unsupported-qop');
    expect(why(`Digest ${good}, qop=auth, cnonce="a"`)).toBe('malformed');
    expect(why(`Digest ${good}, qop=auth, cnonce="a", nc=1`)).toBe('malformed');
    expect(why(`Digest ${good}`)).toBe('unknown-user');
  });

  it('refuses to answer what it cannot', () => {
    const who = { username: 'u', password: 'p', method: 'INVITE', uri: 'sip:a@b', cnonce: 'c', nonceCount: 1 };
    expect(answerChallenge(challenge('Digest realm="a", nonce="1", algorithm=SHA-3'), who).ok).toBe(false);
    expect(answerChallenge(challenge('Digest realm="a", nonce="1", qop="auth-int"'), who).ok).toBe(false);
  });
});
