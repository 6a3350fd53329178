import { seededRandom } from '../net/seeded-random.ts';
import type { CaptureItem } from './item.ts';

/** What may be missing of a capture. */
export const lossKinds = ['begins late', 'ends early', 'has gaps', 'lacks flows', 'lacks SIP', 'lacks MSRP'] as const;

export type LossKind = (typeof lossKinds)[number];

/** The same capture with something missing, as a reader would tell it. */
export function lossy(items: readonly CaptureItem[], kind: LossKind, seed: string): CaptureItem[] {
  const random = seededRandom(seed);
  const chance = (): number => random.integer(2 ** 20) / 2 ** 20;
  switch (kind) {
    case 'begins late':
      return joinedLate(items, Math.floor(items.length * chance()));
    case 'ends early':
      return items.slice(0, Math.ceil(items.length * chance()));
    case 'has gaps':
      return items.map((item): CaptureItem => {
        if (item.type !== 'message' || item.flow.transport === 'udp' || chance() > 0.06) return item;
        const { flow, frames, time, from, octets } = item;
        return { flow, frames, time, from, type: 'gap', missing: octets.length };
      });
    case 'lacks flows': {
      const ids = [...new Set(items.map(({ flow }) => flow.id))];
      const kept = new Set(ids.filter(() => chance() > 0.25));
      return items.filter(({ flow }) => kept.has(flow.id));
    }
    case 'lacks SIP':
    case 'lacks MSRP': {
      const protocol = kind === 'lacks SIP' ? 'sip' : 'msrp';
      const ids = new Set(
        items.flatMap((item) => (item.type === 'message' && item.content.protocol === protocol ? [item.flow.id] : [])),
      );
      const some = [...ids].filter(() => chance() > 0.4);
      return items.filter(({ flow }) => !some.includes(flow.id));
    }
  }
}

/** Flows that were open before are joined in mid-conversation. */
function joinedLate(items: readonly CaptureItem[], from: number): CaptureItem[] {
  const open = new Set<number>();
  for (const item of items.slice(0, from)) {
    if (item.type === 'closed') open.delete(item.flow.id);
    else open.add(item.flow.id);
  }
  return items.slice(from).flatMap((item): CaptureItem[] => {
    if (!open.delete(item.flow.id) || item.flow.transport === 'udp') return [item];
    const { flow, frames, time } = item;
    return [{ flow, frames, time, type: 'joined' }, item];
  });
}
