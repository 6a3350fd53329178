import { describe, expect, it } from 'vitest';
import { announcedIsTaken } from './announced-is-taken.ts';
import { type Joining, ScriptedRoom, type Sending } from './scripted-room.fixture.ts';

const told = (answers: Joining['answers'], sending: Partial<Sending>): Record<string, string> =>
  new ScriptedRoom()
    .joins('alice', { answers: { ...answers } })
    .sends('alice', { id: 'sent12345678', ...sending })
    .verdicts(announcedIsTaken);

describe('what a focus has announced', () => {
  const lists = { 'accept-types': 'message/cpim', 'accept-wrapped-types': 'text/plain' };

  it.each([
    ['a listed type in the wrapper', { status: 200 }, { 'RFC4975-8.6-08': 'pass', 'RFC4975-8.6-05': 'pass' }],
    ['its refusal', { status: 415 }, { 'RFC4975-8.6-08': 'fail', 'RFC4975-8.6-05': 'fail' }],
    ['another refusal', { status: 403 }, {}],
    ['a type that is not listed', { wrapped: 'text/html', status: 415 }, {}],
    [
      'multipart that is not listed',
      { wrapped: 'multipart/mixed;boundary=x', status: 415 },
      { 'RFC4975-7.3.1-10': 'warn' },
    ],
    ['multipart that is taken', { wrapped: 'multipart/mixed;boundary=x' }, { 'RFC4975-7.3.1-10': 'pass' }],
    ['a bare type that is not listed', { type: 'text/plain', body: 'x', status: 415 }, {}],
    ['two recipients', { to: ['sip:a@a.example', 'sip:b@a.example'], status: 415 }, {}],
    ['a wrapper that is none', { body: 'nonsense', status: 415 }, {}],
  ] as const)('%s', (_what, sending, verdicts) => expect(told(lists, sending)).toEqual(verdicts));

  it('includes multipart by an asterisk, and bare types', () => {
    const any = { 'accept-types': 'message/cpim text/plain', 'accept-wrapped-types': '*' };
    const alternative = { wrapped: 'multipart/alternative;boundary=x', status: 415 };
    expect(told(any, alternative)).toEqual({ 'RFC4975-7.3.1-10': 'fail' });
    expect(told(any, { type: 'text/plain', body: 'x', status: 415 })).toEqual({ 'RFC4975-8.6-05': 'fail' });
    expect(told(any, { type: 'text/plain', body: 'x' })).toEqual({ 'RFC4975-8.6-05': 'pass' });
    expect(told(any, { wrapped: 'text/html', status: 415 })).toEqual({});
  });
});
