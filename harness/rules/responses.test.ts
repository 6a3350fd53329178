import { describe, expect, it } from 'vitest';
import { answered } from './answered.ts';
import { oneResponse, pathsOfResponses } from './responses.ts';
import { ownUri, ROOM, ScriptedRoom, switchUri } from './scripted-room.fixture.ts';

const room = (): ScriptedRoom => new ScriptedRoom().joins('alice');
const message = { id: 'sent12345678' };
const no = { ...message, headers: ['Failure-Report: no'] };
const partial = { ...message, headers: ['Failure-Report: Partial'] };

describe('responses', () => {
  it('pass one for each request', () => {
    expect(room().sends('alice', message).verdicts(oneResponse)).toEqual({
      'RFC7701-6.3-03': 'pass',
      'RFC4975-7.2-04': 'pass',
      'RFC4975-7.2-09': 'pass',
    });
  });

  it('convict a second one, and not where the identifier was used twice', () => {
    const twice = room().sends('alice', message).answers('alice', 'received', message.id, 200);
    expect(twice.verdicts(oneResponse)['RFC7701-6.3-03']).toBe('fail');
    const reused = room()
      .sends('alice', { ...message, status: 'none' })
      .sends('alice', message);
    reused.answers('alice', 'received', message.id, 200);
    expect(reused.verdicts(oneResponse)['RFC7701-6.3-03']).toBe('pass');
  });

  it.each([
    [no, 200, 'RFC7701-6.3-04', 'fail'],
    [no, 403, 'RFC7701-6.3-04', 'fail'],
    [no, 'none', 'RFC7701-6.3-04', 'pass'],
    [partial, 200, 'RFC7701-6.3-05', 'fail'],
    [partial, 403, 'RFC7701-6.3-05', 'pass'],
    [partial, 'none', 'RFC7701-6.3-05', 'pass'],
  ] as const)('to %o: %s', (sending, status, requirement, verdict) => {
    expect(
      room()
        .sends('alice', { ...sending, status })
        .verdicts(oneResponse)[requirement],
    ).toBe(verdict);
  });

  it('leave Failure-Report in other requests open', () => {
    const headers = ['Use-Nickname: "Al"', 'Failure-Report: no'];
    const script = room().asks('alice', 'NICKNAME', { id: 'nick12345678', headers, status: 200 });
    expect(script.verdicts(oneResponse)['RFC7701-6.3-04']).toBeUndefined();
  });

  it.each([
    [200, 'fail'],
    [400, 'fail'],
    [481, 'warn'],
  ])('convict %i to a REPORT as %s', (status, verdict) => {
    const headers = ['Message-ID: copy12345678', 'Status: 000 200'];
    const script = room().asks('alice', 'REPORT', { id: 'report123456', headers, status });
    expect(script.verdicts(oneResponse)['RFC4975-7.1.2-11']).toBe(verdict);
  });

  it('may stop a request that is still on its way', () => {
    const script = room().answers('alice', 'received', 'long12345678', 413).sends('alice', {
      id: 'long12345678',
      status: 'none',
    });
    expect(Object.values(script.verdicts(oneResponse))).not.toContain('fail');
  });

  it('convict one that nothing asked for, and one on another connection', () => {
    const stray = room().answers('alice', 'received', 'nothing12345', 200);
    expect(stray.verdicts(oneResponse)['RFC4975-7.2-04']).toBe('fail');
    const elsewhere = room()
      .joins('bob')
      .sends('alice', { ...message, status: 'none' })
      .answers('bob', 'received', message.id, 200);
    expect(elsewhere.verdicts(oneResponse)['RFC4975-7.2-09']).toBe('fail');
  });

  it('say nothing of a connection that carried what cannot be read', () => {
    const script = room()
      .says('alice', 'sent', 'msrp', 'MSRP broken\n')
      .answers('alice', 'received', 'nothing12345', 400);
    expect(script.verdicts(oneResponse)['RFC4975-7.2-04']).toBe('pass');
  });
});

