import { describe, expect, it } from 'vitest';
import { acceptsRoot, acceptsType, acceptsWrapped, bareType, isTypeEntry, listsContainer } from './media-type.ts';

describe('acceptsType', () => {
  it.each([
    [['text/plain'], 'text/plain'],
    [['text/plain'], 'Text/PLAIN'],
    [['TEXT/plain'], 'text/plain;charset=UTF-8'],
    [['text/plain;charset=utf-8'], 'text/plain'],
    [['text/html', 'text/plain'], 'text/plain ; charset=utf-8'],
    [['*'], 'application/x-unheard-of'],
    [['text/*'], 'text/html'],
    [['TEXT/*;q=1'], 'text/html'],
  ])('%o admits %s', (list, type) => {
    expect(acceptsType(list, type)).toBe(true);
  });

  it.each([
    [[], 'text/plain'],
    [['text/plain'], 'text/html'],
    [['text/*'], 'texture/html'],
    [['text'], 'text/plain'],
    [['text/pla'], 'text/plain'],
    [['*'], 'text'],
    [['*'], 'text/'],
    [['*'], ''],
  ])('%o does not admit %s', (list, type) => {
    expect(acceptsType(list, type)).toBe(false);
  });
});

describe('root and wrapped content', () => {
  const chat = { acceptTypes: ['message/cpim', 'text/plain'], acceptWrappedTypes: ['text/html', 'image/*'] };

  it('takes only accept-types at the root', () => {
    expect(acceptsRoot(chat, 'Message/CPIM')).toBe(true);
    expect(acceptsRoot(chat, 'text/html')).toBe(false);
    expect(acceptsRoot({}, 'message/cpim')).toBe(false);
  });

  it.each([
    ['text/html', 'yes'],
    ['text/plain', 'yes'],
    ['image/png', 'yes'],
    ['audio/ogg', 'no'],
  ] as const)('%s in message/cpim: %s', (type, outcome) => {
    expect(acceptsWrapped(chat, 'message/cpim', type)).toBe(outcome);
  });

  it('takes nothing in a container that is not welcome itself', () => {
    expect(acceptsWrapped(chat, 'multipart/mixed', 'text/plain')).toBe('no');
  });

  it('leaves open what no list of wrapped types speaks of', () => {
    expect(acceptsWrapped({ acceptTypes: ['message/cpim'] }, 'message/cpim', 'text/plain')).toBe('open');
    expect(acceptsWrapped({ acceptTypes: ['*'] }, 'message/cpim', 'text/plain')).toBe('yes');
  });
});

describe('list entries', () => {
  it.each(['*', 'text/*', 'text/plain', 'text/plain;charset=utf-8', 'a/b;c="d e"', '*;q=1'])(
    '%s has the form',
    (entry) => {
      expect(isTypeEntry(entry)).toBe(true);
    },
  );

  it.each(['', 'text', 'text/', '/plain', 'text/plain,', 'text/plain;', 'a/b/c', 'a b/c'])('"%s" has not', (entry) => {
    expect(isTypeEntry(entry)).toBe(false);
  });

  it('lose parameters and case for comparison', () => {
    expect(bareType(' Text/Plain ;Charset=UTF-8')).toBe('text/plain');
  });

  it.each([
    [['message/cpim'], true],
    [['text/plain', 'multipart/mixed'], true],
    [['*'], true],
    [['message/*'], true],
    [['multipart/*'], true],
    [['text/plain'], false],
    [[], false],
  ])('%o lists a container: %s', (list, outcome) => {
    expect(listsContainer(list)).toBe(outcome);
  });
});
