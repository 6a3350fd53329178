import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientArenaInMemory } from '../runner/client-simulation.ts';
import { roleOf } from '../runner/select.ts';
import { suiteBelow } from '../runner/simulated-run.fixture.ts';
import { beyond, capturedVerdicts, isAccusation, isOpen, liveVerdicts } from './agreement.fixture.ts';
import { focusMutantsOf } from './agreement-mutants.fixture.ts';
import { lossKinds, lossy } from './damage-items.fixture.ts';
import { CaptureFolder, type RecordedScenario, recordedScenarios, sourceOf } from './recorded-scenario.fixture.ts';

/**
 * Every scenario goes the way of `msrpspec run` and `msrpspec check`: it is played, its capture written to a file, and the
 * file read and judged. A sample of the scenarios and mutants; all of them, in some minutes, with MSRPSPEC_COMPLETE=1.
 */
const isComplete = process.env.MSRPSPEC_COMPLETE === '1';
const SAMPLED = 10;
const sampled = <T>(all: readonly T[]): readonly T[] => (isComplete ? all : all.filter((_, at) => at % SAMPLED === 3));

const suite = suiteBelow('');
const ofRole = (role: 'focus' | 'participant') => suite.filter((one) => roleOf(one) === role);

const folder = new CaptureFolder();
afterAll(() => folder.remove());

const perKind = (): Record<string, string[]> => Object.fromEntries(lossKinds.map((kind) => [kind, []]));

/** What a capture shows and a run does not, and why. */
const KNOWN: ReadonlySet<string> = new Set([
  // A run judges a client before its connections are closed, so it has no occasion for what holds afterwards.
  'participant/copes-with-any-room/copies-with-success-reports: only captured connections RFC4975-7.1.2-12 pass',
]);

/** What a room was found to do in captures of it, and not in the run; one play of each scenario serves all. */
class FocusLook {
  looked = 0;
  judgedNameless = 0;
  readonly named: string[] = [];
  readonly nameless: string[] = [];
  readonly accusedThoughLossy = perKind();
  readonly openAsLossy = perKind();

  async take({ result, captures }: RecordedScenario): Promise<void> {
    const live = liveVerdicts(result);
    const { id } = result;
    if (captures === undefined) {
      // Some scenarios have nobody connect.
      if (live.size > 0) this.named.push(`${id}: there is no capture`);
      return;
    }
    this.looked += 1;
    const named = await capturedVerdicts(folder.source(captures.pcapng), 'focus');
    for (const one of beyond(live, named)) this.named.push(`${id}: only live ${one}`);
    for (const one of beyond(named, live)) this.named.push(`${id}: only captured ${one}`);
    const nameless = await capturedVerdicts(folder.source(captures.pcap), 'focus');
    if (nameless.size > 0) this.judgedNameless += 1;
    for (const one of beyond(nameless, live)) if (!isOpen(one)) this.nameless.push(`${id}: only captured ${one}`);
    if (this.looked % 3 === 1) for (const kind of lossKinds) await this.#lose(kind, id, captures, live);
  }

  async #lose(
    kind: (typeof lossKinds)[number],
    id: string,
    captures: NonNullable<RecordedScenario['captures']>,
    live: ReadonlySet<string>,
  ): Promise<void> {
    for (const octets of Object.values(captures)) {
      const items = lossy(await folder.items(octets), kind, `${kind} ${id}`);
      const found = await capturedVerdicts(sourceOf(items), 'focus');
      for (const one of found) if (isOpen(one)) this.openAsLossy[kind]?.push(one);
      for (const one of beyond(found, live))
        if (isAccusation(one)) this.accusedThoughLossy[kind]?.push(`${id}: ${one}`);
    }
  }
}

