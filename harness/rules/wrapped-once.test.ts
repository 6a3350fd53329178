import { expect, it } from 'vitest';
import { cpim, ScriptedRoom } from './scripted-room.fixture.ts';
import { wrappedOnce } from './wrapped-once.ts';

const length = (text: string): number => Buffer.byteLength(text.replace(/\n/g, '\r\n'));

const copied = (first: string, second: string, room = new ScriptedRoom().joins('bob')): Record<string, string> => {
  const [a, b] = [length(first), length(second)];
  return room
    .receives('bob', { id: 'copy00000001', messageId: 'copy1234', body: first, range: `1-*/${a + b}`, flag: '+' })
    .receives('bob', { id: 'copy00000002', messageId: 'copy1234', body: second, range: `${a + 1}-*/${a + b}` })
    .verdicts(wrappedOnce);
};

const wrapper = cpim('alice', { text: 'The first half' });

it('is kept by a message that is cut after it was wrapped', () => {
  expect(copied(wrapper, ' and the rest')).toEqual({ 'RFC4975-13-08': 'pass' });
});

it('is broken by chunks that have a wrapper each', () => {
  expect(copied(wrapper, cpim('alice', { text: 'The second half' }))).toEqual({ 'RFC4975-13-08': 'fail' });
});

it('takes what a participant wrote for what it is', () => {
  const room = new ScriptedRoom().joins('bob').joins('alice');
  const whole = `${wrapper}${wrapper}`;
  expect(copied(wrapper, wrapper, room.sends('alice', { id: 'sent00000001', body: whole }))).toEqual({
    'RFC4975-13-08': 'pass',
  });
});
