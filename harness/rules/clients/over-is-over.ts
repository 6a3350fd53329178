import { headerOf } from '../../codec/msrp/message.ts';
import type { MsrpExchange } from '../../conversation/msrp-exchanges.ts';
import type { WireEntry } from '../../wire/entry.ts';
import { Matter, settle } from '../matter.ts';
import type { Rule } from '../rule.ts';

/** What is on its way when the other side ends something is tolerated for so long. */
const CROSSING_MS = 1_000;

/** RFC 4975 §10.5, §11.1: a message that was refused as too much, and a session that was ended, are over for who sends. */
export const overIsOver: Rule = {
  id: 'over-is-over',
  about: 'nothing more comes of a message after 413, nor of a session after BYE',
  judge(conversation, catalogue) {
    const stopped = new Matter(['RFC4975-10.5-02'], 'after 413 no further chunk of a message comes', {
      kept: ['received'],
    });
    const ended = new Matter(['RFC4975-11.1-01'], 'after BYE nothing more is sent in the session', {
      kept: ['received'],
    });
    const sends = conversation.msrp.list.filter(
      ({ request, head }) => request.direction === 'received' && head.method === 'SEND',
    );
    for (const exchange of sends) {
      const { response, request, head } = exchange;
      if (response?.head.status !== 413) continue;
      const id = headerOf(head, 'Message-ID');
      const more = laterThan(sends, response.entry).find((one) => headerOf(one.head, 'Message-ID') === id);
      stopped.judge(more === undefined, () => ({
        message: 'a chunk of a message that had been answered with 413',
        evidence: [request, response.entry, more?.request],
      }));
    }
    for (const { stay, own } of conversation.sessions.list) {
      const { ending } = stay;
      // Who is told of the end later than it is known here may still speak.
      if (ending === undefined || ending.direction !== 'received') continue;
      const more = laterThan(sends, ending).find(({ head }) => headerOf(head, 'To-Path') === own);
      ended.judge(more === undefined, () => ({
        message: 'a SEND in a session that its sender had ended by BYE',
        evidence: [ending, more?.request],
      }));
    }
    return settle(overIsOver.id, catalogue, [stopped, ended]);
  },
};

const laterThan = (sends: readonly MsrpExchange[], { time }: WireEntry): readonly MsrpExchange[] =>
  sends.filter(({ request }) => request.time > time + CROSSING_MS);
