import type { Catalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import { parseMsrpUri } from '../codec/msrp/uri.ts';
import type { MsrpMediaDescription } from '../codec/sdp/description.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { JoinOutcome } from '../participant/outcome.ts';
import { type Finding, overall } from '../rules/finding.ts';
import { rules } from '../rules/index.ts';
import { withKeptApart } from './judgements.ts';
import type { Reading } from './reading.ts';
import type { ScenarioResult } from './record.ts';
import { findingRecords } from './summary.ts';

/** A participant that was answered and did not get into the room. */
export interface TurnedAway {
  readonly outcome: JoinOutcome;
  /** What the SUT has said of its stream. */
  readonly answer: MsrpMediaDescription | undefined;
  /** Where the SIP of the SUT is. */
  readonly sipHost: string;
  readonly conversation: Conversation;
  readonly durationMs: number;
}

/** As a scenario is called that nobody has written: the attempt to get in. */
export const FIRST_LOOK = 'first-look';

/**
 * The result of the first look, where the SUT itself has prevented anybody from getting in and breaks a requirement by
 * that. Undefined: it has turned a participant away in good order, or something else is in the way.
 */
export function resultOfTurnedAway(
  turned: TurnedAway,
  catalogue: Catalogue,
  reading: Reading,
): ScenarioResult | undefined {
  const { conversation, durationMs } = turned;
  const findings = [
    ...findingsOfJoin(turned, catalogue),
    ...rules.flatMap((rule) => rule.judge(conversation, catalogue)),
  ];
  const records = findingRecords(catalogue, findings, reading);
  const verdict = overall(records.map((one) => one.verdict));
  if (verdict !== 'fail') return undefined;
  return {
    id: FIRST_LOOK,
    title: 'A participant joins a room, before any scenario',
    verdict,
    durationMs: Math.round(durationMs),
    covers: [],
    ...withKeptApart(records),
  };
}

/** Where nothing accepts connections at the place that the answer names, though the SUT is there. */
export function strangePlace({ outcome, answer, sipHost }: TurnedAway): string | undefined {
  const place = placeOf(answer);
  const apart = outcome.kind === 'not-bound' && place !== undefined && place.host !== sipHost;
  const unconnected = apart && (outcome.cause === 'connection-refused' || outcome.cause === 'no-connection');
  return unconnected ? `its answer sends MSRP to ${place.host}, while its SIP is at ${sipHost}` : undefined;
}

function findingsOfJoin(turned: TurnedAway, catalogue: Catalogue): Finding[] {
  const { outcome, answer, sipHost, conversation } = turned;
  if (outcome.kind !== 'not-bound') return [];
  const invite = conversation.sip.list.find(({ message }) => message.method === 'INVITE');
  const answered = invite?.final?.entry.index;
  const evidence = [invite?.request.index, answered].filter((index) => index !== undefined);
  const broken = (requirements: readonly string[], expected: string, further: readonly number[] = []): Finding[] => [
    {
      requirements,
      verdict: gradeOf(catalogue, requirements),
      message: `a participant joins: ${outcome.reason}`,
      step: 'join',
      expected,
      actual: outcome.reason,
      evidence: [...evidence, ...further],
    },
  ];
  const send = conversation.msrp.list.find(
    ({ request, head }) => request.direction === 'sent' && head.method === 'SEND',
  );
  const exchange = [send?.request.index, send?.response?.entry.index].filter((index) => index !== undefined);
  switch (outcome.cause) {
    case 'description':
      // What else may be wrong with an answer is told by the rules.
      return outcome.response.body.length > 0 ? [] : broken(['RFC3261-13.3.1.4-02'], 'an answer to the offer');
    case 'connection-refused': {
      const place = placeOf(answer);
      // Behind a translator of addresses another host may have refused.
      if (place?.host !== sipHost) return [];
      return broken(['RFC6135-4.2.2-01'], `that connections are taken at ${place.host}:${place.port}`);
    }
    case 'first-send-unanswered':
      return broken(['RFC4975-7.2-01'], 'a response within 30 s', exchange);
    case 'first-send-refused':
      return broken(['RFC4975-5.4-17', 'RFC4975-5.4-07'], '200, and a session that works', exchange);
    case 'not-called': {
      // Where no connection has come, nobody knows whether one could.
      const called = conversation.log.entries.find(
        ({ content, local }) =>
          content.protocol === 'connection' &&
          content.event === 'opened' &&
          String(local.port) === ownPort(conversation),
      );
      return called === undefined ? [] : broken(['RFC4975-5.4-05'], 'a SEND at once', [called.index]);
    }
    case 'no-connection':
    case 'lost':
      return [];
  }
}

function placeOf(media: MsrpMediaDescription | undefined): { host: string; port: number | undefined } | undefined {
  const uri = parseMsrpUri(media?.path[0] ?? '');
  return uri.ok ? { host: uri.value.host.replace(/^\[(.*)\]$/, '$1'), port: uri.value.port } : undefined;
}

/** Where the participant has said that it takes connections. */
function ownPort({ stays }: Conversation): string | undefined {
  const port = placeOf(stays.list[0]?.agreements[0]?.actor.media)?.port;
  return port === undefined ? undefined : String(port);
}
