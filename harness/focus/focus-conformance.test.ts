import { expect, test } from 'vitest';
import { validateConferenceBody } from '../codec/conference/validate.ts';
import { parseCpim } from '../codec/cpim/parse.ts';
import { validateCpim } from '../codec/cpim/validate.ts';
import type { MsrpMessage } from '../codec/msrp/message.ts';
import { headerOf } from '../codec/msrp/message.ts';
import { validateMsrp } from '../codec/msrp/validate.ts';
import { parseSdp } from '../codec/sdp/parse.ts';
import { validateSdp } from '../codec/sdp/validate.ts';
import { header } from '../codec/sip/headers.ts';
import type { SipMessage } from '../codec/sip/message.ts';
import { validateSip } from '../codec/sip/validate.ts';
import type { Violation } from '../codec/violation.ts';
import { pattern } from '../msrp/endpoints.fixture.ts';
import type { WireEntry } from '../wire/entry.ts';
import { DOMAIN, FocusStage, wrap } from './focus-stage.fixture.ts';

const ROOM = `sip:room@${DOMAIN}`;

test('the validators find nothing in what the focus sends', async () => {
  const policy = { chunkTimeoutMs: 10_000, quarantineMs: 1000, reservedNicknames: ['Admin'] };
  const stage = await FocusStage.open({ rooms: [{ name: 'room', policy }], rosterIntervalMs: 0 });
  const alice = await stage.joined('alice');
  await alice.subscribe();
  const bob = await stage.joined('bob', { media: { setup: 'actpass' } });
  const harry = await stage.joined('harry', { headers: [['Privacy', 'id']] });
  const lee = await stage.client('lee');
  await lee.join({ sdp: lee.offer().replace(/a=chatroom.*\r\n/, '') });
  expect(await (await stage.client('zoe')).join({ room: 'nowhere' })).toBe(404);
  expect(await (await stage.client('yve')).join({ media: { acceptTypes: ['text/plain'] } })).toBe(488);
  for (const nickname of ['"Al"', '"Admin"', 'Al', '""', '"\u00c4"']) await alice.nickname(nickname);
  await bob.nickname('"\u00e4"');
  for (const size of [0, 5, 2048, 100_000]) await alice.sendBody(wrap(alice.uri, ROOM, pattern(size)));
  for (const successReport of ['yes', 'no'] as const) {
    await alice.send(bob.uri, 'private', { successReport });
    await alice.send(ROOM, 'public', { successReport });
    await alice.send(lee.uri, 'unable', { successReport });
    await alice.send('sip:nobody@example.com', 'unknown', { successReport });
  }
  await alice.sendBody(Buffer.from('bare'), { contentType: 'text/plain' });
  await alice.sendBody(wrap(alice.uri, ROOM, pattern(5000)), { lastFlag: '+', total: 20_000n });
  await stage.pass(20_000);
  await harry.reinvite({ direction: 'inactive' });
  await harry.reinvite({ port: 0 });
  await stage.run(alice.agent.request('OPTIONS', { to: ROOM }));
  await bob.leave();
  stage.focus.closeRoom('room');
  await stage.pass(1000);
  stage.log.finish();

  const sent = stage.log.entries.filter(({ direction }) => direction === 'sent');
  expect(sent.length).toBeGreaterThan(80);
  expect(sent.flatMap((entry) => violationsIn(entry).map((violation) => describeIn(entry, violation)))).toEqual([]);
  await stage.close();
});

function violationsIn({ content }: WireEntry): readonly Violation[] {
  switch (content.protocol) {
    case 'sip':
      return [...validateSip(content.message, content.defects), ...sipBody(content.message)];
    case 'msrp':
      return [...validateMsrp(content.message, content.defects), ...msrpBody(content.message)];
    case 'unknown':
      return [{ requirement: 'none', message: content.reason }];
    case 'connection':
      return [];
  }
}

function sipBody(message: SipMessage): readonly Violation[] {
  const type = header(message, 'content-type');
  if (type === 'application/sdp') return validateSdp(parseSdp(message.body.toString()));
  return type === 'application/conference-info+xml' ? validateConferenceBody(message.body) : [];
}

function msrpBody(message: MsrpMessage): readonly Violation[] {
  const { body } = message;
  // Only the first chunk of a message bears the header blocks.
  const first = /^1-/.test(headerOf(message, 'Byte-Range') ?? '1-');
  if (body === undefined || !first || headerOf(message, 'Content-Type') !== 'message/cpim') return [];
  const parsed = parseCpim(body);
  return parsed.ok ? validateCpim(parsed.value) : [{ requirement: 'RFC3862', message: parsed.error }];
}

const describeIn = (entry: WireEntry, { requirement, message }: Violation): string =>
  `${requirement} ${message} in ${entry.octets.toString('latin1').slice(0, 300)}`;
