import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { headerOf } from '../codec/msrp/message.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import type { Alteration, WireRewriting } from '../focus/alteration.ts';
import type { Decisions } from '../focus/decisions.ts';
import { referenceDecisions } from '../focus/reference-decisions.ts';
import type { ReportEffect } from '../focus/room-events.ts';
import { realClock } from '../net/real-clock.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { type LoadedScenario, parseScenarios } from '../scenario/load.ts';
import { formatProblem } from '../scenario/problem.ts';
import { DEFAULT_PATIENCE } from '../scenario/stage.ts';
import { roomPatterns } from '../sut/own-rooms.ts';
import { headline } from '../wire/text.ts';
import type { Arena } from './arena.ts';
import { Ending } from './ending.ts';
import { type Played, play } from './play.ts';
import { run } from './run.ts';
import { focusArena } from './simulation.ts';

const catalogue = loadCatalogue(fileURLToPath(new URL('../../scenarios/requirements', import.meta.url)));

function scenarioOf(text: string): LoadedScenario {
  const parsed = parseScenarios('x', 'x.yaml', `title: x\ncovers: [RFC7701-6.1-15]\n${text}`, catalogue);
  if (!parsed.ok) throw new Error(parsed.error.map(formatProblem).join('\n'));
  const [scenario] = parsed.value;
  if (scenario === undefined) throw new Error('no scenario');
  return scenario;
}

/** Plays a scenario against the focus in memory with some other decisions, or with what it writes rewritten. */
async function played(
  text: string,
  different: Partial<Decisions> = {},
  wire?: NonNullable<Alteration['wire']>,
): Promise<Played> {
  const alteration = { decisions: () => different, ...(wire === undefined ? {} : { wire }) };
  const entered = await focusArena(roomPatterns([{}]), 'focus', alteration).enter('language', 'language');
  const { world, sut } = entered;
  const setting = {
    world,
    sut,
    catalogue,
    capabilities: new Set<string>(),
    patience: DEFAULT_PATIENCE,
    ending: new Ending(new AbortController().signal),
    suspect: () => {},
  };
  const result = await world.run(play(scenarioOf(text), setting, seededRandom('language')));
  await entered.leave();
  return result;
}

/** Findings of the steps, each once, without those on the octets of a copy. */
const verdicts = ({ findings }: Played): string[] => [
  ...new Set(
    findings.flatMap(({ step, verdict, requirements }) =>
      step === undefined || requirements.includes('RFC7701-6.1-17') ? [] : [`${step}: ${verdict}`],
    ),
  ),
];

const actual = ({ findings }: Played, step: string): string | undefined =>
  findings.find((one) => one.step === step)?.actual;

/** Answers 200 where the reference refuses, and tells what it found by a REPORT (RFC 4975 §7.1.4). */
function lateRefusals(): Partial<Decisions> {
  let head: Pick<ReportEffect, 'toPath' | 'messageId'> = { toPath: '', messageId: '' };
  return {
    outgoing(effects, event, room) {
      if (event.type === 'chunk-head') {
        const { head: send } = event;
        head = { toPath: headerOf(send, 'From-Path') ?? '', messageId: headerOf(send, 'Message-ID') ?? '' };
      }
      return referenceDecisions.outgoing(effects, event, room).flatMap((effect) => {
        if (effect.type !== 'respond' || effect.status !== 403) return [effect];
        const range = { start: 1, end: 1, total: 1 };
        const report = {
          type: 'report',
          session: effect.session,
          ...head,
          range,
          status: 403,
          body: undefined,
        } as const;
        return [{ ...effect, status: 200 }, report];
      });
    },
  };
}

const FALSE_NAME = `cast: [alice, bob, carol]
steps:
  - alice: { send: { from: bob, text: I am Bob } }
    as: false-name
    expect: EXPECTED
  - carol: { receives: false-name }
`;

