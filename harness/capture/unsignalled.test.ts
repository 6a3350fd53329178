import { afterAll, describe, expect, it } from 'vitest';
import { roleOf } from '../runner/select.ts';
import { catalogue, suiteBelow } from '../runner/simulated-run.fixture.ts';
import { findingRecords } from '../runner/summary.ts';
import { beyond, isAccusation, liveVerdicts } from './agreement.fixture.ts';
import { focusMutantsOf } from './agreement-mutants.fixture.ts';
import { type CheckOptions, checkCapture } from './check.ts';
import type { CaptureItem } from './item.ts';
import type { Gathering } from './parties.ts';
import { CaptureFolder, recordedScenarios, sourceOf } from './recorded-scenario.fixture.ts';

const folder = new CaptureFolder();
afterAll(() => folder.remove());

/** A sample of the suite; all of it with MSRPSPEC_COMPLETE=1. */
const SAMPLED = process.env.MSRPSPEC_COMPLETE === '1' ? 1 : 15;

interface Judged {
  readonly gatherings: readonly Gathering[];
  /** Of the switches. */
  readonly ofSwitch: ReadonlySet<string>;
  /** Of all others. */
  readonly ofOthers: ReadonlySet<string>;
}

/** The MSRP of a capture, as it stands there when SIP goes over TLS. */
const withoutSip = (items: readonly CaptureItem[]): CaptureItem[] => {
  const sip = new Set(
    items.flatMap((item) => (item.type === 'message' && item.content.protocol === 'sip' ? [item.flow.id] : [])),
  );
  return items.filter(({ flow }) => !sip.has(flow.id));
};

async function judged(items: readonly CaptureItem[], options: Partial<CheckOptions> = {}): Promise<Judged> {
  const [ofSwitch, ofOthers] = [new Set<string>(), new Set<string>()];
  const { parties } = await checkCapture(
    sourceOf(items),
    { catalogue, ...options },
    {
      judged(_log, all) {
        for (const { party, findings } of all)
          for (const { rule, requirement, verdict } of findingRecords(catalogue, findings))
            (party.role === 'focus' ? ofSwitch : ofOthers).add(`${rule} ${requirement} ${verdict}`);
      },
    },
  );
  return { gatherings: parties.gatherings, ofSwitch, ofOthers };
}

const example = async (path: string): Promise<CaptureItem[]> => {
  for await (const { captures } of recordedScenarios(suiteBelow(path)))
    if (captures !== undefined) return withoutSip(await folder.items(captures.pcap));
  throw new Error(`nothing was recorded of ${path}`);
};

describe('MSRP without signalling', { timeout: 1_200_000 }, () => {
  it('is judged connection by connection; who asks for a nickname is a client', async () => {
    const { gatherings, ofSwitch, ofOthers } = await judged(await example('rfc7701/9-examples/nickname'));
    expect(gatherings.length).toBeGreaterThan(1);
    const [first] = gatherings;
    expect([first?.basis, first?.shownBy]).toEqual([{ kind: 'messages', peer: 'switch' }, ['NICKNAME']]);
    expect(first?.focusAt[0]).toMatch(/^10\.0\.0\.1:/);
    expect([...ofSwitch]).toContain('one-response RFC4975-7.2-01 pass');
    expect([...ofOthers].some((one) => one.startsWith('msrp-syntax '))).toBe(true);
  });

  it('leaves open who is the switch where nothing tells, and takes the word of --focus for it', async () => {
    const all = await example('rfc7701/9-examples/room-message');
    const items = all.filter(({ flow }) => flow.id === all.at(-1)?.flow.id);
    const before = await judged(items);
    const unclear = before.gatherings.find(({ basis }) => basis.kind === 'messages' && basis.peer !== 'switch');
    expect(unclear?.focusAt).toEqual([]);
    const [host = '', port = ''] = (unclear?.name ?? '').split(':');
    const told = await judged(items, { focus: { host, port: Number(port) } });
    expect(told.gatherings.find(({ key }) => key === unclear?.key)?.shownBy).toEqual(['named by --focus']);
  });

  it('accuses no room of what the run with all of it does not', async () => {
    const accused: string[] = [];
    let judgements = 0;
    const scenarios = suiteBelow('').filter((one) => roleOf(one) === 'focus');
    for await (const { result, captures } of recordedScenarios(
      scenarios.filter((_, at) => at % SAMPLED === 7 % SAMPLED),
    )) {
      if (captures === undefined) continue;
      const { ofSwitch } = await judged(withoutSip(await folder.items(captures.pcap)));
      judgements += ofSwitch.size;
      for (const one of beyond([...ofSwitch].filter(isAccusation), liveVerdicts(result)))
        accused.push(`${result.id}: ${one}`);
    }
    expect(accused).toEqual([]);
    expect(judgements).toBeGreaterThan(500);
  });

  it('convicts a switch that is wrong about its messages', async () => {
    const convicted = new Set<string>();
    const named = focusMutantsOf(suiteBelow('').filter((one) => roleOf(one) === 'focus'));
    const some = named.filter(({ mutant }) => mutant.violates.some((id) => /^RFC(?:4975-7\.|3862-)/.test(id)));
    for (const { mutant, scenario } of some.filter((_, at) => at % SAMPLED === 0))
      for await (const { captures } of recordedScenarios([scenario], mutant)) {
        if (captures === undefined) continue;
        const { ofSwitch } = await judged(withoutSip(await folder.items(captures.pcap)));
        const charges = [...ofSwitch].filter(isAccusation).map((one) => one.split(' ')[1] ?? '');
        if (charges.some((one) => mutant.violates.includes(one))) convicted.add(mutant.name);
      }
    if (SAMPLED === 1) console.info(`${convicted.size} of ${some.length} mutants are convicted without SIP`);
    expect(convicted.size).toBeGreaterThan(0);
  });
});
