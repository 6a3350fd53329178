import type { ClientEvent } from '../../driver/event.ts';
import { quietWindow, sendBarrier } from '../absence.ts';
import type { ClientAction } from '../client-schema.ts';
import { listeners } from '../stage.ts';
import type { ClientAct } from './client.ts';
import { messageToClient, textsOf } from './client-on-wire.ts';
import { judgeSight, shown, untold } from './client-sight.ts';

/** The user is shown the message, with the text that was sent. */
export async function shows({ stage, client, args, charge }: ClientAct<string>): Promise<undefined> {
  const message = messageToClient(stage, args);
  return judgeSight({ stage, client, charge }, 'message', {
    about: { message: `client shows ${args}`, expected: `"${message.text}" of ${message.by}` },
    question: `Does the client show this message of ${message.by}: "${message.text}"?`,
    pick: (event) => (event.event === 'message' && event.text.includes(message.canary) ? event : undefined),
    isRight: ({ text }) => text.trimEnd() === message.text.trimEnd(),
    wording: ({ text }) => `"${text}"`,
    evidence: () => textsOf(stage, 'sent', message.canary),
  });
}

/** A later message has been shown, and not this one. */
export async function doesNotShow({ stage, client, args, charge }: ClientAct<string>): Promise<undefined> {
  const message = messageToClient(stage, args);
  const about = { message: `client does not show ${args}`, expected: 'nothing of it' };
  if (client.driver.ask === undefined && untold(stage, client, 'message', charge, about)) return undefined;
  const [speaker] = listeners(stage);
  const barrier = speaker === undefined ? undefined : await sendBarrier(stage, speaker);
  const evidence = (): number[] => textsOf(stage, 'sent', message.canary);
  if (client.driver.ask !== undefined) {
    await quietWindow(stage);
    const seen = await client.driver.ask(`Does the client show anything of this message: "${message.text}"?`);
    const verdict = seen === undefined ? 'inconclusive' : seen ? charge.miss : 'pass';
    stage.judge.record(charge, { ...about, verdict, evidence: evidence() });
    return undefined;
  }
  const shows = (canary: string) => (event: ClientEvent) =>
    event.event === 'message' && event.text.includes(canary) ? event : undefined;
  const later = barrier === undefined ? undefined : await shown(stage, client, shows(barrier.canary));
  await quietWindow(stage);
  const found = client.shown.events.some((event) => shows(message.canary)(event) !== undefined);
  // Who is out of the room shows nothing any more.
  const settled = later !== undefined || client.shown.events.some(({ event }) => event === 'left');
  stage.judge.record(charge, {
    ...about,
    verdict: found ? charge.miss : settled ? 'pass' : 'inconclusive',
    actual: found ? 'a message' : settled ? 'nothing of it' : 'not even a later message',
    evidence: evidence(),
  });
  return undefined;
}

export async function showsRefusal({
  stage,
  client,
  args: { of, status },
  charge,
}: ClientAct<NonNullable<ClientAction['shows-refusal']>>): Promise<undefined> {
  const wording = (code: number | undefined): string => `a refusal${code === undefined ? '' : ` with ${code}`}`;
  return judgeSight({ stage, client, charge }, 'refused', {
    about: { message: `client shows that ${of} was refused`, expected: wording(status) },
    question: `Does the client show that ${of} has come to nothing?`,
    pick: (event) => (event.event === 'refused' && event.order === of ? event : undefined),
    isRight: (event) => status === undefined || event.status === undefined || event.status === status,
    wording: (event) => wording(event.status),
  });
}

export async function showsNickname({ stage, client, args, charge }: ClientAct<string>): Promise<undefined> {
  const text = stage.values.fill(args);
  return judgeSight({ stage, client, charge }, 'nickname', {
    about: { message: `client shows "${text}" as its nickname`, expected: `"${text}"` },
    question: `Does the client show "${text}" as its nickname?`,
    pick: (event) => (event.event === 'nickname' && event.nickname === text ? event : undefined),
    isRight: () => true,
    wording: ({ nickname: shown }) => `"${shown}"`,
  });
}

export async function showsEnd({ stage, client, charge }: ClientAct<object>): Promise<undefined> {
  return judgeSight({ stage, client, charge }, 'left', {
    about: { message: 'client shows that the stay is over', expected: 'the end' },
    question: 'Does the client show that its stay in the room is over?',
    pick: (event) => (event.event === 'left' ? event : undefined),
    isRight: () => true,
    wording: () => 'the end',
  });
}
