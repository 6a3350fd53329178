import { describe, expect, it } from 'vitest';
import { acceptedTypes } from './accepted-types.ts';
import { chunksAddUp } from './chunks.ts';
import { type Joining, ScriptedRoom, type Sending, uriOf } from './scripted-room.fixture.ts';

const size = 2100;
const part = (number: number, range: string, flag: '+' | '$' | '#', more: Partial<Sending> = {}): Sending => ({
  id: `copy${number}2345678`,
  messageId: 'copy',
  body: String(number).repeat(size),
  range,
  flag,
  ...more,
});
const first = part(1, '1-*/4200', '+');
const last = part(2, '2101-*/4200', '$');
const bob = (...parts: readonly Sending[]): Record<string, string> =>
  parts
    .reduce((room, one) => room.receives('bob', one), new ScriptedRoom().joins('alice').joins('bob'))
    .verdicts(chunksAddUp);

describe('chunks of a copy', () => {
  it('pass in order, without gap, up to the total', () => {
    expect(bob(first, last)).toEqual({
      'RFC7701-6.1-18': 'pass',
      'RFC4975-7.1.1-32': 'pass',
      'RFC4975-7.1.1-03': 'pass',
      'RFC4975-5.4-31': 'pass',
      'RFC4975-7.1-17': 'pass',
      'RFC4975-7.1-19': 'pass',
      'RFC7701-6.1-28': 'pass',
      'RFC4975-7.1.1-18': 'pass',
      'RFC4975-7.1.1-22': 'pass',
      'RFC4975-7.1.1-06': 'pass',
      'RFC4975-11.4-01': 'pass',
      'RFC4975-7.1.1-31': 'pass',
    });
  });

  it.each<[string, Sending[], string, string]>([
    ['a gap', [first, part(2, '2200-*/4299', '$')], 'RFC7701-6.1-18', 'fail'],
    ['an overlap', [first, part(2, '2000-*/4200', '$')], 'RFC7701-6.1-18', 'fail'],
    ['the later half first', [part(2, '2101-*/4200', '+'), first], 'RFC7701-6.1-18', 'fail'],
    ['no beginning', [last], 'RFC7701-6.1-18', 'fail'],
    ['a gap where it was broken off', [first, part(2, '2200-*/4299', '$')], 'RFC4975-7.1.1-32', 'fail'],
    ['another Message-ID', [first, part(2, '2101-*/4200', '$', { messageId: 'other' })], 'RFC4975-7.1.1-03', 'fail'],
    ['an end before the end', [part(1, '1-*/4200', '$'), last], 'RFC4975-7.1-19', 'fail'],
    ['an end before the end, by the flag', [part(1, '1-*/4200', '$'), last], 'RFC4975-7.1-17', 'fail'],
    ['a later chunk without range', [first, part(2, '', '$')], 'RFC4975-7.1.1-18', 'fail'],
    ['a total that is wrong', [first, part(2, '2101-*/5000', '$')], 'RFC4975-7.1.1-22', 'warn'],
    [
      'other wishes for reports',
      [first, part(2, '2101-*/4200', '$', { headers: ['Failure-Report: no'] })],
      'RFC4975-7.1.1-06',
      'fail',
    ],
    ['another type', [first, part(2, '2101-*/4200', '$', { type: 'text/plain' })], 'RFC4975-11.4-01', 'fail'],
    [
      'a small chunk that is not the last',
      [part(1, '1-*/2109', '+', { body: 'too small' }), part(2, '10-*/2109', '$')],
      'RFC4975-7.1.1-31',
      'warn',
    ],
  ])('convict %s', (_what, parts, requirement, verdict) => {
    expect(bob(...parts)[requirement]).toBe(verdict);
  });

  it.each<[string, Sending[]]>([
    [
      'defaults written out',
      [first, part(2, '2101-*/4200', '$', { headers: ['Failure-Report: yes', 'Success-Report: no'] })],
    ],
    ['a message given up', [first, part(2, '2101-*/9000', '#')]],
    ['a message left open', [first]],
    ['a small last chunk', [first, part(2, '2101-2105/2105', '$', { body: 'small' })]],
    ['a message that comes twice', [part(1, '1-*/2100', '$'), part(1, '1-*/2100', '$', { id: 'again1234567' })]],
    [
      'two messages in turns',
      [
        first,
        part(3, '1-*/4200', '+', { messageId: 'other' }),
        last,
        part(4, '2101-*/4200', '$', { messageId: 'other' }),
      ],
    ],
  ])('let %s be', (_what, parts) => {
    expect(Object.values(bob(...parts)).filter((verdict) => verdict !== 'pass')).toEqual([]);
  });

  it('only warn of a leftover to who joined in mid-message', () => {
    const script = new ScriptedRoom()
      .joins('alice')
      .sends('alice', { ...first, id: 'sent12345678' })
      .joins('dave');
    expect(script.receives('dave', last).verdicts(chunksAddUp)).toMatchObject({ 'RFC7701-6.1-28': 'warn' });
  });
});

