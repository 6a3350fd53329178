import { describe, expect, it } from 'vitest';
import { Conversation } from '../conversation/conversation.ts';
import { SimulatedClock } from '../net/simulated-clock.ts';
import { WireLog } from '../wire/log.ts';
import { soundSip } from './broken-lines.ts';

const address = { host: '10.0.0.1', port: 5060 };
const request = (lines: string): Buffer =>
  Buffer.from(
    `OPTIONS sip:r@x SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.2:1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:r@x>\r\n${lines}Content-Length: 0\r\n\r\n`,
  );
const response = Buffer.from('SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n');

function soundBehind(sent: Buffer): number {
  const log = new WireLog(new SimulatedClock());
  const conversation = new Conversation(log);
  const on = (id: string) => ({ id, actor: 'bob', transport: 'tcp' as const, local: address, remote: address });
  log.opened(on('bob-1'));
  log.opened(on('bob-2'));
  log.octets(on('bob-1'), 'sent', sent);
  log.octets(on('bob-1'), 'received', response);
  log.octets(on('bob-2'), 'received', response);
  return [...soundSip(conversation)].length;
}

describe('what comes back', () => {
  it('on a connection on which all was well counts', () => {
    expect(soundBehind(request('Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n'))).toBe(2);
  });

  it('behind something malformed does not, but what comes on others does', () => {
    expect(soundBehind(request('Call-ID: 1\r\n'))).toBe(1);
  });
});
