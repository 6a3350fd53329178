import { describe, expect, it } from 'vitest';
import { splitWords } from './words.ts';

describe('the words of a command line', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['  server  --port\t{sip.port} ', ['server', '--port', '{sip.port}']],
    [`server 'one word' "and 'another'" ''`, ['server', 'one word', "and 'another'", '']],
    [`--name="a b"'c'd`, ['--name=a bcd']],
    [`a\\ b "c \\" \\\\ \\d" 'e\\'`, ['a b', 'c " \\ \\d', 'e\\']],
    ['$HOME | cat > x', ['$HOME', '|', 'cat', '>', 'x']],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual({ ok: true, value: words });
  });

  it.each([
    ['server "one', 'nothing closes the " in it'],
    ["it's", "nothing closes the ' in it"],
    ['server \\', 'nothing follows the \\ in it'],
  ])('%j is none', (text, error) => {
    expect(splitWords(text)).toEqual({ ok: false, error });
  });
});
