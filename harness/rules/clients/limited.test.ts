import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { bindsClient } from '../../catalogue/roles.ts';
import { Conversation } from '../../conversation/conversation.ts';
import { SimulatedClock } from '../../net/simulated-clock.ts';
import { WireLog } from '../../wire/log.ts';
import type { Rule } from '../rule.ts';
import { limitedToClients } from './limited.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../../scenarios/requirements', import.meta.url)));
const conversation = new Conversation(new WireLog(new SimulatedClock()));

const ruleOn = (...requirements: string[]): Rule => ({
  id: 'rule',
  about: 'a rule',
  judge: () => [
    { requirements, verdict: 'fail', message: 'the switch and the focus are wrong', rule: 'rule', evidence: [] },
  ],
});

describe('a rule limited to clients', () => {
  it('holds nothing against a client that binds a focus alone', () => {
    expect(catalogue.get('RFC7701-6.1-16')?.role).toBe('switch');
    const findings = limitedToClients(ruleOn('RFC7701-6.1-16', 'RFC4975-7.1-03')).judge(conversation, catalogue);
    expect(findings.map(({ requirements }) => requirements)).toEqual([['RFC4975-7.1-03']]);
    expect(limitedToClients(ruleOn('RFC7701-6.1-16')).judge(conversation, catalogue)).toEqual([]);
  });

  it('speaks of the client', () => {
    const [finding] = limitedToClients(ruleOn('RFC4975-7.1-03')).judge(conversation, catalogue);
    expect(finding?.message).toBe('the client and the client are wrong');
  });

  it('takes whoever sends or receives for a client, and no switch, focus or notifier', () => {
    const roles = new Set(catalogue.requirements.filter(bindsClient).map(({ role }) => role));
    for (const role of ['sender', 'receiver', 'participant', 'recipient', 'any']) expect(roles).toContain(role);
    for (const role of ['switch', 'focus', 'notifier', 'relay']) expect(roles).not.toContain(role);
  });
});
