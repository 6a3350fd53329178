import { Conversation } from '../conversation/conversation.ts';
import type { Alteration } from '../focus/alteration.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import type { ScenarioResult } from '../runner/record.ts';
import { catalogue, simulatedRun } from '../runner/simulated-run.fixture.ts';
import { type LoadedScenario, parseScenarios } from '../scenario/load.ts';
import { formatProblem } from '../scenario/problem.ts';
import type { WireEntry } from '../wire/entry.ts';
import { WireLog } from '../wire/log.ts';
import { type Script, scriptOf } from './script.ts';

/** What a capture of the reference focus holds of this scenario; its twin is another conversation. */
export async function recorded({ scenario, ...rest }: LoadedScenario): Promise<Conversation> {
  const { twin: _twin, ...alone } = scenario;
  const played = await playedInMemory({ ...rest, scenario: alone });
  return conversationOf(played.entries);
}

export function conversationOf(entries: readonly WireEntry[]): Conversation {
  const log = new WireLog(new SimulatedClock());
  for (const { index: _index, ...entry } of entries) log.enter(entry);
  return new Conversation(log);
}

export interface PlayedInMemory {
  readonly result: ScenarioResult;
  readonly entries: readonly WireEntry[];
}

/** A scenario played in memory against the reference focus, or an altered one. */
export async function playedInMemory(scenario: LoadedScenario, alteration?: Alteration): Promise<PlayedInMemory> {
  let seen: readonly WireEntry[] = [];
  const record = await simulatedRun([scenario], { seed: 'replay' }, alteration, {
    scenarioEnded(result, entries) {
      seen = entries;
      return result;
    },
  });
  const [result] = record.scenarios;
  if (result === undefined) throw new Error(`${scenario.id} was not played`);
  return { result, entries: seen };
}

/** The script of a conversation, and what the loader makes of its text. */
export function scripted(conversation: Conversation): { readonly script: Script; readonly scenario: LoadedScenario } {
  const script = scriptOf(conversation, {
    title: 'A replay',
    source: 'A test.',
    messages: 1000,
    isWhole: true,
    missing: [],
  });
  const parsed = parseScenarios('replay', 'replay.yaml', script.text, catalogue);
  if (!parsed.ok) throw new Error(`${parsed.error.map(formatProblem).join('\n')}\n${script.text}`);
  const [scenario] = parsed.value;
  if (scenario === undefined) throw new Error('no scenario');
  return { script, scenario };
}
