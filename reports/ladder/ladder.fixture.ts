import type { StoredLine } from '../stored-log.ts';

/** A line of a wire log: `alice>` has sent, `alice<` has received, `alice*` is a connection. */
export const line = (index: number, what: `${string}${'>' | '<' | '*'}`, headline: string, text = ''): StoredLine => ({
  index,
  time: index * 10,
  actor: what.slice(0, -1),
  direction: what.endsWith('<') ? 'received' : 'sent',
  connection: `${what.slice(0, -1)}-1`,
  transport: 'tcp',
  local: '127.0.0.1:1',
  remote: '127.0.0.1:2',
  protocol: what.endsWith('*') ? 'connection' : headline.startsWith('MSRP') ? 'msrp' : 'sip',
  headline,
  octets: Buffer.from(text),
});

export const refusedNickname: readonly StoredLine[] = [
  line(0, 'alice*', 'connection opened'),
  line(1, 'alice>', 'INVITE sip:room@host', 'INVITE'),
  line(2, 'bob>', 'MSRP NICKNAME n1'),
  line(3, 'bob<', 'MSRP 425 n1'),
];