describe('a refusal', () => {
  it('in the response is what a step waits for', async () => {
    const text = FALSE_NAME.replace('EXPECTED', '403').replace(/ {2}- carol.*\n/, '');
    expect(verdicts(await played(text))).toEqual(['1: alice send: pass']);
  });

  it('in a REPORT behind a 200 is a warning, and nobody is owed the message', async () => {
    const result = await played(FALSE_NAME.replace('EXPECTED', '403'), lateRefusals());
    expect(verdicts(result)).toEqual(['1: alice send: warn', '2: carol receives: inconclusive']);
    expect(actual(result, '1: alice send')).toBe('200, then a REPORT with Status 000 403');
  });

  it('in a REPORT does not excuse a copy', async () => {
    const late = lateRefusals();
    const judge: Decisions['judge'] = () => ({ kind: 'room' });
    const outgoing: Decisions['outgoing'] = (effects, event, room) => {
      const refused = effects.map((one) => (one.type === 'respond' ? { ...one, status: 403 } : one));
      return late.outgoing?.(refused, event, room) ?? effects;
    };
    const result = await played(FALSE_NAME.replace('EXPECTED', '403'), { judge, outgoing });
    expect(verdicts(result)[0]).toBe('1: alice send: fail');
    expect(actual(result, '1: alice send')).toBe('200, then a REPORT with Status 000 403, and a copy to others');
  });

  it('with another code in the REPORT is a miss', async () => {
    const result = await played(FALSE_NAME.replace('EXPECTED', '404'), lateRefusals());
    expect(verdicts(result)[0]).toBe('1: alice send: fail');
  });

  it('that is tolerated leaves open what was to follow', async () => {
    const result = await played(FALSE_NAME.replace('EXPECTED', '{ status: 200, tolerated: [403] }'));
    expect(verdicts(result)).toEqual(['1: alice send: warn', '2: carol receives: inconclusive']);
  });

  it('that is needed to be none ends the scenario', async () => {
    const text = FALSE_NAME.replace('EXPECTED', '{ status: 200, tolerated: [403] }\n    needed: true');
    expect(verdicts(await played(text))).toEqual(['1: alice send: warn', '2: inconclusive']);
  });

  it('of the stream alone, by port 0 in the answer to a re-INVITE, counts like 488', async () => {
    const answers = { count: 0 };
    const refuseSecond = (message: SipMessage): SipMessage => {
      if (message.kind !== 'response' || !message.body.includes('m=message')) return message;
      answers.count += 1;
      const body = message.body.toString('latin1').replace(/m=message \d+/, 'm=message 0');
      return answers.count < 3 ? message : { ...message, body: Buffer.from(body, 'latin1') };
    };
    const wire = (): WireRewriting => ({ sipWritten: (message) => [refuseSecond(message)] });
    const text = 'cast: [alice, bob]\nsteps:\n  - bob: { renegotiate: {} }\n    expect: refused\n';
    expect(verdicts(await played(text))).toEqual(['1: bob renegotiate: fail']);
    const refused = await played(text, {}, wire);
    expect(verdicts(refused)).toEqual(['1: bob renegotiate: pass']);
    expect(actual(refused, '1: bob renegotiate')).toContain('port 0');
  });
});

describe('silence that is allowed', () => {
  const octets = (expectation: string): string => `cast: [alice, bob]
steps:
  - alice: { raw: { msrp: "MSRP {tid} SEND\\nTo-Path: {to-path}\\nMessage-ID: {message-id}\\n-------{tid}$\\n" } }
    expect: ${expectation}
`;

  it('is concluded from a later request and not waited for', async () => {
    const result = await played(octets('{ status: [400], silence: passes }'));
    expect(verdicts(result)).toEqual(['1: alice raw: pass']);
    expect(actual(result, '1: alice raw')).toBe('no answer (a later request was answered)');
    expect(result.durationMs).toBeLessThan(1_000);
  });

  it('is a warning where the step says so', async () => {
    const result = await played(octets('{ status: [400], silence: warns }'));
    expect(verdicts(result)).toEqual(['1: alice raw: warn']);
  });
});

describe('a race', () => {
  const race = (outcome: string): string => `cast: [alice, bob, carol]
let: { name: "{nickname}" }
steps:
  - together:
      - alice: { leave: {} }
        expect: 200
      - bob: { nickname: "{name}" }
      - carol: { nickname: "{name}" }
    expect: { ${outcome}: 200, others: 425 }
`;
  const nobody: Partial<Decisions> = { isTaken: () => true };
  const everybody: Partial<Decisions> = { isTaken: () => false };

  it.each<[string, string, Partial<Decisions>, string]>([
    ['has one winner', 'exactly-one', {}, 'pass'],
    ['has one winner', 'at-most-one', {}, 'pass'],
    ['that nobody wins is a miss', 'exactly-one', nobody, 'fail'],
    ['that nobody wins may be a warning', 'at-most-one', nobody, 'warn'],
    ['that all win is a miss', 'at-most-one', everybody, 'fail'],
  ])('%s (%s)', async (_what, outcome, different, verdict) => {
    expect(verdicts(await played(race(outcome), different)).at(-1)).toBe(`1: together: ${verdict}`);
  });
});

