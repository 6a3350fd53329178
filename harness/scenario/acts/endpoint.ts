import type { RosterEndpoint } from '../../codec/conference/apply.ts';
import type { Action } from '../schema.ts';
import { actorNamed, due, type Stage } from '../stage.ts';
import type { Act } from './act.ts';

/**
 * What the roster of this actor tells of the endpoint of another. All of it is optional (RFC 4575 §5.7): only what is told
 * can be wrong.
 */
export async function seesEndpoint({
  stage,
  actor,
  args,
  charge,
}: Act<NonNullable<Action['sees-endpoint']>>): Promise<undefined> {
  const { of, ...expected } = args;
  const { uri } = actorNamed(stage, of);
  const shown = (): RosterEndpoint[] => [
    ...(stage.conversation.rosters.of(actor.name)?.roster?.users.get(uri)?.endpoints.values() ?? []),
  ];
  const wanted = Object.entries(expected);
  const agrees = (): boolean =>
    shown().every((endpoint) =>
      wanted.every(([name, value]) => toldOf(endpoint, name).every((told) => told === value)),
    );
  const seen = await due(stage, () => (hasRoster(stage, actor.name, uri) && agrees() ? true : undefined));
  const last = stage.conversation.rosters.of(actor.name)?.documents.at(-1)?.entry.index;
  stage.judge.record(charge, {
    verdict: seen === true ? 'pass' : hasRoster(stage, actor.name, uri) ? charge.miss : 'inconclusive',
    message: `${actor.name} sees the endpoint of ${of}`,
    expected: wanted.map(([name, value]) => `${name}: ${value}, or not told`).join(', '),
    actual: hasRoster(stage, actor.name, uri)
      ? wanted
          .map(
            ([name]) =>
              `${name}: ${
                shown()
                  .flatMap((endpoint) => toldOf(endpoint, name))
                  .join(' ') || 'not told'
              }`,
          )
          .join(', ')
      : 'not in the roster',
    evidence: last === undefined ? [] : [last],
  });
  return undefined;
}

const hasRoster = (stage: Stage, name: string, uri: string): boolean =>
  stage.conversation.rosters.of(name)?.roster?.users.has(uri) === true;

function toldOf({ status, joiningMethod, media = [] }: RosterEndpoint, what: string): string[] {
  switch (what) {
    case 'status':
      return status === undefined ? [] : [status];
    case 'joining-method':
      return joiningMethod === undefined ? [] : [joiningMethod];
    case 'stream':
      return media.flatMap((one) => one.status ?? []);
    default:
      return [];
  }
}
