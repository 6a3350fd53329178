import { delay } from '../net/clock.ts';
import { notReceived, type Silence } from './absence.ts';
import type { Answered, Perform } from './acts/act.ts';
import { everyoneChats } from './acts/chats.ts';
import { clientActs } from './acts/client.ts';
import { sentEvidence } from './acts/evidence.ts';
import { everyoneSeesOneHolder } from './acts/holder.ts';
import { acts } from './acts/index.ts';
import { type RoomAct, roomActs } from './acts/room.ts';
import { twinPosition } from './check.ts';
import { copiesAt } from './copies.ts';
import type { Charge } from './judge.ts';
import type { LoadedScenario } from './load.ts';
import {
  type Action,
  type Everyone,
  type Expectation,
  type OutcomeExpectation,
  reservedStepKeys,
  type SimpleStep,
  type Step,
} from './schema.ts';
import { actorNamed, listeners, messageLabelled, type Stage, type TrackedMessage } from './stage.ts';

/** Which version of a scenario is played: as written, or with its twin in place of the step that is refused. */
export type Version = 'main' | 'twin';

/** The steps of a version. The twin ends with the step that must now be accepted. */
export function stepsOf({ scenario }: LoadedScenario, version: Version): readonly Step[] {
  if (version === 'main') return scenario.steps;
  const position = twinPosition(scenario);
  if (position === undefined || scenario.twin === undefined) return [];
  return [...scenario.steps.slice(0, position), scenario.twin];
}

/**
 * Plays the steps on a stage whose cast has joined. `defaults` are the requirements that a step without `covers` of its
 * own judges. Stops early when `gone` says so: without a SUT nothing more can be shown.
 */
export async function perform(
  stage: Stage,
  steps: readonly Step[],
  defaults: ChargeDefaults,
  gone: () => boolean,
): Promise<void> {
  for (const [i, step] of steps.entries()) {
    if (gone()) return;
    const before = stage.judge.findings.length;
    await performStep(stage, step, `${defaults.prefix}${i + 1}`, defaults);
    const failed = stage.judge.findings.slice(before).some(({ verdict }) => verdict !== 'pass');
    if (step.needed !== true || !failed || i === steps.length - 1) continue;
    stage.judge.record(chargeOf({}, `${defaults.prefix}${i + 2}`, defaults), {
      verdict: 'inconclusive',
      message: `the steps from ${i + 2} on need step ${i + 1}`,
    });
    return;
  }
}

export interface ChargeDefaults {
  readonly requirements: readonly string[];
  /** What a miss weighs, from the levels of the requirements. */
  readonly missOf: (requirements: readonly string[]) => Charge['miss'];
  /** Put in front of step numbers: `twin ` or nothing. */
  readonly prefix: string;
}

async function performStep(stage: Stage, step: Step, number: string, defaults: ChargeDefaults): Promise<void> {
  const { together, nobody, everyone, pause } = step;
  const charge = (what: string): Charge => chargeOf(step, `${number}: ${what}`, defaults);
  if (together !== undefined) {
    const answers = await Promise.all(
      together.map((inner, i) => performSimple(stage, inner, `${number}.${i + 1}`, defaults, step.expect)),
    );
    const racers = answers.filter((_, i) => together[i]?.expect === undefined);
    if (isOutcome(step.expect)) judgeOutcome(stage, step.expect, racers, charge('together'));
    return;
  }
  if (pause !== undefined) return delay(stage.clock, pause.seconds * 1000);
  if (nobody?.receives !== undefined) return judgeSilence(stage, nobody.receives, 'nobody', charge('nobody receives'));
  for (const fault of ['whole', 'altered'] as const) {
    const label = nobody?.[`receives-${fault}`];
    if (label !== undefined) return judgeCopies(stage, label, fault, charge(`nobody receives-${fault}`));
  }
  const nobodyElse = step['nobody-else'];
  if (nobodyElse !== undefined)
    return judgeSilence(stage, nobodyElse.receives, 'nobody-else', charge('nobody else receives'));
  if (everyone !== undefined) return performEveryone(stage, everyone, step.expect, number, defaults, charge);
  await performSimple(stage, step as SimpleStep, number, defaults, undefined);
}

