import { describe, expect, test } from 'vitest';
import { header } from '../codec/sip/headers.ts';
import { TestAgents } from './agents.fixture.ts';
import type { Call } from './call.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import type { Notifier } from './notifier.ts';
import type { AgentHandlers } from './reception.ts';
import type { Notification, SubscriptionEnd } from './subscription.ts';

const ROOM = 'sip:room@example.org';

/** A focus whose state is a counter. */
function conference(options: Parameters<Parameters<NonNullable<AgentHandlers['subscribe']>>[0]['accept']>[0] = {}) {
  const notifiers: Notifier[] = [];
  let version = 0;
  const content = () => ({ body: `version ${++version}`, contentType: 'application/conference-info+xml' });
  const handlers: AgentHandlers = {
    subscribe: (subscribe) => {
      const notifier = subscribe.accept({ content, ...options });
      if (notifier !== undefined) notifiers.push(notifier);
    },
  };
  return { handlers, notifiers };
}

const summary = ({ request, state }: Notification) => [state?.state, state?.reason, request.body.toString()];

describe('a subscription', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    test(`is accepted, told of changes, refreshed and ended over ${transport}`, async () => {
      const { handlers, notifiers } = conference();
      const agents = await new TestAgents({ transport, handlers }).start();
      const told: unknown[] = [];
      const subscription = agents.alice.subscribe({
        to: ROOM,
        event: 'conference',
        expires: 600,
        accept: ['application/conference-info+xml'],
        onNotify: (notification) => {
          told.push(summary(notification));
          return undefined;
        },
      });
      const accepted = await agents.run(subscription.outcome);
      expect(accepted.kind === 'answered' && header(accepted.response, 'expires')).toBe('600');
      await agents.pass(200);
      const outcome = await agents.run(
        notifiers[0]?.notify({ content: { body: 'change', contentType: 'a/b' } }) ?? Promise.reject(),
      );
      expect(outcome.kind === 'answered' && outcome.response.status).toBe(200);
      await agents.pass(700_000);
      expect(agents.sent('alice').filter((one) => one === 'SUBSCRIBE')).toHaveLength(2);
      await agents.run(subscription.unsubscribe());
      const end = await agents.run(subscription.ended);
      expect(end).toMatchObject({ kind: 'terminated', state: { reason: 'timeout' } });
      expect(told).toEqual([
        ['active', undefined, 'version 1'],
        ['active', undefined, 'change'],
        ['active', undefined, 'version 2'],
        ['terminated', 'timeout', 'version 3'],
      ]);
      await agents.pass(100);
      expect(agents.alice.core.dialogs.size + agents.focus.core.dialogs.size).toBe(0);
      await agents.close();
      expect(agents.clock.pending).toBe(0);
    });
  }

  test('with Expires 0 fetches the state once', async () => {
    const { handlers } = conference();
    const agents = await new TestAgents({ handlers }).start();
    const bodies: string[] = [];
    const onNotify = ({ request }: Notification) => void bodies.push(request.body.toString());
    const subscription = agents.alice.subscribe({
      to: ROOM,
      event: 'conference',
      expires: 0,
      onNotify: (n) => {
        onNotify(n);
        return undefined;
      },
    });
    const end = await agents.run(subscription.ended);
    expect(end.kind).toBe('terminated');
    expect(bodies).toEqual(['version 1']);
    await agents.close();
  });

  test('takes a NOTIFY that overtakes the 2xx', async () => {
    const { handlers } = conference();
    const agents = await new TestAgents({
      handlers,
      network: { datagram: (octets) => (octets.toString().startsWith('SIP/2.0 200') ? [300] : [0]) },
    }).start();
    const order: string[] = [];
    const subscription = agents.alice.subscribe({
      to: ROOM,
      event: 'conference',
      onNotify: () => {
        order.push('NOTIFY');
        return undefined;
      },
    });
    const outcome = await agents.run(subscription.outcome);
    order.push(outcome.kind);
    expect(order).toEqual(['NOTIFY', 'answered']);
    await agents.pass(1000);
    expect(agents.sent('alice').filter((one) => one === '481 NOTIFY')).toEqual([]);
    await agents.close();
  });

  test('fails when no NOTIFY comes within timer N, and a later one gets 481', async () => {
    const { handlers, notifiers } = conference({ firstNotify: 'withheld' });
    const agents = await new TestAgents({ handlers }).start();
    const subscription = agents.alice.subscribe({ to: ROOM, event: 'conference' });
    const end = await agents.run(subscription.ended);
    expect(end).toEqual({ kind: 'no-notify' });
    expect(agents.clock.now()).toBe(32_000);
    const late = await agents.run(notifiers[0]?.notify() ?? Promise.reject());
    expect(late.kind === 'answered' && late.response.status).toBe(481);
    expect(notifiers[0]?.end).toEqual({ kind: 'lost' });
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('runs out at the notifier, which says so', async () => {
    const { handlers, notifiers } = conference();
    const agents = await new TestAgents({ handlers }).start();
    const subscription = agents.alice.subscribe({ to: ROOM, event: 'conference', expires: 60, refresh: 'never' });
    const end = await agents.run(subscription.ended);
    expect(end).toMatchObject({ kind: 'terminated', state: { reason: 'timeout' } });
    expect(Math.round(agents.clock.now() / 1000)).toBe(60);
    expect(notifiers[0]?.end).toEqual({ kind: 'terminated', reason: 'timeout' });
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('ends at the notifier when NOTIFY is refused with 481 or never answered', async () => {
    for (const answer of [{ status: 481 }, 'silence'] as const) {
      const { handlers, notifiers } = conference();
      const agents = await new TestAgents({ handlers }).start();
      agents.alice.subscribe({ to: ROOM, event: 'conference', refresh: 'never', onNotify: () => answer });
      await agents.pass(33_000);
      expect(notifiers[0]?.end).toEqual({ kind: 'lost' });
      await agents.close();
      expect(agents.clock.pending).toBe(0);
    }
  });

  test('NOTIFYs arrive in order and complete over a network that loses a third of all datagrams', async () => {
    const { handlers, notifiers } = conference();
    const agents = await new TestAgents({
      handlers,
      network: { datagram: (_octets, _from, _to, random) => (random.integer(3) === 0 ? [] : [0, random.integer(50)]) },
    }).start();
    const bodies: string[] = [];
    agents.alice.subscribe({
      to: ROOM,
      event: 'conference',
      onNotify: ({ request }) => {
        bodies.push(request.body.toString());
        return undefined;
      },
    });
    await agents.pass(20_000);
    const content = (number: number) => ({ content: { body: `change ${number}`, contentType: 'a/b' } });
    for (let number = 0; number < 20; number++) void notifiers[0]?.notify(content(number));
    await agents.pass(300_000);
    expect(bodies).toEqual(['version 1', ...Array.from({ length: 20 }, (_, number) => `change ${number}`)]);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  const refusals: readonly (readonly [string, string, string, Record<string, unknown>, number, string?])[] = [
    ['an unknown package', 'foo', '3600', {}, 489, 'Allow-Events'],
    ['no package', 'conference', '3600', { without: ['Event'] }, 489, 'Allow-Events'],
    ['refer without REFER', 'refer', '3600', {}, 403],
    ['too short a time', 'conference', '5', {}, 423, 'Min-Expires'],
  ];
  for (const [what, event, expires, options, status, needed] of refusals) {
    test(`for ${what} gets ${status}`, async () => {
      const { handlers } = conference({ minimumSeconds: 60 });
      const agents = await new TestAgents({ handlers }).start();
      const subscription = agents.alice.subscribe({ to: ROOM, event, expires: Number(expires), ...options });
      const outcome = await agents.run(subscription.outcome);
      expect(outcome.kind === 'answered' && outcome.response.status).toBe(status);
      if (needed !== undefined) expect(outcome.kind === 'answered' && header(outcome.response, needed)).toBeDefined();
      expect((await subscription.ended).kind).toBe('refused');
      await agents.pass(100);
      expect(agents.sent('focus')).toEqual([`${status} SUBSCRIBE`]);
      await agents.close();
      expect(agents.clock.pending).toBe(0);
    });
  }

  test('inside the dialog of a call shares it; BYE leaves the subscription alive', async () => {
    const { handlers, notifiers } = conference();
    const agents = await new TestAgents({
      handlers: { ...handlers, invite: (invite) => void invite.accept() },
    }).start();
    const joined = await agents.run(agents.alice.invite({ to: ROOM }).outcome);
    if (joined.kind !== 'accepted') throw new Error('no call');
    const subscription = agents.alice.subscribe({ to: ROOM, event: 'conference', inside: joined.call });
    await agents.run(subscription.outcome);
    await agents.pass(100);
    expect(agents.alice.core.dialogs.size).toBe(1);
    await agents.run(joined.call.bye());
    const outcome = await agents.run(notifiers[0]?.terminate('noresource') ?? Promise.reject());
    expect(outcome.kind === 'answered' && outcome.response.status).toBe(200);
    expect((await agents.run(subscription.ended)).kind).toBe('terminated');
    expect(agents.alice.core.dialogs.size + agents.focus.core.dialogs.size).toBe(0);
    await agents.close();
  });

  test('inside a call that dies at the subscriber leaves the call alone', async () => {
    const { handlers, notifiers } = conference();
    let theirs: Call | undefined;
    const invite = (incoming: IncomingInvite): void => {
      theirs = incoming.accept();
    };
    const agents = await new TestAgents({ handlers: { ...handlers, invite } }).start();
    const joined = await agents.run(agents.alice.invite({ to: ROOM }).outcome);
    if (joined.kind !== 'accepted') throw new Error('no call');
    agents.alice.subscribe({ to: ROOM, event: 'conference', inside: joined.call, onNotify: () => ({ status: 481 }) });
    await agents.pass(1000);
    expect(notifiers[0]?.end).toEqual({ kind: 'lost' });
    expect(theirs?.end).toBeUndefined();
    const bye = await agents.run(joined.call.bye());
    expect(bye.kind === 'answered' && bye.response.status).toBe(200);
    await agents.close();
  });

  test('close ends it without a word', async () => {
    const { handlers } = conference();
    const agents = await new TestAgents({ handlers }).start();
    const subscription = agents.alice.subscribe({ to: ROOM, event: 'conference' });
    await agents.run(subscription.outcome);
    const ends: SubscriptionEnd[] = [];
    void subscription.ended.then((end) => ends.push(end));
    await agents.close();
    expect(ends).toEqual([{ kind: 'closed' }]);
    expect(agents.clock.pending).toBe(0);
  });
});

describe('REFER', () => {
  test('is accepted with 202 and its progress told in sipfrags', async () => {
    let asked: string | undefined;
    const agents = await new TestAgents({
      handlers: {
        refer: (refer) => {
          asked = refer.target.uri;
          void refer.accept()?.report(200);
        },
      },
    }).start();
    const fragments: string[] = [];
    const refer = agents.alice.refer({
      to: ROOM,
      referTo: '<sip:carol@example.org>',
      onNotify: ({ request }) => {
        fragments.push(request.body.toString());
        return undefined;
      },
    });
    const outcome = await agents.run(refer.outcome);
    expect(outcome.kind === 'answered' && outcome.response.status).toBe(202);
    const end = await agents.run(refer.ended);
    expect(end).toMatchObject({ kind: 'terminated', state: { reason: 'noresource' } });
    expect(asked).toBe('sip:carol@example.org');
    expect(fragments).toEqual(['SIP/2.0 100 Trying\r\n', 'SIP/2.0 200 OK\r\n']);
    await agents.pass(100);
    expect(agents.alice.core.dialogs.size + agents.focus.core.dialogs.size).toBe(0);
    await agents.close();
    expect(agents.clock.pending).toBe(0);
  });

  test('inside a call shares its dialog', async () => {
    const agents = await new TestAgents({
      handlers: {
        invite: (invite) => void invite.accept(),
        refer: (refer) => void refer.accept()?.report(603),
      },
    }).start();
    const joined = await agents.run(agents.alice.invite({ to: ROOM }).outcome);
    if (joined.kind !== 'accepted') throw new Error('no call');
    const refer = agents.alice.refer({ to: ROOM, referTo: '<sip:carol@example.org>', inside: joined.call });
    expect((await agents.run(refer.ended)).kind).toBe('terminated');
    expect(agents.alice.core.dialogs.size).toBe(1);
    expect(joined.call.end).toBeUndefined();
    await agents.close();
  });

  const broken: readonly (readonly [string, Record<string, unknown>, number])[] = [
    ['without Refer-To', { without: ['Refer-To'] }, 400],
    [
      'with two Refer-To',
      {
        headers: [
          ['Refer-To', '<sip:a@b>'],
          ['Refer-To', '<sip:c@d>'],
        ],
      },
      400,
    ],
    ['to http', { headers: [['Refer-To', '<http://example.org>']] }, 416],
  ];
  for (const [what, options, status] of broken) {
    test(`${what} gets ${status}`, async () => {
      const agents = await new TestAgents({ handlers: { refer: (refer) => void refer.accept() } }).start();
      const refer = agents.alice.refer({ to: ROOM, referTo: '<sip:carol@example.org>', ...options });
      const outcome = await agents.run(refer.outcome);
      expect(outcome.kind === 'answered' && outcome.response.status).toBe(status);
      await agents.close();
    });
  }
});
