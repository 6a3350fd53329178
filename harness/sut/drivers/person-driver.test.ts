import { describe, expect, it } from 'vitest';
import { type Asker, openPersonDriver } from './person-driver.ts';

function scripted(answers: (string | undefined)[]): Asker & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: async (question) => {
      asked.push(question);
      return answers.shift();
    },
    close: () => {},
  };
}

describe('a client in the hands of a person', () => {
  it('is told what to do, one thing after the other', async () => {
    const asker = scripted(['', 'the button is grey', '', undefined]);
    const { driver } = openPersonDriver(asker);
    const outcomes = await Promise.all([
      driver.order({ do: 'join', room: 'sip:r@h:5', as: 'sip:a@h' }),
      driver.order({ do: 'send', text: 'Hi', to: 'sip:b@h' }),
      driver.order({ do: 'nickname', nickname: '' }),
      driver.order({ do: 'leave' }),
    ]);
    expect(outcomes).toEqual([
      { ok: true, value: undefined },
      { ok: false, error: 'the button is grey' },
      { ok: true, value: undefined },
      { ok: false, error: 'nobody answers at the terminal' },
    ]);
    expect(asker.asked.map((question) => question.split('\n')[0])).toEqual([
      'Join the chat room sip:r@h:5 as sip:a@h',
      'Say to sip:b@h alone: Hi',
      'Give up the nickname',
      'Leave the room',
    ]);
  });

  it('is looked at until there is an answer', async () => {
    const { driver } = openPersonDriver(scripted(['what?', 'Y', 'no', '?', undefined]));
    const looked = [
      await driver.ask?.('A?'),
      await driver.ask?.('B?'),
      await driver.ask?.('C?'),
      await driver.ask?.('D?'),
    ];
    expect(looked).toEqual([true, false, undefined, undefined]);
  });
});