async function performEveryone(
  stage: Stage,
  { chats, nickname, 'sees-one-holder': held, meanwhile = [] }: Everyone,
  expect: Step['expect'],
  number: string,
  defaults: ChargeDefaults,
  charge: (what: string) => Charge,
): Promise<void> {
  const busy = new Set(meanwhile.map((inner) => actorAndAction(inner)[0]));
  const play = async (): Promise<void> => {
    await Promise.all(
      meanwhile.map((inner, i) => performSimple(stage, inner, `${number}.${i + 1}`, defaults, undefined)),
    );
  };
  if (chats !== undefined)
    return everyoneChats(stage, chats, busy.size === 0 ? undefined : { busy, play }, charge('everyone chats'));
  if (held !== undefined)
    return everyoneSeesOneHolder(stage, stage.values.fill(held), charge('everyone sees-one-holder'));
  if (nickname === undefined) return;
  const texts = typeof nickname === 'string' ? [nickname] : nickname;
  const claimants = listeners(stage).filter(({ name }) => !busy.has(name));
  const played = play();
  const asks = claimants.map((actor, i) => {
    const step: SimpleStep = { [actor.name]: { nickname: texts[i % texts.length] ?? '' } };
    return performSimple(stage, step, `${number} (${actor.name})`, defaults, expect);
  });
  const [answers] = await Promise.all([Promise.all(asks), played]);
  if (isOutcome(expect)) judgeOutcome(stage, expect, answers, charge('everyone nickname'));
}

/** `outer`: when the concurrent steps are judged together, each alone is judged by nothing. */
async function performSimple(
  stage: Stage,
  step: SimpleStep,
  number: string,
  defaults: ChargeDefaults,
  outer: Step['expect'],
): Promise<Answered | undefined> {
  const expect = isOutcome(outer) && step.expect === undefined ? 'anything' : step.expect;
  if (step.client !== undefined || step.room !== undefined) return performTested(stage, step, number, defaults, expect);
  const [name, action] = actorAndAction(step);
  const [verb, args] = verbAndArgs(action) as [keyof Action, unknown];
  const actor = actorNamed(stage, name);
  const charge = chargeOf(step, `${number}: ${name} ${verb}`, defaults);
  // The table gives each verb its performer; that verb and arguments belong together is what the schema has checked.
  const perform = acts[verb] as Perform<unknown>;
  return perform({ stage, actor, args, expect, charge, label: step.as });
}

/** A step of a client under test, or of the room towards it. */
async function performTested(
  stage: Stage,
  step: SimpleStep,
  number: string,
  defaults: ChargeDefaults,
  expect: Expectation | undefined,
): Promise<Answered | undefined> {
  const { client } = stage;
  if (client === undefined) throw new Error('a step of a client without one has passed the loader');
  const name = step.client === undefined ? 'room' : 'client';
  const [verb, args] = verbAndArgs(step.client ?? step.room ?? {});
  const table = (name === 'client' ? clientActs : roomActs) as Readonly<Record<string, PerformTested>>;
  const charge = chargeOf(step, `${number}: ${name} ${verb}`, defaults);
  // That verb and arguments belong together is what the schema has checked.
  return table[verb]?.({ stage, client, args, expect, charge, label: step.as });
}

type PerformTested = (act: RoomAct<unknown>) => Promise<Answered | undefined>;

function actorAndAction(step: SimpleStep): [string, Action] {
  const name = Object.keys(step).find((key) => !reservedStepKeys.has(key));
  const action = name === undefined ? undefined : step[name];
  if (name === undefined || action === undefined) throw new Error('a step without actor has passed the loader');
  return [name, action as Action];
}

function verbAndArgs(action: object): [string, unknown] {
  const [entry] = Object.entries(action);
  if (entry === undefined) throw new Error('an empty action has passed the loader');
  return entry;
}

function chargeOf(
  step: Pick<Step, 'covers' | 'grade'>,
  label: string,
  { requirements, missOf }: ChargeDefaults,
): Charge {
  const cited = step.covers ?? requirements;
  return { step: label, requirements: cited, miss: step.grade ?? missOf(cited) };
}

const isOutcome = (expect: Step['expect']): expect is OutcomeExpectation =>
  typeof expect === 'object' && !Array.isArray(expect) && ('exactly-one' in expect || 'at-most-one' in expect);

