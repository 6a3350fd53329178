import { arrivedAt } from '../copies.ts';
import type { Action } from '../schema.ts';
import { type Actor, actorNamed, due, type Stage } from '../stage.ts';
import type { Act } from './act.ts';

type Notice = NonNullable<Action['gets-notice']>;

/** A message of the room itself (RFC 7701 §11): whole, and with no mark of those that the suite sends. */
export async function getsNotice({ stage, actor, args, charge }: Act<Notice>): Promise<undefined> {
  const names = (args.naming ?? []).map((name) => namesOf(stage, actorNamed(stage, name)));
  const notice = await due(stage, () =>
    noticesTo(stage, actor).find(({ text }) => names.every((ways) => ways.some((way) => text.includes(way)))),
  );
  const others = noticesTo(stage, actor);
  const naming = args.naming === undefined ? '' : ` that names ${args.naming.join(', ')}`;
  stage.judge.record(charge, {
    verdict: notice === undefined ? charge.miss : 'pass',
    message: `${actor.name} gets a text of the room itself${naming}`,
    expected: `a text${naming}`,
    actual: notice?.text ?? (others.length === 0 ? 'no text' : others.map(({ text }) => text).join('; ')),
    evidence: notice?.evidence ?? others.flatMap((one) => one.evidence),
  });
  return undefined;
}

function noticesTo(stage: Stage, actor: Actor): { readonly text: string; readonly evidence: readonly number[] }[] {
  const marks = [...stage.messages.values()].map(({ canary }) => canary);
  return arrivedAt(stage, actor).flatMap(({ octets, cpim, chunks }) =>
    octets === undefined || marks.some((mark) => octets.includes(mark))
      ? []
      : [
          {
            text: (cpim?.content ?? octets).toString('utf8'),
            evidence: chunks.map((entry) => entry.index),
          },
        ],
  );
}

/** A list may show the URI with or without its scheme, or the name its user goes by. */
const namesOf = (stage: Stage, actor: Actor): string[] => [
  actor.uri.replace(/^sips?:/, ''),
  ...(actor.member['display-name'] === undefined ? [] : [actor.member['display-name']]),
  ...nicknamesOf(stage, actor),
];

function nicknamesOf(stage: Stage, actor: Actor): string[] {
  return [...stage.actors.values()].flatMap((one) => {
    const nickname = stage.conversation.rosters.of(one.name)?.roster?.users.get(actor.uri)?.nickname?.value;
    return nickname === undefined || nickname === '' ? [] : [nickname];
  });
}
