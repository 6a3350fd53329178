import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Alteration } from '../focus/alteration.ts';
import { mutants } from '../focus/mutants/index.ts';
import { catalogue, suiteBelow } from '../runner/simulated-run.fixture.ts';
import { type LoadedScenario, parseScenarios } from '../scenario/load.ts';
import { readMessages } from './messages.ts';
import { playedInMemory, recorded, scripted } from './replayed.fixture.ts';
import { roomScriptsOf } from './room-scripts.ts';
import { scriptOf } from './script.ts';

const suite = suiteBelow('').filter(({ scenario }) => scenario.role !== 'participant');

function named(id: string): LoadedScenario {
  const found = suite.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no scenario ${id}`);
  return found;
}

/** What came out otherwise than captured: step, what was captured, what came. */
async function differences(scenario: LoadedScenario, alteration?: Alteration): Promise<string[]> {
  const { result } = await playedInMemory(scenario, alteration);
  const { compared = [] } = result;
  if (compared.length === 0) throw new Error(`${result.id} compares nothing`);
  return compared
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ step, expected, actual }) => `${step}: ${expected} / ${actual}`);
}

describe('a recorded run, replayed against the same focus', () => {
  const replayed = async (scenario: LoadedScenario) => {
    const { script, scenario: replay } = scripted(await recorded(scenario));
    expect(script.figures.steps).toBeGreaterThan(0);
    return { script, differing: await differences(replay) };
  };

  // A sample of every folder.
  const sample = suite.filter((_, i) => i % 13 === 0);

  it.each(sample.map((scenario) => [scenario.id, scenario] as const))(
    '%s comes out as captured',
    async (_id, scenario) => {
      expect((await replayed(scenario)).differing).toEqual([]);
    },
  );

  it.each([
    ['rfc3261/no-ack-of-a-change', 'the 200 is never acknowledged'],
    ['rfc3261/no-from-tag', 'its INVITE is out of form'],
    ['rfc3264/stream-given-up', 'no participant makes such an offer'],
    ['rfc4975/answers/error-in-mid-message/400', 'does not get the whole of a message'],
    ['rfc4975/malformed/chunks-out-of-form/t017-used-again', 'a transaction id that it uses twice'],
    ['rfc4975/malformed/first-requests/t175-refused-type', 'the first request of mallory'],
    ['rfc4975/odd-answers-of-a-recipient/481', 'once bob has answered that there is no such session'],
    ['rfc4975/overlaps/other-content/end-of-the-later-chunk', 'one chunk contradicts another'],
    ['rfc4975/stop-by-report', 'does not get the whole of a message'],
    ['rfc4975/tls/certificate-of-another', 'certificates are not seen'],
    ['rfc6135/setup-passive', 'the room was to open it'],
    ['rfc7701/6.1-room-messages/chunk-timer-runs-out', 'a message of alice that takes'],
    ['rfc7701/6.1-room-messages/stalled-reader-delays-nobody', 'while it reads slowly'],
    ['rfc7701/7-nicknames/reserved', 'a nickname that alice does not get'],
    ['sip/malformed/bodies/39-unknown-type', 'INVITE of bob, which is out of form and was refused'],
    ['sip/malformed/later-descriptions/57-fewer-lines', 'from an INVITE beside its own stay on'],
    ['sip/malformed/two-at-a-time', 'while another one is under way'],
    ['sip/malformed/outside-any-dialog/29-options', 'inside a dialog that is not in the capture'],
  ])('%s says what it leaves out, and differs in nothing', async (id, note) => {
    const { script, differing } = await replayed(named(id));
    expect(differing).toEqual([]);
    expect(script.omitted.join('\n')).toContain(note);
    expect(script.text).toContain('# Not in it:');
  });

  it.each(['rfc3264/another-path', 'rfc4975/sessions/lost-connection', 'sip/malformed/descriptions/42-no-version'])(
    '%s is said exactly',
    async (id) => {
      const { script, differing } = await replayed(named(id));
      expect([differing, script.omitted]).toEqual([[], []]);
    },
  );
});

describe('a recorded run, replayed against a mutant, differs where the mutant does', () => {
  it.each([
    ['anybody-has-any-nickname', 'rfc7701/7-nicknames/collision', '2: bob nickname: 425 / 200'],
    ['403-for-a-taken-nickname', 'rfc7701/9-examples/nickname', '2: alice nickname: 425 / 403'],
    ['swaps-424-and-425', 'rfc7701/9-examples/nickname', '2: alice nickname: 425 / 424'],
    ['no-removal', 'rfc7701/7-nicknames/removal', '2: alice nickname: 200 / 424'],
    ['own-nickname-is-taken', 'rfc7701/7-nicknames/own-name-again', '2: alice nickname: 200 / 425'],
    ['renegotiation-drops-the-nickname', 'rfc7701/7-nicknames/as-long-as-the-stay', '3: bob nickname: 425 / 200'],
    ['one-session-leaves-nickname-is-free', 'rfc7701/7-nicknames/second-session', '4: bob nickname: 425 / 200'],
    ['letter-case-counts', 'rfc7701/7-nicknames/pairs-that-collide/letter-case', '2: bob nickname: 425 / 200'],
    ['leaves-out-the-newest', 'rfc7701/9-examples/room-message', '3: charlie receives: the whole message / nothing'],
    ['echoes-to-the-sender', 'rfc7701/9-examples/room-message', '4: nobody else receives: no copy / a copy'],
    [
      'loses-large-messages',
      'rfc7701/6.1-room-messages/ten-thousand-octets',
      'bob receives: the whole message / nothing',
    ],
    ['private-to-all', 'rfc7701/6.2-private-messages/addressee-alone', '3: nobody else receives: no copy / a copy'],
    ['200-for-an-unknown-recipient', 'rfc7701/6.2-private-messages/unknown-recipient', '1: alice send: 404 / 200'],
    ['answers-408', 'rfc7701/6.2-private-messages/unknown-recipient', '1: alice send: 404 / 408'],
    [
      '200-for-a-recipient-without-support',
      'rfc7701/6.2-private-messages/recipient-unaware-of-chat-rooms',
      '1: alice send: 428 / 200',
    ],
    ['always-answers', 'rfc7701/6.3-reports/failure-report-no', 'alice send: silence / 200'],
    ['partial-means-no', 'rfc7701/6.3-reports/failure-report-partial', 'alice send: 403 / no answer'],
    ['absent-means-no', 'rfc7701/6.3-reports/failure-report-yes', '1: alice send: 200 / no answer'],
    ['answers-with-202', 'rfc7701/8-capabilities/asked-for-in-any-case', '1: alice nickname: 200 / 202'],
  ])('%s', async (mutant, id, first) => {
    const alteration = mutants.find(({ name }) => name === mutant);
    expect(alteration).toBeDefined();
    const { scenario } = scripted(await recorded(named(id)));
    const [difference = 'none'] = await differences(scenario, alteration);
    expect(difference).toContain(first);
  });
});

async function roomsOf(capture: string) {
  const path = fileURLToPath(new URL(`../../fixtures/captures/${capture}`, import.meta.url));
  return roomScriptsOf(
    async (onItem) => {
      const read = await readMessages(path, onItem);
      if (!read.ok) throw new Error(read.error);
      return read.value;
    },
    { catalogue, name: capture, messages: 100 },
  );
}

describe('captures of a third-party server and client drive the reference focus', () => {
  const replayed = async (capture: string): Promise<string[]> => {
    const { scripts } = await roomsOf(capture);
    expect(scripts).toHaveLength(1);
    const parsed = parseScenarios('replay', 'replay.yaml', scripts[0]?.script.text ?? '', catalogue);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const all: string[] = [];
    for (const scenario of parsed.value) all.push(...(await differences(scenario)));
    return all.map((line) => line.replace(/^[\d.]+: /, ''));
  };

  const unnamed = 'alice: none, bob: none, carol: none, early: absent';

  it.each(['main.pcapng', 'main.pcap'])('%s', async (capture) => {
    expect(await replayed(capture)).toEqual([
      'early subscribe: 480 / 200',
      // Plain strings are compared, and the quotes are part of them.
      'bob nickname: 200 / 425',
      // Private messages are answered and never delivered.
      'nobody receives: no copy / a copy',
      'alice send: 200 / 404',
      'alice gets-report: Status 000 200 / no REPORT',
      // The roster has nicknames in display-text alone.
      `alice sees-roster: ${unnamed} / alice: Alice the great, bob: Dopey Donkey, carol: none, early: absent`,
      `bob sees-roster: ${unnamed} / alice: Alice the great, bob: Dopey Donkey, carol: none, early: absent`,
      // "" is a name like any other.
      'carol nickname: 425 / 200',
      'bob nickname: 200 / 424',
      `bob sees-roster: ${unnamed.replace('alice: none', 'alice: absent')} / alice: absent, bob: none, carol: Alice the great, early: absent`,
    ]);
  });

  it('sipsimple-client.pcapng', async () => {
    expect(await replayed('sipsimple-client.pcapng')).toEqual([
      // Without quotes.
      'alice nickname: 200 / 424',
      'dora nickname: 200 / 424',
      'nobody receives: no copy / a copy',
      'dora nickname: 425 / 424',
      'dora nickname: 200 / 424',
      'dora nickname: 200 / 424',
    ]);
  });
});

describe('a script', () => {
  it('reads like a scenario that a person has written', async () => {
    const { script } = scripted(await recorded(named('rfc7701/7-nicknames/collision')));
    expect(script.text).toContain(
      [
        'cast: [ alice, bob ]',
        'let:',
        '  name-1: "{nickname}"',
        'steps:',
        '  - alice: { nickname: "{name-1}" }',
        '  - bob: { nickname: "{name-1}" }',
        '    expect: 425',
      ].join('\n'),
    );
  });

  it('ends behind so many messages, and says what it leaves out', async () => {
    const conversation = await recorded(named('rfc7701/6.1-room-messages/ten-thousand-octets'));
    const { omitted, figures, text } = scriptOf(conversation, {
      title: 'Cut',
      source: 'A test.',
      messages: 3,
      isWhole: true,
      missing: [],
    });
    expect(figures.messages).toBe(3);
    expect(omitted.join()).toMatch(/everything behind message 3,/);
    expect(text).not.toContain('as: m4');
  });
});