describe('paths of responses', () => {
  const relay = 'msrp://10.0.0.9:2855/relay-0123456789abc;tcp';
  const fromPath = `${relay} ${ownUri('alice')}`;
  const nickname = ['Use-Nickname: "Al"'];

  it('pass as RFC 4975 §7.2 has them', () => {
    const script = room()
      .sends('alice', message)
      .asks('alice', 'NICKNAME', { id: 'nick12345678', headers: nickname, status: 200 });
    expect(script.verdicts(pathsOfResponses)).toEqual({
      'RFC4975-7.2-05': 'pass',
      'RFC4975-7.2-06': 'pass',
      'RFC4975-7.2-07': 'pass',
      'RFC7701-6.3-10': 'pass',
    });
  });

  it.each([
    [relay, 'pass'],
    [fromPath, 'fail'],
    [ownUri('alice'), 'fail'],
  ])('of SEND go to the leftmost URI of %s', (to, verdict) => {
    const script = room().sends('alice', { ...message, fromPath, status: 'none' });
    script.answers('alice', 'received', message.id, 200, { to });
    expect(script.verdicts(pathsOfResponses)['RFC4975-7.2-05']).toBe(verdict);
  });

  it('are from the URI of the session, but for 481', () => {
    const from = switchUri('zoe');
    const script = (status: number): ScriptedRoom =>
      room()
        .sends('alice', { ...message, status: 'none' })
        .answers('alice', 'received', message.id, status, { from });
    expect(script(200).verdicts(pathsOfResponses)['RFC4975-7.2-07']).toBe('fail');
    expect(script(481).verdicts(pathsOfResponses)['RFC4975-7.2-07']).toBe('pass');
  });

  it('are open for malformed requests', () => {
    const script = room().sends('alice', { ...message, range: '0-0/x', status: 'none' });
    script.answers('alice', 'received', message.id, 400, { to: switchUri('zoe'), from: switchUri('zoe') });
    expect(script.verdicts(pathsOfResponses)).toEqual({
      'RFC4975-7.2-05': 'pass',
      'RFC4975-7.2-07': 'pass',
      'RFC7701-6.3-10': 'pass',
    });
  });
});

describe('requests that ask for a response', () => {
  const silent = { ...message, status: 'none' } as const;
  const later = { id: 'sent22345678' };

  it('pass when they got it', () => {
    expect(room().sends('alice', message).verdicts(answered)).toEqual({ 'RFC7701-6.3-03': 'pass' });
  });

  it('convict silence while a later one was answered, and time passed', () => {
    const script = room().sends('alice', silent).sends('alice', later).passes(1000).leaves('alice');
    expect(script.verdicts(answered)['RFC7701-6.3-03']).toBe('fail');
    const long = { ...silent, headers: [`X-Long: ${'x'.repeat(4000)}`] };
    const longer = room().sends('alice', long).sends('alice', later).passes(1000).leaves('alice');
    expect(longer.verdicts(answered)['RFC7701-6.3-03']).toBe('fail');
  });

  it.each([
    ['none was answered later', room().sends('alice', silent).passes(1000).leaves('alice')],
    ['the log ends too early', room().sends('alice', silent).sends('alice', later)],
    [
      'none is asked for',
      room()
        .sends('alice', { ...no, status: 'none' })
        .sends('alice', later)
        .passes(1000)
        .leaves('alice'),
    ],
    [
      'the request was malformed',
      room()
        .sends('alice', { ...silent, range: '0-0/x' })
        .sends('alice', later)
        .passes(1000)
        .leaves('alice'),
    ],
    [
      'the head is longer than what has to be read',
      room()
        .sends('alice', { ...silent, headers: [`X-Long: ${'x'.repeat(100_000)}`] })
        .sends('alice', later)
        .passes(1000)
        .leaves('alice'),
    ],
  ])('say nothing where %s', (_why, script) => {
    expect(script.verdicts(answered)['RFC7701-6.3-03']).toBe('pass');
  });

  it('include NICKNAME', () => {
    const headers = ['Use-Nickname: "Al"'];
    const script = room()
      .asks('alice', 'NICKNAME', { id: 'nick12345678', headers })
      .sends('alice', { ...later, to: ROOM });
    expect(script.passes(1000).leaves('alice').verdicts(answered)['RFC7701-7.1-08']).toBe('fail');
  });
});
