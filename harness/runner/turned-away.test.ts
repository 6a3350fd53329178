import { describe, expect, it } from 'vitest';
import { withContentLength } from '../codec/sip/message-build.ts';
import type { Alteration } from '../focus/alteration.ts';
import { onCopies, onDescriptions, onMsrpRequests, onMsrpResponses, onSipResponses } from '../focus/rewriting.ts';
import type { WireEntry } from '../wire/entry.ts';
import { type RunRecord, runRecordSchema } from './record.ts';
import { simulatedRun, suiteBelow } from './simulated-run.fixture.ts';
import { exitStatus } from './summary.ts';

const scenarios = suiteBelow('rfc7701/9-examples');

interface Told {
  readonly record: RunRecord;
  readonly entries: readonly WireEntry[];
}

async function against(alteration: Alteration): Promise<Told> {
  let log: readonly WireEntry[] = [];
  const record = await simulatedRun(scenarios, {}, alteration, {
    scenarioEnded(result, entries) {
      log = entries;
      return result;
    },
  });
  return { record, entries: log };
}

const answers = (edit: (sdp: string) => string): Alteration => ({ wire: () => onDescriptions(edit) });

const accepted = (edit: Parameters<typeof onSipResponses>[1]): Alteration => ({
  wire: () =>
    onSipResponses('INVITE', (response, stream) => (response.status === 200 ? edit(response, stream) : response)),
});

describe('a SUT that lets nobody in, and breaks a requirement by that', () => {
  it.each<[string, Alteration, string, string, RegExp]>([
    [
      'answers actpass',
      answers((sdp) => sdp.replace(/^a=setup:.*$/m, 'a=setup:actpass')),
      'RFC6135-4.1-01',
      'joined',
      /a=setup:actpass/,
    ],
    ['gives no path', answers((sdp) => sdp.replace(/^a=path:.*\r\n/m, '')), 'RFC4975-8.2-01', 'joined', /m=message/],
    [
      'answers without a description',
      accepted((response) => withContentLength({ ...response, body: Buffer.alloc(0) })),
      'RFC3261-13.3.1.4-02',
      'joined',
      /^SIP\/2\.0 200 OK/,
    ],
    [
      'names a port at which nobody listens',
      answers((sdp) => sdp.replace(/^(m=message) \d+/m, '$1 4444').replace(/^(a=path:\S+:)\d+/m, '$14444')),
      'RFC6135-4.2.2-01',
      'joined',
      /a=path:msrp:\/\/[\d.]+:4444/,
    ],
    [
      'does not know its own URI',
      {
        wire: () => onMsrpResponses((response) => ({ ...response, status: 481, comment: 'No such session' })),
      },
      'RFC4975-5.4-17',
      'joined',
      /^MSRP \S+ 481/,
    ],
    [
      'does not answer the first SEND',
      { wire: () => onMsrpRequests(() => []) },
      'RFC4975-7.2-01',
      'joined',
      /^MSRP \S+ SEND/,
    ],
    [
      'connects, and sends nothing',
      { decisions: () => ({ answersActpass: () => 'active' }), wire: () => onCopies(() => undefined) },
      'RFC4975-5.4-05',
      'joined',
      /a=setup:active/,
    ],
  ])('%s: that is judged, with the octets that show it', async (_what, alteration, requirement, reason, octets) => {
    const { record, entries } = await against(alteration);
    expect(runRecordSchema.parse(record)).toEqual(record);
    expect(exitStatus(record)).toBe(1);
    expect(record.scenarios.map(({ id, verdict }) => [id, verdict])).toEqual([['first-look', 'fail']]);
    expect(record.stopped).toContain(reason);
    const findings = record.scenarios.flatMap((one) => one.findings);
    const found = findings.find((one) => one.requirement === requirement);
    expect(found, findings.map((one) => `${one.requirement} ${one.verdict} ${one.message}`).join('\n')).toMatchObject({
      verdict: 'fail',
    });
    const shown = (found?.evidence ?? []).map((index) => entries[index]?.octets.toString('latin1') ?? '');
    expect(
      shown.some((one) => octets.test(one)),
      shown.join('\n'),
    ).toBe(true);
    expect(record.requirements.find(({ id }) => id === requirement)?.verdict).toBe('fail');
  });
});

describe('a SUT that lets nobody in, and may', () => {
  it.each<[string, Alteration, RegExp]>([
    [
      'refuses the stream',
      answers((sdp) => sdp.replace(/^(m=message) \d+/m, '$1 0')),
      /got an answer that refuses the message stream/,
    ],
    [
      'sends everybody to another host',
      answers((sdp) => sdp.replace(/(IN IP4 |msrp:\/\/)10\.0\.0\.\d+/g, '$110.0.0.99')),
      /there is no MSRP session: .*; its answer sends MSRP to 10\.0\.0\.99, while its SIP is at 10\.0\.0\.1$/,
    ],
    [
      'says that it connects, and does not',
      { decisions: () => ({ answersActpass: () => 'active', connects: () => false }) },
      /there is no MSRP session: the active side sent no first SEND$/,
    ],
    [
      'refuses the call',
      accepted((response) => ({ ...response, status: 403, reason: 'Forbidden' })),
      /got 403 Forbidden$/,
    ],
  ])('%s: nothing is judged', async (_what, alteration, reason) => {
    await expect(against(alteration)).rejects.toThrow(reason);
  });
});