describe('what reaches others', () => {
  const odd = (scene: string): string => `cast: [alice, bob]
steps:
  - alice: { raw: { msrp: "MSRP {tid} SEND\\nTo-Path: {to-path}\\nFrom-Path: {from-path}\\nMessage-ID: {message-id}\\nByte-Range: 1-*/*\\nContent-Type: message/cpim\\n\\nFrom: <{from}>\\nTo: <{to}>\\n\\nContent-Type: text/plain\\n\\nHello {canary}\\n-------{tid}$\\n" } }
    as: odd
    expect: 200
  - ${scene}
`;
  const upper: Partial<Decisions> = {
    relayedContent: (content) => Buffer.from(content.toString('latin1').replace('Hello', 'HELLO'), 'latin1'),
  };

  it.each<[string, Partial<Decisions>, string]>([
    ['nobody: { receives: odd }', {}, '2: nobody receives: fail'],
    ['nobody: { receives: odd }', { roomRecipients: () => [] }, '2: nobody receives: inconclusive'],
    ['nobody: { receives-altered: odd }', {}, '2: nobody receives-altered: pass'],
    ['nobody: { receives-altered: odd }', upper, '2: nobody receives-altered: fail'],
    ['nobody: { receives-whole: odd }', {}, '2: nobody receives-whole: fail'],
    ['bob: { receives: odd }', {}, '2: bob receives: pass'],
    ['bob: { receives-begun: odd }', {}, '2: bob receives-begun: pass'],
    ['bob: { receives-begun: odd }', { roomRecipients: () => [] }, '2: bob receives-begun: fail'],
  ])('%s', async (scene, different, verdict) => {
    expect(verdicts(await played(odd(scene), different))).toContain(verdict);
  });

  it('is told from what the room itself says', async () => {
    const text = `cast:
  alice:
  leo: { chatroom: none }
steps:
  - alice: { send: Hello }
  - leo: { gets-notice: {} }
  - leo: { gets-notice: { naming: [alice] } }
`;
    expect(verdicts(await played(text)).slice(1)).toEqual(['2: leo gets-notice: pass', '3: leo gets-notice: pass']);
    const silent = await played(text, { notices: () => [] });
    expect(verdicts(silent).slice(1)).toEqual(['2: leo gets-notice: fail', '3: leo gets-notice: fail']);
  });

  it('is told by session on a connection that two share', async () => {
    const result = await played(`cast:
  alice:
  bob: { shares-connection-with: alice }
  carol:
steps:
  - alice: { send: Hello }
    as: hello
  - bob: { receives: hello }
  - carol: { receives: hello }
  - nobody-else: { receives: hello }
  - bob: { leave: {} }
`);
    expect(result.verdict).toBe('pass');
    const msrp = result.entries.filter(({ content }) => content.protocol === 'msrp');
    expect(new Set(msrp.map(({ actor }) => actor))).toEqual(new Set(['alice', 'carol']));
    expect(new Set(msrp.filter(({ actor }) => actor === 'alice').map(({ connection }) => connection)).size).toBe(1);
  });
});

describe('a recipient', () => {
  it('reports on its copy and answers with words', async () => {
    const { entries } = await played(`cast: [alice, bob]
steps:
  - bob: { answers: { status: 413, comment: Much too much } }
  - alice: { send: Hello }
    as: hello
  - bob: { receives: hello }
  - bob: { reports: { message: hello, status: 403, range: 1-3/*, comment: No } }
  - alice: { gets-no-report: { message: hello } }
`);
    const sentByBob = entries.filter(({ actor, direction }) => actor === 'bob' && direction === 'sent');
    const texts = sentByBob.map(({ octets }) => octets.toString('latin1'));
    expect(texts.some((text) => / 413 Much too much\r\n/.test(text))).toBe(true);
    expect(texts.find((text) => / REPORT\r\n/.test(text))).toMatch(/Byte-Range: 1-3\/\*\r\nStatus: 000 403 No\r\n/);
    expect(sentByBob.map(headline).join('\n')).toContain('REPORT');
  });
});

describe('what works', () => {
  const text = `cast: [alice, bob]
steps:
  - alice: { nickname: "{nickname}" }
  - alice: { send: { to: bob, text: Psst } }
  - alice: { sees-in-answer: { announces-what-works: true } }
`;
  const nothing: Partial<Decisions> = {
    chatroomTokens: () => [],
    isTaken: () => true,
    judge: () => ({ kind: 'refused', status: 428, reaches: [] }),
  };

  it.each<[string, Partial<Decisions>, string]>([
    ['is announced', {}, 'pass'],
    ['is not announced', { chatroomTokens: () => [] }, 'fail'],
    ['is announced in part', { chatroomTokens: () => ['nickname'] }, 'fail'],
    ['is nothing, and nothing is announced', nothing, 'pass'],
  ])('%s', async (_what, different, verdict) => {
    const seen = (await played(text, different)).findings.filter(({ step }) => step === '3: alice sees-in-answer');
    expect(seen.length).toBe(2);
    expect(seen.some((one) => one.verdict === 'fail') ? 'fail' : 'pass').toBe(verdict);
  });
});

