import type { Catalogue } from '../catalogue/catalogue.ts';
import { actionSchema } from './action-schema.ts';
import { capabilities, isCapability } from './capability.ts';
import { checkRole, clientLabelsIn } from './check-role.ts';
import { underTest } from './client-schema.ts';
import { didYouMean } from './nearest.ts';
import type { Problem } from './problem.ts';
import { type CastMember, reservedStepKeys, type Scenario, type SimpleStep, type Step } from './schema.ts';
import { sessionPathVariants } from './session-path.ts';
import { placeholders } from './text.ts';
import type { YamlFile } from './yaml-file.ts';

type Path = readonly PropertyKey[];

/** Values every scenario can refer to besides its own `let`. */
export const builtInValues = [
  'nickname',
  'canary',
  'room',
  'second-room',
  'domain',
  'room-in-capitals',
  'room-escaped',
  'room-elsewhere',
] as const;
/** Values that only raw octets, hand-made requests and whole session descriptions can refer to. */
export const wireValues = [
  ...['to-path', 'from-path', 'tid', 'message-id', 'from', 'to', 'path', 'path-with-user', 'host', 'port'],
  ...sessionPathVariants,
  'received-tid',
  'body-length',
];
/** Values that SIP written by hand can refer to besides. */
export const rawSipValues = [
  ...[
    'via',
    'new-via',
    'branch',
    'call-id',
    'tag',
    'cseq',
    'transport',
    'line-port',
    'next-cseq',
    'lower-cseq',
    'contact',
    'target',
    'offer',
    'offer-length',
    'offer-with-lf',
  ],
  ...[
    'self',
    'place',
    'answered-to',
    'content-length',
    'more-than-content-length',
    'less-than-content-length',
    'filling',
  ],
];
/** Longer pauses are for simulated time. */
const LONGEST_REAL_PAUSE_SECONDS = 1;

const sceneActs = ['together', 'nobody', 'nobody-else', 'everyone', 'pause'] as const;
const settings = [...reservedStepKeys].filter((key) => ![...sceneActs, ...underTest].some((word) => word === key));
const actionNames = Object.keys(actionSchema.shape);

