import { describe, expect, it } from 'vitest';
import { ScriptedRoom, uriOf } from '../scripted-room.fixture.ts';
import { overIsOver } from './over-is-over.ts';

/** The other end has sent a chunk that was answered so. */
const answered = (status: number): ScriptedRoom =>
  new ScriptedRoom()
    .joins('room')
    .receives('room', { id: 'said00000001', messageId: 'long', body: 'a', range: '1-1/2', flag: '+', status });

const more = { id: 'said00000002', messageId: 'long', body: 'b', range: '2-2/2', status: 200 };

describe('over is over', () => {
  it('after 413, save for what is on its way', () => {
    expect(answered(413).verdicts(overIsOver)).toEqual({ 'RFC4975-10.5-02': 'pass' });
    expect(answered(413).receives('room', more).verdicts(overIsOver)).toEqual({ 'RFC4975-10.5-02': 'pass' });
    expect(answered(413).passes(1001).receives('room', more).verdicts(overIsOver)).toEqual({
      'RFC4975-10.5-02': 'fail',
    });
  });

  it('after 413 another message may come', () => {
    const other = { ...more, messageId: 'other', range: '1-1/1' };
    expect(answered(413).passes(1001).receives('room', other).verdicts(overIsOver)).toEqual({
      'RFC4975-10.5-02': 'pass',
    });
  });

  it('after its own BYE, save for what is on its way', () => {
    const left = (): ScriptedRoom =>
      new ScriptedRoom().joins('room').request('room', 'received', { method: 'BYE', uri: uriOf('room'), tagged: true });
    const late = { id: 'said00000003', body: 'c', status: 481 };
    expect(left().verdicts(overIsOver)).toEqual({ 'RFC4975-11.1-01': 'pass' });
    expect(left().receives('room', late).verdicts(overIsOver)).toEqual({ 'RFC4975-11.1-01': 'pass' });
    expect(left().passes(1001).receives('room', late).verdicts(overIsOver)).toEqual({ 'RFC4975-11.1-01': 'fail' });
  });

  it('after no other status', () => {
    expect(answered(200).passes(1001).receives('room', more).verdicts(overIsOver)).toEqual({});
  });
});
