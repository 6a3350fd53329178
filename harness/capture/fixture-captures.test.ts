import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../runner/simulated-run.fixture.ts';
import { checkCapture } from './check.ts';
import { readMessages } from './messages.ts';
import type { Parties } from './parties.ts';

const folder = fileURLToPath(new URL('../../fixtures/captures', import.meta.url));

interface Checked {
  readonly parties: Parties;
  /** `party verdict rule requirement, frames`. */
  readonly told: readonly string[];
}

async function check(file: string): Promise<Checked> {
  const told: string[] = [];
  const { parties } = await checkCapture(
    async (onItem) => {
      const read = await readMessages(`${folder}/${file}`, onItem);
      if (!read.ok) throw new Error(read.error);
      return read.value;
    },
    { catalogue },
    {
      judged({ log }, judged) {
        for (const { party, findings } of judged)
          for (const { verdict, rule, requirements, evidence } of findings) {
            if (verdict !== 'fail' && verdict !== 'warn') continue;
            const who = party.role === 'focus' ? 'focus' : party.participant.name;
            const frames = evidence.slice(0, 2).flatMap((index) => log.entries[index]?.frames ?? []);
            told.push(`${who} ${verdict} ${rule} ${requirements.join(' ')}, frame ${frames.join(' ')}`);
          }
      },
    },
  );
  return { parties, told };
}

/** What is wrong in them, looked up by hand: each line can be shown by the text of the RFC and the octets of these frames. */
const DEVIATIONS = {
  main: [
    'focus fail content-unchanged RFC7701-6.1-17, frame 110 113',
    'focus fail reaches-all RFC7701-6.2-21 RFC7701-6.2-27 RFC7701-3-04, frame 131 169',
    'focus fail unknown-recipient-refused RFC7701-6.2-11 RFC7701-6.2-12, frame 137 138',
    'focus fail reports RFC7701-6.2-18, frame 131 135',
    'focus fail nicknames-unique RFC7701-7-04 RFC7701-11-11, frame 80 88',
    'focus fail nicknames-unique RFC7701-7.1-26, frame 80 88',
    'focus warn nicknames-unquoted RFC7701-7.1-34, frame 80 88',
    'focus fail nicknames-unquoted RFC7701-7.3-01, frame 188 194',
    'focus warn document-versions RFC4575-5.2-01, frame 36',
    'focus warn abilities-told RFC4579-3.1-01, frame 15',
    'focus warn abilities-told RFC4579-5.13-02, frame 15',
    'focus warn sip-syntax RFC6665-4.2.2-06, frame 295 297',
    'focus warn sdp-syntax RFC3264-5-01, frame 15 47',
    'focus fail cpim-syntax RFC3862-2-01, frame 113 122',
    'alice warn session-uris RFC4975-8.2-09, frame 11',
    'alice warn msrp-syntax RFC4975-7.1-02, frame 21 33',
    'bob warn session-uris RFC4975-8.2-09, frame 43',
    'bob warn msrp-syntax RFC4975-7.1-02, frame 53 73',
    'bob fail msrp-syntax RFC7701-7.1-33, frame 202',
    'carol warn session-uris RFC4975-8.2-09, frame 145',
    'carol warn msrp-syntax RFC4975-7.1-02, frame 155 176',
  ],
  'sipsimple-client': [
    'focus fail reaches-all RFC7701-6.2-21 RFC7701-6.2-27 RFC7701-3-04, frame 113 152',
    'focus warn chunks-add-up RFC4975-7.1.1-22, frame 108',
    'focus fail reports RFC7701-6.2-18, frame 113 116',
    'focus warn document-versions RFC4575-5.2-01, frame 30',
    'focus warn abilities-told RFC4579-3.1-01, frame 8',
    'focus warn abilities-told RFC4579-5.13-02, frame 8',
    'focus warn msrp-syntax RFC4975-7.1.1-20, frame 108',
    'focus warn msrp-syntax RFC4975-7.1.1-22, frame 108',
    'focus warn sip-syntax RFC6665-4.2.2-06, frame 153 177',
    'focus warn sdp-syntax RFC3264-5-01, frame 8 44',
    'focus fail cpim-syntax RFC3862-2-01, frame 61 63',
    'alice warn session-uris RFC4975-8.2-09, frame 4',
    'alice warn msrp-syntax RFC4975-7.1-02, frame 14 26',
    'alice fail msrp-syntax RFC7701-7.1-33, frame 26',
    'dora warn chunks-add-up RFC4975-7.1.1-22, frame 103',
    'dora fail msrp-syntax RFC7701-7.1-33, frame 83 120',
    'dora warn msrp-syntax RFC4975-7.1.1-20, frame 103',
    'dora warn msrp-syntax RFC4975-7.1.1-22, frame 103',
    'dora warn sdp-syntax RFC3264-5-01, frame 40',
    'dora warn sdp-syntax RFC4975-8.6-04, frame 40',
    'dora warn sdp-syntax RFC4975-8.6-09, frame 40',
    'dora fail cpim-syntax RFC3862-2-01, frame 55 93',
  ],
};

describe.each(Object.entries(DEVIATIONS))('the capture %s of a third-party server', (name, deviations) => {
  it.each(['pcap', 'pcapng'])('as %s shows its known deviations, and accuses of nothing else', async (kind) => {
    const { told, parties } = await check(`${name}.${kind}`);
    expect(told).toEqual(deviations);
    expect(parties.gatherings).toHaveLength(1);
    expect(parties.gatherings[0]?.shownBy).toEqual(['isfocus in Contact', 'conference events']);
    expect(parties.gatherings[0]?.focusAt[0]).toBe('127.0.0.1:5060');
  });
});

describe('who is who in them', () => {
  it('is told by Contact and address of record', async () => {
    const { parties } = await check('main.pcap');
    expect(
      parties.gatherings[0]?.participants.map(({ name, identity, place }) => `${name} ${identity} ${place}`),
    ).toEqual([
      'early sip:early@example.com 127.0.0.1:37878',
      'alice sip:alice@example.com 127.0.0.1:37886',
      'bob sip:bob@example.com 127.0.0.1:37898',
      'carol sip:carol@example.com 127.0.0.1:37902',
    ]);
  });
});
