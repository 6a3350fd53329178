import { describe, expect, it } from 'vitest';
import { clientArenaInMemory } from '../runner/client-simulation.ts';
import type { ScenarioResult } from '../runner/record.ts';
import { roleOf } from '../runner/select.ts';
import { simulatedRun, suiteBelow } from '../runner/simulated-run.fixture.ts';
import type { WireEntry } from '../wire/entry.ts';
import { beyond, capturedVerdicts, isAccusation, isOpen, liveVerdicts, matterOf } from './agreement.fixture.ts';
import { focusMutantsOf } from './agreement-mutants.fixture.ts';
import { lossKinds, lossy } from './damage-items.fixture.ts';
import { itemsOf, logsIn } from './items.fixture.ts';

const suite = suiteBelow('');
const ofRole = (role: 'focus' | 'participant') => suite.filter((one) => roleOf(one) === role);

/** All that a run has played, one by one. */
async function played(
  scenarios: typeof suite,
  each: (result: ScenarioResult, entries: readonly WireEntry[]) => Promise<void>,
  ...more: [options?: Parameters<typeof simulatedRun>[1], alteration?: Parameters<typeof simulatedRun>[2]]
): Promise<void> {
  const looking: Promise<void>[] = [];
  await simulatedRun(scenarios, more[0], more[1], {
    scenarioEnded(result, entries) {
      looking.push(each(result, entries));
      return result;
    },
  });
  await Promise.all(looking);
}

describe('a capture and the run that it is of', { timeout: 1_200_000 }, () => {
  it('are judged alike by every passive rule, where the capture names the actors', async () => {
    const differing: string[] = [];
    let [looked, openIn] = [0, 0];
    await played(ofRole('focus'), async (result, entries) => {
      looked += 1;
      const live = liveVerdicts(result);
      const captured = await capturedVerdicts(itemsOf(logsIn(entries), 'named'), 'focus');
      const open = new Set([...captured].filter(isOpen).map(matterOf));
      const missed = beyond(live, captured);
      if (missed.length > 0) openIn += 1;
      for (const one of missed) if (!open.has(matterOf(one))) differing.push(`${result.id}: only live ${one}`);
      for (const one of beyond(captured, live)) if (!isOpen(one)) differing.push(`${result.id}: only captured ${one}`);
    });
    expect(differing).toEqual([]);
    expect(looked).toBeGreaterThan(900);
    // Where a session was agreed and never used, nobody can tell that its connection has not been taken away.
    expect(openIn).toBeLessThan(looked / 8);
  });

  it('accuse of nothing that the run does not, where nobody is named', async () => {
    const accused: string[] = [];
    let judged = 0;
    await played(ofRole('focus'), async (result, entries) => {
      const live = liveVerdicts(result);
      const captured = await capturedVerdicts(itemsOf(logsIn(entries), 'nameless'), 'focus');
      if (captured.size > 0) judged += 1;
      for (const one of beyond(captured, live)) if (isAccusation(one)) accused.push(`${result.id}: ${one}`);
    });
    expect(accused).toEqual([]);
    // Some scenarios hold nothing but what nobody could tell a room by.
    expect(judged).toBeGreaterThan(900);
  });

  it('are judged alike where a client is under test', async () => {
    const differing: string[] = [];
    let looked = 0;
    await played(
      ofRole('participant'),
      async (result, entries) => {
        looked += 1;
        const live = liveVerdicts(result);
        const captured = await capturedVerdicts(
          itemsOf(logsIn(entries), 'named'),
          'clients',
          // The cast of the runner is in the room as well, and breaks what the scenario wants.
          ({ party }) => party.role === 'client' && /^client-/.test(party.participant.name),
        );
        for (const one of beyond(live, captured)) differing.push(`${result.id}: only live ${one}`);
        // A run judges a client before its connections are closed, so it has no occasion for what holds afterwards.
        for (const one of beyond(captured, live))
          if (one !== 'connections RFC4975-7.1.2-12 pass') differing.push(`${result.id}: only captured ${one}`);
      },
      { arena: clientArenaInMemory('client') },
    );
    expect(differing).toEqual([]);
    expect(looked).toBeGreaterThan(100);
  });
});

describe('a capture of a wrong focus', { timeout: 1_200_000 }, () => {
  it('convicts it of the same requirements as the run', async () => {
    const differing: string[] = [];
    const convicted = new Set<string>();
    const rules = new Set<string>();
    let nameless = 0;
    for (const { mutant, scenario } of focusMutantsOf(ofRole('focus'))) {
      await played(
        [scenario],
        async (result, entries) => {
          const live = [...liveVerdicts(result)].filter(isAccusation);
          const named = await capturedVerdicts(itemsOf(logsIn(entries), 'named'), 'focus');
          const open = new Set([...named].filter(isOpen).map(matterOf));
          for (const one of beyond(live, named))
            if (!open.has(matterOf(one))) differing.push(`${mutant.name}: only live ${one}`);
          const accused = [...named].filter(isAccusation);
          for (const one of beyond(accused, new Set(live))) differing.push(`${mutant.name}: only captured ${one}`);
          const own = live.filter((one) => mutant.violates.includes(one.split(' ')[1] ?? ''));
          if (!own.some((one) => named.has(one))) return;
          convicted.add(mutant.name);
          for (const one of own) rules.add(one.split(' ')[0] ?? '');
          const unnamed = await capturedVerdicts(itemsOf(logsIn(entries), 'nameless'), 'focus');
          for (const one of beyond([...unnamed].filter(isAccusation), new Set(live)))
            differing.push(`${mutant.name}: accused without names ${one}`);
          if (own.some((one) => unnamed.has(one))) nameless += 1;
        },
        {},
        mutant,
      );
    }
    expect(differing).toEqual([]);
    expect(convicted.size).toBeGreaterThan(100);
    expect(rules.size).toBeGreaterThan(30);
    // The others rest on what only a recording can be sure of: that nobody else was there.
    expect(nameless).toBeGreaterThan(50);
  });
});

describe('a capture that lacks something', { timeout: 1_200_000 }, () => {
  it.each(lossKinds)('accuses of nothing that the whole run does not: it %s', async (kind) => {
    const accused: string[] = [];
    let open = 0;
    // Every seventh has enough of each kind of conversation.
    const some = ofRole('focus').filter((_, at) => at % 7 === 3);
    await played(some, async (result, entries) => {
      const live = liveVerdicts(result);
      for (const naming of ['named', 'nameless'] as const) {
        const items = lossy(itemsOf(logsIn(entries), naming), kind, `${kind} ${result.id}`);
        const captured = await capturedVerdicts(items, 'focus');
        for (const one of captured) if (one.endsWith(' inconclusive')) open += 1;
        for (const one of beyond(captured, live)) if (isAccusation(one)) accused.push(`${naming} ${result.id}: ${one}`);
      }
    });
    expect(accused).toEqual([]);
    expect(open).toBeGreaterThan(0);
  });
});
