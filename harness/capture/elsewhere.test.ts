import { afterAll, describe, expect, it } from 'vitest';
import { parseSipDatagram } from '../codec/sip/parser.ts';
import type { Flow } from '../packets/flow.ts';
import { catalogue, suiteBelow } from '../runner/simulated-run.fixture.ts';
import { capturedVerdicts, isAccusation } from './agreement.fixture.ts';
import { checkCapture } from './check.ts';
import type { CaptureItem } from './item.ts';
import { CaptureFolder, recordedScenarios, sourceOf } from './recorded-scenario.fixture.ts';

const folder = new CaptureFolder();
afterAll(() => folder.remove());

/** A few conversations with rosters, nicknames and private messages, without names. */
async function captures(): Promise<CaptureItem[][]> {
  const read: CaptureItem[][] = [];
  for await (const { captures } of recordedScenarios(suiteBelow('rfc7701/9-examples')))
    if (captures !== undefined) read.push(await folder.items(captures.pcap));
  return read;
}

/** The same flow as it is seen at another point of the network. */
function elsewhere(flow: Flow): Flow {
  const moved = (host: string): string => host.replace(/^\d+\.\d+/, '192.168');
  return {
    ...flow,
    id: flow.id + 1000,
    opener: { ...flow.opener, host: moved(flow.opener.host) },
    other: { ...flow.other, host: moved(flow.other.host) },
  };
}

/** Of the simulated focus. */
const FOCUS = '10.0.0.1';

/** Every SIP message once more, as a proxy in front of the focus passes it on. */
function behindProxy(item: CaptureItem): CaptureItem[] {
  if (item.type !== 'message' || item.content.protocol !== 'sip') return [item];
  const text = item.octets.toString('latin1');
  const isRequest = item.content.message.kind === 'request';
  const towardFocus = /^(?:INVITE|ACK|BYE|SUBSCRIBE|OPTIONS|CANCEL|REFER)\b/.test(text);
  const branch = /branch=([^;\r\n]+)/.exec(text)?.[1] ?? '';
  const { opener, other } = elsewhere(item.flow);
  const proxy = item.flow.opener.host === FOCUS ? other.host : opener.host;
  const via = `Via: SIP/2.0/TCP ${proxy}:5060;branch=z9hG4bKproxy${branch.slice(7)}\r\n`;
  // At the focus, what it gets has the Via of the proxy on top, and so have its answers; what it sends has none yet.
  const withVia = text.replace(/^([^\r\n]*\r\n)/, `$1${via}`);
  const fromClient = isRequest ? towardFocus : !/CSeq: *\d+ (?:INVITE|BYE|SUBSCRIBE|OPTIONS|REFER)/i.test(text);
  const carriesMore = isRequest ? towardFocus : !fromClient;
  const copy = (octets: Buffer, flow: Flow): CaptureItem => {
    const parsed = parseSipDatagram(octets);
    if (!parsed.ok) throw new Error(parsed.error);
    const { message, defects } = parsed.value;
    return { ...item, flow, octets, content: { protocol: 'sip', message, defects } };
  };
  const nearClient = copy(carriesMore ? item.octets : Buffer.from(withVia, 'latin1'), item.flow);
  const nearFocus = copy(carriesMore ? Buffer.from(withVia, 'latin1') : item.octets, elsewhere(item.flow));
  return fromClient ? [nearClient, nearFocus] : [nearFocus, nearClient];
}

describe('what a capture shows at several points of the network', () => {
  it('counts once, where the capture was made at two of them', async () => {
    let looked = 0;
    for (const items of await captures()) {
      const twice = items.flatMap((item): CaptureItem[] => [item, { ...item, flow: elsewhere(item.flow) }]);
      const found = await capturedVerdicts(sourceOf(twice), 'focus');
      expect([...found].filter(isAccusation)).toEqual([]);
      looked += found.size;
    }
    expect(looked).toBeGreaterThan(100);
  });

  it('is taken from where it passes the focus, when a proxy stands between', async () => {
    let judged = 0;
    for (const items of await captures()) {
      const passed = items.flatMap(behindProxy);
      expect([...(await capturedVerdicts(sourceOf(passed), 'focus'))].filter(isAccusation)).toEqual([]);
      await checkCapture(
        sourceOf(passed),
        { catalogue },
        {
          judged(log, parties) {
            judged += 1;
            // What the focus gets of a client, the proxy has written.
            expect(parties.map(({ party }) => party.role)).toEqual(['focus']);
            const sip = log.log.entries.filter(({ content }) => content.protocol === 'sip');
            expect(new Set(sip.map(({ remote, local }) => `${remote.host} ${local.host}`)).size).toBe(1);
          },
        },
      );
    }
    expect(judged).toBeGreaterThan(3);
  });
});
