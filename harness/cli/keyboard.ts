import type { Roster, RosterUser } from '../codec/conference/apply.ts';
import { parseCpimAddress } from '../codec/cpim/address.ts';
import { cpimHeaders } from '../codec/cpim/namespace.ts';
import type { ArrivedMessage } from '../participant/chat-session.ts';
import type { MsrpOutcome } from '../participant/outcome.ts';
import type { Participant } from '../participant/participant.ts';
import { printable } from '../wire/text.ts';

const HELP = `Text goes to the room. Commands:
  /nick NAME        take a nickname; /nick alone removes it
  /msg WHO TEXT     private message; WHO is a nickname, a user name or a URI
  /who              who is in the room
  /leave            leave (Ctrl-D and Ctrl-C as well)`;

/** What a person types and sees: the words of the interactive participant. */
export class Keyboard {
  readonly #participant: Participant;
  readonly #show: (text: string) => void;

  constructor(participant: Participant, show: (text: string) => void) {
    this.#participant = participant;
    this.#show = show;
  }

  async begin(nickname: string | undefined): Promise<void> {
    const participant = this.#participant;
    participant.onMessage = (message) => this.#arrived(message);
    let before: Roster | undefined;
    participant.onRoster = (roster) => {
      this.#changed(before, roster);
      before = roster;
    };
    this.#show(`You are ${participant.identity} in ${participant.room}. /help tells what you can type.`);
    const tokens = participant.chatroomTokensOfRoom();
    if (tokens === undefined) this.#show('The room does not announce chat-room functions.');
    const subscribed = await participant.subscribe();
    if (subscribed.kind !== 'answered' || subscribed.status >= 300)
      this.#show('The room shows no list of participants.');
    if (nickname !== undefined) await this.#nickname(nickname);
  }

  /** Carries out one line. */
  async take(line: string): Promise<'go on' | 'leave'> {
    const [command = '', rest = ''] = line.startsWith('/') ? line.split(/\s+(.*)/s) : ['', line];
    switch (command) {
      case '':
        if (rest.trim() !== '') await this.#say(this.#participant.room, rest);
        return 'go on';
      case '/nick':
        await this.#nickname(rest.trim());
        return 'go on';
      case '/msg':
        await this.#private(rest);
        return 'go on';
      case '/who':
        this.#who();
        return 'go on';
      case '/leave':
      case '/quit':
        return 'leave';
      case '/help':
        this.#show(HELP);
        return 'go on';
      default:
        this.#show(`${command} is no command. /help tells what you can type.`);
        return 'go on';
    }
  }

  async #say(to: string, text: string): Promise<void> {
    const message = this.#participant.compose({ content: text, to: [to] });
    const refusal = refusalOf(await this.#participant.send(message).outcome);
    if (refusal !== undefined) this.#show(`Not delivered: ${refusal}.`);
  }

  async #nickname(text: string): Promise<void> {
    const refusal = refusalOf(await this.#participant.nickname({ text }));
    if (refusal !== undefined) this.#show(`No: ${refusal}.`);
    else this.#show(text === '' ? 'You have no nickname now.' : `You are "${printable(text)}" now.`);
  }

  async #private(rest: string): Promise<void> {
    const found = this.#addressee(rest);
    if (found === undefined) this.#show('Nobody here is called so. /who tells who is here; /msg WHO TEXT.');
    else if (found.text.trim() === '') this.#show('There is nothing to say: /msg WHO TEXT.');
    else await this.#say(found.uri, found.text);
  }

  /** Nicknames may have spaces, so the longest name that the text begins with is meant. */
  #addressee(text: string): { uri: string; text: string } | undefined {
    const names = this.#users()
      .flatMap((user) =>
        [user.entity, userPart(user.entity), ...(user.nickname === undefined ? [] : [user.nickname.value])].map(
          (name) => [name, user.entity] as const,
        ),
      )
      .filter(([name]) => text.toLowerCase().startsWith(name.toLowerCase()))
      .sort(([a], [b]) => b.length - a.length);
    const [best] = names;
    if (best !== undefined) return { uri: best[1], text: text.slice(best[0].length).trimStart() };
    const [uri = '', content = ''] = text.split(/\s+(.*)/s);
    return /^(sips?|tel|im):/i.test(uri) ? { uri, text: content } : undefined;
  }

  #who(): void {
    const users = this.#users();
    if (users.length === 0) this.#show('The room shows no list of participants.');
    for (const user of users) this.#show(`  ${nameOf(user)}`);
  }

  #arrived({ cpim, octets, contentType }: ArrivedMessage): void {
    if (cpim === undefined) {
      this.#show(`[${printable(contentType)}] ${printable(octets.toString('utf8'))}`);
      return;
    }
    const uri = (name: string): string => {
      const value = cpimHeaders(cpim.headers, name)[0]?.value;
      const address = value === undefined ? undefined : parseCpimAddress(value);
      return address?.ok === true ? address.value.uri : 'somebody';
    };
    const sender = this.#users().find((user) => user.entity === uri('From'));
    const name = sender?.nickname?.value ?? uri('From');
    const manner = uri('To') === this.#participant.room ? '' : ' (private)';
    this.#show(`<${printable(name)}>${manner} ${printable(cpim.content.toString('utf8'))}`);
  }

  #changed(before: Roster | undefined, after: Roster | undefined): void {
    const was = before?.users ?? new Map<string, RosterUser>();
    const is = after?.users ?? new Map<string, RosterUser>();
    if (before === undefined) return;
    for (const [entity, user] of is) {
      if (entity === this.#participant.identity) continue;
      const old = was.get(entity);
      if (old === undefined) this.#show(`* ${nameOf(user)} has joined.`);
      else if (old.nickname?.value !== user.nickname?.value) {
        const now = user.nickname === undefined ? 'has no nickname now' : `is "${printable(user.nickname.value)}" now`;
        this.#show(`* ${printable(entity)} ${now}.`);
      }
    }
    for (const [entity, user] of was) {
      if (entity !== this.#participant.identity && !is.has(entity)) this.#show(`* ${nameOf(user)} has left.`);
    }
  }

  #users(): RosterUser[] {
    return [...(this.#participant.roster()?.users.values() ?? [])];
  }
}

const userPart = (uri: string): string => /^[a-z]+:([^@]+)@/i.exec(uri)?.[1] ?? uri;

const nameOf = ({ entity, nickname }: RosterUser): string =>
  nickname === undefined ? printable(entity) : `${printable(nickname.value)} (${printable(entity)})`;

const MEANINGS: Readonly<Record<number, string>> = {
  403: 'the room does not allow it',
  404: 'nobody in the room has this address',
  413: 'the message is too large',
  415: 'the room does not take this kind of content',
  424: 'this is no proper nickname',
  425: 'the nickname is taken or reserved',
  428: 'the recipient does not support private messages',
  481: 'the session is over',
};

function refusalOf(outcome: MsrpOutcome): string | undefined {
  if (outcome.kind === 'unanswered') return `no answer (${outcome.reason})`;
  if (outcome.status === 200) return undefined;
  return `${outcome.status}, ${MEANINGS[outcome.status] ?? outcome.comment ?? 'refused'}`;
}
