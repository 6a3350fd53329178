import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import type { Alteration } from '../focus/alteration.ts';
import { mutants } from '../focus/mutants/index.ts';
import { variants } from '../focus/variants/index.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { parseScenarios } from '../scenario/load.ts';
import { formatProblem } from '../scenario/problem.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import { Ending } from './ending.ts';
import { type Played, play } from './play.ts';
import { focusArena } from './simulation.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));

async function played(text: string, alteration: Alteration = {}): Promise<Played> {
  const parsed = parseScenarios('x', 'x.yaml', `title: x\ncovers: [RFC7701-6.1-29]\n${text}`, catalogue);
  if (!parsed.ok) throw new Error(parsed.error.map(formatProblem).join('\n'));
  const [scenario] = parsed.value;
  if (scenario === undefined) throw new Error('no scenario');
  const entered = await focusArena(roomPatterns([{}]), 'focus', alteration).enter('everyone', 'everyone');
  const setting = {
    world: entered.world,
    sut: entered.sut,
    catalogue,
    capabilities: new Set<string>(),
    patience: DEFAULT_PATIENCE,
    ending: new Ending(new AbortController().signal),
    suspect: () => {},
  };
  const result = await entered.world.run(play(scenario, setting, seededRandom('everyone')));
  await entered.leave();
  return result;
}

function called(name: string): Alteration {
  const found = [...mutants, ...variants].find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const CROWD = 'cast: [alice, bob, carol, dave, erin, frank]\n';
const CHATS = `${CROWD}steps:\n  - everyone: { chats: { messages: 8 } }\n`;
const ORDER = 'the order of separate messages, which no RFC lays down';

describe('everyone chats', () => {
  it('tells of another order and judges nothing by it', async () => {
    const straight = await played(CHATS);
    const shuffled = await played(CHATS, called('messages-overtake-each-other'));
    for (const result of [straight, shuffled]) expect(result.verdict).toBe('pass');
    const told = [straight, shuffled].map(({ findings }) => findings.find(({ message }) => message === ORDER));
    expect(told[0]).toMatchObject({ actual: 'that of sending, and the same at all', evidence: [] });
    expect(told[1]?.actual).toMatch(/^message 2 of alice .* came to bob before message 1 of alice/);
    expect(told[1]?.evidence).toHaveLength(2);
  });

  it('shows a lost message by itself, a copy of it and a later one', async () => {
    const result = await played(CHATS, called('loses-copies-of-many-senders'));
    const [lost] = result.findings.filter(({ verdict, step }) => verdict === 'fail' && step !== undefined);
    expect(lost?.requirements).toEqual(['RFC7701-6.1-15']);
    expect(lost?.evidence.length).toBeLessThanOrEqual(4);
  });

  it('leaves open what a step is about where plain messages get lost too', async () => {
    const { findings } = await played(CHATS, called('loses-copies-of-many-senders'));
    const about = findings.filter(
      ({ requirements, verdict }) => requirements.includes('RFC7701-6.1-29') && verdict !== 'pass',
    );
    expect(about.map(({ verdict }) => verdict)).toEqual(['inconclusive']);
  });

  it('gives up what a later message has overtaken long before patience is over', async () => {
    const text = 'cast: [alice, bob]\nsteps:\n  - everyone: { chats: { messages: 4 } }\n    covers: [RFC7701-6.1-15]\n';
    const { verdict, durationMs } = await played(text, called('loses-each-third-message'));
    expect(verdict).toBe('fail');
    expect(durationMs).toBeLessThan(DEFAULT_PATIENCE.deliveryMs / 2);
  });

  it('goes on while some join and leave', async () => {
    const text = `cast: { alice, bob, carol, dave: { joins: false } }
steps:
  - everyone:
      chats: { messages: 2, size: 5000, chunks: 2048, interleaved: true }
      meanwhile:
        - carol: { leave: {} }
        - dave: { join: {} }
  - everyone: { chats: {} }
`;
    expect((await played(text)).verdict).toBe('pass');
    const aborted = await played(text, called('a-leaver-aborts-the-message-of-another'));
    expect(aborted.findings.find(({ verdict }) => verdict === 'fail')?.requirements).toEqual(['RFC7701-6.1-29']);
  });
});

describe('everyone asks for a nickname', () => {
  const RACE = `${CROWD}let: { name: "{nickname}" }
steps:
  - everyone: { nickname: "{name}" }
    expect: { at-most-one: 200, others: refused }
    covers: [RFC7701-7-04]
  - everyone: { sees-one-holder: "{name}" }
    covers: [RFC7701-7.4-06]
`;
  const fails = ({ findings }: Played): string[] => [
    ...new Set(findings.flatMap(({ verdict, step }) => (verdict === 'fail' && step !== undefined ? [step] : []))),
  ];

  it('and one gets it, as all see', async () => {
    expect((await played(RACE)).verdict).toBe('pass');
  });

  it('and two winners are shown by their answers', async () => {
    const { findings } = await played(RACE, called('races-of-more-than-two'));
    const race = findings.find(({ verdict, step }) => verdict === 'fail' && step?.startsWith('1:') === true);
    expect(race).toMatchObject({ actual: '200 (3 times), 425 (3 times)' });
    expect(race?.evidence).toHaveLength(4);
  });

  it.each(['winner-of-a-race-is-not-shown', 'losers-of-a-race-are-shown'])('which %s breaks', async (name) => {
    expect(fails(await played(RACE, called(name)))).toEqual(['2: everyone sees-one-holder']);
  });
});
