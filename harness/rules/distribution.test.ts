import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { Conversation } from '../conversation/conversation.ts';
import { type ScriptedOctets, scriptedLog, scriptedSend } from '../wire/scripted-log.fixture.ts';
import { distributionRules } from './distribution.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));
const hello = { from: 'sip:alice@x', to: 'sip:room@x', content: 'hello canary-1' };
const sent = scriptedSend('alice', 'sent', { id: 'sent12345678', ...hello });
const atBob = scriptedSend('bob', 'received', { id: 'copy12345678', ...hello });

function verdicts(script: readonly ScriptedOctets[]): Record<string, string> {
  const conversation = new Conversation(scriptedLog(script));
  const findings = distributionRules.flatMap((rule) => rule.judge(conversation, catalogue));
  return Object.fromEntries(findings.map((finding) => [finding.rule, finding.verdict]));
}

describe('rules of distribution', () => {
  it('pass an ordinary message', () => {
    expect(verdicts([sent, atBob])).toEqual({ 'only-cpim': 'pass', 'no-echo': 'pass', 'exactly-once': 'pass' });
  });

  it('judge nothing where nothing passed', () => {
    expect(verdicts([])).toEqual({});
  });

  it('convict an echo', () => {
    const echo = scriptedSend('alice', 'received', { id: 'echo12345678', ...hello });
    expect(verdicts([sent, atBob, echo])['no-echo']).toBe('fail');
  });

  it('judge no echo of a private message to oneself', () => {
    const self = { from: 'sip:alice@x', to: 'sip:alice@x', content: 'note canary-2' };
    const script = [
      scriptedSend('alice', 'sent', { id: 'self12345678', ...self }),
      scriptedSend('alice', 'received', { id: 'back12345678', ...self }),
    ];
    expect(verdicts(script)['no-echo']).toBeUndefined();
  });

  it.each([
    ['under another Message-ID', 'copz12345678'],
    ['under the same Message-ID', 'copy12345678'],
  ])('convict a second copy %s', (_what, id) => {
    expect(verdicts([sent, atBob, scriptedSend('bob', 'received', { id, ...hello })])['exactly-once']).toBe('fail');
  });

  it('let the same text pass as often as it was sent', () => {
    const again = scriptedSend('alice', 'sent', { id: 'sent22345678', ...hello });
    const copy = scriptedSend('bob', 'received', { id: 'copz12345678', ...hello });
    expect(verdicts([sent, again, atBob, copy])['exactly-once']).toBe('pass');
  });

  it('convict a message without wrapper', () => {
    const bare = scriptedSend('bob', 'received', { id: 'bare12345678', ...hello, contentType: 'text/plain' });
    expect(verdicts([sent, bare])['only-cpim']).toBe('fail');
  });
});