/** What a schema cannot see: names that refer to something that is not there. */
export function checkScenario(
  file: YamlFile<Scenario>,
  cast: ReadonlyMap<string, CastMember>,
  catalogue: Catalogue,
): Problem[] {
  const scenario = file.value;
  const problems: Problem[] = [];
  const labels = new Set<string>();
  const isOfClient = scenario.role === 'participant';
  const complain = (path: Path, message: string, at: 'key' | 'value' = 'value'): void => {
    problems.push(file.problem(path, message, at));
  };

  const checkRequirements = (path: Path, ids: readonly string[] | undefined): void => {
    for (const [i, id] of (ids ?? []).entries()) {
      if (catalogue.get(id) !== undefined) continue;
      const candidates = catalogue.requirements.map((one) => one.id);
      complain([...path, i], `no requirement ${id} in the catalogue${didYouMean(id, candidates)}`);
    }
  };

  const known = new Set<string>([
    ...builtInValues,
    ...wireValues,
    ...rawSipValues,
    ...[...cast.keys()].flatMap((name) => [name, pathOf(name), otherHostCase(name), dialogOf(name)]),
    ...Object.keys(scenario.let ?? {}),
    ...(isOfClient ? ['client'] : []),
  ]);
  const checkText = (path: Path, value: unknown): void => {
    if (typeof value === 'string') {
      for (const name of placeholders(value)) {
        if (!known.has(name)) complain(path, `nothing is named {${name}}${didYouMean(name, known)}`);
      }
    } else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value))
        checkText([...path, Array.isArray(value) ? Number(key) : key], inner);
    }
  };

  const checkActor = (path: Path, name: string): void => {
    if (cast.has(name)) return;
    const candidates = [...cast.keys(), ...sceneActs, ...(isOfClient ? underTest : []), ...settings];
    const hint = actionNames.includes(name)
      ? ' (an action stands below the actor who does it)'
      : didYouMean(name, candidates);
    complain([...path, name], `no "${name}" in the cast${hint}`, 'key');
  };

  const checkLabel = (path: Path, label: string): void => {
    if (!labels.has(label)) complain(path, `no earlier step has "as: ${label}"${didYouMean(label, labels)}`);
  };

  const checkAction = (path: Path, action: SimpleStep[string] | undefined): void => {
    if (action === undefined) return;
    for (const verb of ['receives', 'receives-begun'] as const) {
      const label = action[verb];
      if (label !== undefined) checkLabel([...path, verb], label);
    }
    for (const verb of ['gets-report', 'gets-no-report', 'reports'] as const) {
      const label = action[verb]?.message;
      if (label !== undefined) checkLabel([...path, verb, 'message'], label);
    }
    const like = typeof action['raw-sip'] === 'object' ? action['raw-sip'].like : undefined;
    if (like !== undefined) checkLabel([...path, 'raw-sip', 'like'], like);
    if (action.chunk?.of !== undefined) checkLabel([...path, 'chunk', 'of'], action.chunk.of);
    for (const verb of ['request', 'raw'] as const) {
      const on = action[verb]?.on;
      if (on !== undefined && on !== 'fresh' && on !== 'clear' && !cast.has(on))
        complain([...path, verb, 'on'], `no "${on}" in the cast${didYouMean(on, [...cast.keys(), 'fresh', 'clear'])}`);
    }
    for (const verb of ['sees-roster', 'fetches-roster'] as const) {
      for (const name of Object.keys(action[verb] ?? {})) {
        if (!cast.has(name))
          complain([...path, verb, name], `no "${name}" in the cast${didYouMean(name, cast.keys())}`, 'key');
      }
    }
    for (const [i, name] of (action['gets-notice']?.naming ?? []).entries()) {
      if (!cast.has(name))
        complain([...path, 'gets-notice', 'naming', i], `no "${name}" in the cast${didYouMean(name, cast.keys())}`);
    }
  };

  const checkClient = (path: Path, { client, room }: Pick<Step, 'client' | 'room'>): void => {
    if (room?.sends?.of !== undefined) checkLabel([...path, 'room', 'sends', 'of'], room.sends.of);
    for (const [at, label] of clientLabelsIn(client)) checkLabel([...path, 'client', ...at], label);
    for (const name of Object.keys(client?.['shows-roster'] ?? {})) {
      if (name !== 'client' && !cast.has(name))
        complain(
          [...path, 'client', 'shows-roster', name],
          `no "${name}" in the cast${didYouMean(name, cast.keys())}`,
          'key',
        );
    }
    const to = typeof client?.send === 'object' ? client.send.to : undefined;
    if (to !== undefined && to !== 'room' && !cast.has(to))
      complain([...path, 'client', 'send', 'to'], `no "${to}" in the cast${didYouMean(to, [...cast.keys(), 'room'])}`);
  };

  const checkSimpleStep = (path: Path, step: SimpleStep): void => {
    const actors = Object.keys(step).filter((key) => !reservedStepKeys.has(key));
    for (const name of actors) {
      checkActor(path, name);
      checkAction([...path, name], step[name]);
    }
    const all = [...actors, ...underTest.filter((name) => step[name] !== undefined)];
    if (all.length !== 1) complain(path, `one actor is due in a step, here are ${all.length}`);
    checkRequirements([...path, 'covers'], step.covers);
    checkClient(path, step);
    if (step.as !== undefined) labels.add(step.as);
  };

  const checkStep = (path: Path, step: Step): void => {
    const acts = sceneActs.filter((act) => step[act] !== undefined);
    const actors = Object.keys(step).filter((key) => !reservedStepKeys.has(key));
    const tested = underTest.filter((name) => step[name] !== undefined);
    if (acts.length + actors.length + tested.length !== 1) {
      const found = [...acts, ...actors, ...tested];
      if (found.length === 0) complain(path, 'a step needs an actor');
      else complain(path, `one actor is due in a step, here are ${found.length}: ${found.join(', ')}`);
    }
    for (const name of actors) {
      checkActor(path, name);
      checkAction([...path, name], step[name] as SimpleStep[string]);
    }
    checkRequirements([...path, 'covers'], step.covers);
    checkClient(path, step);
    for (const [i, inner] of (step.together ?? []).entries()) checkSimpleStep([...path, 'together', i], inner);
    for (const [i, inner] of (step.everyone?.meanwhile ?? []).entries())
      checkSimpleStep([...path, 'everyone', 'meanwhile', i], inner);
    for (const verb of ['receives', 'receives-whole', 'receives-altered'] as const) {
      const label = step.nobody?.[verb];
      if (label !== undefined) checkLabel([...path, 'nobody', verb], label);
    }
    const others = step['nobody-else'];
    if (others !== undefined) checkLabel([...path, 'nobody-else', 'receives'], others.receives);
    if ((step.pause?.seconds ?? 0) > LONGEST_REAL_PAUSE_SECONDS && scenario.simulated !== true)
      complain([...path, 'pause', 'seconds'], 'more than a second needs "simulated: true" in the scenario');
    if (step.as !== undefined) labels.add(step.as);
  };

  problems.push(...checkRole(file));
  checkRequirements(['covers'], scenario.covers);
  for (const [i, need] of (scenario.needs ?? []).entries()) {
    if (!isCapability(need))
      complain(['needs', i], `no capability is called "${need}"${didYouMean(need, Object.keys(capabilities))}`);
  }
  const earlier = new Set<string>();
  for (const [name, member] of cast) {
    const lender = member['shares-connection-with'];
    if (lender !== undefined && !earlier.has(lender)) {
      const what = `no "${lender}" stands in the cast before ${name}${didYouMean(lender, earlier)}`;
      complain(['cast', name, 'shares-connection-with'], what);
    }
    earlier.add(name);
    if (reservedStepKeys.has(name)) complain(['cast'], `"${name}" is a word of the language and no name for an actor`);
    if (member.user !== undefined && !cast.has(member.user)) {
      complain(['cast', name, 'user'], `no "${member.user}" in the cast${didYouMean(member.user, cast.keys())}`);
    }
  }
  checkText(['let'], scenario.let);
  checkText(['steps'], scenario.steps);
  checkText(['twin'], scenario.twin);
  for (const [i, step] of scenario.steps.entries()) checkStep(['steps', i], step);
  if (scenario.twin !== undefined) {
    checkSimpleStep(['twin'], scenario.twin);
    if (twinPosition(scenario) === undefined)
      complain(['twin'], 'no step has this actor and action, so the twin replaces nothing');
  }
  return problems;
}

/** The value that stands for the session path of a cast member. */
export const pathOf = (name: string): string => `path-of-${name}`;

/** The value that names the dialog of a cast member as Replaces and Join do (RFC 3891 §6.1, RFC 3911 §7.1). */
export const dialogOf = (name: string): string => `dialog-of-${name}`;

/** The value that stands for the URI of a cast member with its host in capitals, which is the same URI (RFC 3261 §19.1.4). */
export const otherHostCase = (name: string): string => `${name}-in-capitals`;

/** Index of the step that the twin replaces: the last one of the same actor and action. */
export function twinPosition(scenario: Scenario): number | undefined {
  const { twin, steps } = scenario;
  if (twin === undefined) return undefined;
  const sought = actOf(twin);
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    if (step !== undefined && actOf(step as SimpleStep) === sought) return i;
  }
  return undefined;
}

function actOf(step: SimpleStep): string | undefined {
  const actor =
    Object.keys(step).find((key) => !reservedStepKeys.has(key)) ?? underTest.find((name) => step[name] !== undefined);
  const action: object | undefined = actor === undefined ? undefined : (step[actor] as object);
  return action === undefined ? undefined : `${actor} ${Object.keys(action)[0]}`;
}