describe('the capture of a run', { timeout: 1_200_000 }, () => {
  const look = new FocusLook();
  const scenarios = sampled(ofRole('focus'));

  beforeAll(async () => {
    for await (const played of recordedScenarios(scenarios)) await look.take(played);
  }, 1_200_000);

  it('is judged as the run is, by every passive rule, where it names the actors', () => {
    expect(look.named).toEqual([]);
    expect(look.looked).toBeGreaterThan(scenarios.length * 0.98);
  });

  it('decides nothing otherwise than the run does, where nobody is named', () => {
    expect(look.nameless).toEqual([]);
    // Some scenarios hold nothing but what nobody could tell a room by.
    expect(look.judgedNameless).toBeGreaterThan(scenarios.length * 0.93);
  });

  it.each(lossKinds)('accuses of nothing that the whole run does not, where it %s', (kind) => {
    expect(look.accusedThoughLossy[kind]).toEqual([]);
    expect(look.openAsLossy[kind]?.length).toBeGreaterThan(0);
  });

  it('is judged as the run is where a client is under test', async () => {
    const differing: string[] = [];
    const clients = sampled(ofRole('participant'));
    let looked = 0;
    for await (const { result, captures } of recordedScenarios(clients, undefined, {
      arena: clientArenaInMemory('client'),
    })) {
      if (captures === undefined) continue;
      looked += 1;
      const live = liveVerdicts(result);
      const captured = await capturedVerdicts(
        folder.source(captures.pcapng),
        'clients',
        // The cast of the runner is in the room as well, and breaks what the scenario wants.
        ({ party }) => party.role === 'client' && /^client-/.test(party.participant.name),
      );
      for (const one of beyond(live, captured)) differing.push(`${result.id}: only live ${one}`);
      for (const one of beyond(captured, live)) differing.push(`${result.id}: only captured ${one}`);
    }
    expect(differing.filter((one) => !KNOWN.has(one))).toEqual([]);
    expect(looked).toBe(clients.length);
  });
});

describe('a capture of a wrong focus', { timeout: 1_200_000 }, () => {
  it('convicts it of the same requirements as the run', async () => {
    const differing: string[] = [];
    const [live, named, nameless] = [new Set<string>(), new Set<string>(), new Set<string>()];
    const rules = new Set<string>();
    const tried = sampled(focusMutantsOf(ofRole('focus')));
    for (const { mutant, scenario } of tried) {
      for await (const { result, captures } of recordedScenarios([scenario], mutant)) {
        if (captures === undefined) continue;
        const charges = new Set([...liveVerdicts(result)].filter(isAccusation));
        const found = await capturedVerdicts(folder.source(captures.pcapng), 'focus');
        for (const one of beyond(charges, found)) differing.push(`${mutant.name}: only live ${one}`);
        for (const one of beyond([...found].filter(isAccusation), charges))
          differing.push(`${mutant.name}: only captured ${one}`);
        const unnamed = await capturedVerdicts(folder.source(captures.pcap), 'focus');
        for (const one of beyond([...unnamed].filter(isAccusation), charges))
          differing.push(`${mutant.name}: accused without names ${one}`);
        const own = [...charges].filter((one) => mutant.violates.includes(one.split(' ')[1] ?? ''));
        for (const one of own) rules.add(one.split(' ')[0] ?? '');
        if (own.length > 0) live.add(mutant.name);
        if (own.some((one) => found.has(one))) named.add(mutant.name);
        if (own.some((one) => unnamed.has(one))) nameless.add(mutant.name);
      }
    }
    expect(differing).toEqual([]);
    expect(named).toEqual(live);
    expect(live.size).toBeGreaterThan(tried.length / 4);
    expect(rules.size).toBeGreaterThan(isComplete ? 30 : 8);
    // The others rest on what only a recording can be sure of: that nobody else was there.
    expect(nameless.size).toBeGreaterThan(live.size / 3);
    if (isComplete)
      console.info(
        `${tried.length} mutants; convicted ${live.size} live, ${named.size} by recordings,`,
        `${nameless.size} without names; by ${rules.size} rules`,
      );
  });
});
