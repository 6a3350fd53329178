import { describe, expect, it } from 'vitest';
import { decideBinding } from './binding.ts';

describe('binding (RFC 4975 §5.4, §7.3)', () => {
  const table = [
    [{ kind: 'no-session' }, 'SEND', 481],
    [{ kind: 'not-last-hop' }, 'SEND', 481],
    [{ kind: 'unreadable' }, 'SEND', 400],
    [{ kind: 'session', standing: { kind: 'ended' } }, 'SEND', 481],
    [{ kind: 'session', standing: { kind: 'unbound' } }, 'SEND', 'bind'],
    [{ kind: 'session', standing: { kind: 'unbound' } }, 'NICKNAME', 'bind'],
    [{ kind: 'session', standing: { kind: 'unbound' } }, 'REPORT', 'process'],
    [{ kind: 'session', standing: { kind: 'bound', connection: 1 } }, 'SEND', 'process'],
    [{ kind: 'session', standing: { kind: 'bound', connection: 2 } }, 'SEND', 506],
  ] as const;
  it.each(table)('%j %s -> %s', (destination, method, expected) => {
    const binding = decideBinding<number>(destination, 1, method);
    expect(binding.kind === 'refuse' ? binding.status : binding.kind).toBe(expected);
  });
});