/** A race: one wins, all others are told no. Shown are two winners, or the loser that was told something else. */
function judgeOutcome(
  stage: Stage,
  expect: OutcomeExpectation,
  answers: readonly (Answered | undefined)[],
  charge: Charge,
): void {
  const prize = 'exactly-one' in expect ? expect['exactly-one'] : expect['at-most-one'];
  const winners = answers.filter((answer) => answer?.status === prize);
  const rest = answers.filter((answer) => answer?.status !== prize);
  const unfair = rest.filter((answer) => answer?.status === undefined || !isLoss(expect.others, answer.status));
  const unanswered = rest.some((answer) => answer?.status === undefined);
  const fair = unfair.length === 0;
  const nobodysRace =
    winners.length > 0 || 'exactly-one' in expect ? charge.miss : expect.none === 'passes' ? 'pass' : 'warn';
  const won = winners.length === 1 && fair;
  const telling = won
    ? winners
    : winners.length > 1
      ? winners.slice(0, 2)
      : fair
        ? answers.slice(0, 1)
        : unfair.slice(0, 1);
  stage.judge.record(charge, {
    verdict: won ? 'pass' : unanswered && winners.length <= 1 ? 'inconclusive' : fair ? nobodysRace : charge.miss,
    message: 'one of the concurrent requests succeeds',
    expected: `one ${prize}, the others ${typeof expect.others === 'object' ? expect.others.join(' or ') : expect.others}`,
    actual: countsOf(answers),
    evidence: telling.flatMap((answer) => answer?.evidence ?? []),
  });
}

const isLoss = (others: OutcomeExpectation['others'], status: number): boolean =>
  others === 'refused' ? status >= 400 : typeof others === 'number' ? status === others : others.includes(status);

/** `200, 425 (3 times)` */
function countsOf(answers: readonly (Answered | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) {
    const text = String(answer?.status ?? 'no answer');
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`)).join(', ');
}

async function judgeSilence(stage: Stage, label: string, who: 'nobody' | 'nobody-else', charge: Charge): Promise<void> {
  const message = messageLabelled(stage, label);
  const observers = listeners(stage).filter((actor) => who === 'nobody' || !message.receivers.has(actor.name));
  const name = `${who === 'nobody' ? 'nobody' : 'nobody else'} receives ${label}`;
  if (observers.length === 0) {
    stage.judge.record(charge, {
      verdict: 'inconclusive',
      message: name,
      expected: 'somebody who could',
      actual: 'nobody is there',
    });
    return;
  }
  for (const silence of await notReceived(stage, message, observers))
    judgeOne(stage, silence, name, sentEvidence(stage, message), charge);
}

/** What no copy may be, where copies as such are allowed. */
const faults = {
  whole: { is: () => true, expected: 'no complete copy', fault: 'a complete copy' },
  altered: {
    is: (octets: Buffer, { composed, rivals }: TrackedMessage) =>
      ![composed.octets, ...rivals].some((one) => octets.equals(one)),
    expected: 'the content as sent, or no copy',
    fault: 'other octets',
  },
} as const;

/** None of the copies has the fault. Those under way are let come by a barrier; who sees none has shown nothing. */
async function judgeCopies(stage: Stage, label: string, name: keyof typeof faults, charge: Charge): Promise<void> {
  const message = messageLabelled(stage, label);
  const { is, expected, fault } = faults[name];
  const observers = listeners(stage).filter((actor) => actor !== message.sender);
  if (observers.length === 0) {
    const what = `nobody receives ${label} ${name}`;
    stage.judge.record(charge, { verdict: 'inconclusive', message: what, expected, actual: 'nobody is there' });
  }
  for (const silence of await notReceived(stage, message, observers)) {
    const copies = copiesAt(stage, silence.actor, message);
    const faulty = copies.some(({ octets }) => octets !== undefined && is(octets, message));
    stage.judge.record(charge, {
      verdict: faulty ? charge.miss : silence.kind === 'open' ? 'inconclusive' : 'pass',
      message: `nobody receives ${label} ${name}: ${silence.actor.name}`,
      expected,
      actual: faulty ? fault : copies.length === 0 ? 'no copy' : `a copy that is ${copies[0]?.state}`,
      evidence: [...sentEvidence(stage, message), ...copies.flatMap((copy) => copy.chunks.map((entry) => entry.index))],
    });
  }
}

function judgeOne(stage: Stage, silence: Silence, message: string, sent: readonly number[], charge: Charge): void {
  const about = { message: `${message}: ${silence.actor.name}`, expected: 'no copy' };
  switch (silence.kind) {
    case 'silent':
      stage.judge.record(charge, { ...about, verdict: 'pass', actual: 'no copy', evidence: sent });
      return;
    case 'heard':
      stage.judge.record(charge, {
        ...about,
        verdict: charge.miss,
        actual: 'a copy',
        evidence: [...sent, ...silence.evidence],
      });
      return;
    case 'open':
      stage.judge.record(charge, { ...about, verdict: 'inconclusive', actual: silence.reason, evidence: sent });
      return;
  }
}
