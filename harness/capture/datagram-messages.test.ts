import { describe, expect, test } from 'vitest';
import type { FlowEvent } from '../packets/flow.ts';
import { found, itemsOf, sip } from './scripted-capture.fixture.ts';

describe('datagrams', () => {
  const flow = {
    id: 1,
    transport: 'udp',
    opener: { host: '10.0.0.1', port: 1 },
    other: { host: '10.0.0.2', port: 2 },
    comments: [],
  } as const;
  const datagram = (octets: Buffer | string, missing = 0): FlowEvent => {
    return {
      type: 'datagram',
      flow,
      frame: 7,
      time: 70,
      from: 'other',
      octets: Buffer.from(octets),
      missing,
      packets: [6, 7],
    };
  };
  const left: FlowEvent = { type: 'left', flow, frame: 7, time: 70, why: 'capture-over' };

  test('of SIP are messages, and what keeps bindings alive is nothing', () => {
    const stun = Buffer.from('000100002112a442000000000000000000000000', 'hex');
    const { items, others } = itemsOf([
      datagram(stun),
      datagram(sip('OPTIONS')),
      datagram('\r\n\r\n'),
      datagram(stun),
      left,
    ]);
    expect(found(items)).toEqual(['other: OPTIONS']);
    expect(items[0]).toMatchObject({ frames: [6, 7], time: 70, octets: Buffer.from(sip('OPTIONS')) });
    expect(others).toBe(0);
  });

  test('of which the capture cut off the end are no messages', () => {
    expect(found(itemsOf([datagram(sip('MESSAGE', 'hel', '5'), 2), left]).items)).toEqual([
      `other: ${sip('MESSAGE', 'hel', '5').length} octets, 2 octets of the datagram were not captured`,
    ]);
  });

  test('of something else are counted', () => {
    expect(itemsOf([datagram('whatever'), datagram(Buffer.alloc(200)), left])).toEqual({ items: [], others: 1 });
  });
});
