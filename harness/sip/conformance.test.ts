import { expect, test } from 'vitest';
import { parseSipDatagram } from '../codec/sip/parser.ts';
import { validateSip } from '../codec/sip/validate.ts';
import { seededRandom } from '../net/seeded-random.ts';
import { brief, TestAgents } from './agents.fixture.ts';
import type { Call } from './call.ts';
import { DigestGuard } from './digest-guard.ts';

const ROOM = 'sip:room@example.org';

test('no message of ours breaks a rule, whatever we do', async () => {
  let theirs: Call | undefined;
  const guard = new DigestGuard({
    clock: { now: () => 0, date: () => new Date(0), after: () => ({ cancel: () => {} }) },
    random: seededRandom('guard'),
    realm: 'example.org',
    passwordOf: () => 'secret',
  });
  let invites = 0;
  const agents = await new TestAgents({
    alice: { credentials: { username: 'alice', password: 'secret' }, displayName: 'Alice "A"' },
    focus: { guard, contactParameters: ['isfocus'] },
    handlers: {
      invite: (invite) => {
        invites += 1;
        if (invites > 1) return;
        invite.ring();
        theirs = invite.accept({ body: 'v=0\r\n', contentType: 'application/sdp' });
      },
      subscribe: (subscribe) =>
        void subscribe.accept({ content: () => ({ body: '<x/>', contentType: 'application/conference-info+xml' }) }),
      refer: (refer) => void refer.accept()?.report(200),
    },
  }).start();
  const { alice } = agents;
  await agents.run(alice.request('OPTIONS', { to: ROOM }));
  const joined = await agents.run(alice.invite({ to: ROOM, body: 'v=0\r\n', contentType: 'application/sdp' }).outcome);
  if (joined.kind !== 'accepted') throw new Error(joined.kind);
  const subscription = alice.subscribe({
    to: ROOM,
    event: 'conference;id=1',
    expires: 600,
    accept: ['application/conference-info+xml'],
  });
  await agents.run(subscription.outcome);
  await agents.pass(1000);
  await agents.run(subscription.unsubscribe());
  await agents.run(alice.refer({ to: ROOM, referTo: '<sip:carol@example.org>' }).ended);
  const refused = [
    alice.request('PUBLISH', { to: ROOM }),
    alice.request('FROB', { to: ROOM }),
    alice.request('OPTIONS', { to: ROOM, headers: [['Require', 'foo']] }),
    alice.request('BYE', { to: `<${ROOM}>;tag=unknown` }),
    alice.subscribe({ to: ROOM, event: 'presence' }).outcome,
  ];
  await agents.run(Promise.all(refused));
  await agents.run(Promise.all([joined.call.invite().outcome, theirs?.invite({ glare: 'report' }).outcome]));
  const pending = alice.invite({ to: ROOM });
  await agents.run(pending.cancel());
  await agents.run(pending.outcome);
  await agents.run(joined.call.bye());
  await agents.pass(40_000);
  await agents.close();

  const sent = agents.seen.filter(({ direction }) => direction === 'sent');
  const broken = sent.flatMap(({ actor, text }) => {
    const parsed = parseSipDatagram(Buffer.from(text));
    if (!parsed.ok) return [parsed.error];
    const { message, defects } = parsed.value;
    return validateSip(message, defects).map(
      (violation) => `${actor} ${brief(message)}: ${violation.requirement} ${violation.message}`,
    );
  });
  expect(broken).toEqual([]);
  const kinds = new Set(sent.map(({ message }) => brief(message)));
  for (const kind of [
    '401 INVITE',
    '180 INVITE',
    '487 INVITE',
    '491 INVITE',
    '488 INVITE',
    '420 OPTIONS',
    '405 PUBLISH',
    '501 FROB',
    '481 BYE',
    '489 SUBSCRIBE',
    '202 REFER',
    'CANCEL',
    'NOTIFY',
  ])
    expect(kinds).toContain(kind);
});
