import { expect, it } from 'vitest';
import { reportsOnReports } from './reports-on-reports.ts';
import { ScriptedRoom } from './scripted-room.fixture.ts';

const reporting = (messageId: string): ScriptedRoom =>
  new ScriptedRoom()
    .joins('alice')
    .sends('alice', { id: 'sent12345678' })
    .asks('alice', 'REPORT', { id: 'report123456', headers: [`Message-ID: ${messageId}`, 'Status: 000 200 OK'] });

const status = ['Byte-Range: 1-5/5', 'Status: 000 200 OK'];

it('a REPORT is answered by none', () => {
  expect(reporting('copy12345678').verdicts(reportsOnReports)).toEqual({ 'RFC4975-7.3.2-08': 'pass' });
  const answered = reporting('copy12345678').reports('alice', 'switch123456', ['Message-ID: copy12345678', ...status]);
  expect(answered.verdicts(reportsOnReports)).toEqual({ 'RFC4975-7.3.2-08': 'fail' });
});

it('a REPORT on a SEND of the same participant is no answer to its REPORT', () => {
  const due = reporting('sent12345678').reports('alice', 'switch123456', ['Message-ID: sent12345678', ...status]);
  expect(due.verdicts(reportsOnReports)).toEqual({ 'RFC4975-7.3.2-08': 'pass' });
});
