import type { Expectation, OutcomeExpectation } from '../../scenario/schema.ts';
import type { ActorStep, Deed, Sight } from './deed.ts';

/** A step of a script as it will be written. */
export type ScriptStep =
  | ({ readonly kind: 'actor' } & ActorStep)
  | { readonly kind: 'together'; readonly steps: readonly ActorStep[]; readonly expect?: OutcomeExpectation }
  | { readonly kind: 'nobody' | 'nobody-else'; readonly label: string };

/**
 * Deeds and sights in the captured causal order. Deeds of which none had been answered when the last one began are done
 * together, for nothing says which came first; what was seen stands in front of whatever began after it.
 */
export function inOrder(deeds: readonly Deed[], sights: readonly Sight[]): ScriptStep[] {
  const steps: ScriptStep[] = [];
  const seen = sights.toSorted((a, b) => a.at - b.at);
  const contested = new Contested();
  let next = 0;
  const tell = (before: number): void => {
    for (let sight = seen[next]; sight !== undefined && sight.at < before; sight = seen[next]) {
      steps.push(contested.told(sight));
      next += 1;
    }
  };
  for (const group of groupsOf(deeds)) {
    tell(group[0]?.start ?? 0);
    const [first, ...rest] = group.filter(({ action }) => !isPreparation(action));
    for (const one of group) if (isPreparation(one.action)) steps.push({ kind: 'actor', ...stepOf(one) });
    if (first === undefined) continue;
    if (rest.length === 0) steps.push({ kind: 'actor', ...contested.alone(first) });
    else steps.push(contested.together([first, ...rest]));
  }
  tell(Number.POSITIVE_INFINITY);
  return steps;
}

/** What a participant makes up its mind to do, before it comes to that. */
const isPreparation = (action: Deed['action']): boolean =>
  action.answers !== undefined || action['answers-notify'] !== undefined;

function groupsOf(deeds: readonly Deed[]): Deed[][] {
  const groups: Deed[][] = [];
  let group: Deed[] = [];
  let firstEnd = Number.NEGATIVE_INFINITY;
  for (const deed of deeds.toSorted((a, b) => a.start - b.start)) {
    if (group.length > 0 && deed.start < firstEnd) group.push(deed);
    else {
      group = [deed];
      groups.push(group);
      firstEnd = Number.NEGATIVE_INFINITY;
    }
    // What ends as it begins says nothing about the others.
    if (deed.end > deed.start)
      firstEnd = firstEnd === Number.NEGATIVE_INFINITY ? deed.end : Math.min(firstEnd, deed.end);
  }
  return groups;
}

const GRANTED = 200;

/** Nicknames that several asked for at once, so that another one may get them next time. */
class Contested {
  readonly #names = new Set<string>();
  readonly #actors = new Set<string>();

  alone(deed: Deed): ActorStep {
    const step = stepOf(deed);
    if (deed.claim === undefined) {
      if (deed.action.nickname !== undefined) this.#actors.delete(deed.actor);
      return step;
    }
    if (this.#names.has(deed.claim.name)) {
      this.#actors.add(deed.actor);
      const other = deed.claim.status === GRANTED ? 425 : GRANTED;
      return { ...step, expect: [deed.claim.status, other] };
    }
    if (deed.claim.status === GRANTED) this.#actors.delete(deed.actor);
    return step;
  }

  together(deeds: readonly Deed[]): ScriptStep {
    const race = raceIn(deeds);
    if (race === undefined) return { kind: 'together', steps: deeds.map((deed) => this.alone(deed)) };
    this.#names.add(race.name);
    const steps = deeds.map((deed): ActorStep => {
      const { actor, action, as } = deed;
      if (deed.claim?.name !== race.name) return { expect: usualAnswer(deed), ...this.alone(deed) };
      this.#actors.add(actor);
      return { actor, action, ...(as === undefined ? {} : { as }) };
    });
    return { kind: 'together', steps, expect: { 'exactly-one': GRANTED, others: race.others } };
  }

  told(sight: Sight): ScriptStep {
    if (sight.kind !== 'actor') return { kind: sight.kind, label: sight.label };
    const roster = sight.action['sees-roster'];
    const step: ScriptStep = { kind: 'actor', actor: sight.actor, action: sight.action };
    if (roster === undefined) return step;
    const shown = Object.entries(roster).map(([name, value]): [string, string] => [
      name,
      this.#actors.has(name) && value !== 'absent' ? 'present' : value,
    ]);
    return { ...step, action: { 'sees-roster': Object.fromEntries(shown) } };
  }
}

/** In a race each step that says nothing takes part. */
const usualAnswer = ({ action }: Deed): Expectation =>
  action.subscribe !== undefined || action.unsubscribe !== undefined || action.refer !== undefined ? [200, 202] : 200;

/** A nickname that several ask for at once and one of them gets. */
function raceIn(deeds: readonly Deed[]): { readonly name: string; readonly others: number | number[] } | undefined {
  const byName = new Map<string, number[]>();
  for (const { claim } of deeds)
    if (claim !== undefined) byName.set(claim.name, [...(byName.get(claim.name) ?? []), claim.status]);
  for (const [name, statuses] of byName) {
    const others = [...new Set(statuses.filter((status) => status !== GRANTED))];
    if (statuses.length < 2 || statuses.filter((status) => status === GRANTED).length !== 1) continue;
    const [only] = others;
    if (only !== undefined) return { name, others: others.length === 1 ? only : others };
  }
  return undefined;
}

const stepOf = ({ actor, action, expect, as }: Deed): ActorStep => ({
  actor,
  action,
  ...(expect === undefined ? {} : { expect }),
  ...(as === undefined ? {} : { as }),
});