describe('what the focus sends by itself', () => {
  const cast = 'cast: { alice: {}, bob: {}, carol: { joins: false }, dave: { joins: false } }\nsteps:\n';

  it('is a NOTIFY with the roster, and one that ends the subscription', async () => {
    const result = await played(`${cast}  - alice: { fetches-roster: { alice: present, bob: present, carol: absent } }
  - alice: { subscription-ends: { reason: timeout } }
  - bob: { fetches-roster: { alice: absent } }
  - bob: { sees-roster: { alice: present } }
  - bob: { subscription-ends: {} }
  - bob: { unsubscribe: {} }
  - bob: { subscription-ends: { reason: rejected } }
`);
    expect(verdicts(result)).toEqual([
      '1: alice fetches-roster: pass',
      '2: alice subscription-ends: pass',
      '3: bob fetches-roster: fail',
      '4: bob sees-roster: pass',
      '5: bob subscription-ends: fail',
      '6: bob unsubscribe: pass',
      '7: bob subscription-ends: fail',
    ]);
    expect(actual(result, '7: bob subscription-ends')).toBe('terminated;reason=timeout');
  });

  it('is no NOTIFY after one that was refused', async () => {
    const rest =
      '  - carol: { join: {} }\n  - alice: { sees-roster: { carol: present } }\n  - bob: { gets-no-notify: {} }\n';
    const before = `${cast}  - bob: { sees-roster: { alice: present } }\n`;
    const last = async (steps: string): Promise<string | undefined> => verdicts(await played(steps)).at(-1);
    expect(await last(`${before}  - bob: { answers-notify: 481 }\n${rest}`)).toBe('5: bob gets-no-notify: pass');
    expect(await last(`${before}${rest}`)).toBe('4: bob gets-no-notify: inconclusive');
  });

  it('is BYE to who never acknowledges, in time', async () => {
    const steps = '  - carol: { join: { ack: never } }\n  - pause: { seconds: 60 }\n  - carol: { gets-bye: {} }\n';
    const never = await played(`simulated: true\n${cast}${steps}`);
    expect(verdicts(never)).toEqual(['1: carol join: pass', '3: carol gets-bye: pass']);
    const always = await played(`simulated: true\n${cast}${steps.replace(' ack: never ', '')}`);
    expect(verdicts(always)).toEqual(['1: carol join: pass', '3: carol gets-bye: fail']);
  });

  it('is the offer to who has made none, and the ACK answers it', async () => {
    const result = await played(`${cast}  - carol: { join: { offer: late } }
  - everyone: { chats: {} }
  - carol: { renegotiate: { offer: late } }
  - everyone: { chats: {} }
`);
    expect(result.verdict).toBe('pass');
    const bodies = result.entries.flatMap(({ actor, direction, content }) =>
      actor === 'carol' && direction === 'sent' && content.protocol === 'sip' && content.message.kind === 'request'
        ? [[content.message.method, content.message.body.includes('a=path:')]]
        : [],
    );
    expect(bodies).toEqual([
      ['INVITE', false],
      ['ACK', true],
      ['INVITE', false],
      ['ACK', true],
      ['BYE', false],
    ]);
  });
});

describe('simulated time', () => {
  const TEXT = `simulated: true
cast: [alice, bob]
steps:
  - pause: { seconds: 5000 }
  - everyone: { chats: {} }
`;

  it('passes where a scenario pauses', async () => {
    const result = await played(TEXT);
    expect(result.verdict).toBe('pass');
    expect(result.durationMs).toBeGreaterThan(5_000_000);
  });

  it('is needed, so that a run in real time leaves the scenario out', async () => {
    const arena = focusArena(roomPatterns([{}]), 'focus');
    const ranIn = async (time: Arena['time']): Promise<unknown> => {
      const outcome = await run(
        {
          scenarios: [scenarioOf(TEXT)],
          arena: { ...arena, time },
          catalogue,
          patience: DEFAULT_PATIENCE,
          reading: 'tolerant',
          seed: 's',
          jobs: 1,
          argv: [],
          version: '0',
          date: () => realClock.date(),
          now: () => realClock.now(),
          signal: new AbortController().signal,
        },
        {},
      );
      return outcome.kind === 'judged' ? [outcome.record.summary.total, outcome.record.leftOut] : outcome.reason;
    };
    expect(await ranIn('simulated')).toEqual([1, undefined]);
    expect(await ranIn('real')).toEqual([0, ['x']]);
  });
});