describe('accepted types', () => {
  const typed = (offers: Joining['offers'], wrapped: string): Record<string, string> =>
    new ScriptedRoom()
      .joins('bob', { offers: { ...offers } })
      .receives('bob', { id: 'copy12345678', from: uriOf('alice'), wrapped })
      .verdicts(acceptedTypes);

  it.each([
    [{}, 'text/plain; charset=utf-8', 'pass', 'pass'],
    [{}, 'TEXT/PLAIN', 'pass', 'pass'],
    [{}, 'text/html', 'pass', 'warn'],
    [{ 'accept-types': 'message/cpim text/html' }, 'text/html', 'pass', 'pass'],
    [{ 'accept-types': '*' }, 'text/html', 'pass', 'pass'],
    [{ 'accept-wrapped-types': 'text/*' }, 'text/html', 'pass', 'pass'],
    [{ 'accept-wrapped-types': undefined }, 'text/html', 'pass', undefined],
    [{ 'accept-types': 'text/plain' }, 'text/plain', 'fail', 'pass'],
  ])('with %o of %s', (offers, type, wrapper, wrapped) => {
    const first = String({ 'accept-types': 'message/cpim', ...offers }['accept-types']);
    expect(typed(offers, type)).toEqual({
      'RFC7701-5.2-07': wrapper,
      'RFC4975-8.6-14': wrapper,
      ...(first.startsWith('message/cpim') ? { 'RFC4975-13-05': 'pass' } : {}),
      ...(wrapped === undefined ? {} : { 'RFC7701-6.1-20': wrapped }),
    });
  });

  it('are broken by a message without the wrapper that comes first', () => {
    const script = (types: string): Record<string, string> =>
      new ScriptedRoom()
        .joins('bob', { offers: { 'accept-types': types } })
        .receives('bob', { id: 'copy12345678', type: 'text/plain', body: 'Hello' })
        .verdicts(acceptedTypes);
    expect(script('message/cpim text/plain')).toMatchObject({ 'RFC4975-8.6-14': 'pass', 'RFC4975-13-05': 'warn' });
    expect(script('text/plain message/cpim')).not.toHaveProperty('RFC4975-13-05');
    expect(script('message/cpim')).toMatchObject({ 'RFC4975-8.6-14': 'fail', 'RFC4975-13-05': 'warn' });
  });

  it('say nothing of messages around a change of the session', () => {
    const script = new ScriptedRoom()
      .joins('bob')
      .request('bob', 'sent', { method: 'INVITE', uri: 'sip:room@10.0.0.1', tagged: true });
    expect(script.receives('bob', { id: 'copy12345678', wrapped: 'text/html' }).verdicts(acceptedTypes)).toEqual({});
  });
});
